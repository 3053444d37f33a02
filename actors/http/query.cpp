// query.cpp: see query.hpp.
#include "actors/http/query.hpp"

#include <algorithm>

#include <boost/url/pct_string_view.hpp>

namespace chainring::actors {

std::optional<std::string> query_value(std::string_view query, std::string_view key) {
  while (!query.empty()) {
    auto part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(part.size() + 1, query.size()));
    if (!part.starts_with(key) || part.size() == key.size() || part[key.size()] != '=') continue;
    part.remove_prefix(key.size() + 1);
    const auto text = boost::urls::make_pct_string_view(part);
    return text ? text->decode() : std::string(part);
  }
  return std::nullopt;
}

} // namespace chainring::actors
