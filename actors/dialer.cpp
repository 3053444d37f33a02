// dialer.cpp: turns of the switchboard, with a commit between the grant and the start, and before a chain hears a result.
#include "actors/dialer.hpp"

#include <algorithm>

#include <caf/actor.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/limits.hpp"
#include "dialer/store/writes.hpp"

namespace chainring::actors {

namespace {

bool leave_history(const std::vector<dialer::write>& writes) {
  return std::any_of(writes.begin(), writes.end(), dialer::leaves_history);
}

} // namespace

void dialer_view::show(dialer::switchboard_counts counts, std::vector<dialer::switchboard::line_counts> lines) {
  std::lock_guard guard{mutex_};
  counts_ = counts;
  lines_ = std::move(lines);
}

dialer::switchboard_counts dialer_view::counts() const {
  std::lock_guard guard{mutex_};
  return counts_;
}

std::vector<dialer::switchboard::line_counts> dialer_view::lines() const {
  std::lock_guard guard{mutex_};
  return lines_;
}

dialer_actor::dialer_actor(caf::actor_config& cfg, dialer_terms terms)
    : control_actor(cfg, terms.view->mailbox), terms_(std::move(terms)), unsettled_(std::make_shared<std::atomic<bool>>(false)),
      due_(std::make_shared<std::atomic<bool>>(false)), lanes_(terms_.lanes.size()) {}

caf::behavior dialer_actor::make_behavior() {
  participant setup;
  setup.name = "dialer";
  setup.order = dialer_clock_order;
  setup.wake = [self = caf::actor{this}, due = due_](work turn) {
    if (!due->exchange(true)) caf::anon_send(self, look_after_trunks{std::move(turn)});
  };
  setup.settle = [self = caf::actor{this}, clock = terms_.clock, unsettled = unsettled_] {
    if (!unsettled->exchange(false)) return false;
    caf::anon_send(self, settle_requests{clock->begin_work()});
    return true;
  };
  deadline_ = terms_.clock->join(std::move(setup));
  // In virtual time a message has its deadline from the start on.
  if (!terms_.clock->is_virtual())
    for (auto* c : terms_.couriers)
      c->on_end([self = caf::actor{this}, due = due_] {
        if (!due->exchange(true)) caf::anon_send(self, look_after_trunks{});
      });
  return counted([this](call_requests& r) { take(r); }, //
                 [this](validation_answered& a) { take(a); },
                 [this](ask_dialer& a) { answer(a); },
                 [this](settle_requests&) { settle_and_turn(); },
                 [this](look_after_trunks&) {
                   due_->store(false);
                   if (!terms_.clock->is_virtual()) return settle_and_turn();
                   unsettled_->store(true); // what was held until now joins the requests of this instant
                   turn();
                 },
                 [this](batches_taken& t) {
                   lanes_[t.lane].events.taken();
                   tell_lanes();
                   answer_those_who_wait();
                 },
                 [this](let_campaign_call& c) {
                   if (c.may) terms_.board->resume(c.campaign);
                   else terms_.board->pause(c.campaign);
                   turn();
                 },
                 [this](withdraw& w) {
                   auto promise = make_response_promise<withdrawn>();
                   withdrawals_.emplace_back(w.whose, promise);
                   terms_.board->withdraw(w.whose, terms_.clock->now_ms());
                   turn();
                   return promise;
                 },
                 [this](let_shards_call& s) {
                   terms_.board->resume(s.shards);
                   for (const auto& gap : s.gaps) terms_.board->note_gap(gap.list, gap.record_id, gap.until_ms);
                   turn();
                 },
                 [this](lane_hangs h) {
                   lanes_[h.lane].hangs = true;
                   tell_lanes();
                   answer_those_who_wait();
                 },
                 [this](drain) {
                   drain_promise_ = make_response_promise<drained>();
                   auto promise = drain_promise_;
                   begin_drain();
                   return promise;
                 });
}

void dialer_actor::take(call_requests& r) {
  if (lanes_[r.lane].requests.take()) send(terms_.lanes[r.lane], batches_taken{r.lane, nullptr, r.token});
  terms_.board->add(std::move(r.items));
  // In virtual time the requests of one instant are ordered when all of them are there.
  if (terms_.clock->is_virtual()) unsettled_->store(true);
  else settle_and_turn();
}

void dialer_actor::answer(ask_dialer& a) {
  a.question(*terms_.board);
  if (terms_.clock->is_virtual()) unsettled_->store(true);
  else settle_and_turn();
}

void dialer_actor::begin_drain() {
  draining_ = true;
  terms_.board->close();
  turn();
}

void dialer_actor::on_exit() {
  deadline_.reset();
  for (auto* c : terms_.couriers) c->on_end({});
  terms_.board.reset();
  // Calls in progress end with it: nobody else answers those who wait for that. Unanswered promises would keep it in memory, too.
  const auto gone = caf::make_error(caf::sec::request_receiver_down);
  if (std::exchange(draining_, false)) drain_promise_.deliver(gone);
  for (auto& [whose, waiting] : std::exchange(withdrawals_, {})) waiting.deliver(gone);
}

void dialer_actor::settle_and_turn() {
  take_verdicts();
  terms_.board->settle(terms_.clock->now_ms());
  turn();
}

void dialer_actor::turn() {
  const auto now_ms = terms_.clock->now_ms();
  terms_.board->advance(now_ms, outcomes_); // first: calls that have ended free channels
  if (intents_at_keeper_ < limits::batches_in_flight_max) carry_out(terms_.board->grant(now_ms, outcomes_));
  have_stored();
  if (auto fault = terms_.board->broken()) {
    spdlog::critical("a trunk does not work: {}", *fault);
    quit(caf::make_error(caf::sec::runtime_error, *fault));
    return;
  }
  const auto shown = show(false) || terms_.clock->is_virtual();
  deadline_->set(std::min(terms_.board->next_due_ms(now_ms), shown ? never : shown_ms_ + limits::dialer_view_ms));
  answer_those_who_wait();
}

void dialer_actor::take(validation_answered& a) {
  const auto* request = terms_.board->find(a.call);
  if (!request) return; // given up meanwhile
  const auto& wanted = *request->validation;
  auto verdict = dialer::judge(a.answer, *wanted.form, wanted.handle, wanted.otherwise);
  for (const auto& complaint : verdict.complaints)
    spdlog::warn("list {} chain {}: {}", wanted.form->name, request->key.chain_id, complaint);
  if (!verdict.columns.empty())
    lanes_[request->from.lane].columns.push_back(
        {request->from.slot, request->from.generation, {request->record, std::move(verdict.columns)}});
  verdicts_.emplace_back(a.call, std::move(verdict));
  // In virtual time the answers of one instant are taken together, or their order would decide who is called first.
  if (terms_.clock->is_virtual()) return unsettled_->store(true);
  take_verdicts();
  turn();
}

void dialer_actor::take_verdicts() {
  if (!verdicts_.empty())
    carry_out(terms_.board->answer_validations(std::exchange(verdicts_, {}), terms_.clock->now_ms(), outcomes_));
}

void dialer_actor::carry_out(dialer::switchboard::granted granted) {
  for (auto& [call, wanted] : granted.questions)
    terms_.validators->ask(wanted->uri, wanted->question,
                           [self = caf::actor{this}, call = call, token = terms_.clock->begin_work()](auto answer) {
                             caf::anon_send(self, validation_answered{call, std::move(answer), token});
                           });
  if (granted.intents.empty()) return;
  auto token = terms_.clock->begin_work();
  const bool told = leave_history(granted.intents);
  ++intents_at_keeper_;
  request(terms_.keeper, caf::infinite, commit{std::move(granted.intents), token})
      .then([this, calls = std::move(granted.calls), told, token](committed& c) {
        --intents_at_keeper_;
        if (told) tell_history();
        intents_stored(calls, c.refused);
        tell_lanes();
        turn();
      });
}

void dialer_actor::intents_stored(const std::vector<std::uint64_t>& calls, std::vector<refused_writes>& refused) {
  std::vector<std::uint64_t> stored;
  stored.reserve(calls.size());
  std::size_t next = 0;
  for (const auto& r : refused) {
    stored.insert(stored.end(), calls.begin() + next, calls.begin() + r.first);
    for (next = r.first; next < r.last; ++next) fail_chain(terms_.board->give_up(calls[next]), r.why);
  }
  stored.insert(stored.end(), calls.begin() + next, calls.end());
  terms_.board->confirm(stored);
}

void dialer_actor::have_stored() {
  if (outcomes_.empty() || results_at_keeper_ == limits::batches_in_flight_max) return;
  auto outcomes = std::exchange(outcomes_, {});
  std::vector<dialer::write> writes;
  writes.reserve(outcomes.size());
  for (auto& outcome : outcomes) writes.push_back(std::move(outcome.write));
  auto token = terms_.clock->begin_work();
  const bool told = leave_history(writes);
  ++results_at_keeper_;
  request(terms_.keeper, caf::infinite, commit{std::move(writes), token})
      .then([this, outcomes = std::move(outcomes), told, token](committed& c) {
        --results_at_keeper_;
        if (told) tell_history();
        outcomes_stored(outcomes, c.refused);
        tell_lanes();
        have_stored(); // what had to wait
        answer_those_who_wait();
      });
}

/// A chain hears no result that is not in the store.
void dialer_actor::outcomes_stored(const std::vector<dialer::call_outcome>& outcomes, std::vector<refused_writes>& refused) {
  std::size_t next = 0;
  for (const auto& r : refused) {
    while (next < r.first) tell_chain(outcomes[next++]);
    while (next < r.last) fail_chain(outcomes[next++].from, r.why);
  }
  while (next < outcomes.size()) tell_chain(outcomes[next++]);
}

void dialer_actor::tell_history() { history_sender::tell(terms_.history, *terms_.told, *terms_.clock); }

void dialer_actor::tell_chain(const dialer::call_outcome& outcome) {
  auto& counters = *terms_.campaigns[outcome.campaign];
  if (outcome.attempt > 0) ++counters.attempts;
  ++counters.results[static_cast<std::size_t>(outcome.result)];
  chain_event e;
  e.what = chain_event::kind::call_ended;
  e.result = outcome.result;
  e.record = outcome.record;
  e.attempt = outcome.attempt;
  e.by = outcome.by;
  if (!outcome.is_known) e.attempt_state = dialer::attempt_state::unknown;
  if (!outcome.note.empty())
    spdlog::log(outcome.result == dialer::call_result::ok ? spdlog::level::debug : spdlog::level::info, "{}", outcome.note);
  lanes_[outcome.from.lane].events.add({outcome.from.slot, outcome.from.generation, e}, *terms_.clock);
}

void dialer_actor::fail_chain(const dialer::chain_tag& chain, const error& why) {
  lanes_[chain.lane].faults.push_back({chain.slot, chain.generation, {"the store refuses what a call leaves: " + to_line(why)}});
}

void dialer_actor::tell_lanes() {
  for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
    auto& to = lanes_[lane];
    if (to.hangs) {
      to.events.all();
      to.columns.clear();
      to.faults.clear();
    }
    while (to.events.has_credit() && !to.nothing_waits()) {
      auto [events, token] = to.events.next();
      chain_events batch{std::move(events), std::exchange(to.columns, {}), std::exchange(to.faults, {}), std::move(token)};
      send(terms_.lanes[lane], std::move(batch));
    }
  }
}

/// False: it has been shown a moment ago.
bool dialer_actor::show(bool now) {
  const auto now_ms = terms_.clock->now_ms();
  if (!now && now_ms - shown_ms_ < limits::dialer_view_ms) return false;
  shown_ms_ = now_ms;
  terms_.view->show(terms_.board->counts(), terms_.board->lines());
  for (std::uint32_t n = 0; n < terms_.campaigns.size(); ++n)
    if (const auto* pace = terms_.board->pace_of(n); pace && pace->mode() == dialer::dialing_mode::progressive)
      terms_.campaigns[n]->agents = pace->agents();
  return true;
}

void dialer_actor::answer_those_who_wait() {
  answer_drained();
  std::erase_if(withdrawals_, [&](auto& one) {
    const auto& whose = one.first;
    const auto is_of = [&](const dialer::call_outcome& o) {
      const auto [list, chain_id] = dialer::chain_of(o.write);
      return whose.covers(o.campaign, list, chain_id);
    };
    if (terms_.board->has_calls(whose) || std::any_of(outcomes_.begin(), outcomes_.end(), is_of)) return false;
    if (!whose.campaign && results_at_keeper_ > 0) return false; // another node will write for these chains
    one.second.deliver(withdrawn{});
    return true;
  });
}

void dialer_actor::answer_drained() {
  const bool told = std::all_of(lanes_.begin(), lanes_.end(),
                                [](const lane_traffic& to) { return to.nothing_waits(); });
  if (!draining_ || !told || results_at_keeper_ > 0 || !outcomes_.empty() || !terms_.board->idle()) return;
  draining_ = false;
  show(true);
  drain_promise_.deliver(drained{});
}

} // namespace chainring::actors
