// versions.cpp: of the program that comes after this one, as cluster_upgrade.py needs it; see dialer/versions.hpp. One step of the
// schema more, a format of saved chains and a protocol that this version refuses; what they say is the same.
#include "dialer/versions.hpp"

#include <cstdlib>

#include "dialer/store/postgres/schema.hpp"

namespace chainring::dialer {

spoken_versions this_version() {
  return {.schema = static_cast<std::int64_t>(postgres::migrations().size()),
          .saved_chains = 2,
          .peer_protocol = 2,
          .peer_protocol_least = 1};
}

/// As if the last step were one with which nobody before it can go on.
std::int64_t schema_readable_from() { return std::getenv("CHAINRING_NEXT_BREAKS") != nullptr ? this_version().schema : 5; }

} // namespace chainring::dialer
