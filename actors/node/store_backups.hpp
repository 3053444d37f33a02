// store_backups.hpp: backups of the store of a running node, asked for over the API. The keeper makes the copy a piece at a time,
// between what else it has to do; the disk is waited for on another thread.
#pragma once

#include <memory>

#include <caf/actor.hpp>

#include "actors/clock.hpp"
#include "actors/http/router.hpp"
#include "actors/io_threads.hpp"

namespace chainring::actors {

struct store_backups_terms {
  caf::actor keeper;
  clock* time = nullptr;
  io_threads* io = nullptr;
};

/// The file that ?to=FILE names, decoded: an absolute path. Errors are those of a bad request.
result<std::string> backup_path_of(std::string_view query);

/// POST /api/v1/backup?to=FILE begins one, of the instant at which it is whole, and says so with 202; one at a time, and the
/// same again is the same. Needs the token.
/// GET /api/v1/backup: {"state":"none"|"copying"|"syncing"|"done"|"failed","to":…,"done":n,"all":n,"begun_ms":…,"ended_ms":…} of
/// the last, of one that has failed with "what", "where" and "mend".
void add_backup_routes(router& routes, store_backups_terms terms);

} // namespace chainring::actors
