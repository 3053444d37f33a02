// versions.cpp: see versions.hpp.
#include "dialer/versions.hpp"

#include "dialer/store/postgres/schema.hpp"

namespace chainring::dialer {

spoken_versions this_version() {
  return {.schema = static_cast<std::int64_t>(postgres::migrations().size()),
          .saved_chains = 1,
          .peer_protocol = 1,
          .peer_protocol_least = 1};
}

std::int64_t schema_readable_from() { return 5; }

} // namespace chainring::dialer
