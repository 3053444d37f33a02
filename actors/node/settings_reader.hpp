// settings_reader.hpp: reads options from a table of a configuration and collects every complaint: unknown keys, wrong
// types, values out of range. The default of an option is what its variable holds before it is read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/node/toml_tree.hpp"
#include "scxml/result.hpp"

namespace chainring::actors {

/// What reading a file gave besides its values.
struct settings_report {
  struct complaint {
    toml_place where;
    error problem;
  };
  std::string file; // name for complaints
  std::vector<complaint> errors;
  std::vector<complaint> warnings;
  std::vector<std::string> defaulted; // options the file does not set, as "node.lanes"

  void complain(std::string what, toml_place where, std::string mend);
  void warn(std::string what, toml_place where, std::string mend);
};

/// One table. Call read() or find() for every option that there is, then finish().
class settings_reader {
 public:
  /// `path` names the table in messages and in `defaulted`: "node", "trunk.rule"; empty for the file itself.
  settings_reader(const toml_value& table, std::string path, settings_report& report);

  // -- options: true when the file sets it and it is right; otherwise `out` stays as it is ----------------------------
  bool read(std::string_view key, std::string& out);
  bool read(std::string_view key, bool& out);
  bool read(std::string_view key, std::int64_t& out, std::int64_t least, std::int64_t most);
  bool read(std::string_view key, std::int32_t& out, std::int32_t least, std::int32_t most);
  bool read(std::string_view key, std::vector<std::string>& out);
  bool read(std::string_view key, double& out, double least, double most);
  /// Two integers, the first not above the second.
  bool read(std::string_view key, std::pair<std::int32_t, std::int32_t>& out, std::int32_t least, std::int32_t most);
  /// One of the words.
  bool read_word(std::string_view key, std::string& out, const std::vector<std::string>& words);
  /// A date and time with its offset, as TOML has it or as a string, in epoch milliseconds.
  bool read_instant(std::string_view key, std::int64_t& out_ms);
  /// A name or path that must be there and not empty.
  bool require(std::string_view key, std::string& out);

  // -- structure ------------------------------------------------------------------------------------------------------
  /// The value of a key that the caller reads itself; null when absent.
  const toml_value* find(std::string_view key);
  /// A table under `key`; null when absent or, after a complaint, when it is something else.
  const toml_value* table(std::string_view key);
  /// The tables of [[key]]; empty when absent or, after a complaint, when it is something else.
  std::vector<const toml_value*> tables(std::string_view key);

  /// Complains about every key that was not asked for, with the nearest one that was.
  void finish();

  /// Place of a key's value, or of the table when the key is absent.
  toml_place place(std::string_view key) const;
  /// "[node] lanes", for messages.
  std::string option(std::string_view key) const;

 private:
  const toml_value* expect(std::string_view key, toml_kind kind, std::string_view give);

  const toml_value& table_;
  std::string path_;
  settings_report& report_;
  std::vector<std::string> asked_;
};

/// The word of `words` that is nearest to `word`, when it is near enough to be meant.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& words);

/// `write "lanes"` when something is near enough, otherwise "one of a, b, c is meant" in full.
std::string suggestion(std::string_view word, const std::vector<std::string>& words);

} // namespace chainring::actors
