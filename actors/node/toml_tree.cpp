// toml_tree.cpp: from toml++'s nodes to the plain tree.
#include "actors/node/toml_tree.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>

// toml++ 3.3 asserts what a file can break ("[[["), and assumes it where NDEBUG is set. Here it throws instead, in
// every build; parse_toml() catches.
[[noreturn]] static void refuse() { throw std::runtime_error("the parser cannot follow"); }
#undef NDEBUG
#define TOML_ASSERT(condition) ((condition) ? void() : refuse())
#define TOML_EXCEPTIONS 1
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

namespace chainring::actors {

namespace {

toml_place place_of(const toml::source_region& region) {
  return {std::max<std::uint32_t>(region.begin.line, 1), std::max<std::uint32_t>(region.begin.column, 1)};
}

template <class T>
std::string written(const T& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

toml_value convert(const toml::node& node) {
  toml_value value;
  value.where = place_of(node.source());
  node.visit([&value](const auto& n) {
    using type = std::decay_t<decltype(n)>;
    if constexpr (toml::is_table<type>) {
      value.kind = toml_kind::table;
      for (const auto& [key, child] : n)
        value.members.push_back({std::string{key.str()}, place_of(key.source()), convert(child)});
      // toml++ keeps keys sorted; complaints read better in the order of the file.
      std::stable_sort(value.members.begin(), value.members.end(),
                       [](const auto& a, const auto& b) { return a.where < b.where; });
    } else if constexpr (toml::is_array<type>) {
      value.kind = toml_kind::array;
      for (const auto& child : n) value.items.push_back(convert(child));
    } else if constexpr (toml::is_string<type>) {
      value.kind = toml_kind::text;
      value.text = n.get();
    } else if constexpr (toml::is_integer<type>) {
      value.kind = toml_kind::integer;
      value.integer = n.get();
    } else if constexpr (toml::is_floating_point<type>) {
      value.kind = toml_kind::real;
      value.real = n.get();
    } else if constexpr (toml::is_boolean<type>) {
      value.kind = toml_kind::boolean;
      value.boolean = n.get();
    } else if constexpr (toml::is_date<type>) {
      value.kind = toml_kind::date;
      value.text = written(n.get());
    } else if constexpr (toml::is_time<type>) {
      value.kind = toml_kind::time;
      value.text = written(n.get());
    } else {
      value.kind = toml_kind::instant;
      value.text = written(n.get());
    }
  });
  return value;
}

} // namespace

result<toml_value> parse_toml(std::string_view bytes, const std::string& file) {
  const char* mend = "mend the syntax there";
  try {
    return convert(toml::parse(bytes, file));
  } catch (const toml::parse_error& problem) {
    return error{"not TOML, " + std::string{problem.description()}, to_text(file, place_of(problem.source())), mend};
  } catch (const std::exception& problem) {
    return error{std::string{"not TOML, "} + problem.what(), file, mend};
  }
}

std::string to_text(const std::string& file, toml_place where) {
  return file + ':' + std::to_string(where.line) + ':' + std::to_string(where.column);
}

const char* to_text(toml_kind kind) {
  switch (kind) {
  case toml_kind::text: return "a string";
  case toml_kind::integer: return "an integer";
  case toml_kind::real: return "a number with a fraction";
  case toml_kind::boolean: return "true or false";
  case toml_kind::date: return "a date";
  case toml_kind::time: return "a time of day";
  case toml_kind::instant: return "a date and time";
  case toml_kind::array: return "an array";
  case toml_kind::table: return "a table";
  }
  return "a value";
}

} // namespace chainring::actors
