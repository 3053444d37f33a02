// versions.hpp: what this version of the program writes that other versions may meet: in the store, in saved chains, on the wire.
// The numbers stand in versions.cpp and nowhere else, so that a test links others.
#pragma once

#include <cstdint>

namespace chainring::dialer {

/// Of a program: the newest of each that it knows. It reads saved chains of all formats from the first on.
struct spoken_versions {
  std::int64_t schema = 0;       // of the store on a server
  std::int64_t saved_chains = 1; // format of saved_chain.hpp, with all that is within: sessions, data, records
  std::int64_t peer_protocol = 1, peer_protocol_least = 1; // between nodes
  friend bool operator==(const spoken_versions&, const spoken_versions&) = default;
};

spoken_versions this_version();

/// Programs of this schema and later ones can go on working on a store of this version's: what has been made since are tables,
/// indexes, and columns with defaults, none of them in tables of lists. It is the number of the last step that is more than that.
std::int64_t schema_readable_from();

} // namespace chainring::dialer
