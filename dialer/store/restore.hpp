// restore.hpp: a store made of a backup. The backup is checked first and not touched; the store is there whole, or not at all.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "dialer/store/fsck.hpp"
#include "dialer/store/later_calls.hpp"
#include "scxml/result.hpp"

namespace chainring::dialer {

struct restore_terms {
  std::string backup; // a file
  std::string to;     // as of open_store(); nothing is there yet, or a store without anything in it
  std::vector<std::string> calls; // files of calls made since: read_later_calls()
  bool despite_findings = false;
  std::int64_t now_ms = 0;
};

struct restored_store {
  fsck_report checked;
  std::int64_t backup_ms = 0;         // 0: the file does not say
  std::int64_t latest_attempt_ms = 0; // that the backup knows of; 0: none
  std::int64_t in_flight = 0; // attempts whose end the next start takes for unknown, taken ones among them
  taken_calls taken;
};

/// The epoch of the restored store is above the backup's: attempts made from then on can be told from those of the backup's owners.
result<restored_store> restore(const restore_terms& terms, const std::function<void(const finding&)>& each_finding,
                               const std::function<void(const error&)>& each_complaint);

} // namespace chainring::dialer
