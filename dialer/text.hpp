// text.hpp: small helpers for text from outside: ASCII case, trimming, integers, UTF-8.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chainring::dialer {

/// Without leading and trailing spaces and tabs.
std::string_view trimmed(std::string_view text);
/// ASCII letters lowered, other bytes kept.
std::string lowered(std::string_view text);
/// ASCII letters compared without case.
bool same_word(std::string_view a, std::string_view b);
/// ASCII letters compared without case; spaces, tabs, '_' and '-' do not count.
bool sounds_like(std::string_view a, std::string_view b);
/// A decimal integer with an optional sign, nothing else around it.
std::optional<std::int64_t> to_integer(std::string_view text);
/// Well-formed UTF-8 (no surrogates, no overlong forms) without NUL.
bool is_clean_utf8(std::string_view text);
/// Holds a byte below 0x20 or 0x7f.
bool has_control_character(std::string_view text);
/// For messages: at most 40 bytes of it in single quotes.
std::string quoted(std::string_view text);

} // namespace chainring::dialer
