// batch.hpp: the writes of running chains, as store::commit has them.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "dialer/store/postgres/session.hpp"

namespace chainring::dialer::postgres {

/// What the store knows from one commit to the next.
struct batch_memory {
  std::size_t stored_already = 0;    // writes that the next batch begins with: a commit of unknown outcome has stored them
  std::uint64_t handles_reserved = 0; // record handles below need no reservation any more
  std::set<std::string> documents;   // hashes of those that are stored
};

commit_result commit_batch(session& in, batch_memory& known, const std::vector<write>& batch);

} // namespace chainring::dialer::postgres
