// budget_terms.hpp: what nodes share of a trunk or of a campaign: what is limited, to what, and what the dialer uses of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dialer/store/shared_store.hpp"

namespace chainring::actors {

/// What all nodes together may use, by the configuration of this node.
struct budget_terms {
  static constexpr std::int32_t unlimited = dialer::shared_budget::unlimited;
  enum class subject : std::uint8_t { trunk, campaign } of = subject::trunk;
  std::uint32_t number = 0; // its trunk's of the dialer, or its campaign's
  std::string name;         // by the configuration
  std::int32_t channels = unlimited;
  double starts = unlimited; // calls that begin in a window
  std::int64_t longest_call_ms = 0;
};

/// Under that name a share stands in the store: no trunk has a '/' in its own.
std::string key_of(const budget_terms& terms);
/// The campaign of such a name; nullopt: it is a trunk's.
std::optional<std::string_view> campaign_of_key(std::string_view key);

/// To what the dialer keeps; `unlimited` is no limit.
struct budget_limits {
  std::int32_t channels = 0;
  double starts = 0;
};

/// What the dialer uses.
struct budget_use {
  std::size_t busy = 0;    // calls that are live
  std::size_t waiting = 0; // that could begin if there was room
  std::uint64_t started = 0;
};

} // namespace chainring::actors
