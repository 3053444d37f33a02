// common.hpp: what the commands share: how they complain, where their store is, how they read a document of this
// machine. A command is a function from its options and two streams to the exit status.
#pragma once

#include <filesystem>
#include <memory>
#include <ostream>
#include <string>

#include "actors/node/configuration.hpp"
#include "dialer/store/store.hpp"
#include "scxml/compile.hpp"
#include "scxml/result.hpp"
#include "scxml/runner.hpp"

namespace chainring::actors {

enum exit_status : int { exit_done = 0, exit_failed = 1, exit_usage = 2, exit_waits = 3 };

/// "chainring: WHAT: WHERE: HOW TO MEND" and a line end.
void complain(std::ostream& err, const error& problem);

/// The configuration in a file with all its complaints and warnings on `err`; the built-in one when `path` is empty.
/// `log_level` holds where no file says otherwise.
std::optional<configuration> settings_or_complain(const std::string& path, std::ostream& err,
                                                  const std::string& log_level = node_settings{}.log_level);

/// The store that a command works on: `store` if given, else the configuration's if there is a file, else the default.
std::string store_path(const std::string& store, const configuration& settings);

/// Opens a store that must be there already: reading one that is not would make an empty file.
result<std::unique_ptr<dialer::store>> open_existing_store(const std::string& path);

/// The system's time zones with the configuration's names for them.
result<dialer::time_zones> mapped_zones(const configuration& settings);

/// A document of this machine, compiled with the OCS actions known, its expressions those of OCS 8.0 when `legacy`;
/// `bytes` gets what was compiled. What it refers to must lie in its own folder or below. An error when it cannot be read
/// or decoded; everything else is a complaint of the compiler.
result<scxml::compiled> compile_file(const std::string& path, bool legacy, std::string* bytes = nullptr);
/// What a document that came from the file `base` refers to as `uri`: a file in `folder`, or below it.
result<scxml::named_text> load_beside(const std::filesystem::path& folder, const std::string& base, std::string_view uri);

} // namespace chainring::actors
