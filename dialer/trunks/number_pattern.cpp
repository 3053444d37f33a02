// number_pattern.cpp: reads simple patterns itself and leaves the others to std::regex.
#include "dialer/trunks/number_pattern.hpp"

#include "dialer/limits.hpp"

namespace chainring::dialer {

namespace {

constexpr std::string_view special = R"(\^$.*+?()[]{}|)";

std::bitset<256> digits() {
  std::bitset<256> set;
  for (unsigned c = '0'; c <= '9'; ++c) set.set(c);
  return set;
}

// ECMAScript's dot leaves line ends out.
std::bitset<256> any_byte() {
  std::bitset<256> set;
  set.set();
  return set.reset('\n').reset('\r');
}

bool is_plain(char c) { return static_cast<unsigned char>(c) < 0x80 && special.find(c) == std::string_view::npos; }

} // namespace

// "[abc]", "[0-9]", "[^7]" of plain bytes; `at` stands behind the bracket and ends behind its closing one.
std::optional<number_pattern::byte_set> number_pattern::bracket_set(std::string_view pattern, std::size_t& at) {
  byte_set set;
  const bool negated = at < pattern.size() && pattern[at] == '^';
  if (negated) ++at;
  const auto is_member = [&](std::size_t i) { return i < pattern.size() && is_plain(pattern[i]) && pattern[i] != '-'; };
  while (is_member(at)) {
    const auto first = static_cast<unsigned char>(pattern[at++]);
    auto last = first;
    if (at < pattern.size() && pattern[at] == '-') {
      if (!is_member(at + 1)) return std::nullopt;
      last = static_cast<unsigned char>(pattern[at + 1]);
      at += 2;
    }
    if (last < first) return std::nullopt;
    for (unsigned c = first; c <= last; ++c) set.set(c);
  }
  if (set.none() || at >= pattern.size() || pattern[at] != ']') return std::nullopt;
  ++at;
  return negated ? ~set : set;
}

std::optional<number_pattern::row> number_pattern::simple_row(std::string_view pattern) {
  row found;
  if (pattern.starts_with('^')) found.at_start = true, pattern.remove_prefix(1);
  for (std::size_t at = 0; at < pattern.size();) {
    const char c = pattern[at++];
    if (c == '$' && at == pattern.size()) {
      found.at_end = true;
    } else if (c == '.') {
      found.bytes.push_back(any_byte());
    } else if (c == '[') {
      const auto set = bracket_set(pattern, at);
      if (!set) return std::nullopt;
      found.bytes.push_back(*set);
    } else if (c == '\\' && at < pattern.size() && pattern[at] == 'd') {
      ++at;
      found.bytes.push_back(digits());
    } else if (c == '\\' && at < pattern.size() && special.find(pattern[at]) != std::string_view::npos) {
      found.bytes.push_back(byte_set().set(static_cast<unsigned char>(pattern[at++])));
    } else if (is_plain(c)) {
      found.bytes.push_back(byte_set().set(static_cast<unsigned char>(c)));
    } else {
      return std::nullopt;
    }
  }
  return found;
}

result<number_pattern> number_pattern::make(std::string_view pattern) {
  const std::string quoted = "\"" + std::string(pattern) + "\"";
  if (pattern.size() > limits::rule_pattern_bytes_max)
    return error{"pattern is too long", quoted.substr(0, 40) + "…",
                 "give at most " + std::to_string(limits::rule_pattern_bytes_max) + " bytes"};
  number_pattern made;
  made.simple_ = simple_row(pattern);
  if (made.simple_) return made;
  try {
    made.regex_ = std::make_shared<const std::regex>(
      pattern.begin(), pattern.end(),
      std::regex::ECMAScript | std::regex::nosubs | std::regex::optimize | std::regex_constants::__polynomial);
  } catch (const std::regex_error& problem) {
    return error{"no regular expression that can be used here", quoted,
                 std::string("mend the pattern (ECMAScript syntax, no back references): ") + problem.what()};
  }
  return made;
}

bool number_pattern::matches(std::string_view number) const {
  if (number.size() > limits::number_bytes_max) number = number.substr(0, limits::number_bytes_max);
  if (!simple_) return std::regex_search(number.begin(), number.end(), *regex_);
  const std::size_t length = simple_->bytes.size();
  if (number.size() < length) return false;
  const auto fits_at = [&](std::size_t start) {
    for (std::size_t i = 0; i < length; ++i)
      if (!simple_->bytes[i].test(static_cast<unsigned char>(number[start + i]))) return false;
    return true;
  };
  const std::size_t last = number.size() - length;
  if (simple_->at_start) return (!simple_->at_end || last == 0) && fits_at(0);
  for (std::size_t start = simple_->at_end ? last : 0; start <= last; ++start)
    if (fits_at(start)) return true;
  return false;
}

} // namespace chainring::dialer
