// flex_attributes.cpp: see flex_attributes.hpp.
#include "dialer/flex_attributes.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "dialer/limits.hpp"
#include "dialer/text.hpp"

namespace chainring::dialer {

namespace {

constexpr std::array<std::string_view, 3> kind_names = {"OPTIONS", "USERDATA", "EXTENSIONS"};
constexpr std::array<std::string_view, 6> option_names = {
    "assured-connect", "CPNDigits", "CPNDisplayName", "pre-dial-validation", "call_answer_type_recognition", "media"};

bool is_integral(double number) {
  return std::nearbyint(number) == number &&
         std::abs(number) <= static_cast<double>(limits::integer_max);
}

} // namespace

std::optional<flex_kind> flex_kind_from_name(std::string_view name) {
  for (std::size_t i = 0; i < kind_names.size(); ++i)
    if (same_word(kind_names[i], trimmed(name))) return static_cast<flex_kind>(i);
  return std::nullopt;
}

std::optional<std::string> flex_text(const scxml::value& what, bool is_integer) {
  const auto* number = what.as<double>();
  if (number && is_integral(*number)) return std::to_string(static_cast<std::int64_t>(*number));
  if (is_integer) {
    const auto* text = what.as<std::string>();
    const auto integer = text ? to_integer(trimmed(*text)) : std::nullopt;
    return integer ? std::optional(std::to_string(*integer)) : std::nullopt;
  }
  if (number || what.is<std::string>() || what.is<bool>()) return scxml::to_text(what);
  return std::nullopt;
}

std::optional<std::string_view> known_option(std::string_view key) {
  for (const auto name : option_names)
    if (same_word(name, key)) return name;
  return std::nullopt;
}

std::optional<bool> switch_value(std::string_view text) {
  for (const auto word : {"true", "yes", "on", "1"})
    if (same_word(word, trimmed(text))) return true;
  for (const auto word : {"false", "no", "off", "0"})
    if (same_word(word, trimmed(text))) return false;
  return std::nullopt;
}

bool flex_attributes::set(std::int32_t position, flex_attribute what) {
  entries_.erase_if([&](const entry& e) {
    const bool covered = position == whole_chain || e.position == position;
    return covered && e.what.kind == what.kind && e.what.key == what.key;
  });
  if (entries_.size() >= limits::flex_attributes_per_chain_max) return false;
  entries_.push_back({position, std::move(what)});
  return true;
}

text_pairs flex_attributes::of(flex_kind kind, std::int32_t position) const {
  text_pairs found;
  for (const std::int32_t wanted : {position, whole_chain})
    for (const entry& e : entries_) {
      if (e.position != wanted || e.what.kind != kind) continue;
      const bool own = std::any_of(found.begin(), found.end(),
                                   [&](const auto& f) { return f.first == e.what.key; });
      if (!own) found.emplace_back(e.what.key, e.what.value);
    }
  return found;
}

std::optional<std::string> flex_attributes::find(flex_kind kind, std::int32_t position,
                                                 std::string_view key) const {
  for (auto& [name, value] : of(kind, position))
    if (name == key) return value;
  return std::nullopt;
}

void flex_attributes::save(byte_writer& out) const {
  out.number(entries_.size());
  for (const entry& e : entries_) {
    out.integer(e.position);
    out.number(static_cast<std::uint64_t>(e.what.kind));
    out.number(e.what.is_integer ? 1 : 0);
    out.text(e.what.key);
    out.text(e.what.value);
  }
}

bool flex_attributes::restore(byte_reader& in, std::int32_t positions) {
  entries_.clear();
  const std::uint64_t count = in.number();
  if (count > limits::flex_attributes_per_chain_max) return false;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::int64_t position = in.integer();
    const std::uint64_t kind = in.number();
    const bool is_integer = in.number() != 0;
    std::string key(in.text()), value(in.text());
    if (!in.ok() || position < whole_chain || position >= positions || kind >= kind_names.size())
      return false;
    entries_.push_back(
        {static_cast<std::int32_t>(position),
         {static_cast<flex_kind>(kind), is_integer, std::move(key), std::move(value)}});
  }
  return in.ok();
}

} // namespace chainring::dialer
