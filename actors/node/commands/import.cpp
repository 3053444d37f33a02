// import.cpp: rows go to the store in batches, each a transaction.
#include "actors/node/commands/import.hpp"

#include <fstream>
#include <utility>
#include <vector>

#include "actors/node/commands/common.hpp"
#include "actors/node/commands/process.hpp"
#include "actors/node/list_import.hpp"
#include "dialer/do_not_call.hpp"
#include "dialer/limits.hpp"
#include "dialer/store/open.hpp"

namespace chainring::actors {

namespace {

result<int> import_calling_list(const import_command& options, const configuration& settings, std::ostream& out,
                                std::ostream& err) {
  const auto zones = mapped_zones(settings);
  if (!zones) return zones.error();
  const std::string path = store_path(options.store, settings);
  auto store = dialer::open_store(path);
  if (!store) return std::move(store).error();
  const auto policy = options.update ? dialer::store::on_existing::update : dialer::store::on_existing::keep;
  const auto done = import_list(**store, *zones, options.list, options.file, policy,
                                [&](const error& problem) { complain(err, problem); });
  if (!done) return done.error();
  out << "list " << options.list << ": " << done->rows.inserted << " rows new, " << done->rows.same
      << " there already, " << done->rows.updated << " updated, " << done->bad << " bad; store " << dialer::shown_store(path)
      << '\n';
  const bool refused = done->rows.differing > 0 && !options.update;
  if (refused) complain(err, differing_rows(*done, options.list, options.file));
  return done->bad > 0 || refused ? exit_failed : exit_done;
}

result<int> import_do_not_call(const import_command& options, const configuration& settings, std::istream& in,
                               std::ostream& out, std::ostream& err) {
  const std::string path = store_path(options.store, settings);
  auto store = dialer::open_store(path);
  if (!store) return std::move(store).error();
  std::vector<std::pair<dialer::store::dnc_kind, std::string>> batch;
  std::int64_t added = 0, bad = 0;
  const auto flush = [&]() -> result<void> {
    auto done = (*store)->import_do_not_call(batch);
    if (!done) return std::move(done).error();
    added += *done;
    batch.clear();
    return {};
  };
  const auto read = dialer::read_do_not_call(
      in, options.file,
      [&](dialer::store::dnc_kind kind, std::string_view text) -> result<void> {
        batch.emplace_back(kind, text);
        return batch.size() < dialer::limits::import_batch_records ? result<void>{} : flush();
      },
      [&](const error& problem) { complain(err, problem), ++bad; });
  if (!read) return read.error();
  if (auto last = flush(); !last) return std::move(last).error();
  out << "do not call: " << added << " entries new, " << *read - added << " there already, " << bad << " bad; store "
      << dialer::shown_store(path) << '\n';
  return bad > 0 ? exit_failed : exit_done;
}

} // namespace

int run_import(const import_command& options, std::ostream& out, std::ostream& err) {
  const auto settings = settings_or_complain(options.config, err);
  if (!settings) return exit_failed;
  std::ifstream in(options.file, std::ios::binary);
  if (!in.is_open() || (in.peek(), in.bad())) {
    complain(err, {"the file cannot be read", options.file, "give a CSV file that exists and may be read"});
    return exit_failed;
  }
  const auto status = options.do_not_call ? import_do_not_call(options, *settings, in, out, err)
                                          : import_calling_list(options, *settings, out, err);
  if (status) return *status;
  complain(err, status.error());
  return exit_failed;
}

} // namespace chainring::actors
