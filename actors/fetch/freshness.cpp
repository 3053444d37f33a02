// freshness.cpp: Cache-Control word by word; whoever writes "-1" or 1994 as Expires means: at once.
#include "actors/fetch/freshness.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <string>

namespace chainring::actors {

namespace {

constexpr std::int64_t seconds_max = 366 * 86'400; // more is not believed (RFC 9111 section 1.2.2 allows any bound)

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return (x >= 'A' && x <= 'Z' ? char(x | 0x20) : x) == y; });
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  return begin == std::string_view::npos ? std::string_view{} : text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

/// Delta seconds; what is too large for a number is the most there is.
std::optional<std::int64_t> seconds_in(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  std::int64_t value = seconds_max;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return std::min(value, seconds_max);
}

struct directives {
  std::optional<std::int64_t> max_age;
  bool ask_always = false;
};

/// Commas inside of quotes separate nothing: no-cache="set-cookie, set-cookie2", which is of these fields alone.
directives directives_in(std::string_view header) {
  directives out;
  while (!header.empty()) {
    bool quoted = false;
    const auto end = std::find_if(header.begin(), header.end(), [&](char c) {
      if (c == '"') quoted = !quoted;
      return c == ',' && !quoted;
    });
    const auto one = trimmed(header.substr(0, static_cast<std::size_t>(end - header.begin())));
    header.remove_prefix(std::min(header.size(), static_cast<std::size_t>(end - header.begin()) + 1));
    const auto equals = one.find('=');
    const auto word = trimmed(one.substr(0, equals));
    if (same_word(word, "max-age") && equals != std::string_view::npos)
      out.max_age = seconds_in(trimmed(one.substr(equals + 1))).value_or(0);
    else if (equals == std::string_view::npos && (same_word(word, "no-cache") || same_word(word, "no-store")))
      out.ask_always = true;
  }
  return out;
}

std::optional<std::int64_t> parsed(const std::string& text, const char* form) {
  std::tm broken_down{};
  const char* end = ::strptime(text.c_str(), form, &broken_down);
  if (!end || *end) return std::nullopt;
  return ::timegm(&broken_down);
}

} // namespace

std::optional<std::int64_t> http_date(std::string_view text) {
  const std::string copy{trimmed(text)};
  for (const char* form : {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"})
    if (const auto found = parsed(copy, form)) return found;
  return std::nullopt;
}

std::optional<std::int64_t> fresh_seconds(const freshness_headers& said, std::int64_t received_s) {
  const auto words = directives_in(said.cache_control);
  if (words.ask_always || (said.cache_control.empty() && same_word(trimmed(said.pragma), "no-cache"))) return 0;
  std::optional<std::int64_t> lifetime = words.max_age;
  if (!lifetime && !said.expires.empty()) {
    const auto until = http_date(said.expires);
    lifetime = until ? *until - http_date(said.date).value_or(received_s) : 0;
  }
  if (!lifetime) return std::nullopt;
  const auto age = seconds_in(trimmed(said.age)).value_or(0);
  return std::clamp(*lifetime - age, std::int64_t{0}, seconds_max);
}

} // namespace chainring::actors
