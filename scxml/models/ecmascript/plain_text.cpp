// plain_text.cpp: see plain_text.hpp.
#include "scxml/models/ecmascript/plain_text.hpp"

namespace chainring::scxml::ecmascript {

std::string without_semicolon(std::string text) {
  const auto last = text.find_last_not_of(" \t\r\n;");
  return last == std::string::npos ? text : text.substr(0, last + 1);
}

std::string normalized(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  std::string out;
  for (const char c : text) {
    if (!is_space(c))
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

} // namespace chainring::scxml::ecmascript
