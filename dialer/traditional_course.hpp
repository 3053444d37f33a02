// traditional_course.hpp: the way of one chain through its traditional treatments: which record is dialed when, what the
// rows say of it, when the chain is over. What has to survive stands in the rows and nowhere else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialer/chain.hpp"
#include "dialer/record_order.hpp"
#include "dialer/store/store.hpp"
#include "dialer/traditional_treatment.hpp"

namespace chainring::dialer {

/// Where a chain stands: what the column `treatments` says.
struct treatment_progress {
  std::int64_t treatment = 0;   // DBID of the one that was applied last; 0: none
  std::int32_t application = 0; // how often in a row, from 1
  std::int32_t chain_n = 0;     // record to dial next
  std::int32_t chain_cycle = 1; // how often the chain is being gone through
  friend bool operator==(const treatment_progress&, const treatment_progress&) = default;
};

/// OCS's form: <treatment DBID>@<cycle attempt>@<chain_n to dial next>@<cycle number>.
std::string to_column(const treatment_progress& p);
/// Also with "@lgt;" for "@", as the guide prints it. None: it says something else.
std::optional<treatment_progress> progress_from_column(std::string_view text);

/// What a treatment says after a call result.
struct treatment_choice {
  const traditional_treatment* treatment = nullptr;
  std::int32_t application = 1;
  std::size_t position = 0; // of the record that is dialed next, or about which the chain ends
  std::int32_t chain_cycle = 1;
  std::int64_t wait_ms = 0;
};

/// The treatment that applies to `r` of the record at `position`; none: the result has no treatment, or all of them are
/// used up. `may_dial` says of each position whether it can be dialed.
///
/// A treatment of the same record is applied until its cycle attempts are used up, then the next number applies; another
/// result begins its own sequence, and so does another record. Next in chain passes to the next record, at the end of the
/// chain to the first one again, a new chain cycle, as long as there are not more of these than its cycle attempts.
/// To Unknown no treatment is applied, to Ok only when `ok_is_treated`: of a message, in Power mode.
std::optional<treatment_choice> choose_treatment(const treatment_table& table, const treatment_progress& progress,
                                                 call_result r, std::size_t position, const std::vector<bool>& may_dial,
                                                 std::int64_t now_ms, bool ok_is_treated = false);

struct course_terms {
  const treatment_table& treatments;
  list_id list = 0;
  std::int64_t chain_attempts_max = 0; // calls of a chain, column attempt of all its rows
  std::int64_t sched_threshold_s =
      0; // OCS treatment_sched_threshold: waits as long or longer are written into the rows
  bool ok_is_treated = false; // of the call that has ended; when a chain is taken up, of those before
  record_order order = {};    // in which a chain is gone through
};

/// What is to be done next: a call, or the end.
struct course_step {
  struct call {
    std::size_t position = 0;
    std::int64_t at_ms = 0; // now or earlier: at once
  };
  std::optional<call> next;
  std::vector<write_row> rows; // what has changed in them
  std::string reason;        // of an end that no treatment has asked for
  std::string warning;       // for the log; empty: none
};

/// A call that has ended, with the result that its row has.
struct ended_call {
  std::size_t position = 0; // of its record
  std::int64_t ended_ms = 0;
};

/// Takes the chain up: where its rows say, or at its first record. Rows of the types CampaignRescheduled,
/// PersonalRescheduled, PersonalCallback and CampaignCallback say it; in General rows `treatments` means nothing. A call
/// that was due and has ended since, just before a crash, is followed from where it ended. So is `unfollowed`, which the
/// host knows of: rows say nothing of the first call of a chain.
course_step begin_course(chain& c, treatment_progress& progress, const course_terms& terms, std::int64_t now_ms,
                         const std::optional<ended_call>& unfollowed = {});

/// The call of the record at `position` has ended so; that stands in the chain already. Changes the chain's rows as the
/// writes change them in the store.
course_step follow_course(chain& c, treatment_progress& progress, std::size_t position, call_result r,
                          const course_terms& terms, std::int64_t now_ms);

/// The row a chain's way is written in, and the way; none: the rows say nothing.
struct written_progress {
  std::size_t position = 0; // among the records
  treatment_progress progress;
};
std::optional<written_progress> find_progress(const std::vector<record>& rows);

} // namespace chainring::dialer
