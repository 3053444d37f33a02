// chain_saving.cpp: a chain is saved whenever it waits, may leave memory, and goes on from there when it is taken up again.
#include <algorithm>

#include <spdlog/spdlog.h>

#include "actors/chain.hpp"
#include "actors/chain_home.hpp"
#include "dialer/ocs_events.hpp"
#include "scxml/document_origin.hpp"
#include "scxml/tree_snapshot.hpp"

namespace chainring::actors {

namespace {

/// The documents of these sessions, each once; those that stand inside another one come with that.
result<std::vector<std::shared_ptr<const dialer::kept_document>>> documents_of(scxml::session_tree& sessions, chain_home& home) {
  std::vector<std::shared_ptr<const scxml::document>> needed;
  sessions.for_each([&](const scxml::session& s) {
    const bool known = std::any_of(needed.begin(), needed.end(),
                                   [&](const auto& d) { return scxml::find_document(d, s.document->hash) != nullptr; });
    if (!known) needed.push_back(s.document);
  });
  std::vector<std::shared_ptr<const dialer::kept_document>> kept;
  for (const auto& d : needed) {
    auto one = home.to_keep(d);
    if (!one) return one.error();
    kept.push_back(std::move(*one));
  }
  return kept;
}

} // namespace

// -- saved -----------------------------------------------------------------------------------------------------------------

/// The chain waits. What a crash could take from it goes to the store: with the intents of the calls that it has asked for in
/// this step, or by itself.
void chain::keep() {
  if (!job_.saves) {
    if (home_.has_asked()) home_.send_calls({});
    return;
  }
  auto saved = save();
  if (!saved) {
    if (!std::exchange(cannot_be_saved_, true) && job_.counters->chains_not_saved++ == 0)
      spdlog::warn("list {} chain {}: it cannot be saved, so a crash sends it back to where it was saved before, or to its begin: "
                   "{}; others are not named",
                   job_.form.name, records_.chain_id(), to_line(saved.error()));
    return home_.send_calls({});
  }
  if (home_.has_asked()) return home_.send_calls(std::make_shared<const dialer::write_instance>(std::move(*saved)));
  const auto passive_until = may_leave_until();
  if (!passive_until && rows_.empty() && home_.is_as_it_came(saved->bytes)) return;
  rows_.clear(); // they stand in it
  saved->due_ms = passive_until.value_or(0);
  saved->listens = passive_until && awaits_daytime(); // also where no change will ever come
  chain_finished waiting;
  waiting.chain_id = records_.chain_id();
  waiting.passive_until_ms = saved->due_ms;
  waiting.writes.push_back(std::move(*saved));
  report_ = home_.report(job_, std::move(waiting), report_);
  if (passive_until) quit();
}

/// Its rows say all that there is to know: if it has long to wait and was not called back for something before, it leaves memory,
/// and what is saved of it has no bytes.
void chain::wait_to_begin() {
  if (job_.passivate_after_ms == 0 || saves_ > 0 || records_.timeout_due_ms - home_.now_ms() < job_.passivate_after_ms) return;
  dialer::write_instance saved{job_.list, records_.chain_id(), {}};
  saved.version = ++saves_;
  saved.due_ms = records_.timeout_due_ms;
  chain_finished waiting;
  waiting.chain_id = records_.chain_id();
  waiting.passive_until_ms = saved.due_ms;
  waiting.writes.push_back(std::move(saved));
  report_ = home_.report(job_, std::move(waiting), report_);
  quit();
}

/// When it has to be back, if it waits long enough to leave memory meanwhile, and only for what can be told out of memory; none:
/// it stays.
std::optional<std::int64_t> chain::may_leave_until() const {
  if (job_.passivate_after_ms == 0 || just_back_ || calls_ > 0 || !idle()) return std::nullopt;
  if (!traditional_ && sessions_.awaits_documents()) return std::nullopt;
  // The time of a wait that is not in the rows would be lost.
  if (traditional_ && !records_.at(traditional_->position).treatments) return std::nullopt;
  auto due_ms = earliest_timer_ms();
  // In virtual time a chain that waits for changes alone may have to be given up: listen_to_daytime().
  if (due_ms == never && (home_.is_virtual() || (!listens() && !home_.hears_others()))) return std::nullopt;
  if (listens()) due_ms = std::min(due_ms, home_.daytime().next_change_ms(*this));
  if (due_ms - home_.now_ms() < job_.passivate_after_ms) return std::nullopt;
  return due_ms;
}

std::int64_t chain::earliest_timer_ms() const {
  if (traditional_) return traditional_->sequence != 0 ? traditional_->due_ms : never;
  auto due_ms = timeout_sequence_ != 0 ? records_.timeout_due_ms : never;
  for (const auto& send : pending_sends_) due_ms = std::min(due_ms, send.due_ms);
  if (invoked_)
    for (const auto& timeout : invoked_->timeouts) due_ms = std::min(due_ms, timeout.due_ms);
  return due_ms;
}

void chain::put_away() {
  home_.begin_step(job_, records_.chain_id());
  chain_finished leaving;
  leaving.chain_id = records_.chain_id();
  leaving.put_away = true;
  dialer::write_release release{job_.list, records_.chain_id(), idle_}; // what waits for nothing has no place worth keeping
  if (!idle_ && has_begun()) {
    auto saved = save();
    if (saved) leaving.writes.push_back(std::move(*saved));
    else {
      leaving.writes.assign(rows_.begin(), rows_.end());
      spdlog::warn("list {} chain {}: it cannot be saved, so it will go on from where it was saved before, or begin anew: {}",
                   job_.form.name, records_.chain_id(), to_line(saved.error()));
      if (!std::exchange(cannot_be_saved_, true)) ++job_.counters->chains_not_saved;
    }
  }
  leaving.writes.push_back(release);
  report_ = home_.report(job_, std::move(leaving), report_);
  quit();
}

result<dialer::write_instance> chain::save() {
  dialer::saved_chain state;
  dialer::write_instance saved{job_.list, records_.chain_id(), {}, records_.handle_base() + records_.size(), {}, ++saves_,
                               {rows_.begin(), rows_.end()}};
  const auto asked_by = [this](std::size_t position) {
    if (invoked_)
      for (const auto& c : invoked_->callers)
        if (c.position == position) return c.session;
    return sessions_.root().id;
  };
  for (const auto position : records_.calls())
    state.calls.push_back({asked_by(position), static_cast<std::uint32_t>(position), records_.at(position).attempt + 1});
  for (std::size_t i = 0; i < records_.size(); ++i) state.attempts.push_back(records_.at(i).attempt);
  for (const auto& call : state.calls) state.attempts[call.position] = call.attempt;
  state.last_called = last_called_;
  state.records = records_.save();
  if (!traditional_) {
    std::vector<scxml::pending_message> delayed;
    for (const auto& p : pending_sends_) delayed.push_back({p.due_ms, p.sender, 0, p.what});
    auto sessions = scxml::save(sessions_, delayed);
    if (!sessions) return std::move(sessions).error();
    state.sessions = std::move(*sessions);
    if (invoked_) {
      state.sessions_made = invoked_->sessions_made;
      for (const auto& t : invoked_->timeouts) state.timeouts.push_back({t.session, t.due_ms});
    }
    auto documents = documents_of(sessions_, home_);
    if (!documents) return std::move(documents).error();
    saved.documents = std::move(*documents);
  }
  saved.bytes = dialer::to_bytes(state, home_.saved_chain_format());
  return saved;
}

// -- back ------------------------------------------------------------------------------------------------------------------

void chain::step(const chain_restored& r, lane&) {
  home_.begin_step(job_, records_.chain_id());
  home_.came_from(r.saved);
  just_back_ = r.called_for;
  if (r.state.sessions.empty()) { // its rows know more than what was saved, which is what the script had set for the calls
    if (job_.treatments.empty() && !r.state.calls.empty()) { // its one call after Switch: no row says that it was made
      traditional_ = std::make_unique<traditional>();
      restore_calls(r);
    } else {
      take_up_treatments(&r);
    }
    return settle();
  }
  last_called_ = r.state.last_called;
  // Before all else.
  if (r.passive_until_ms == 0) hear_of_daytime_now();
  else hear_of_daytime_since(r.passive_until_ms);
  restore_waits(r);
  restore_calls(r);
  run();
}

/// What became due meanwhile is due now.
void chain::restore_waits(const chain_restored& r) {
  const auto arm_until = [this](std::int64_t due_ms) {
    const auto sequence = ++last_sequence_;
    arm(sequence, std::max<std::int64_t>(due_ms - home_.now_ms(), 0));
    return sequence;
  };
  for (const auto& d : r.delayed) pending_sends_.push_back({arm_until(d.due_ms), d.session, d.due_ms, d.send});
  if (records_.timeout_due_ms != 0) timeout_sequence_ = arm_until(records_.timeout_due_ms);
  if (r.state.sessions_made == 0) return;
  invoked().sessions_made = r.state.sessions_made;
  for (const auto& t : r.state.timeouts) invoked().timeouts.push_back({t.session, arm_until(t.due_ms), t.due_ms});
}

/// Calls that were made have their result from the store; the others are asked for again.
void chain::restore_calls(const chain_restored& r) {
  for (const auto& call : r.state.calls) {
    const auto* asker = sessions_.find(call.session);
    if (!asker) asker = &sessions_.root();
    records_.begin_call(call.position);
    const auto record_id = records_.at(call.position).record_id;
    const auto made = std::find_if(r.saved->last_attempts.begin(), r.saved->last_attempts.end(), [&](const dialer::attempt& a) {
      return a.record_id == record_id && a.n >= call.attempt;
    });
    if (made == r.saved->last_attempts.end()) {
      ask_for_call(*asker, call.position);
      continue;
    }
    ++calls_;
    if (asker != &sessions_.root()) invoked().callers.push_back({call.session, call.position});
    const bool is_known = made->state == dialer::attempt_state::done && made->result;
    call_ended({.what = chain_event::kind::call_ended,
                .result = is_known ? *made->result : dialer::call_result::system_error,
                .attempt_state = is_known ? dialer::attempt_state::done : dialer::attempt_state::unknown,
                .by = job_.medium_of(made->trunk),
                .record = static_cast<std::int32_t>(call.position),
                .attempt = made->n});
  }
}

/// A passive chain has to be back when the next change comes, so only what came from then on has passed it by.
void chain::hear_of_daytime_since(std::int64_t since_ms) {
  if (since_ms == never) return; // it has not listened
  const auto& in = job_.environment;
  const auto zone = in.zones.zone_of(records_.at(records_.current), job_.form);
  if (!zone) return;
  const auto now_s = home_.now_ms() / 1'000;
  const auto change = in.daytime.next_change(in.zones, *zone, since_ms / 1'000 - 1);
  if (change && *change <= now_s) hear_of_daytime(in.daytime.code_at(in.zones, *zone, now_s));
}

/// The guide: a restored instance is told where the day is. The root hears it whatever state it is in, the sessions that it has
/// invoked as they do of every change.
void chain::hear_of_daytime_now() {
  auto now = dialer::current_daytime_event(records_, job_.environment, home_.now_ms());
  sessions_.for_each([&](const scxml::session& s) {
    if (&s == &sessions_.root() || home_.awaits_daytime(s)) home_.driver().enqueue(s.id, now);
  });
}

} // namespace chainring::actors
