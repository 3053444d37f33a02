// restore.cpp: restores, and says what a restored store does not know.
#include "actors/node/commands/restore.hpp"

#include "actors/node/commands/common.hpp"
#include "actors/node/commands/process.hpp"
#include "actors/node/instant.hpp"
#include "dialer/limits.hpp"
#include "dialer/store/open.hpp"
#include "dialer/store/restore.hpp"

namespace chainring::actors {

namespace {

void say_what_it_knows(const dialer::restored_store& told, const restore_command& wanted, std::ostream& out) {
  if (told.backup_ms > 0) out << "the backup was made at " << instant_text(told.backup_ms);
  else out << "the file does not say when it was made";
  if (told.latest_attempt_ms > 0) out << "; the last call that it knows of was at " << instant_text(told.latest_attempt_ms);
  out << '\n';
  if (!wanted.calls.empty()) {
    out << "calls made since: " << told.taken.added << " taken in, " << told.taken.known << " known already";
    if (told.taken.strangers > 0) out << ", " << told.taken.strangers << " of records that the backup does not have";
    out << '\n';
    if (told.taken.begin_anew > 0)
      out << told.taken.begin_anew << " chains had gone on since they were saved: they begin anew, their attempts counted\n";
  }
  if (told.in_flight > 0)
    out << told.in_flight << " attempts have no known end: the next start takes them for unknown, and keeps the redial gap\n";
  if (wanted.calls.empty())
    out << "calls made since the backup are not known, and would be made again: if there were any, start no node on this store, "
           "but restore anew with their logs: --calls FILE\n";
}

} // namespace

int run_restore(const restore_command& wanted, std::ostream& out, std::ostream& err) {
  const auto settings = settings_or_complain(wanted.config, err);
  if (!settings) return exit_failed;
  dialer::restore_terms terms;
  terms.backup = wanted.file;
  terms.to = store_path(wanted.store, *settings);
  terms.calls = wanted.calls;
  terms.despite_findings = wanted.despite_findings;
  terms.now_ms = wall_ms();
  std::int64_t complaints = 0;
  const auto each_complaint = [&](const error& problem) {
    if (++complaints <= dialer::limits::import_problems_shown_max) complain(err, problem);
  };
  const auto done = dialer::restore(terms, [&](const dialer::finding& f) { complain(err, f.problem); }, each_complaint);
  if (!done) {
    complain(err, done.error());
    return exit_failed;
  }
  out << "restored: " << dialer::shown_store(terms.to) << ": " << dialer::summary_of(done->checked) << '\n';
  say_what_it_knows(*done, wanted, out);
  return exit_done;
}

} // namespace chainring::actors
