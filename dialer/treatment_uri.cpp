// treatment_uri.cpp: see treatment_uri.hpp.
#include "dialer/treatment_uri.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "dialer/limits.hpp"
#include "dialer/text.hpp"

namespace chainring::dialer {

namespace {

constexpr std::string_view data_prefix = "_data.";

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    unsigned byte = 0;
    const auto digits = text.substr(i + 1, 2);
    const auto [end, problem] =
        std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    if (digits.size() != 2 || problem != std::errc() || end != digits.data() + 2)
      return std::nullopt;
    decoded += static_cast<char>(byte);
    i += 2;
  }
  return is_clean_utf8(decoded) ? std::optional(decoded) : std::nullopt;
}

/// A number whose text is the one that ECMAScript would write for it, so that taking it for text
/// loses nothing: "12" and
/// "-1.5", but not "007", "1e3" or "1.50".
std::optional<double> plain_number(std::string_view text) {
  constexpr std::size_t digits_max = 15; // doubles hold so many decimal digits
  std::string_view digits = text;
  if (digits.starts_with('-')) digits.remove_prefix(1);
  if (digits.empty() || digits.size() > digits_max || text == "-0") return std::nullopt;
  const std::size_t point = digits.find('.');
  const auto whole = digits.substr(0, point);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (whole.empty() || !std::all_of(whole.begin(), whole.end(), is_digit)) return std::nullopt;
  if (whole.size() > 1 && whole.front() == '0') return std::nullopt;
  if (point != std::string_view::npos) {
    const auto fraction = digits.substr(point + 1);
    if (fraction.empty() || fraction.back() == '0' ||
        !std::all_of(fraction.begin(), fraction.end(), is_digit))
      return std::nullopt;
  }
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  if (number != 0 && std::abs(number) < 1e-6) return std::nullopt; // written as 1e-7
  return number;
}

scxml::value value_of(const std::string& text) {
  if (text == "true") return true;
  if (text == "false") return false;
  if (const auto number = plain_number(text)) return *number;
  if (text.size() >= 2 && text.front() == '\'' && text.back() == '\'')
    return text.substr(1, text.size() - 2);
  return text;
}

bool is_identifier(std::string_view name) {
  const auto legal = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
           (c >= '0' && c <= '9');
  };
  return !name.empty() && !(name.front() >= '0' && name.front() <= '9') &&
         std::all_of(name.begin(), name.end(), legal);
}

} // namespace

std::string_view without_parameters(std::string_view uri) {
  return uri.substr(0, uri.find_first_of("?#"));
}

result<scxml::object> treatment_parameters(std::string_view uri) {
  const std::string where(uri);
  scxml::object parameters;
  std::string_view rest = uri.substr(0, uri.find('#'));
  const std::size_t query = rest.find('?');
  rest = query == std::string_view::npos ? std::string_view() : rest.substr(query + 1);
  while (!rest.empty()) {
    const std::size_t end = rest.find('&');
    const auto part = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    if (part.empty()) continue;
    const std::size_t equals = part.find('=');
    auto name = percent_decoded(part.substr(0, equals));
    const auto text = percent_decoded(equals == std::string_view::npos ? std::string_view()
                                                                       : part.substr(equals + 1));
    if (!name || !text)
      return error{"the parameter " + quoted(part) + " is not percent-encoded UTF-8", where,
                   "write % as %25"};
    if (name->starts_with(data_prefix)) name->erase(0, data_prefix.size());
    if (!is_identifier(*name))
      return error{"the parameter name " + quoted(*name) + " is no data id", where,
                   "use letters, digits and underscores, and no digit first"};
    parameters.set(*name, value_of(*text));
    if (parameters.members.size() > limits::treatment_parameters_max)
      return error{"more than " + std::to_string(limits::treatment_parameters_max) + " parameters",
                   where, "give fewer; others may stand in the document's <data>"};
  }
  return parameters;
}

} // namespace chainring::dialer
