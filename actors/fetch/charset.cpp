// charset.cpp: the decision first, then one decoder per encoding.
#include "actors/fetch/charset.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace chainring::actors {

namespace {

enum class encoding { utf_8, utf_16_little, utf_16_big, latin_1, windows_1252 };

std::string lower(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? char(c | 0x20) : c; });
  return out;
}

/// The value of `charset=` in a Content-Type header, lower case, without quotes.
std::string charset_of(std::string_view content_type) {
  const std::string header = lower(content_type);
  for (auto at = header.find(';'); at != std::string::npos; at = header.find(';', at + 1)) {
    auto begin = header.find_first_not_of(" \t", at + 1);
    if (begin == std::string::npos || header.compare(begin, 8, "charset=") != 0) continue;
    begin += 8;
    std::string value = header.substr(begin, header.find_first_of("; \t", begin) - begin);
    std::erase(value, '"');
    std::erase(value, '\'');
    return value;
  }
  return {};
}

/// Where the name of the encoding stands in an XML declaration, with the attribute around it.
struct declared_encoding {
  std::size_t begin = 0; // of `encoding`
  std::size_t end = 0;   // after the closing quote
  std::string name;
};

std::optional<declared_encoding> declaration_of(std::string_view bytes) {
  if (!bytes.starts_with("<?xml")) return std::nullopt;
  const auto end = bytes.find("?>");
  const std::string_view declaration = bytes.substr(0, std::min(end, std::size_t{256}));
  const auto begin = declaration.find("encoding");
  if (begin == std::string_view::npos) return std::nullopt;
  const auto open = declaration.find_first_of("\"'", begin);
  if (open == std::string_view::npos) return std::nullopt;
  const auto close = declaration.find(declaration[open], open + 1);
  if (close == std::string_view::npos) return std::nullopt;
  return declared_encoding{begin, close + 1, lower(declaration.substr(open + 1, close - open - 1))};
}

std::optional<encoding> encoding_named(std::string_view name) {
  if (name == "utf-8" || name == "utf8" || name == "us-ascii" || name == "ascii")
    return encoding::utf_8;
  if (name == "iso-8859-1" || name == "latin1" || name == "iso_8859-1") return encoding::latin_1;
  if (name == "windows-1252" || name == "cp1252") return encoding::windows_1252;
  if (name == "utf-16le") return encoding::utf_16_little;
  if (name == "utf-16be" || name == "utf-16")
    return encoding::utf_16_big; // without a mark: RFC 2781 section 4.3
  return std::nullopt;
}

/// What is called utf-16 is little-endian in .NET (Encoding.Unicode) and big-endian in RFC 2781, and need not have a mark.
/// Documents begin with an ASCII character, so one of the first two bytes is 0 (XML 1.0 appendix F).
std::optional<encoding> utf_16_without_mark(std::string_view bytes) {
  if (bytes.size() < 2 || (bytes[0] == 0) == (bytes[1] == 0)) return std::nullopt;
  return bytes[0] == 0 ? encoding::utf_16_big : encoding::utf_16_little;
}

/// What .NET's StringWriter makes declares utf-16 and is then sent as UTF-8. Who can read the declaration as ASCII knows better.
std::string ascii_name(const std::string& declared) { return declared.starts_with("utf-16") ? "utf-8" : declared; }

void append_utf8(std::string& out, std::uint32_t point) {
  if (point < 0x80) {
    out += char(point);
  } else if (point < 0x800) {
    out += {char(0xc0 | point >> 6), char(0x80 | (point & 0x3f))};
  } else if (point < 0x10000) {
    out +=
        {char(0xe0 | point >> 12), char(0x80 | (point >> 6 & 0x3f)), char(0x80 | (point & 0x3f))};
  } else {
    out += {char(0xf0 | point >> 18), char(0x80 | (point >> 12 & 0x3f)),
            char(0x80 | (point >> 6 & 0x3f)), char(0x80 | (point & 0x3f))};
  }
}

/// False: an odd number of bytes, or half of a pair.
bool from_utf_16(std::string_view bytes, bool little, std::string& out) {
  if (bytes.size() % 2 != 0) return false;
  const auto unit = [&](std::size_t at) -> std::uint32_t {
    const auto first = static_cast<unsigned char>(bytes[at]),
               second = static_cast<unsigned char>(bytes[at + 1]);
    return little ? first | second << 8 : first << 8 | second;
  };
  for (std::size_t at = 0; at < bytes.size(); at += 2) {
    std::uint32_t point = unit(at);
    if (point >= 0xd800 && point < 0xe000) {
      if (point >= 0xdc00 || at + 3 >= bytes.size()) return false;
      const std::uint32_t low = unit(at += 2);
      if (low < 0xdc00 || low >= 0xe000) return false;
      point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
    }
    append_utf8(out, point);
  }
  return true;
}

/// 0x80 to 0x9f of windows-1252; what is not assigned keeps its ISO-8859-1 meaning.
constexpr std::array<std::uint16_t, 32> windows_1252_high{
    0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008d, 0x017d, 0x008f, 0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178};

std::string from_bytes(std::string_view bytes, bool windows) {
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 8);
  for (const unsigned char c : bytes)
    append_utf8(out, windows && c >= 0x80 && c < 0xa0 ? windows_1252_high[c - 0x80] : c);
  return out;
}

} // namespace

result<std::string> to_utf8(std::string bytes, std::string_view content_type,
                            std::string_view where) {
  std::optional<encoding> found;
  std::size_t mark = 0;
  if (bytes.starts_with("\xef\xbb\xbf"))
    found = encoding::utf_8, mark = 3;
  else if (bytes.starts_with("\xff\xfe"))
    found = encoding::utf_16_little, mark = 2;
  else if (bytes.starts_with("\xfe\xff"))
    found = encoding::utf_16_big, mark = 2;
  std::string name = charset_of(content_type);
  if (const auto declared = declaration_of(bytes); name.empty() && declared) name = ascii_name(declared->name);
  if (!found && (name.empty() || name == "utf-16")) found = utf_16_without_mark(bytes);
  if (!found && !name.empty()) {
    found = encoding_named(name);
    if (!found)
      return error{"the encoding '" + name + "' is not known", std::string{where},
                   "send the document as UTF-8, UTF-16 or ISO-8859-1"};
  }
  std::string out;
  const std::string_view rest = std::string_view{bytes}.substr(mark);
  switch (found.value_or(encoding::utf_8)) {
  case encoding::utf_8:
    bytes.erase(0, mark);
    out = std::move(bytes);
    break;
  case encoding::latin_1: out = from_bytes(rest, false); break;
  case encoding::windows_1252: out = from_bytes(rest, true); break;
  case encoding::utf_16_little:
  case encoding::utf_16_big:
    if (!from_utf_16(rest, *found == encoding::utf_16_little, out))
      return error{"this is not UTF-16", std::string{where}, "save the document as UTF-8"};
  }
  if (const auto declared = declaration_of(out))
    std::fill(out.begin() + declared->begin, out.begin() + declared->end, ' ');
  return out;
}

} // namespace chainring::actors
