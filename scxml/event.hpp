// event.hpp: an event as SCXML 5.10.1 describes it.
#pragma once

#include <cstdint>
#include <string>

#include "scxml/value.hpp"

namespace chainring::scxml {

/// `_event.type`.
enum class event_type : std::uint8_t { platform, internal, external };

/// The fields of `_event`. Empty strings stand for fields that the script sees as undefined.
struct event {
  std::string name;
  event_type type = event_type::external;
  std::string sendid;
  std::string origin;
  std::string origintype;
  std::string invokeid;
  value data;
  std::string raw; // of messages that came by HTTP: the request as text (SCXML C.2)

  friend bool operator==(const event&, const event&) = default;
};

inline constexpr const char* scxml_event_processor = "http://www.w3.org/TR/scxml/#SCXMLEventProcessor";
inline constexpr const char* basic_http_event_processor =
    "http://www.w3.org/TR/scxml/#BasicHTTPEventProcessor";

} // namespace chainring::scxml
