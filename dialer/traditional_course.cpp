// traditional_course.cpp: a choice by the table alone, and around it the rows: who can be dialed, what is written.
#include "dialer/traditional_course.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "dialer/limits.hpp"
#include "dialer/schedule.hpp"
#include "dialer/text.hpp"

namespace chainring::dialer {

namespace {

constexpr char separator = '@';
constexpr std::string_view separator_as_printed = "@lgt;"; // in OCS's documentation, for ">@<"

using choices = std::optional<treatment_choice>;

/// The first record from `from` on that can be dialed.
std::optional<std::size_t> next_dialable(const std::vector<bool>& may_dial, std::size_t from) {
  for (std::size_t i = from; i < may_dial.size(); ++i)
    if (may_dial[i]) return i;
  return std::nullopt;
}

std::int64_t wait_of(const traditional_treatment& t, std::int32_t application, std::int64_t now_ms) {
  if (is_at_date(t.action)) return std::max<std::int64_t>(0, *t.date_time * 1'000 - now_ms);
  return t.action == record_action::assign_to_group ? 0 : delay_ms(t, application);
}

/// None: its cycle attempts are used up, or there is no record for it.
choices apply_treatment(const traditional_treatment& t, std::int32_t application, std::int32_t chain_cycle,
                        std::size_t position, const std::vector<bool>& may_dial, std::int64_t now_ms) {
  if (stays_at_record(t.action)) {
    if (application > t.cycle_attempts || !may_dial[position]) return std::nullopt;
    return treatment_choice{&t, application, position, chain_cycle, wait_of(t, application, now_ms)};
  }
  if (!moves_along_chain(t.action)) return treatment_choice{&t, 1, position, chain_cycle, 0};
  auto wait_ms = wait_of(t, chain_cycle, now_ms);
  auto to = next_dialable(may_dial, position + 1);
  const auto cycle = to ? chain_cycle : chain_cycle + 1;
  if (to && t.action == record_action::next_in_chain) wait_ms = 0;
  if (!to) to = next_dialable(may_dial, 0);
  if (!to || cycle > t.cycle_attempts) return std::nullopt;
  return treatment_choice{&t, chain_cycle, *to, cycle, wait_ms};
}

/// The chain as it is gone through: its records in the list's order.
struct ordered_rows {
  std::vector<record> rows;
  std::vector<std::size_t> positions; // of these in the chain
};

ordered_rows rows_of(const chain& c, const record_order& order) {
  std::vector<record> rows;
  rows.reserve(c.size());
  for (std::size_t i = 0; i < c.size(); ++i) rows.push_back(c.at(i));
  ordered_rows all;
  all.positions = order.positions(rows);
  for (const auto i : all.positions) all.rows.push_back(std::move(rows[i]));
  return all;
}

std::vector<bool> dialable(const std::vector<record>& rows) {
  std::vector<bool> all;
  for (const auto& row : rows) all.push_back(can_be_dialed(row));
  return all;
}

std::optional<std::size_t> position_of(const std::vector<record>& rows, std::int32_t chain_n) {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows[i].chain_n == chain_n) return i;
  return std::nullopt;
}

std::optional<std::string> no_attempts_left(const std::vector<record>& rows, const course_terms& terms) {
  std::int64_t attempts = 0;
  for (const auto& row : rows) attempts += row.attempt;
  if (attempts < terms.chain_attempts_max) return std::nullopt;
  return std::to_string(attempts) + " attempts were made, chain-attempts-max";
}

/// A rescheduled one before the others.
std::optional<std::size_t> first_to_dial(const std::vector<record>& rows) {
  const auto may_dial = dialable(rows);
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (may_dial[i] && is_rescheduled(rows[i].record_type)) return i;
  return next_dialable(may_dial, 0);
}

std::int64_t due_ms(const record& row, std::int64_t now_ms) {
  if (!is_rescheduled(row.record_type) || !row.dial_sched_time) return now_ms;
  return std::clamp(*row.dial_sched_time * 1'000, now_ms, now_ms + limits::treatment_delay_ms_max);
}

/// The call that `said_by` announces was made and has ended, at this instant: nobody has followed it.
std::optional<std::int64_t> ended_since(const record& called, const record& said_by) {
  const bool since = is_rescheduled(said_by.record_type) && said_by.treatments && said_by.dial_sched_time &&
                     called.call_time && *called.call_time >= *said_by.dial_sched_time && called.call_result;
  return since ? std::optional(*called.call_time * 1'000) : std::nullopt;
}

record_type type_after(record_action action, const record& row) {
  const bool personal = row.agent_id || row.record_type == record_type::personal_callback ||
                        row.record_type == record_type::personal_rescheduled;
  switch (action) {
  case record_action::assign_to_group: return record_type::campaign_callback;
  case record_action::reschedule:
    return personal ? record_type::personal_rescheduled : record_type::campaign_rescheduled;
  case record_action::retry_in:
  case record_action::retry_at_date: return record_type::campaign_rescheduled;
  default: return is_rescheduled(row.record_type) ? row.record_type : record_type::campaign_rescheduled;
  }
}

/// Keeps rows in memory and in the store alike.
class row_writer {
 public:
  row_writer(chain& c, const std::vector<std::size_t>& positions, list_id list, std::vector<write_row>& out)
      : chain_(c), positions_(positions), list_(list), out_(out) {}

  void reschedule(std::size_t position, record row, record_action action, std::int64_t at_ms,
                  const treatment_progress& progress) {
    row.record_type = type_after(action, row);
    row.dial_sched_time = (at_ms + 999) / 1'000; // not a moment before the wait is over
    if (row.call_time) row.dial_sched_time = std::max(*row.dial_sched_time, *row.call_time + 1); // see ended_since()
    row.treatments = to_column(progress);
    write_row w{.key = key(row), .type = row.record_type, .dial_sched_time = row.dial_sched_time};
    w.columns.emplace_back("treatments", row.treatments);
    if (action == record_action::assign_to_group && row.agent_id) {
      row.agent_id.reset();
      w.columns.emplace_back("agent_id", std::nullopt);
    }
    keep(position, row, std::move(w));
  }

  /// A row that the chain has left says no longer how it goes on.
  void forget(std::size_t position, record row) {
    if (!row.treatments || !is_rescheduled(row.record_type)) return;
    row.treatments.reset();
    write_row w{.key = key(row)};
    w.columns.emplace_back("treatments", std::nullopt);
    keep(position, row, std::move(w));
  }

  void mark(std::size_t position, record row, call_result r) {
    if (row.call_result == r) return;
    row.call_result = r;
    keep(position, row, write_row{.key = key(row), .result = r});
  }

  void mark_as_agent_error(std::size_t position, record row) {
    row.record_status = record_status::agent_error;
    keep(position, row, write_row{.key = key(row), .status = row.record_status});
  }

 private:
  record_key key(const record& row) const { return {list_, row.chain_id, row.chain_n}; }
  void keep(std::size_t at, const record& row, write_row what) {
    chain_.put(positions_[at], row);
    out_.push_back(std::move(what));
  }

  chain& chain_;
  const std::vector<std::size_t>& positions_; // of the rows that are named here
  list_id list_;
  std::vector<write_row>& out_;
};

bool always_written(record_action action) { return stays_at_record(action) && action != record_action::redial; }

} // namespace

// -- the column --------------------------------------------------------------------------------------------------------

std::string to_column(const treatment_progress& p) {
  return std::to_string(p.treatment) + separator + std::to_string(p.application) + separator +
         std::to_string(p.chain_n) + separator + std::to_string(p.chain_cycle);
}

std::optional<treatment_progress> progress_from_column(std::string_view text) {
  std::array<std::int64_t, 4> numbers{};
  for (auto& number : numbers) {
    const bool last = &number == &numbers.back();
    const auto end = std::min(text.find(separator), text.size());
    const auto read = to_integer(text.substr(0, end));
    if (!read || *read < 0 || last != (end == text.size())) return std::nullopt;
    number = *read;
    text.remove_prefix(end);
    text.remove_prefix(text.starts_with(separator_as_printed) ? separator_as_printed.size() : text.empty() ? 0 : 1);
  }
  const auto [treatment, application, chain_n, chain_cycle] = numbers;
  constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max() - 1; // both are counted on
  if (application > most || chain_n > most || chain_cycle > most) return std::nullopt;
  return treatment_progress{treatment, static_cast<std::int32_t>(application), static_cast<std::int32_t>(chain_n),
                            std::max<std::int32_t>(1, static_cast<std::int32_t>(chain_cycle))};
}

std::optional<written_progress> find_progress(const std::vector<record>& rows) {
  std::optional<written_progress> found;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i].treatments || !is_rescheduled(rows[i].record_type) || !can_be_dialed(rows[i])) continue;
    const auto progress = progress_from_column(*rows[i].treatments);
    const auto to = progress ? position_of(rows, progress->chain_n) : std::nullopt;
    if (!to || !can_be_dialed(rows[*to])) continue;
    if (*to == i) return written_progress{i, *progress}; // its own call: nothing is nearer to the truth
    if (!found) found = written_progress{i, *progress};
  }
  return found;
}

// -- what follows --------------------------------------------------------------------------------------------------------

std::optional<treatment_choice> choose_treatment(const treatment_table& table, const treatment_progress& progress,
                                                 call_result r, std::size_t position, const std::vector<bool>& may_dial,
                                                 std::int64_t now_ms, bool ok_is_treated) {
  // The guide: no treatment is applied to Ok and Unknown, but to Ok of messages in Power mode.
  if ((r == call_result::ok && !ok_is_treated) || r == call_result::unknown) return std::nullopt;
  const auto sequence = table.sequence(r);
  auto next = sequence.begin();
  std::int32_t application = 1;
  const auto last =
      std::find_if(sequence.begin(), sequence.end(), [&](const auto& t) { return t.dbid == progress.treatment; });
  if (last != sequence.end() && stays_at_record(last->action)) {
    next = last;
    application = progress.application + 1;
  }
  for (; next != sequence.end(); ++next, application = 1)
    if (auto choice = apply_treatment(*next, application, progress.chain_cycle, position, may_dial, now_ms))
      return choice;
  return std::nullopt;
}

course_step begin_course(chain& c, treatment_progress& progress, const course_terms& terms, std::int64_t now_ms,
                         const std::optional<ended_call>& unfollowed) {
  const auto [rows, positions] = rows_of(c, terms.order);
  progress = {};
  course_step step;
  if (auto reason = unfollowed ? std::nullopt : no_attempts_left(rows, terms)) {
    step.reason = std::move(*reason);
    return step;
  }
  auto at = first_to_dial(rows), said_by = at;
  if (const auto written = find_progress(rows)) {
    progress = written->progress;
    at = position_of(rows, progress.chain_n);
    said_by = written->position;
    if (progress.treatment != 0 && !terms.treatments.find(progress.treatment)) {
      step.warning = "its list has no treatment " + std::to_string(progress.treatment) +
                     " any more: its next result begins a sequence";
      progress.treatment = progress.application = 0;
    }
  }
  if (unfollowed) {
    auto followed = follow_course(c, progress, unfollowed->position, *c.at(unfollowed->position).call_result, terms,
                                  unfollowed->ended_ms);
    followed.warning = std::move(step.warning);
    return followed;
  }
  if (!at) {
    step.reason = "no record of the chain can be dialed";
    return step;
  }
  progress.chain_n = rows[*at].chain_n;
  if (const auto ended_ms = ended_since(rows[*at], rows[*said_by])) {
    auto followed = follow_course(c, progress, positions[*at], *rows[*at].call_result, terms, *ended_ms);
    followed.warning = std::move(step.warning);
    return followed;
  }
  step.next = course_step::call{positions[*at], due_ms(rows[*said_by], now_ms)};
  return step;
}

course_step follow_course(chain& c, treatment_progress& progress, std::size_t position_in_chain, call_result r,
                          const course_terms& terms, std::int64_t now_ms) {
  const auto [rows, positions] = rows_of(c, terms.order);
  const auto position =
      static_cast<std::size_t>(std::find(positions.begin(), positions.end(), position_in_chain) - positions.begin());
  course_step step;
  row_writer out(c, positions, terms.list, step.rows);
  const auto choice = choose_treatment(terms.treatments, progress, r, position, dialable(rows), now_ms,
                                       terms.ok_is_treated);
  if (!choice) return step;
  const auto action = choice->treatment->action;
  if (action == record_action::mark_as_agent_error) out.mark_as_agent_error(position, rows[position]);
  if (action == record_action::mark_chain)
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (can_be_dialed(rows[i])) out.mark(i, rows[i], r);
  if (!stays_at_record(action) && !moves_along_chain(action)) return step;
  if (auto reason = no_attempts_left(rows, terms)) {
    step.reason = std::move(*reason);
    return step;
  }
  const auto to = choice->position;
  progress = {choice->treatment->dbid, choice->application, rows[to].chain_n, choice->chain_cycle};
  const auto at_ms = now_ms + choice->wait_ms;
  const bool written = always_written(action) || choice->wait_ms >= terms.sched_threshold_s * 1'000;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (i != to || !written) out.forget(i, rows[i]);
  if (written) out.reschedule(to, rows[to], action, at_ms, progress);
  step.next = course_step::call{positions[to], at_ms};
  return step;
}

} // namespace chainring::dialer
