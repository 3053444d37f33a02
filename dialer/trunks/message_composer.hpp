// message_composer.hpp: from a record to the message that goes out.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "dialer/limits.hpp"
#include "dialer/trunks/delivery.hpp"
#include "dialer/trunks/message_template.hpp"
#include "dialer/trunks/trunk.hpp"

namespace chainring::dialer {

/// A message on its way out.
struct message {
  std::uint64_t id = 0; // of the call
  std::string to;       // a mail address or a number, checked
  std::string subject;  // of a mail, as its header has it
  std::string body;     // of a mail: its text, lines end in CR LF; of an SMS: the whole body of the request
  bool is_html = false;
  std::string key;        // message_key()
  std::int64_t at_ms = 0; // when it left
};

/// The texts that a trunk may send, by id; the one without an id is for records that name none.
struct message_texts {
  std::optional<message_template> standard;
  std::map<std::int64_t, message_template> by_id;
};

class message_composer {
 public:
  virtual ~message_composer() = default;
  /// The message, or why there is none: recipient_refused, message_refused.
  virtual std::variant<message, delivery> compose(const call& c) const = 0;
  /// Has the list every column that the texts name?
  virtual result<void> check(const calling_list& form) const = 0;
};

/// The text is that of the record's email_template_id, or, without one, of its media_ref (0 is none), else the standard one. The
/// subject is the record's email_subject, else `subject`.
struct email_terms {
  message_template subject;
  message_texts texts;
};
std::unique_ptr<message_composer> make_email_composer(email_terms terms);

/// The text is that of the record's media_ref (0 is none), else the standard one. `body` is the request: {number}, {text} and
/// {message_id} are those of the message, any other name is a column.
struct sms_terms {
  message_template body;
  message_texts texts;
  std::int32_t text_length_max = limits::sms_text_length_max_default; // characters
};
std::unique_ptr<message_composer> make_sms_composer(sms_terms terms);

} // namespace chainring::dialer
