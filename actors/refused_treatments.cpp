// refused_treatments.cpp: lines "HASH URI" under one key.
#include "actors/refused_treatments.hpp"

#include <algorithm>
#include <string_view>

#include "actors/limits.hpp"

namespace chainring::actors {

namespace {

constexpr std::string_view key = "refused_treatments";

} // namespace

result<std::vector<refused_treatment>> refused_treatments(dialer::store& in) {
  auto kept = in.get(key);
  if (!kept) return std::move(kept).error();
  std::vector<refused_treatment> all;
  std::string_view lines = *kept ? std::string_view{**kept} : std::string_view{};
  while (!lines.empty()) {
    const auto end = std::min(lines.find('\n'), lines.size());
    const auto line = lines.substr(0, end);
    const auto space = std::min(line.find(' '), line.size());
    if (space > 0) all.push_back({std::string{line.substr(0, space)}, std::string{line.substr(std::min(space + 1, line.size()))}});
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return all;
}

result<void> refuse_treatment(dialer::store& in, const refused_treatment& what) {
  auto all = refused_treatments(in);
  if (!all) return std::move(all).error();
  std::erase(*all, what);
  if (all->size() >= limits::refused_treatments_max) all->erase(all->begin());
  all->push_back(what);
  std::string lines;
  for (const auto& one : *all) lines += one.hash + ' ' + one.uri + '\n'; // a URI has neither spaces nor line ends
  return in.set(key, lines);
}

result<void> lift_refusals(dialer::store& in) { return in.set(key, ""); }

} // namespace chainring::actors
