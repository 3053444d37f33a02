// settings_reader.cpp: typed options out of a TOML table, and what is wrong with them.
#include "actors/node/settings_reader.hpp"

#include <algorithm>
#include <numeric>
#include <sstream>

#include "actors/node/instant.hpp"

namespace chainring::actors {

namespace {

std::string quoted(std::string_view text) { return '"' + std::string{text} + '"'; }

std::string range(std::int64_t least, std::int64_t most) {
  return "from " + std::to_string(least) + " to " + std::to_string(most);
}

/// Letters changed, left out, put in or swapped with their neighbour; case counts for nothing, '_' is a '-'.
std::size_t distance(std::string_view a, std::string_view b) {
  const auto same = [](char x, char y) {
    const auto plain = [](char c) {
      if (c == '_') return '-';
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    return plain(x) == plain(y);
  };
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before.swap(above);
    above.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j - 1] + (same(a[i - 1], b[j - 1]) ? 0 : 1), row[j - 1] + 1, above[j] + 1});
      if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row.back();
}

} // namespace

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& words) {
  constexpr std::size_t compared_bytes_max = 256; // the cost is quadratic, the text is from outside
  if (word.empty() || word.size() > compared_bytes_max) return std::nullopt;
  std::optional<std::string> best;
  std::size_t best_distance = std::max<std::size_t>(word.size() / 3, 1) + 1;
  for (const auto& candidate : words) {
    const std::size_t d = distance(word, candidate);
    // Of two that are as near, the one that begins as the word does: first letters are seldom wrong.
    const bool begins_alike = best && d == best_distance && candidate.front() == word.front();
    if (d < best_distance || begins_alike) best = candidate, best_distance = d;
  }
  return best;
}

std::string suggestion(std::string_view word, const std::vector<std::string>& words) {
  if (const auto near = nearest(word, words)) return "did you mean " + quoted(*near);
  if (words.empty()) return "remove it";
  std::string text = "give one of ";
  for (const auto& w : words) text += (&w == &words.front() ? "" : ", ") + w;
  return text;
}

void settings_report::complain(std::string what, toml_place where, std::string mend) {
  errors.push_back({where, {std::move(what), to_text(file, where), std::move(mend)}});
}

void settings_report::warn(std::string what, toml_place where, std::string mend) {
  warnings.push_back({where, {std::move(what), to_text(file, where), std::move(mend)}});
}

settings_reader::settings_reader(const toml_value& table, std::string path, settings_report& report)
    : table_(table), path_(std::move(path)), report_(report) {}

// -- options ------------------------------------------------------------------------------------------------------

bool settings_reader::read(std::string_view key, std::string& out) {
  const toml_value* value = expect(key, toml_kind::text, "a string");
  if (value) out = value->text;
  return value != nullptr;
}

bool settings_reader::read(std::string_view key, bool& out) {
  const toml_value* value = expect(key, toml_kind::boolean, "true or false");
  if (value) out = value->boolean;
  return value != nullptr;
}

bool settings_reader::read(std::string_view key, std::int64_t& out, std::int64_t least, std::int64_t most) {
  const std::string wanted = "an integer " + range(least, most);
  const toml_value* value = expect(key, toml_kind::integer, wanted);
  if (!value) return false;
  if (value->integer < least || value->integer > most) {
    report_.complain(option(key) + " is " + std::to_string(value->integer), value->where, "give " + wanted);
    return false;
  }
  out = value->integer;
  return true;
}

bool settings_reader::read(std::string_view key, std::int32_t& out, std::int32_t least, std::int32_t most) {
  std::int64_t wide = out;
  const bool given = read(key, wide, std::int64_t{least}, std::int64_t{most});
  out = static_cast<std::int32_t>(wide);
  return given;
}

bool settings_reader::read(std::string_view key, double& out, double least, double most) {
  std::ostringstream wanted;
  wanted << "give a number from " << least << " to " << static_cast<std::int64_t>(most);
  const toml_value* value = find(key);
  if (value && value->kind == toml_kind::integer) {
    const auto number = static_cast<double>(value->integer);
    if (number >= least && number <= most) return out = number, true;
    report_.complain(option(key) + " is " + std::to_string(value->integer), value->where, wanted.str());
    return false;
  }
  value = expect(key, toml_kind::real, wanted.str().substr(5));
  if (!value) return false;
  if (!(value->real >= least && value->real <= most)) { // not a number is outside, too
    report_.complain(option(key) + " is " + std::to_string(value->real), value->where, wanted.str());
    return false;
  }
  out = value->real;
  return true;
}

bool settings_reader::read(std::string_view key, std::vector<std::string>& out) {
  const toml_value* value = expect(key, toml_kind::array, "an array of strings");
  if (!value) return false;
  std::vector<std::string> texts;
  for (const auto& item : value->items) {
    if (item.kind != toml_kind::text) {
      report_.complain(option(key) + " contains " + to_text(item.kind), item.where, "give an array of strings");
      return false;
    }
    texts.push_back(item.text);
  }
  out = std::move(texts);
  return true;
}

bool settings_reader::read(std::string_view key, std::pair<std::int32_t, std::int32_t>& out, std::int32_t least,
                           std::int32_t most) {
  const std::string wanted = "[least, most], two integers " + range(least, most);
  const toml_value* value = expect(key, toml_kind::array, wanted);
  if (!value) return false;
  const auto right = [&](const toml_value& item) {
    return item.kind == toml_kind::integer && item.integer >= least && item.integer <= most;
  };
  if (value->items.size() != 2 || !right(value->items[0]) || !right(value->items[1]) ||
      value->items[0].integer > value->items[1].integer) {
    report_.complain(option(key) + " is not a range", value->where, "give " + wanted);
    return false;
  }
  out = {static_cast<std::int32_t>(value->items[0].integer), static_cast<std::int32_t>(value->items[1].integer)};
  return true;
}

bool settings_reader::read_word(std::string_view key, std::string& out, const std::vector<std::string>& words) {
  std::string word;
  if (!read(key, word)) return false;
  if (std::find(words.begin(), words.end(), word) == words.end()) {
    report_.complain(option(key) + " is " + quoted(word), place(key), suggestion(word, words));
    return false;
  }
  out = std::move(word);
  return true;
}

bool settings_reader::read_instant(std::string_view key, std::int64_t& out_ms) {
  const toml_value* value = find(key);
  const bool is_text = value && value->kind == toml_kind::text;
  if (!is_text) value = expect(key, toml_kind::instant, "a date and time, for example 2026-01-05T15:00:00Z");
  if (!value) return false;
  if (const auto instant = parse_instant_ms(value->text)) return out_ms = *instant, true;
  report_.complain(option(key) + " is no instant", value->where,
                   "give a date and time with its offset, for example 2026-01-05T15:00:00Z");
  return false;
}

bool settings_reader::require(std::string_view key, std::string& out) {
  if (!find(key)) {
    report_.complain(option(key) + " is missing", table_.where, "add " + std::string{key} + " = \"…\"");
    return false;
  }
  if (!read(key, out)) return false;
  if (!out.empty()) return true;
  report_.complain(option(key) + " is empty", place(key), "give it a value");
  return false;
}

// -- structure ----------------------------------------------------------------------------------------------------

const toml_value* settings_reader::find(std::string_view key) {
  if (std::find(asked_.begin(), asked_.end(), key) == asked_.end()) asked_.emplace_back(key);
  for (const auto& member : table_.members)
    if (member.key == key) return &member.value;
  return nullptr;
}

const toml_value* settings_reader::table(std::string_view key) {
  return expect(key, toml_kind::table, "a table [" + std::string{key} + "]");
}

std::vector<const toml_value*> settings_reader::tables(std::string_view key) {
  const std::string wanted = "tables [[" + (path_.empty() ? "" : path_ + ".") + std::string{key} + "]]";
  std::vector<const toml_value*> all;
  const toml_value* value = expect(key, toml_kind::array, wanted);
  if (!value) return all;
  for (const auto& item : value->items) {
    if (item.kind == toml_kind::table) {
      all.push_back(&item);
    } else {
      report_.complain(option(key) + " contains " + to_text(item.kind), item.where, "give " + wanted);
    }
  }
  return all;
}

void settings_reader::finish() {
  for (const auto& member : table_.members) {
    if (std::find(asked_.begin(), asked_.end(), member.key) != asked_.end()) continue;
    const std::string in = path_.empty() ? "" : " in [" + path_ + "]";
    report_.complain("unknown option " + quoted(member.key) + in, member.where, suggestion(member.key, asked_));
  }
}

toml_place settings_reader::place(std::string_view key) const {
  for (const auto& member : table_.members)
    if (member.key == key) return member.value.where;
  return table_.where;
}

std::string settings_reader::option(std::string_view key) const {
  return path_.empty() ? '[' + std::string{key} + ']' : '[' + path_ + "] " + std::string{key};
}

const toml_value* settings_reader::expect(std::string_view key, toml_kind kind, std::string_view give) {
  const toml_value* value = find(key);
  if (!value) {
    report_.defaulted.push_back(path_.empty() ? std::string{key} : path_ + '.' + std::string{key});
    return nullptr;
  }
  if (value->kind == kind) return value;
  report_.complain(option(key) + " is " + to_text(value->kind), value->where, "give " + std::string{give});
  return nullptr;
}

} // namespace chainring::actors
