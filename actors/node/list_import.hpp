// list_import.hpp: a CSV file into a calling list of a store: the one way for `import`, `run` and a node's [[list]].
#pragma once

#include <cstdint>
#include <fstream>
#include <functional>
#include <string>

#include "dialer/store/store.hpp"
#include "dialer/time_zones.hpp"
#include "scxml/result.hpp"

namespace chainring::actors {

struct list_import {
  dialer::list_id list = 0;
  std::int64_t good = 0; // rows of the file that are as they should be
  std::int64_t bad = 0;  // each has been passed to the complaint sink, up to a limit
  dialer::store::import_counts rows;
};

/// The file, open at its beginning; or why it cannot be read.
result<std::ifstream> open_list(const std::string& csv_path);

/// Inserts what is absent by (chain_id, chain_n). Rows that are there already are left as they are, or written when
/// `policy` says update. Rows that differ do not count as differing while the file is the one that was imported: scripts have
/// changed them (USERDATA). Bad rows are passed to `complain` and left out.
result<list_import> import_list(dialer::store& into, const dialer::time_zones& zones, const std::string& list_name,
                                const std::string& csv_path, dialer::store::on_existing policy,
                                const std::function<void(const error&)>& complain);

/// The error for rows that differ from those in the store, when that was not asked for.
error differing_rows(const list_import& done, const std::string& list_name, const std::string& csv_path);

} // namespace chainring::actors
