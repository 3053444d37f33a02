// basic_http.hpp: events as HTTP requests and back (SCXML C.2, the BasicHTTP event I/O processor). Translation only: who
// listens and who posts is the host's affair.
#pragma once

#include <string>
#include <string_view>

#include "scxml/effect.hpp"
#include "scxml/event.hpp"
#include "scxml/result.hpp"

namespace chainring::scxml {

/// A POST that a <send> asks for.
struct http_post {
  std::string target; // URI
  std::string content_type;
  std::string body;
};

/// SCXML C.2.3. Names and values become form fields, the event's name the field _scxmleventname. A <content> is the body
/// as it is, JSON for arrays and objects; the event's name then stands in the query.
http_post to_http_post(const send_effect& send);

/// What its sender hears when a post did not arrive: error.communication (SCXML 6.2).
event post_failed_event(std::string sendid, const error& why);

/// A request that has come.
struct http_message {
  std::string_view method;
  std::string_view target; // path and query, as sent
  std::string_view content_type;
  std::string_view body;
};

/// SCXML C.2.2. Form fields, of the query too, become members of the data; JSON and XML become what they are, other text a
/// string. Without _scxmleventname the event is called "HTTP.POST" (or whatever the method is). `raw` is the request as
/// text, its body URL-encoded unless it was so already. Errors: broken encoding, more than limits::form_fields_max fields.
result<event> to_event(const http_message& message);

} // namespace chainring::scxml
