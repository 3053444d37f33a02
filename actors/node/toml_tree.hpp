// toml_tree.hpp: a TOML file as a plain tree that knows the place of every value. Its source is the only one that
// includes toml++, which takes seconds to compile.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scxml/result.hpp"

namespace chainring::actors {

/// Line and column, from 1.
struct toml_place {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  friend auto operator<=>(const toml_place&, const toml_place&) = default;
};

enum class toml_kind : std::uint8_t { text, integer, real, boolean, date, time, instant, array, table };

struct toml_member;

/// One value. Only the members that belong to `kind` are set.
struct toml_value {
  toml_kind kind = toml_kind::table;
  toml_place where;
  std::string text; // text; date, time and instant in RFC 3339 form ("2026-12-25", "09:30:00")
  std::int64_t integer = 0;
  double real = 0;
  bool boolean = false;
  std::vector<toml_value> items;    // array
  std::vector<toml_member> members; // table, in the order of the file
};

struct toml_member {
  std::string key;
  toml_place where; // of the key
  toml_value value;
};

/// The file's root table, or what is wrong with its syntax; `file` is the name for the complaint.
result<toml_value> parse_toml(std::string_view bytes, const std::string& file);

/// "FILE:LINE:COLUMN"
std::string to_text(const std::string& file, toml_place where);

/// What a value of that kind is called in messages: "a string", "an integer", …
const char* to_text(toml_kind kind);

} // namespace chainring::actors
