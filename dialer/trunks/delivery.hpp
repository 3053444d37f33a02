// delivery.hpp: how the delivery of a message ended, from what its server answered, and the call result that it is.
//
// | what happens                                   | SMTP                                  | SMS gateway           | call result  |
// |------------------------------------------------|---------------------------------------|-----------------------|--------------|
// | the server has taken the message               | 2xx after the body                    | `accepted`, 200 - 299 | Ok           |
// | the recipient is refused for good, or is none  | 5xx to RCPT, but 5.7.x (policy)       | 400 404 410 422       | WrongNumber  |
// | the message is refused for good, or cannot be  | 5xx to MAIL or DATA, 5.7.x to RCPT    | other 4xx, 3xx        | GeneralError |
// | the server refuses it for now                  | 4xx                                   | 408 425 429 503       | Busy         |
// | the server is away, or refuses this node       | no connection, no TLS, no login, 421  | no connection; 401    | SwitchError  |
// |                                                | 530 534 535 538                       | 403 407               |              |
// | it may have been taken, and nobody knows       | no answer once the body was on its    | none to a request,    | SystemError, |
// |                                                | way                                   | other 5xx and 2xx     | attempt      |
// |                                                |                                       |                       | unknown      |
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "dialer/call_result.hpp"

namespace chainring::dialer {

enum class delivery_end : std::uint8_t { accepted, recipient_refused, message_refused, refused_for_now, away, unknown };

struct delivery {
  delivery_end end = delivery_end::unknown;
  std::string words; // what the server said, or what went wrong; for the log
};

/// SystemError for unknown.
call_result result_of(delivery_end end);

/// What an SMTP server was told last.
enum class smtp_step : std::uint8_t { greeting, login, sender, recipient, body };
/// `code` is the reply to that, 0: there was none; `words` its text. `body_sent`: some of the message has left.
delivery_end end_of_smtp(smtp_step step, unsigned code, std::string_view words, bool body_sent);
/// The same reply of a server may mean more: the enhanced code of RFC 3463 behind it, "5.7.1"; empty: none.
std::string_view enhanced_code(std::string_view words);

/// `status` 0: there was no answer; `sent`: some of the request has left. `accepted`: statuses, both ends included.
delivery_end end_of_http(unsigned status, bool sent, std::pair<std::int32_t, std::int32_t> accepted);

} // namespace chainring::dialer
