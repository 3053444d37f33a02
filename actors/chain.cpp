// chain.cpp: events in, effects out, and the end of a chain.
#include "actors/chain.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "actors/chain_home.hpp"
#include "actors/limits.hpp"
#include "dialer/calling_list.hpp"
#include "dialer/limits.hpp"
#include "dialer/ocs_events.hpp"
#include "dialer/row_changes.hpp"
#include "dialer/schedule.hpp"

namespace chainring::actors {

chain::chain(caf::actor_config& setup, lane& here, chain_home& home, const assignment& job, dialer::chain records,
             scxml::session session, std::uint32_t saves)
    : lane_actor(setup, here), home_(home), job_(job), records_(std::move(records)), sessions_(std::move(session)),
      saves_(saves) {}

chain::chain(caf::actor_config& setup, lane& here, chain_home& home, const assignment& job, dialer::chain records,
             scxml::session_tree sessions, std::uint32_t saves)
    : lane_actor(setup, here), home_(home), job_(job), records_(std::move(records)), sessions_(std::move(sessions)),
      saves_(saves) {}

void chain::step(const chain_event& e, lane&) {
  if (e.what == chain_event::kind::put_away) return put_away();
  if (!wake()) return;
  if (traditional_) return step_traditional(e);
  switch (e.what) {
  case chain_event::kind::start:
    if (!sessions_.root().document) {
      take_up_treatments(nullptr);
      return settle();
    }
    begin();
    break;
  case chain_event::kind::timer:
    if (e.sequence == timeout_sequence_ && has_begun()) {
      timeout_sequence_ = 0;
      return run(sessions_.root().id, dialer::expire_timeout(records_));
    }
    timer_expired(e.sequence);
    break;
  case chain_event::kind::call_ended: call_ended(e); break;
  case chain_event::kind::daytime_changed: hear_of_daytime(e.daytime); break;
  case chain_event::kind::put_away: break; // see above
  }
  run();
}

/// A chain whose record is rescheduled, or to be called back, begins at that time.
void chain::begin() {
  std::vector<dialer::record> rows;
  for (std::size_t i = 0; i < records_.size(); ++i) rows.push_back(records_.at(i));
  const auto due_ms = dialer::chain_scheduled_ms(rows);
  if (due_ms <= home_.now_ms()) {
    records_.timeout_due_ms = 0;
    return home_.driver().enqueue_start(sessions_.root(), job_.parameters);
  }
  records_.timeout_due_ms = due_ms;
  set_timeout(sessions_.root(), std::min(due_ms - home_.now_ms(), dialer::limits::treatment_delay_ms_max));
}

bool chain::has_begun() const { return traditional_ || sessions_.root().phase != scxml::session_phase::created; }

void chain::step(const chain_document& d, lane&) {
  if (!wake() || traditional_) return; // the session that invoked it has ended
  home_.driver().fetched(sessions_, *this, d.ticket, d.document);
  run();
}

void chain::step(const chain_message& m, lane&) {
  if (!wake() || traditional_) return; // its session has ended
  run(m.session, *m.what);
}

/// A row that the server may not change was refused before.
void chain::step(const chain_columns& c, lane&) {
  const auto position = static_cast<std::size_t>(c.record);
  auto row = records_.at(position);
  for (const auto& [name, text] : c.columns)
    if (const auto column = dialer::find_column(job_.form, name))
      if (auto set = dialer::set_column(row, job_.form, *column, text); !set)
        spdlog::warn("list {} chain {}: {}", job_.form.name, records_.chain_id(), to_line(set.error()));
  records_.put(position, row);
  add_change(rows_, {.key = {job_.list, row.chain_id, row.chain_n}, .columns = c.columns});
}

void chain::step(const chain_fault& f, lane&) {
  if (!wake()) return;
  finish(f.reason, dialer::call_result::system_error);
  settle();
}

void chain::on_message(caf::mailbox_element& message, lane& here) {
  if (auto* e = local_element<chain_event>::in(message)) return step(*e, here);
  if (auto* r = local_element<chain_restored>::in(message)) return step(*r, here);
  if (auto* d = local_element<chain_document>::in(message)) return step(*d, here);
  if (auto* m = local_element<chain_message>::in(message)) return step(*m, here);
  if (auto* c = local_element<chain_columns>::in(message)) return step(*c, here);
  if (auto* f = local_element<chain_fault>::in(message)) return step(*f, here);
  unknown(message, here);
}

/// Others of this lane go on with its driver, and the campaign counts on hearing of each end.
void chain::on_exception(const std::string& what) noexcept {
  home_.driver().stop();
  if (ended()) return;
  end_ = std::make_unique<end_wanted>(end_wanted{"the engine failed in it: " + what, dialer::call_result::system_error});
  report_end();
}

void chain::on_end(lane&) {
  home_.begin_step(job_, records_.chain_id());
  take_up();
  home_.daytime().leave(*this);
  home_.forget(job_, records_.chain_id());
  // Their data belong to the lane's realm: given back here, not where the last handle is dropped.
  sessions_ = scxml::session_tree{{}};
}

std::optional<std::uint64_t> chain::session_at(std::uint32_t number) const {
  if (traditional_) return std::nullopt;
  const auto id = session_id(number);
  return sessions_.find(id) ? std::optional{id} : std::nullopt;
}

/// Numbers of roots are far apart: see chain_home::start_one().
std::uint64_t chain::session_id(std::uint32_t number) const { return sessions_.root().id + (std::uint64_t{number} << 32); }

chain_place chain::place() const {
  const bool timed = timeout_sequence_ != 0 || (invoked_ && !invoked_->timeouts.empty());
  return {calls_,
          has_begun() ? 0 : records_.timeout_due_ms,
          timed ? records_.timeout_due_ms : 0,
          !pending_sends_.empty(),
          !traditional_ && sessions_.awaits_documents(),
          listens(),
          traditional_ != nullptr};
}

bool chain::wants(std::uint32_t sequence) const {
  const auto has = [&](const auto& all) {
    return std::any_of(all.begin(), all.end(), [&](const auto& p) { return p.sequence == sequence; });
  };
  if (traditional_) return sequence == traditional_->sequence;
  return sequence == timeout_sequence_ || has(pending_sends_) || (invoked_ && has(invoked_->timeouts));
}

// -- events in -------------------------------------------------------------------------------------------------------------

/// A step begins. What has come about while this chain waited comes before what the step is for, with all that follows from it:
/// a timeout that it replaces does not expire. False: the chain has ended by that.
bool chain::wake() {
  home_.begin_step(job_, records_.chain_id());
  just_back_ = false;
  take_up();
  if (const auto missed = home_.daytime().take_due(*this, home_.now_ms())) {
    hear_of_daytime(*missed);
    run();
    if (ended()) return false;
    take_up();
  }
  return true;
}

void chain::take_up() {
  if (!idle_) return;
  idle_ = false;
  --job_.counters->chains_idle;
}

/// A change that nobody has asked for goes to every session that awaits one; where an invoker passes its events on, to that.
void chain::hear_of_daytime(dialer::daytime_code code) {
  std::vector<std::uint64_t> hearers;
  sessions_.for_each([&](const scxml::session& s) {
    if (!home_.awaits_daytime(s)) return;
    const auto* hearer = &s;
    while (const auto* invoker = forwarder_to(*hearer)) hearer = invoker;
    if (std::find(hearers.begin(), hearers.end(), hearer->id) == hearers.end()) hearers.push_back(hearer->id);
  });
  for (const auto id : hearers) home_.driver().enqueue(id, dialer::daytime_change_event(code));
}

/// The invoker of that session, when it passes on what it hears.
const scxml::session* chain::forwarder_to(const scxml::session& s) {
  const auto* how = sessions_.invocation_of(s);
  const auto* invoker = how ? sessions_.find(how->invoker) : nullptr;
  if (!invoker) return nullptr;
  const auto forwards = [&](const scxml::invocation& one) {
    return one.id == how->id && invoker->document->invokes[one.invoke].autoforward;
  };
  return std::any_of(invoker->invocations.begin(), invoker->invocations.end(), forwards) ? invoker : nullptr;
}

void chain::timer_expired(std::uint32_t sequence) {
  auto& driver = home_.driver();
  if (sequence == timeout_sequence_) {
    timeout_sequence_ = 0;
    return begin();
  }
  const auto by_sequence = [&](const auto& p) { return p.sequence == sequence; };
  if (auto due = std::find_if(pending_sends_.begin(), pending_sends_.end(), by_sequence); due != pending_sends_.end()) {
    auto one = std::move(*due);
    pending_sends_.erase_if(by_sequence);
    one.what.delay_ms = 0;
    if (one.what.type == scxml::scxml_event_processor) return driver.enqueue(sessions_, one.sender, one.what);
    if (const auto* sender = sessions_.find(one.sender)) home_.post(*this, records_.chain_id(), *sender, one.what);
    return;
  }
  if (!invoked_) return; // cancelled since
  auto& timeouts = invoked_->timeouts;
  if (auto due = std::find_if(timeouts.begin(), timeouts.end(), by_sequence); due != timeouts.end()) {
    const auto session = due->session;
    timeouts.erase(due);
    driver.enqueue(session, dialer::expire_timeout(records_));
  }
}

void chain::call_ended(const chain_event& e) {
  --calls_;
  const auto position = static_cast<std::size_t>(e.record);
  if (e.attempt > 0) records_.note_attempt(position, e.attempt);
  records_.note_result(position, e.result, home_.now_ms());
  last_called_ = e.record;
  ok_is_treated_ = e.by != dialer::medium::voice && job_.mode == dialer::dialing_mode::power;
  if (traditional_) return follow_call();
  const auto handle = records_.handle_of(position);
  auto heard = e.attempt_state == dialer::attempt_state::unknown ? std::optional{dialer::unknown_attempt_event(handle)}
                                                                 : dialer::call_result_event(e.result, handle, ok_is_treated_);
  // The guide: no treatment is applied to Ok and Unknown; the instance has done its work.
  if (!heard) return finish({}, e.result);
  auto hearer = sessions_.root().id;
  if (invoked_) {
    auto& callers = invoked_->callers;
    const auto caller = std::find_if(callers.begin(), callers.end(), [&](const auto& c) { return c.position == position; });
    if (caller != callers.end()) {
      hearer = caller->session;
      callers.erase(caller);
    }
  }
  home_.driver().enqueue(hearer, std::move(*heard));
}

/// Events that actions answer at once are processed here too: the chain waits when none is left.
void chain::run() {
  std::uint64_t events_left = limits::answers_at_once_max;
  after_run(home_.driver().run(sessions_, *this, events_left));
}

void chain::run(std::uint64_t session, const scxml::event& first) {
  std::uint64_t events_left = limits::answers_at_once_max;
  after_run(home_.driver().run(sessions_, *this, events_left, session, first));
}

void chain::after_run(scxml::session_driver::outcome done) {
  if (done == scxml::session_driver::outcome::endless)
    finish("the treatment goes on without ever waiting", dialer::call_result::system_error);
  settle();
}

// -- scxml::outside_world ----------------------------------------------------------------------------------------------------

result<std::shared_ptr<scxml::datamodel>> chain::open_model(const std::shared_ptr<const scxml::document>& d) {
  return home_.open_model(d);
}

std::uint64_t chain::new_session_id() {
  return session_id(++invoked().sessions_made);
}

result<std::shared_ptr<const scxml::document>> chain::compile(const scxml::document& from, const std::string& text) {
  return home_.compile(from, text);
}

void chain::fetch(const scxml::document& from, const std::string& src, std::uint32_t ticket) {
  home_.ask_for_document(*this, from, src, ticket);
}

void chain::carry_out(scxml::session& from, scxml::effect& wanted) {
  if (auto* send = std::get_if<scxml::send_effect>(&wanted)) {
    if (send->delay_ms > 0) send_later(from, *send);
    else home_.post(*this, records_.chain_id(), from, *send); // the driver has delivered all others
  } else if (const auto* cancel = std::get_if<scxml::cancel_effect>(&wanted)) {
    pending_sends_.erase_if([&](const pending_send& p) { return p.sender == from.id && p.what.sendid == cancel->sendid; });
  } else if (const auto* entry = std::get_if<scxml::log_effect>(&wanted)) {
    log(*entry);
  } else if (const auto* action = std::get_if<scxml::action_effect>(&wanted)) {
    home_.count_action();
    const auto current = records_.current;
    auto done = dialer::perform(records_, *action, job_.environment, home_.now_ms());
    if (records_.current != current || !done.rows.empty()) home_.daytime().forget_zone(*this);
    answer(from, std::move(done));
  } else if (const auto* failed = std::get_if<scxml::action_failed_effect>(&wanted)) {
    answer(from, dialer::perform(*failed));
  }
}

void chain::session_ended(const scxml::session& s) {
  pending_sends_.erase_if([&](const pending_send& p) { return p.sender == s.id; });
  if (&s == &sessions_.root()) timeout_sequence_ = 0;
  else if (invoked_) std::erase_if(invoked_->timeouts, [&](const auto& t) { return t.session == s.id; });
}

// -- effects out -----------------------------------------------------------------------------------------------------------

void chain::send_later(const scxml::session& from, scxml::send_effect& wanted) {
  if (pending_sends_.size() >= limits::pending_sends_per_chain_max) {
    spdlog::warn("list {} chain {}: more than {} delayed events are pending: {} is dropped: send fewer or cancel them",
                 job_.form.name, records_.chain_id(), limits::pending_sends_per_chain_max, wanted.what.name);
    return;
  }
  const auto sequence = ++last_sequence_;
  const auto delay_ms = wanted.delay_ms;
  pending_sends_.push_back({sequence, from.id, home_.now_ms() + delay_ms, std::move(wanted)});
  arm(sequence, delay_ms);
}

void chain::log(const scxml::log_effect& wanted) {
  spdlog::info("list {} chain {}: {}{}{}", job_.form.name, records_.chain_id(), wanted.label,
               wanted.label.empty() ? "" : ": ", wanted.text);
}

void chain::answer(const scxml::session& from, dialer::action_outcome done) {
  for (const auto& warning : done.warnings)
    spdlog::warn("list {} chain {}: {}", job_.form.name, records_.chain_id(), warning);
  for (auto& row : done.rows) add_change(rows_, std::move(row));
  if (auto* events = std::get_if<dialer::events_due>(&done.answer))
    for (auto& e : *events) home_.driver().enqueue(from.id, std::move(e));
  else if (auto* call = std::get_if<dialer::call_wanted>(&done.answer)) ask_for_call(from, call->position);
  else if (auto* timeout = std::get_if<dialer::timeout_wanted>(&done.answer)) set_timeout(from, timeout->delay_ms);
}

void chain::ask_for_call(const scxml::session& from, std::size_t position) {
  const auto row = records_.at(position);
  dialer::call_request request;
  request.from = {home_.number(), slot(), generation()};
  request.campaign = job_.campaign;
  request.key = {job_.list, row.chain_id, row.chain_n};
  request.record_id = row.record_id;
  request.handle = records_.handle_of(position);
  request.record = static_cast<std::int32_t>(position);
  request.attempt = row.attempt + 1;
  request.number = row.contact_info;
  request.contact_type = row.contact_info_type;
  if (!job_.message_trunks.empty()) request.about = std::make_shared<dialer::contact>(dialer::contact{row, &job_.form});
  if (job_.customer_column && row.user[*job_.customer_column]) request.customer_id = *row.user[*job_.customer_column];
  request.hours.from = row.daily_from;
  request.hours.till = row.daily_till;
  const auto zone = job_.environment.zones.zone_of(row, job_.form);
  if (!zone) return finish(to_line(zone.error()), dialer::call_result::system_error);
  request.hours.zone = *zone;
  if (const auto gap = job_.not_before_ms.find(row.record_id); gap != job_.not_before_ms.end())
    request.not_before_ms = gap->second;
  request.no_call = row.record_type == dialer::record_type::no_call;
  if (!traditional_) request.scheduled_ms = dialer::scheduled_ms(row); // a course keeps its times itself
  request.options = records_.flex.of(dialer::flex_kind::options, request.record);
  request.extensions = records_.flex.of(dialer::flex_kind::extensions, request.record);
  request.validation = job_.validation_of(row, request.handle, request.options);
  if (!job_.history_uri.empty())
    request.history = dialer::history_of({job_.history_uri, job_.campaign_name, job_.mode}, row, job_.form,
                                         records_.handle_of(position), request.attempt);
  if (&from != &sessions_.root()) invoked().callers.push_back({from.id, position});
  ++calls_;
  home_.ask_for_call(std::move(request));
}

void chain::arm(std::uint32_t sequence, std::int64_t delay_ms) {
  if (!home_.arm(*this, sequence, home_.now_ms() + delay_ms))
    finish("no timer is left on this lane: admit fewer chains", dialer::call_result::system_error);
}

/// A new timeout replaces the one that is pending.
void chain::set_timeout(const scxml::session& from, std::int64_t delay_ms) {
  const auto sequence = ++last_sequence_;
  if (&from == &sessions_.root()) {
    timeout_sequence_ = sequence;
  } else {
    auto& all = invoked().timeouts;
    std::erase_if(all, [&](const auto& t) { return t.session == from.id; });
    all.push_back({from.id, sequence, home_.now_ms() + delay_ms});
  }
  arm(sequence, delay_ms);
}

chain::of_invoked& chain::invoked() {
  if (!invoked_) invoked_ = std::make_unique<of_invoked>();
  return *invoked_;
}

// -- the end -----------------------------------------------------------------------------------------------------------------

/// After each step: has the chain ended, and if not, is there anything it can wait for?
void chain::settle() {
  if (ended()) return;
  const auto& root = sessions_.root();
  if (root.phase == scxml::session_phase::done) {
    if (switches()) switch_over();
    else finish({}, std::nullopt);
  }
  if (root.phase == scxml::session_phase::faulted) finish(scxml::to_text(root.fault), dialer::call_result::system_error);
  if (end_) return conclude();
  listen_to_daytime();
  if (!has_begun()) return wait_to_begin();
  if (traditional_ || is_waiting()) return keep();
  home_.send_calls({});
  idle_ = true;
  ++job_.counters->chains_idle;
}

/// The chain goes on without its script: it is dialed, and the traditional treatments take over, if there are any.
bool chain::switches() const { return !end_ && records_.after == dialer::post_processing::switch_to_traditional; }

bool chain::awaits_daytime() {
  bool awaited = false;
  if (!traditional_) sessions_.for_each([&](const scxml::session& s) { awaited = awaited || home_.awaits_daytime(s); });
  return awaited;
}

/// Only chains that await a daytime change hear of it. In virtual time one that has waited for nothing else too long is given
/// up, or the run would go on for ever.
void chain::listen_to_daytime() {
  auto& rounds = home_.daytime();
  if (traditional_) return rounds.leave(*this); // it has no session any more
  const bool given_up = home_.is_virtual() && is_alone_too_long();
  if (!awaits_daytime() || given_up) return rounds.leave(*this);
  if (!knows_zone()) {
    const auto zone = job_.environment.zones.zone_of(records_.at(records_.current), job_.form);
    if (!zone) return; // its next action that needs the zone is answered with Error.Configuration
    rounds.set_zone(*this, job_.environment, *zone);
  }
  rounds.join(*this, home_.now_ms());
}

/// Asked for at every step in virtual time.
bool chain::is_alone_too_long() {
  const auto today = home_.now_ms() / (1'000 * dialer::limits::day_seconds);
  if (waits_for_answer()) alone_since_day = 0;
  else if (alone_since_day == 0) alone_since_day = static_cast<std::uint16_t>(today);
  return alone_since_day != 0 && today - alone_since_day > limits::daytime_alone_days_max;
}

bool chain::is_waiting() const { return listens() || home_.hears_others() || waits_for_answer(); }

bool chain::waits_for_answer() const {
  // In virtual time nobody comes to release a call or to be an agent: what is in progress has its time at a trunk.
  const bool needs_people = job_.mode != dialer::dialing_mode::power && home_.is_virtual();
  return (calls_ > 0 && !needs_people) || timeout_sequence_ != 0 || !pending_sends_.empty() || sessions_.awaits_documents() ||
         (invoked_ && !invoked_->timeouts.empty());
}

/// The first reason counts. The chain ends with the step at hand.
void chain::finish(std::string reason, std::optional<dialer::call_result> result) {
  if (end_) return;
  end_ = std::make_unique<end_wanted>(end_wanted{std::move(reason), result});
  home_.driver().stop();
}

void chain::conclude() {
  // Sessions that still live run their <onexit>, but what they want there comes too late: the chain is over.
  if (!traditional_) home_.driver().cancel(sessions_, *this);
  report_end();
  quit();
}

void chain::report_end() {
  chain_finished end;
  end.chain_id = records_.chain_id();
  end.faulted = !end_->reason.empty() && !end_->in_order;
  // A chain that is in its traditional treatment was counted when that began.
  end.switched = !traditional_ && records_.after == dialer::post_processing::switch_to_traditional;
  end.writes.assign(std::make_move_iterator(rows_.begin()), std::make_move_iterator(rows_.end()));
  rows_.clear();
  home_.send_calls({});
  dialer::write_chain_end last;
  last.list = job_.list;
  last.chain_id = records_.chain_id();
  last.result = end_->result;
  last.at_ms = home_.now_ms();
  if (end.faulted) spdlog::error("list {} chain {}: ended with SystemError: {}", job_.form.name, last.chain_id, end_->reason);
  last.reason = std::move(end_->reason);
  last.post_processing = job_.treatment_uri.empty() ? "Traditional" : dialer::name_of(records_.after);
  end.writes.push_back(std::move(last));
  report_ = home_.report(job_, std::move(end), report_);
}

} // namespace chainring::actors
