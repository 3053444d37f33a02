// fsck.cpp: prints what the check of a store finds.
#include "actors/node/commands/fsck.hpp"

#include <boost/json.hpp>

#include "actors/node/commands/common.hpp"
#include "actors/node/commands/process.hpp"
#include "dialer/limits.hpp"
#include "dialer/store/fsck.hpp"
#include "dialer/store/open.hpp"

namespace chainring::actors {

namespace json = boost::json;

namespace {

std::string to_json(const dialer::finding& f) {
  return json::serialize(
      json::object{{"kind", f.kind}, {"what", f.problem.what}, {"where", f.problem.where}, {"mend", f.problem.mend}});
}

std::string to_json(const dialer::fsck_report& r) {
  json::object found;
  for (const auto& [kind, count] : r.found) found[kind] = count;
  return json::serialize(json::object{{"sound", r.sound()}, {"findings", std::move(found)}, {"lists", r.lists},
                                      {"records", r.records}, {"attempts", r.attempts}, {"saved_chains", r.saved},
                                      {"documents", r.documents}, {"history_records", r.posts}});
}

} // namespace

int run_fsck(const fsck_command& wanted, std::ostream& out, std::ostream& err) {
  const auto settings = settings_or_complain(wanted.config, err);
  if (!settings) return exit_failed;
  const auto path = store_path(wanted.store, *settings);
  auto store = open_existing_store(path);
  if (!store) {
    complain(err, store.error());
    return exit_failed;
  }
  const auto each = [&](const dialer::finding& f) {
    out << (wanted.json ? to_json(f) : std::string(f.kind) + ": " + to_line(f.problem)) << '\n';
  };
  const auto report = dialer::check_store(**store, {wall_ms(), settings->redial_gaps_ms()}, each);
  if (!report) {
    complain(err, report.error());
    return exit_failed;
  }
  for (const auto& [kind, count] : report->found)
    if (const auto more = count - static_cast<std::int64_t>(dialer::limits::findings_shown_max); more > 0 && !wanted.json)
      out << kind << ": " << more << " more like these\n";
  out << (wanted.json ? to_json(*report) : dialer::shown_store(path) + ": " + dialer::summary_of(*report)) << '\n';
  return report->sound() ? exit_done : exit_failed;
}

} // namespace chainring::actors
