// saved_chain.hpp: a chain at rest as bytes, over its rows, which the store keeps: what is saved when its campaign is unloaded
// or the node stops, and restored when it is loaded again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dialer/record.hpp"
#include "dialer/versions.hpp"
#include "scxml/result.hpp"

namespace chainring::dialer {

struct saved_chain {
  /// An <ocs:timeout> of a session that others have invoked; the root's is in `records`.
  struct timeout {
    std::uint64_t session = 0; // scxml::session::id
    std::int64_t due_ms = 0;
    friend bool operator==(const timeout&, const timeout&) = default;
  };
  /// A call that was asked for and had no result yet.
  struct call {
    std::uint64_t session = 0;  // that asked
    std::uint32_t position = 0; // of the record in the chain
    std::int32_t attempt = 0;   // its number, if it was made
    friend bool operator==(const call&, const call&) = default;
  };

  std::string records;  // chain::save()
  std::string sessions; // scxml::save() of its session_tree and the delayed sends; empty: it is in its traditional treatment,
                        // and where it is there its rows say
  std::vector<std::int32_t> attempts; // at each record, that of a call in `calls` included
  std::uint32_t sessions_made = 0; // by invocations, so far
  std::vector<timeout> timeouts;
  std::vector<call> calls;
  std::int32_t last_called = -1; // position of the record whose call ended last; -1: none
};

/// Its records have been called since it was saved: it would do again what it has done.
bool is_outdated(const saved_chain& c, const chain_of_records& rows);

/// In a format that this version knows. One that differs in anything, in what `records` and `sessions` are as well, has another
/// number, and is written only when all who may have to read it can: membership::raise_saved_chains.
std::string to_bytes(const saved_chain& c, std::int64_t format = this_version().saved_chains);
/// From bytes of to_bytes(), possibly damaged since; `records` and `sessions` are checked by who restores them. It is of a chain
/// of `count` records.
result<saved_chain> saved_chain_from(std::string_view bytes, std::size_t count);

} // namespace chainring::dialer
