// snapshots.hpp: the parts of a good snapshot, and bytes put together to one whose checksum is right.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "scxml/session.hpp"

namespace chainring::fuzz {

struct snapshot_parts {
  std::string head;    // magic and hash
  std::string session; // up to the length of the data
  std::string data;    // of the data model
};

/// Of a stable session; nothing when it cannot be saved.
std::optional<snapshot_parts> parts_of(scxml::session& s);

std::string put_together(const snapshot_parts& parts);

/// Makes the checksums of a snapshot of a runner right again, and those of the snapshots inside it that are where their
/// length says.
void reseal(std::string& bytes);

} // namespace chainring::fuzz
