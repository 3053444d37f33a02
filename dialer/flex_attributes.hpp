// flex_attributes.hpp: what <ocs:set_flex_attr> has set for the calls of a chain: OPTIONS and
// EXTENSIONS, for one record or for all. (USERDATA changes rows instead.)
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialer/bytes.hpp"
#include "scxml/rare_list.hpp"
#include "scxml/result.hpp"
#include "scxml/value.hpp"

namespace chainring::dialer {

enum class flex_kind : std::uint8_t { options, userdata, extensions };
/// OPTIONS, USERDATA or EXTENSIONS, case ignored.
std::optional<flex_kind> flex_kind_from_name(std::string_view name);

/// `value` is text also when type is int: a decimal integer then.
struct flex_attribute {
  flex_kind kind = flex_kind::options;
  bool is_integer = false;
  std::string key;
  std::string value;
  friend bool operator==(const flex_attribute&, const flex_attribute&) = default;
};

/// A value as a flexible attribute carries it. int: an integral number, or its text. string: text,
/// number or boolean.
std::optional<std::string> flex_text(const scxml::value& what, bool is_integer);

/// An option that the engine knows, by any case: assured-connect, CPNDigits, CPNDisplayName,
/// pre-dial-validation, call_answer_type_recognition, and chainring's own media. Others are passed on as they are.
std::optional<std::string_view> known_option(std::string_view key);
/// What "true", "yes", "on" and "1" or their opposites say.
std::optional<bool> switch_value(std::string_view text);

using text_pairs = std::vector<std::pair<std::string, std::string>>;

class flex_attributes {
 public:
  static constexpr std::int32_t whole_chain = -1;

  flex_attributes() = default;
  flex_attributes(flex_attributes&&) noexcept = default;
  flex_attributes& operator=(flex_attributes&&) noexcept = default;
  flex_attributes(const flex_attributes& other) {
    for (const auto& e : other.entries_) entries_.push_back(e);
  }
  flex_attributes& operator=(const flex_attributes& other) { return *this = flex_attributes(other); }

  /// The last word counts: setting a key for the whole chain takes back what single records had
  /// under it. False when the chain has limits::flex_attributes_per_chain_max already.
  bool set(std::int32_t position, flex_attribute what);
  /// What holds for one record: its own, then the chain's, in the order of setting.
  text_pairs of(flex_kind kind, std::int32_t position) const;
  std::optional<std::string> find(flex_kind kind, std::int32_t position,
                                  std::string_view key) const;
  std::size_t size() const { return entries_.size(); }

  void save(byte_writer& out) const;
  /// False for bytes that save() did not make, or positions at or past `positions`.
  bool restore(byte_reader& in, std::int32_t positions);

  friend bool operator==(const flex_attributes& a, const flex_attributes& b) {
    return std::equal(a.entries_.begin(), a.entries_.end(), b.entries_.begin(), b.entries_.end());
  }

 private:
  struct entry {
    std::int32_t position = whole_chain;
    flex_attribute what;
    friend bool operator==(const entry&, const entry&) = default;
  };
  scxml::rare_list<entry> entries_; // most chains have none
};

} // namespace chainring::dialer
