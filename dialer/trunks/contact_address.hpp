// contact_address.hpp: where a message goes, checked before anything is made of it: one mail address, one phone number.
#pragma once

#include <string>
#include <string_view>

#include "scxml/result.hpp"

namespace chainring::dialer {

/// local@domain of RFC 5321 in ASCII, dot-atoms only: no quotes, comments, address literals, lists, blanks or line ends.
result<void> check_mail_address(std::string_view text);

/// Digits with an optional leading '+': blanks, '-', '.', '/' and brackets between them are taken out.
result<std::string> sms_number(std::string_view text);

/// "Name <local@domain>" or "local@domain".
struct mailbox {
  std::string name; // empty: none
  std::string address;
};
result<mailbox> mailbox_from_text(std::string_view text);

} // namespace chainring::dialer
