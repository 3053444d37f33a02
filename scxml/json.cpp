// json.cpp: from_json(). Boost.JSON tokenizes; numbers are read by the standard library, because
// Boost.JSON 1.81 rounds some of them wrongly in the last place.
#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <system_error>
#include <unordered_map>

#include "scxml/limits.hpp"
#include "scxml/value.hpp"

namespace chainring::scxml {
namespace {

namespace bj = boost::json;

/// Builds values from the tokens of bj::basic_parser, whose handler concept dictates the member
/// names.
struct builder {
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  struct level {
    value content;
    std::string key; // of the member being read
  };
  std::vector<level> open;
  std::string text; // of the token being read
  value root;

  void put(value v) {
    if (open.empty()) {
      root = std::move(v);
    } else if (auto* a = open.back().content.as<array>()) {
      a->push_back(std::move(v));
    } else {
      open.back().content.as<object>()->members.emplace_back(std::move(open.back().key),
                                                             std::move(v));
      open.back().key.clear();
    }
  }
  bool close() {
    value v = std::move(open.back().content);
    open.pop_back();
    put(std::move(v));
    return true;
  }
  bool number(bj::string_view last_part) {
    text.append(last_part.data(), last_part.size());
    double d = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), d);
    // Out of range: ECMAScript reads infinity or zero, as strtod does.
    if (fault == std::errc::result_out_of_range) d = std::strtod(text.c_str(), nullptr);
    (void)end;
    text.clear();
    put(d);
    return true;
  }
  /// A name that comes twice keeps its first place and its last value, as in ECMAScript.
  static void make_unique(std::vector<member>& members) {
    std::unordered_map<std::string_view, std::size_t> place;
    place.reserve(members.size());
    std::vector<std::size_t> repeated;
    for (std::size_t i = 0; i < members.size(); ++i) {
      auto [known, fresh] = place.try_emplace(members[i].first, i);
      if (fresh) continue;
      members[known->second].second = std::move(members[i].second);
      repeated.push_back(i);
    }
    if (repeated.empty()) return;
    std::size_t next = 0, kept = 0;
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (next < repeated.size() && repeated[next] == i) {
        ++next;
      } else {
        if (kept != i) members[kept] = std::move(members[i]);
        ++kept;
      }
    }
    members.resize(kept);
  }

  bool on_document_begin(bj::error_code&) { return true; }
  bool on_document_end(bj::error_code&) { return true; }
  bool on_object_begin(bj::error_code&) { return open.push_back({object{}, {}}), true; }
  bool on_object_end(std::size_t n, bj::error_code&) {
    if (n > 1) make_unique(open.back().content.as<object>()->members);
    return close();
  }
  bool on_array_begin(bj::error_code&) { return open.push_back({array{}, {}}), true; }
  bool on_array_end(std::size_t, bj::error_code&) { return close(); }
  bool on_key_part(bj::string_view s, std::size_t, bj::error_code&) {
    return text.append(s.data(), s.size()), true;
  }
  bool on_key(bj::string_view s, std::size_t, bj::error_code&) {
    text.append(s.data(), s.size());
    open.back().key.swap(text);
    text.clear();
    return true;
  }
  bool on_string_part(bj::string_view s, std::size_t, bj::error_code&) {
    return text.append(s.data(), s.size()), true;
  }
  bool on_string(bj::string_view s, std::size_t, bj::error_code&) {
    text.append(s.data(), s.size());
    put(std::move(text));
    text.clear();
    return true;
  }
  bool on_number_part(bj::string_view s, bj::error_code&) {
    return text.append(s.data(), s.size()), true;
  }
  bool on_int64(std::int64_t, bj::string_view s, bj::error_code&) { return number(s); }
  bool on_uint64(std::uint64_t, bj::string_view s, bj::error_code&) { return number(s); }
  bool on_double(double, bj::string_view s, bj::error_code&) { return number(s); }
  bool on_bool(bool b, bj::error_code&) { return put(b), true; }
  bool on_null(bj::error_code&) { return put(null{}), true; }
  bool on_comment_part(bj::string_view, bj::error_code&) { return true; }
  bool on_comment(bj::string_view, bj::error_code&) { return true; }
};

} // namespace

bool from_json(std::string_view text, value& out) {
  bj::parse_options options;
  options.max_depth = limits::value_depth_max;
  bj::basic_parser<builder> parser(options);
  bj::error_code fault;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), fault);
  if (fault || used != text.size() || !parser.done()) return false;
  out = std::move(parser.handler().root);
  return true;
}

} // namespace chainring::scxml
