// text.cpp: see text.hpp.
#include "scxml/models/compiled/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace chainring::scxml::compiled_model {
namespace {

unsigned byte_at(std::string_view text, std::size_t i) { return static_cast<unsigned char>(text[i]); }

/// Bytes of the well-formed sequence that begins the text, or 0.
std::size_t sequence(std::string_view text) {
  const unsigned lead = byte_at(text, 0);
  if (lead < 0x80) return 1;
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i)
    if ((byte_at(text, i) & 0xc0) != 0x80) return 0;
  const unsigned second = byte_at(text, 1);
  const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
  const bool surrogate_or_beyond = (lead == 0xed && second > 0x9f) || (lead == 0xf4 && second > 0x8f);
  return overlong || surrogate_or_beyond ? 0 : size;
}

bool is_ascii(std::string_view text) {
  constexpr std::uint64_t high_bits = 0x8080808080808080u;
  std::uint64_t seen = 0;
  const char* next = text.data();
  std::size_t left = text.size();
  const auto take = [&](auto word) {
    std::memcpy(&word, next, sizeof word);
    seen |= word;
    next += sizeof word;
    left -= sizeof word;
  };
  while (left >= 8) take(std::uint64_t{});
  if (left >= 4) take(std::uint32_t{});
  if (left >= 2) take(std::uint16_t{});
  if (left >= 1) take(std::uint8_t{});
  return (seen & high_bits) == 0;
}

/// Bytes of the white space or line end that begins the text, or 0.
std::size_t space(std::string_view text) {
  const unsigned c = byte_at(text, 0);
  if (c == ' ' || (c >= '\t' && c <= '\r')) return 1;
  if (text.starts_with("\u00a0")) return 2;
  for (const std::string_view wide : {"\u1680", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000", "\ufeff"})
    if (text.starts_with(wide)) return 3;
  return text.size() >= 3 && text.starts_with("\xe2\x80") && byte_at(text, 2) >= 0x80 && byte_at(text, 2) <= 0x8a ? 3 : 0;
}

} // namespace

bool is_utf8(std::string_view text) {
  if (is_ascii(text)) return true;
  while (!text.empty()) {
    const std::size_t size = sequence(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

void append_utf8(std::string& out, char32_t c) {
  const auto put = [&](char32_t bits) { out += static_cast<char>(static_cast<unsigned char>(bits)); };
  if (c < 0x80) return put(c);
  if (c < 0x800) return put(0xc0 | c >> 6), put(0x80 | (c & 0x3f));
  if (c < 0x10000) return put(0xe0 | c >> 12), put(0x80 | (c >> 6 & 0x3f)), put(0x80 | (c & 0x3f));
  put(0xf0 | c >> 18), put(0x80 | (c >> 12 & 0x3f)), put(0x80 | (c >> 6 & 0x3f)), put(0x80 | (c & 0x3f));
}

std::size_t length_of(std::string_view text) {
  std::size_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    units += (byte & 0xc0) != 0x80;
    units += byte >= 0xf0; // a pair of surrogates
  }
  return units;
}

/// UTF-8 orders by code point. By units it is the same but for what stands above the surrogates, U+E000 to U+FFFF, against
/// what is written with them, U+10000 and beyond.
int compare_units(std::string_view a, std::string_view b) {
  const auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (x == a.end() || y == b.end()) return a.size() < b.size() ? -1 : a.size() > b.size();
  const auto p = static_cast<unsigned char>(*x), q = static_cast<unsigned char>(*y);
  const bool above_against_pair = (p >= 0xf0) != (q >= 0xf0) && std::min(p, q) >= 0xee;
  return (p < q) != above_against_pair ? -1 : 1;
}

std::string_view without_space(std::string_view text) {
  while (!text.empty()) {
    const std::size_t size = space(text);
    if (size == 0) break;
    text.remove_prefix(size);
  }
  while (!text.empty()) {
    std::size_t last = text.size() - 1;
    while (last > 0 && (byte_at(text, last) & 0xc0) == 0x80) --last;
    if (space(text.substr(last)) == 0) break;
    text.remove_suffix(text.size() - last);
  }
  return text;
}

} // namespace chainring::scxml::compiled_model
