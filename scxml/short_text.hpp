// short_text.hpp: names, phone numbers and results of calls are short: compared and copied here without calling the library.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace chainring::scxml {

namespace short_text {

template <class Word>
inline Word word_at(const char* from) {
  Word out;
  std::copy_n(from, sizeof out, reinterpret_cast<char*>(&out));
  return out;
}
/// Of at least one and at most two words: they overlap where there are fewer bytes.
template <class Word>
inline bool same_words(const char* a, const char* b, std::size_t size) {
  const std::size_t last = size - sizeof(Word);
  return ((word_at<Word>(a) ^ word_at<Word>(b)) | (word_at<Word>(a + last) ^ word_at<Word>(b + last))) == 0;
}
template <class Word>
inline void copy_words(const char* from, char* to, std::size_t size) {
  const std::size_t last = size - sizeof(Word);
  const Word begin = word_at<Word>(from), end = word_at<Word>(from + last);
  std::copy_n(reinterpret_cast<const char*>(&begin), sizeof begin, to);
  std::copy_n(reinterpret_cast<const char*>(&end), sizeof end, to + last);
}

} // namespace short_text

/// a == b
inline bool same_text(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  if (a.size() > 16) return a == b;
  if (a.size() >= 8) return short_text::same_words<std::uint64_t>(a.data(), b.data(), a.size());
  if (a.size() >= 4) return short_text::same_words<std::uint32_t>(a.data(), b.data(), a.size());
  if (a.size() >= 2) return short_text::same_words<std::uint16_t>(a.data(), b.data(), a.size());
  return a.empty() || a[0] == b[0];
}

/// At most sixteen bytes, to where they may stand already in part.
inline void copy_short_text(std::string_view text, char* to) {
  if (text.size() >= 8) return short_text::copy_words<std::uint64_t>(text.data(), to, text.size());
  if (text.size() >= 4) return short_text::copy_words<std::uint32_t>(text.data(), to, text.size());
  if (text.size() >= 2) return short_text::copy_words<std::uint16_t>(text.data(), to, text.size());
  if (!text.empty()) *to = text[0];
}

} // namespace chainring::scxml
