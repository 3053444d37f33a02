// message_template.cpp: see message_template.hpp.
#include "dialer/trunks/message_template.hpp"

#include <algorithm>
#include <cstdio>

#include "dialer/calling_list.hpp"
#include "dialer/limits.hpp"
#include "dialer/text.hpp"

namespace chainring::dialer {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The identifier that begins there and ends in '}'; empty: none does.
std::string_view name_at(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && (is_letter(text[end]) || (end > 0 && is_digit(text[end])))) ++end;
  return end > 0 && end < text.size() && text[end] == '}' ? text.substr(0, end) : std::string_view{};
}

void append_html(std::string& out, char c) {
  switch (c) {
  case '<': out += "&lt;"; break;
  case '>': out += "&gt;"; break;
  case '&': out += "&amp;"; break;
  case '"': out += "&quot;"; break;
  case '\'': out += "&#39;"; break;
  default: out += c;
  }
}

void append_code(std::string& out, const char* format, char c) {
  char code[8];
  std::snprintf(code, sizeof code, format, static_cast<unsigned>(static_cast<unsigned char>(c)));
  out += code;
}

void append_json(std::string& out, char c) {
  if (c == '"' || c == '\\') (out += '\\') += c;
  else if (static_cast<unsigned char>(c) < 0x20) append_code(out, "\\u%04x", c);
  else out += c;
}

void append_form(std::string& out, char c) {
  if (is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '*') out += c;
  else append_code(out, "%%%02X", c);
}

void append(std::string& out, std::string_view value, text_syntax syntax) {
  if (syntax == text_syntax::plain) {
    out += value;
    return;
  }
  const auto append_one = syntax == text_syntax::html ? append_html : syntax == text_syntax::json ? append_json : append_form;
  for (const char c : value) append_one(out, c);
}

} // namespace

result<message_template> message_template::parse(std::string_view text, std::string where, text_syntax syntax) {
  if (text.size() > limits::message_template_bytes_max)
    return error{"the text is too long", std::move(where),
                 "keep it below " + std::to_string(limits::message_template_bytes_max) + " bytes"};
  if (!is_clean_utf8(text)) return error{"the text is not UTF-8", std::move(where), "save it as UTF-8"};
  message_template made;
  made.syntax_ = syntax;
  made.where_ = std::move(where);
  std::string plain;
  while (!text.empty()) {
    const bool brace = text.front() == '{';
    if (const auto name = brace ? name_at(text.substr(1)) : std::string_view{}; !name.empty()) {
      if (!plain.empty()) made.pieces_.push_back({std::exchange(plain, {})});
      made.pieces_.push_back({std::string(name), true});
      text.remove_prefix(name.size() + 2);
      continue;
    }
    plain += text.front();
    text.remove_prefix(text.starts_with("{{") ? 2 : 1);
  }
  if (!plain.empty()) made.pieces_.push_back({std::move(plain)});
  return made;
}

std::string message_template::fill(const std::function<std::string(std::string_view)>& value_of) const {
  std::string out;
  for (const piece& p : pieces_) {
    if (p.is_name) append(out, value_of(p.text), syntax_);
    else out += p.text;
    if (out.size() > limits::message_bytes_max) break; // the caller refuses it
  }
  return out;
}

result<void> message_template::check_names(const calling_list& form, const std::vector<std::string_view>& others) const {
  for (const piece& p : pieces_) {
    if (!p.is_name || find_column(form, p.text) || std::find(others.begin(), others.end(), p.text) != others.end()) continue;
    return error{"{" + p.text + "} is no column of list " + form.name, where_,
                 "name a column of the list, or write {{ for a brace"};
  }
  return {};
}

std::string value_of_column(const record& row, const calling_list& form, std::string_view name) {
  const auto column = find_column(form, name);
  return column ? column_text(row, *column).value_or("") : std::string{};
}

} // namespace chainring::dialer
