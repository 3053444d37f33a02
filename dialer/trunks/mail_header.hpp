// mail_header.hpp: header fields of a mail (RFC 5322) from texts that may hold anything.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dialer/trunks/contact_address.hpp"

namespace chainring::dialer {

/// One line of text for a header: as it is when it is printable ASCII, else encoded words of RFC 2047 in UTF-8. Control
/// characters, line ends among them, become blanks.
std::string header_text(std::string_view text);
/// "local@domain", or with the name before it.
std::string header_mailbox(const mailbox& m);
/// "Mon, 05 Jan 2026 15:00:00 +0000".
std::string header_date(std::int64_t epoch_ms);

/// Names a message: the same for the same list, record and attempt, so that whoever gets it twice can tell. Characters that a
/// message id cannot have are percent-encoded.
std::string message_key(std::string_view list, std::int64_t record_id, std::int32_t attempt);

/// A text whose lines end in CR LF, however they did before.
std::string with_crlf(std::string_view text);

} // namespace chainring::dialer
