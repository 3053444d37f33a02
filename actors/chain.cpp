// chain.cpp: events in, effects out, and the end of a chain.
#include "actors/chain.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "actors/chain_home.hpp"
#include "actors/limits.hpp"
#include "dialer/ocs_events.hpp"

namespace chainring::actors {

chain::chain(caf::actor_config& setup, lane& here, chain_home& home, const assignment& job, dialer::chain records,
             scxml::session session)
    : lane_actor(setup, here), home_(home), job_(job), records_(std::move(records)), session_(std::move(session)) {}

void chain::step(const chain_event& e, lane&) {
  if (idle_) {
    idle_ = false;
    --job_.counters->chains_idle;
  }
  switch (e.what) {
  case chain_event::kind::start: start(); break;
  case chain_event::kind::timer: timer_expired(e.sequence); break;
  case chain_event::kind::call_ended: call_ended(e); break;
  case chain_event::kind::stop: quit(); return;
  }
  settle();
}

void chain::on_message(caf::mailbox_element& message, lane& here) {
  if (auto* e = local_element<chain_event>::in(message)) return step(*e, here);
  unknown(message, here);
}

void chain::on_end(lane&) {
  if (idle_) --job_.counters->chains_idle;
  session_ = {}; // its data belong to the lane's realm: given back here, not where the last handle is dropped
}

bool chain::wants(std::uint32_t sequence) const {
  return sequence == timeout_sequence_ ||
         std::any_of(pending_sends_.begin(), pending_sends_.end(),
                     [&](const pending_send& p) { return p.sequence == sequence; });
}

// -- events in -------------------------------------------------------------------------------------------------------------

void chain::start() {
  auto& effects = home_.effects();
  home_.interpreter().start(session_, job_.parameters, effects);
  carry_out(effects);
  take_all();
}

void chain::timer_expired(std::uint32_t sequence) {
  if (sequence == timeout_sequence_) {
    timeout_sequence_ = 0;
    return take(dialer::expire_timeout(records_));
  }
  auto due = std::find_if(pending_sends_.begin(), pending_sends_.end(),
                          [&](const pending_send& p) { return p.sequence == sequence; });
  if (due == pending_sends_.end()) return; // cancelled since
  auto what = std::move(due->what);
  pending_sends_.erase(due);
  take(std::move(what));
}

void chain::call_ended(const chain_event& e) {
  --calls_;
  const auto position = static_cast<std::size_t>(e.record);
  if (e.attempt > 0) records_.note_attempt(position, e.attempt);
  records_.note_result(position, e.result, home_.now_ms());
  auto heard = dialer::call_result_event(e.result, records_.handle_of(position));
  // The guide: no treatment is applied to Ok and Unknown; the instance has done its work.
  if (!heard) return finish({}, e.result);
  take(std::move(*heard));
}

void chain::take(scxml::event e) {
  home_.queue().push_back(std::move(e));
  take_all();
}

/// Events that actions answer at once are processed here too: the chain waits when none is left.
void chain::take_all() {
  auto& queue = home_.queue();
  auto& effects = home_.effects();
  for (std::size_t taken = 0; !queue.empty() && !ended(); ++taken) {
    if (taken == limits::answers_at_once_max) {
      finish("the treatment goes on without ever waiting", dialer::call_result::system_error);
      break;
    }
    auto next = std::move(queue.front());
    queue.pop_front();
    if (session_.phase != scxml::session_phase::stable) continue;
    home_.interpreter().process(session_, next, effects);
    carry_out(effects);
  }
  queue.clear();
}

// -- effects out -----------------------------------------------------------------------------------------------------------

void chain::carry_out(scxml::effects& wanted) {
  for (auto& one : wanted) {
    if (auto* send = std::get_if<scxml::send_effect>(&one)) carry_out(*send);
    else if (auto* cancel = std::get_if<scxml::cancel_effect>(&one)) carry_out(*cancel);
    else if (auto* log = std::get_if<scxml::log_effect>(&one)) carry_out(*log);
    else if (auto* action = std::get_if<scxml::action_effect>(&one)) carry_out(*action);
    else if (auto* failed = std::get_if<scxml::action_failed_effect>(&one)) carry_out(*failed);
    else if (auto* invoke = std::get_if<scxml::invoke_effect>(&one)) refuse_invoke(*invoke);
  }
  wanted.clear();
}

void chain::carry_out(scxml::send_effect& wanted) {
  // Only the session itself can be named: chain_home::reachable() has refused everything else.
  wanted.what.origin = "#_scxml_s" + std::to_string(session_.id);
  wanted.what.origintype = scxml::scxml_event_processor;
  if (wanted.delay_ms <= 0) {
    home_.queue().push_back(std::move(wanted.what));
    return;
  }
  if (pending_sends_.size() >= limits::pending_sends_per_chain_max) {
    spdlog::warn("list {} chain {}: more than {} delayed events are pending: {} is dropped: send fewer or cancel them",
                 job_.form.name, records_.chain_id(), limits::pending_sends_per_chain_max, wanted.what.name);
    return;
  }
  const auto sequence = ++last_sequence_;
  pending_sends_.push_back({sequence, std::move(wanted.what), std::move(wanted.sendid)});
  arm(sequence, wanted.delay_ms);
}

void chain::carry_out(const scxml::cancel_effect& wanted) {
  std::erase_if(pending_sends_, [&](const pending_send& p) { return p.sendid == wanted.sendid; });
}

void chain::carry_out(const scxml::log_effect& wanted) {
  spdlog::info("list {} chain {}: {}{}{}", job_.form.name, records_.chain_id(), wanted.label,
               wanted.label.empty() ? "" : ": ", wanted.text);
}

void chain::carry_out(const scxml::action_effect& wanted) {
  home_.count_action();
  carry_out(dialer::perform(records_, wanted, job_.environment, home_.now_ms()));
}

void chain::carry_out(dialer::action_outcome done) {
  for (const auto& warning : done.warnings)
    spdlog::warn("list {} chain {}: {}", job_.form.name, records_.chain_id(), warning);
  std::move(done.writes.begin(), done.writes.end(), std::back_inserter(writes_));
  if (auto* events = std::get_if<dialer::events_due>(&done.answer))
    std::move(events->begin(), events->end(), std::back_inserter(home_.queue()));
  else if (auto* call = std::get_if<dialer::call_wanted>(&done.answer)) ask_for_call(call->position);
  else if (auto* timeout = std::get_if<dialer::timeout_wanted>(&done.answer)) set_timeout(timeout->delay_ms);
}

void chain::carry_out(const scxml::action_failed_effect& wanted) {
  carry_out(dialer::perform(wanted));
}

void chain::refuse_invoke(const scxml::invoke_effect& wanted) {
  home_.interpreter().forget_invocation(session_, wanted.id);
  scxml::event refusal;
  refusal.name = "error.execution";
  refusal.type = scxml::event_type::platform;
  refusal.invokeid = wanted.id;
  refusal.data = "a treatment of a chain cannot invoke: type " + wanted.type;
  home_.queue().push_back(std::move(refusal));
}

void chain::ask_for_call(std::size_t position) {
  const auto row = records_.at(position);
  dialer::call_request request;
  request.from = {home_.number(), slot(), generation()};
  request.campaign = job_.campaign;
  request.key = {job_.list, row.chain_id, row.chain_n};
  request.record_id = row.record_id;
  request.record = static_cast<std::int32_t>(position);
  request.attempt = row.attempt + 1;
  request.number = row.contact_info;
  if (job_.customer_column && row.user[*job_.customer_column]) request.customer_id = *row.user[*job_.customer_column];
  request.hours.from = row.daily_from;
  request.hours.till = row.daily_till;
  const auto zone = job_.environment.zones.zone_of(row, job_.form);
  if (!zone) return finish(to_line(zone.error()), dialer::call_result::system_error);
  request.hours.zone = *zone;
  if (const auto gap = job_.not_before_ms.find(row.record_id); gap != job_.not_before_ms.end())
    request.not_before_ms = gap->second;
  request.options = records_.flex.of(dialer::flex_kind::options, request.record);
  request.extensions = records_.flex.of(dialer::flex_kind::extensions, request.record);
  ++calls_;
  home_.ask_for_call(std::move(request));
}

void chain::arm(std::uint32_t sequence, std::int64_t delay_ms) {
  if (!home_.arm(*this, sequence, home_.now_ms() + delay_ms))
    finish("no timer is left on this lane: admit fewer chains", dialer::call_result::system_error);
}

void chain::set_timeout(std::int64_t delay_ms) {
  timeout_sequence_ = ++last_sequence_; // a new timeout replaces the one that is pending
  arm(timeout_sequence_, delay_ms);
}

// -- the end -----------------------------------------------------------------------------------------------------------------

/// After each step: has the chain ended, and if not, is there anything it can wait for?
void chain::settle() {
  if (ended()) return;
  switch (session_.phase) {
  case scxml::session_phase::done: return finish({}, std::nullopt);
  case scxml::session_phase::faulted: return finish(scxml::to_text(session_.fault), dialer::call_result::system_error);
  default: break;
  }
  if (calls_ == 0 && timeout_sequence_ == 0 && pending_sends_.empty()) {
    idle_ = true;
    ++job_.counters->chains_idle;
  }
}

void chain::finish(std::string reason, std::optional<dialer::call_result> result) {
  if (ended()) return;
  if (session_.phase == scxml::session_phase::stable) {
    auto& effects = home_.effects();
    home_.interpreter().cancel(session_, effects);
    effects.clear(); // <onexit> may have wanted things: the chain is over
  }
  chain_finished end;
  end.chain_id = records_.chain_id();
  end.faulted = !reason.empty();
  end.switched = records_.after == dialer::post_processing::switch_to_traditional;
  end.writes = std::move(writes_);
  dialer::write_chain_end last;
  last.list = job_.list;
  last.chain_id = records_.chain_id();
  last.result = result;
  last.at_ms = home_.now_ms();
  if (end.faulted) spdlog::error("list {} chain {}: ended with SystemError: {}", job_.form.name, last.chain_id, reason);
  last.reason = std::move(reason);
  last.post_processing = dialer::name_of(records_.after);
  end.writes.push_back(std::move(last));
  home_.report_end(job_, std::move(end));
  quit();
}

} // namespace chainring::actors
