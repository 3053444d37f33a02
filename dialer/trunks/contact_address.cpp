// contact_address.cpp: see contact_address.hpp.
#include "dialer/trunks/contact_address.hpp"

#include <algorithm>

#include "dialer/limits.hpp"
#include "dialer/text.hpp"

namespace chainring::dialer {

namespace {

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
bool is_local(char c) { return is_letter_or_digit(c) || std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos; }
bool is_label(char c) { return is_letter_or_digit(c) || c == '-'; }

/// Parts between dots, none of them empty, of the characters that `right` allows.
template <class Right>
bool are_parts(std::string_view text, std::size_t bytes_max, Right right) {
  for (;;) {
    const auto dot = std::min(text.find('.'), text.size());
    const auto part = text.substr(0, dot);
    if (part.empty() || part.size() > bytes_max || !std::all_of(part.begin(), part.end(), right)) return false;
    if (dot == text.size()) return true;
    text.remove_prefix(dot + 1);
  }
}

error no_address(std::string_view text, std::string why) {
  return {"this is no mail address: " + std::move(why), quoted(text), "write one address, as name@example.com, in ASCII"};
}

} // namespace

result<void> check_mail_address(std::string_view text) {
  if (text.size() > limits::mail_address_bytes_max) return no_address(text, "it is too long");
  const auto at = text.find('@');
  if (at == std::string_view::npos) return no_address(text, "it has no @");
  const auto local = text.substr(0, at), domain = text.substr(at + 1);
  if (local.size() > limits::mail_local_part_bytes_max || !are_parts(local, limits::mail_local_part_bytes_max, is_local))
    return no_address(text, "what stands before the @ cannot");
  if (!are_parts(domain, limits::mail_label_bytes_max, is_label)) return no_address(text, "what follows the @ is no domain");
  for (std::size_t i = 0; i < domain.size(); ++i) {
    const bool first = i == 0 || domain[i - 1] == '.', last = i + 1 == domain.size() || domain[i + 1] == '.';
    if (domain[i] == '-' && (first || last)) return no_address(text, "what follows the @ is no domain");
  }
  return {};
}

result<std::string> sms_number(std::string_view text) {
  constexpr std::string_view separators = " -./()";
  std::string number;
  bool right = true;
  for (const char c : trimmed(text)) {
    if ((c >= '0' && c <= '9') || (c == '+' && number.empty())) number += c;
    else right = right && separators.find(c) != std::string_view::npos;
  }
  const auto digits = number.size() - (number.starts_with('+') ? 1 : 0);
  if (right && digits > 0 && digits <= limits::sms_number_digits_max) return number;
  return error{"this is no phone number", quoted(text),
               "write 1 to " + std::to_string(limits::sms_number_digits_max) + " digits, a + before them if need be"};
}

result<mailbox> mailbox_from_text(std::string_view text) {
  mailbox out;
  const auto open = text.rfind('<');
  if (open == std::string_view::npos) {
    out.address = trimmed(text);
  } else {
    const auto end = trimmed(text);
    if (!end.ends_with('>')) return no_address(text, "the < has no >");
    out.name = trimmed(text.substr(0, open));
    out.address = end.substr(end.rfind('<') + 1, end.size() - end.rfind('<') - 2);
  }
  if (auto right = check_mail_address(out.address); !right) return std::move(right).error();
  if (!is_clean_utf8(out.name) || has_control_character(out.name)) return no_address(text, "its name has a control character");
  return out;
}

} // namespace chainring::dialer
