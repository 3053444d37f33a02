// object_names.cpp: see object_names.hpp.
#include "dialer/store/object_names.hpp"

#include <algorithm>
#include <functional>

namespace chainring::dialer {

namespace {

/// The names behind these words.
void for_each_behind(std::string_view words, std::string_view text, const std::function<void(std::string_view name)>& each) {
  for (auto at = text.find(words); at != std::string_view::npos; at = text.find(words, at)) {
    at += words.size();
    each(text.substr(at, text.find_first_of(" ;", at) - at));
  }
}

} // namespace

std::vector<std::string> objects_made_by(std::span<const std::string_view> migrations) {
  std::vector<std::string> names;
  for (const std::string_view text : migrations) {
    for (const std::string_view made : {"CREATE TABLE ", "CREATE INDEX "})
      for_each_behind(made, text, [&](std::string_view name) { names.emplace_back(name); });
    for_each_behind("DROP TABLE ", text, [&](std::string_view name) { std::erase(names, name); });
  }
  std::sort(names.begin(), names.end());
  return names;
}

} // namespace chainring::dialer
