// mail_header.cpp: see mail_header.hpp.
#include "dialer/trunks/mail_header.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace chainring::dialer {

namespace {

constexpr std::size_t word_bytes_max = 45; // of text: 60 of base64, and the encoded word stays below its 75

bool is_printable(char c) { return c >= 0x20 && c < 0x7f; }
bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

std::string base64(std::string_view bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const auto count = std::min<std::size_t>(3, bytes.size() - at);
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) group = group << 8 | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0u);
    for (std::size_t i = 0; i < 4; ++i) out += i <= count ? digits[group >> (18 - 6 * i) & 63u] : '=';
  }
  return out;
}

/// At most that many bytes, cut between two characters.
std::size_t characters_within(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text.size();
  std::size_t keep = bytes_max;
  while (keep > 0 && (static_cast<unsigned char>(text[keep]) & 0xc0u) == 0x80u) --keep;
  return keep > 0 ? keep : bytes_max; // not UTF-8
}

std::string encoded_words(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto keep = characters_within(text, word_bytes_max);
    if (!out.empty()) out += ' ';
    out += "=?UTF-8?B?" + base64(text.substr(0, keep)) + "?=";
    text.remove_prefix(keep);
  }
  return out;
}

} // namespace

std::string header_text(std::string_view text) {
  std::string line(text);
  std::replace_if(line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  const bool plain = std::all_of(line.begin(), line.end(), is_printable) && line.find("=?") == std::string::npos;
  return plain ? line : encoded_words(line);
}

std::string header_mailbox(const mailbox& m) {
  if (m.name.empty()) return m.address;
  const bool plain = std::all_of(m.name.begin(), m.name.end(),
                                 [](char c) { return is_letter_or_digit(c) || c == ' ' || c == '-'; });
  return (plain ? m.name : encoded_words(m.name)) + " <" + m.address + ">";
}

std::string header_date(std::int64_t epoch_ms) {
  constexpr std::int64_t ms_per_day = 86'400'000;
  constexpr std::array<const char*, 7> weekdays = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"}; // of the epoch's day on
  constexpr std::array<const char*, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto days = epoch_ms / ms_per_day, second = epoch_ms % ms_per_day / 1'000;
  // Days to a civil date: years begin in March, so that the leap day is their last.
  const auto shifted = days + 719'468, era = shifted / 146'097, day_of_era = shifted % 146'097;
  const auto year_of_era = (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const auto day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const auto month = (5 * day_of_year + 2) / 153; // 0: March
  const auto day = day_of_year - (153 * month + 2) / 5 + 1;
  const auto year = year_of_era + era * 400 + (month >= 10 ? 1 : 0);
  char out[64];
  std::snprintf(out, sizeof out, "%s, %02d %s %04d %02d:%02d:%02d +0000", weekdays[static_cast<std::size_t>(days % 7)],
                static_cast<int>(day), months[static_cast<std::size_t>((month + 2) % 12)], static_cast<int>(year),
                static_cast<int>(second / 3'600), static_cast<int>(second / 60 % 60), static_cast<int>(second % 60));
  return out;
}

std::string message_key(std::string_view list, std::int64_t record_id, std::int32_t attempt) {
  std::string out;
  for (const char c : list) {
    if (is_letter_or_digit(c) || c == '-' || c == '_') {
      out += c;
    } else {
      char code[4];
      std::snprintf(code, sizeof code, "%%%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
      out += code;
    }
  }
  return out + '.' + std::to_string(record_id) + '.' + std::to_string(attempt);
}

std::string with_crlf(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 32);
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n') continue;
    if (text[at] == '\n' || text[at] == '\r') out += "\r\n";
    else out += text[at];
  }
  return out;
}

} // namespace chainring::dialer
