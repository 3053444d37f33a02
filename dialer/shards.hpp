// shards.hpp: parts of all lists that the nodes of a cluster share out among them: a chain is of one shard for ever.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>

namespace chainring::dialer {

inline constexpr std::size_t shards_count = 256;
/// Some of them, by number.
using shard_set = std::bitset<shards_count>;

/// Chain ids of any pattern are spread evenly: their bytes fold into one. The stores have the same in SQL.
constexpr std::size_t shard_of(std::int32_t list, std::int64_t chain_id) {
  std::int64_t folded = list;
  for (int shift = 0; shift < 64; shift += 8) folded ^= chain_id >> shift;
  return static_cast<std::size_t>(folded & 255);
}

} // namespace chainring::dialer
