// chain_traditional.cpp: a chain in its traditional treatment, from the start or after Switch: calls and waits as the table
// of its list says, with no session any more.
#include <algorithm>

#include <spdlog/spdlog.h>

#include "actors/chain.hpp"
#include "actors/chain_home.hpp"
#include "dialer/row_changes.hpp"

namespace chainring::actors {

dialer::course_terms chain::course() const {
  return {job_.treatments, job_.list, job_.chain_attempts_max, job_.treatment_sched_threshold_s,
          ok_is_treated_, job_.environment.order};
}

/// The first step of a chain without a script, or whose rows say that its script has ended before. `from`: it was saved.
void chain::take_up_treatments(const chain_restored* from) {
  const bool was_passive = from && from->passive_until_ms != 0;
  traditional_ = std::make_unique<traditional>();
  if (!job_.treatment_uri.empty()) {
    records_.after = dialer::post_processing::switch_to_traditional;
    if (!was_passive) ++job_.counters->chains_switched;
  }
  // Rows do not say by which medium a call was that had ended before a crash.
  ok_is_treated_ = !job_.message_trunks.empty() && job_.mode == dialer::dialing_mode::power;
  const auto unfollowed = from ? ended_since_saved(*from) : std::nullopt;
  auto step = dialer::begin_course(records_, traditional_->progress, course(), home_.now_ms(), unfollowed);
  if (was_passive && step.next) step.next->at_ms = from->passive_until_ms; // rows have seconds
  go_on(std::move(step));
}

/// The call that the chain was waiting for when it was saved, if it has ended and it is known how; of several the last. What has
/// followed such a call would have saved the chain without it.
std::optional<dialer::ended_call> chain::ended_since_saved(const chain_restored& from) const {
  std::optional<dialer::ended_call> last;
  for (const auto& call : from.state.calls) {
    const auto record_id = records_.at(call.position).record_id;
    const auto made = std::find_if(from.saved->last_attempts.begin(), from.saved->last_attempts.end(),
                                   [&](const dialer::attempt& a) { return a.record_id == record_id && a.n >= call.attempt; });
    if (made == from.saved->last_attempts.end() || made->state != dialer::attempt_state::done || !made->result) return std::nullopt;
    if (!last || last->ended_ms < made->ended_ms) last = {call.position, made->ended_ms};
  }
  return last;
}

/// The script has ended with Switch. What it has set for the calls holds, what it holds itself is given back.
void chain::switch_over() {
  ++job_.counters->chains_switched;
  traditional_ = std::make_unique<traditional>();
  pending_sends_.clear();
  invoked_.reset();
  sessions_ = scxml::session_tree{{}};
  if (last_called_ >= 0 || calls_ > 0) return follow_call(); // a call in progress is waited for
  go_on(dialer::begin_course(records_, traditional_->progress, course(), home_.now_ms()));
}

void chain::step_traditional(const chain_event& e) {
  switch (e.what) {
  case chain_event::kind::timer:
    if (e.sequence != traditional_->sequence) break;
    traditional_->sequence = 0;
    dial(traditional_->position);
    break;
  case chain_event::kind::call_ended: call_ended(e); break;
  default: break; // meant for the script
  }
  settle();
}

/// The call that has ended last decides.
void chain::follow_call() {
  if (calls_ > 0) return;
  const auto position = static_cast<std::size_t>(last_called_);
  const auto result = records_.at(position).call_result.value_or(dialer::call_result::unknown);
  go_on(dialer::follow_course(records_, traditional_->progress, position, result, course(), home_.now_ms()));
}

void chain::go_on(dialer::course_step step) {
  if (!step.warning.empty()) spdlog::warn("list {} chain {}: {}", job_.form.name, records_.chain_id(), step.warning);
  for (auto& row : step.rows) add_change(rows_, std::move(row));
  if (!step.next) {
    if (!step.reason.empty())
      spdlog::info("list {} chain {}: over: {}", job_.form.name, records_.chain_id(), step.reason);
    finish(std::move(step.reason), std::nullopt);
    end_->in_order = true;
    return;
  }
  if (step.next->at_ms <= home_.now_ms()) return dial(step.next->position);
  traditional_->position = step.next->position;
  traditional_->sequence = ++last_sequence_;
  traditional_->due_ms = step.next->at_ms;
  arm(traditional_->sequence, step.next->at_ms - home_.now_ms());
}

void chain::dial(std::size_t position) {
  records_.begin_call(position);
  ask_for_call(sessions_.root(), position);
}

} // namespace chainring::actors
