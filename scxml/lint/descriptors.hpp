// descriptors.hpp: event descriptors compared with events and with each other (SCXML 3.12.1), without a session.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scxml/document.hpp"

namespace chainring::scxml {

/// Does `prefix`, a descriptor without its wildcard, match everything that `name`, an event or a descriptor, does?
bool covers(std::string_view prefix, std::string_view name);

/// The names of events that a document itself raises and sends.
class own_events {
 public:
  explicit own_events(const document& d);
  /// May one of them match? Always when a name is made by an expression.
  bool may_match(std::string_view prefix) const;

 private:
  std::vector<std::string_view> names_; // of the document
  bool any_ = false;
};

} // namespace chainring::scxml
