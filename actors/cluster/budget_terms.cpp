// budget_terms.cpp: see budget_terms.hpp.
#include "actors/cluster/budget_terms.hpp"

namespace chainring::actors {

namespace {

constexpr std::string_view campaign_prefix = "campaign/";

} // namespace

std::string key_of(const budget_terms& terms) {
  return terms.of == budget_terms::subject::campaign ? std::string(campaign_prefix) + terms.name : terms.name;
}

std::optional<std::string_view> campaign_of_key(std::string_view key) {
  if (!key.starts_with(campaign_prefix)) return std::nullopt;
  return key.substr(campaign_prefix.size());
}

} // namespace chainring::actors
