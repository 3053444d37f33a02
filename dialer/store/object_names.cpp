// object_names.cpp: see object_names.hpp.
#include "dialer/store/object_names.hpp"

#include <algorithm>

namespace chainring::dialer {

std::vector<std::string> objects_made_by(std::span<const std::string_view> migrations) {
  std::vector<std::string> names;
  for (const std::string_view text : migrations)
    for (const std::string_view made : {"CREATE TABLE ", "CREATE INDEX "})
      for (auto at = text.find(made); at != std::string_view::npos; at = text.find(made, at)) {
        at += made.size();
        names.emplace_back(text.substr(at, text.find(' ', at) - at));
      }
  std::sort(names.begin(), names.end());
  return names;
}

} // namespace chainring::dialer
