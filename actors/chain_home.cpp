// chain_home.cpp: the hooks of a lane: batches, timers, and one message per receiver afterwards.
#include "actors/chain_home.hpp"

#include <algorithm>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/fetch/uri.hpp"
#include "actors/huge_pages.hpp"
#include "dialer/row_changes.hpp"
#include "scxml/compile.hpp"
#include "scxml/document_origin.hpp"
#include "scxml/models/models.hpp"

namespace chainring::actors {

namespace {

constexpr std::size_t session_data_pooled_bytes_max = 1'024; // what a session's data items take, if there are not very many

/// Its script has ended with Switch before the node stopped, as its rows say.
bool in_traditional_treatment(const assignment& job, const dialer::chain_of_records& who) {
  return !job.treatments.empty() && dialer::find_progress(who.records);
}

/// A save that has not been sent yet is of no use any more when another one comes, or the end; what it says of rows is.
chain_finished merged(chain_finished before, chain_finished now) {
  scxml::rare_list<dialer::write_row> rows;
  for (auto& w : before.writes) {
    if (auto* instance = std::get_if<dialer::write_instance>(&w))
      for (auto& row : instance->rows) add_change(rows, std::move(row));
    else if (auto* row = std::get_if<dialer::write_row>(&w)) add_change(rows, std::move(*row));
  }
  now.writes.insert(now.writes.begin(), std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()));
  return now;
}

} // namespace

chain_home::chain_home(std::uint32_t number, lane& here, clock& time, std::uint64_t seed)
    : number_(number), lane_(here), time_(time), seed_(seed), driver_(*this),
      models_(scxml::make_models(make_pools(session_data_pooled_bytes_max))),
      wheel_(time.now_ms(), time.is_virtual() ? 1 : limits::timer_tick_ms),
      io_processors_{{scxml::scxml_event_processor, ""}} {
  lane_.on_message([this](caf::mailbox_element& message, lane& l) { on_message(message, l); });
  lane_.timers([this](lane&, std::int64_t now_ms) { return on_turn(now_ms); });
}

chain_home::~chain_home() = default;

// -- scxml::host -------------------------------------------------------------------------------------------------------------

std::uint64_t chain_home::random_seed(const scxml::session& s) const { return seed_ ^ s.id; }

scxml::host::reach chain_home::reachable(const scxml::session& from, std::string_view type, std::string_view target) const {
  if (type == scxml::basic_http_event_processor && gate_) return gate_->may_post_to(target) ? reach::ok : reach::unreachable;
  if (type != scxml::scxml_event_processor) return reach::unsupported;
  if (driver_.at_hand()->can_reach(from, target)) return reach::ok;
  return target.starts_with("#_") ? reach::unreachable : reach::unsupported;
}

const std::vector<std::pair<std::string, std::string>>& chain_home::io_processors(const scxml::session& s) const {
  io_processors_.resize(1);
  io_processors_.front().second = scxml::location_of(s);
  if (!gate_) return io_processors_;
  const auto number = static_cast<std::uint32_t>((s.id - driver_.at_hand()->root().id) >> 32); // see chain::session_id()
  io_processors_.emplace_back(scxml::basic_http_event_processor,
                              gate_->location_of({at_work_.load(std::memory_order_relaxed)->list, chain_at_work_, number}));
  return io_processors_;
}

// -- the lane's hooks ----------------------------------------------------------------------------------------------------------

void chain_home::on_message(caf::mailbox_element& message, lane&) {
  auto& content = message.content();
  if (content.match_elements<chain_events>()) {
    auto& batch = content.get_mutable_as<chain_events>(0);
    lane_.deliver_batch<chain>(std::span<const addressed<chain_columns>>{batch.columns});
    lane_.deliver_batch<chain>(std::span<const addressed<chain_event>>{batch.items});
    lane_.deliver_batch<chain>(std::span<const addressed<chain_fault>>{batch.faults});
    if (events_taken_.take()) caf::anon_send(dialer_, batches_taken{number_, nullptr, batch.token});
  } else if (content.match_elements<start_chains>()) {
    auto& batch = content.get_mutable_as<start_chains>(0);
    start(batch);
    if (starts_taken_[batch.job->campaign].take()) thanks_owed_.push_back({number_, batch.job, batch.token});
  } else if (content.match_elements<put_chains_away>()) {
    put_away(content.get_as<put_chains_away>(0));
  } else if (content.match_elements<batches_taken>()) {
    const auto* job = content.get_as<batches_taken>(0).job;
    if (job) reports_[job].taken();
    else calls_.taken();
  } else if (content.match_elements<document_arrived>()) {
    hand_over(content.get_as<document_arrived>(0));
  } else if (content.match_elements<event_arrived>()) {
    hand_over(content.get_mutable_as<event_arrived>(0));
  } else if (content.match_elements<post_failed>()) {
    hand_over(content.get_mutable_as<post_failed>(0));
  } else if (content.match_elements<refuse_documents>()) {
    refuse_documents_unnamed();
  }
  flush();
}

std::int64_t chain_home::on_turn(std::int64_t now_ms) {
  wheel_.fire(
      now_ms,
      [this](const timer& expired) {
        auto* who = lane_.find<chain>(expired.slot, expired.generation);
        if (!who || !who->wants(expired.sequence)) return false;
        lane_.deliver(*who, chain_event{.what = chain_event::kind::timer, .sequence = expired.sequence});
        return true;
      },
      [this](const timer& next) { lane_.prefetch<chain>(next.slot); });
  tell_daytime(now_ms);
  if (wheel_.worth_purging())
    wheel_.purge([this](const timer& t) {
      auto* who = lane_.find<chain>(t.slot, t.generation);
      return who && who->wants(t.sequence);
    });
  flush();
  counters_.timers.store(wheel_.pending(), std::memory_order_relaxed);
  counters_.documents_awaited.store(documents_.waiting(), std::memory_order_relaxed);
  return std::min(wheel_.next_due_ms(), daytime_.next_due_ms(now_ms));
}

/// A change is for all chains of a zone at once: the lane tells some of them, then looks after its messages and timers.
void chain_home::tell_daytime(std::int64_t now_ms) {
  daytime_.begin(now_ms);
  for (std::size_t n = 0; n < limits::daytime_changes_per_lane_turn; ++n) {
    const auto next = daytime_.next(now_ms);
    if (!next) return;
    lane_.deliver(static_cast<chain&>(*next->who),
                  chain_event{.what = chain_event::kind::daytime_changed, .daytime = next->code});
  }
}

std::shared_ptr<const scxml::document> chain_home::treatment_at_work() const {
  std::lock_guard guard{treatments_mutex_};
  const auto found = treatments_.find(at_work_.load(std::memory_order_relaxed));
  return found == treatments_.end() ? nullptr : found->second;
}

void chain_home::start(start_chains& batch) {
  {
    std::lock_guard guard{treatments_mutex_};
    treatments_[batch.job] = batch.treatment;
  }
  begin_step(*batch.job, 0); // opening a treatment compiles its scripts
  for (std::size_t i = 0; i < batch.chains.size(); ++i) start_one(batch, batch.chains[i], batch.handle_bases[i]);
  lane_.run_local();
}

void chain_home::start_one(const start_chains& batch, const dialer::chain_of_records& who, std::uint64_t handle_base) {
  const bool has_begun = who.saved && !who.saved->bytes.empty();
  if (has_begun && restore_one(batch, who)) return;
  if (!batch.treatment && !batch.job->treatment_uri.empty() && !in_traditional_treatment(*batch.job, who))
    return hand_back(batch, who);
  scxml::session session;
  if (batch.treatment && !in_traditional_treatment(*batch.job, who)) {
    auto model = models_->open(batch.treatment);
    if (!model) return refuse(batch, who, to_line(model.error()));
    session.document = batch.treatment;
    session.model = std::move(*model);
  }
  // Unique on this node, and the same for a chain whatever the number of lanes: what a script draws depends on it.
  session.id = static_cast<std::uint64_t>(batch.job->number) << 48 ^ static_cast<std::uint64_t>(who.chain_id);
  auto records = dialer::chain::make(who, handle_base);
  if (!records) return refuse(batch, who, to_line(records.error()));
  auto* made = lane_.spawn<chain>(*this, *batch.job, std::move(*records), std::move(session),
                                  who.saved ? who.saved->version : 0);
  if (!made) return refuse(batch, who, "the lane has no room for another chain");
  if (gate_) chains_[{batch.job->list, who.chain_id}] = {made->slot(), made->generation()};
  lane_.deliver(*made, chain_event{.what = chain_event::kind::start});
}

/// False: it begins anew.
bool chain_home::restore_one(const start_chains& batch, const dialer::chain_of_records& who) {
  const auto unreadable = [&](const error& why) {
    refuse(batch, who, "it cannot be restored: " + to_line(why));
    return true;
  };
  chain_restored restored;
  auto state = dialer::saved_chain_from(who.saved->bytes, who.records.size());
  if (!state) return unreadable(state.error());
  if (!state->sessions.empty() && dialer::is_outdated(*state, who)) return false; // the node was killed since
  auto records = dialer::chain::restore(state->records, who);
  if (!records) return unreadable(records.error());
  scxml::session_tree sessions{{}};
  if (!state->sessions.empty()) {
    bool is_refused = false;
    const auto find = [&](std::string_view hash) -> std::shared_ptr<const scxml::document> {
      if (batch.treatment)
        if (auto found = scxml::find_document(batch.treatment, hash)) return found;
      const auto kept = kept_.find(std::string{hash});
      if (kept != kept_.end() && kept->second.document) return kept->second.document;
      if (!batch.documents) return nullptr;
      if (const auto exactly = batch.documents->find(std::string{hash}); exactly != batch.documents->end()) {
        is_refused = is_refused || !exactly->second;
        return exactly->second;
      }
      for (const auto& [outer_hash, outer] : *batch.documents)
        if (auto found = outer ? scxml::find_document(outer, hash) : nullptr) return found;
      return nullptr;
    };
    auto tree = scxml::restore(state->sessions, find, *models_);
    if (!tree && is_refused) {
      spdlog::warn("list {} chain {}: a lane hung in the treatment in which it was put away: it begins anew", batch.job->form.name,
                   who.chain_id);
      return false;
    }
    if (!tree) return unreadable(tree.error());
    sessions = std::move(tree->sessions);
    restored.delayed = std::move(tree->pending);
  } else if (batch.job->treatments.empty() && state->calls.empty()) {
    return false;
  }
  restored.state = std::move(*state);
  restored.saved = who.saved;
  restored.called_for = !batch.loaded;
  if (!batch.loaded && who.saved->by_this_owner) restored.passive_until_ms = who.saved->due_ms;
  auto* made = lane_.spawn<chain>(*this, *batch.job, std::move(*records), std::move(sessions), who.saved->version);
  if (!made) return unreadable({"the lane has no room for another chain", {}, "admit fewer chains"});
  if (gate_) chains_[{batch.job->list, who.chain_id}] = {made->slot(), made->generation()};
  lane_.deliver(*made, restored);
  return true;
}

void chain_home::put_away(const put_chains_away& order) {
  const auto end = std::min(lane_.slots(), order.next_slot + limits::slots_put_away_per_lane_turn);
  for (auto slot = order.next_slot; slot < end; ++slot)
    if (auto* who = lane_.find<chain>(slot); who && who->works_for(*order.job) && who->is_of(order.shards))
      lane_.deliver(*who, chain_event{.what = chain_event::kind::put_away});
  lane_.run_local();
  if (end < lane_.slots()) caf::anon_send(lane_.handle(), put_chains_away{order.job, end, order.token, order.shards});
}

void chain_home::refuse(const start_chains& batch, const dialer::chain_of_records& who, std::string reason) {
  spdlog::error("list {} chain {}: {}", batch.job->form.name, who.chain_id, reason);
  chain_finished end;
  end.chain_id = who.chain_id;
  end.faulted = true;
  dialer::write_chain_end last;
  last.list = batch.job->list;
  last.chain_id = who.chain_id;
  last.result = dialer::call_result::system_error;
  last.at_ms = now_ms();
  last.reason = std::move(reason);
  last.post_processing = "Finalize";
  end.writes.push_back(std::move(last));
  report(*batch.job, std::move(end));
}

/// Passive chains are taken up whether or not the treatment has come: this one cannot begin without. It waits with the ready ones.
void chain_home::hand_back(const start_chains& batch, const dialer::chain_of_records& who) {
  chain_finished back;
  back.chain_id = who.chain_id;
  back.put_away = true;
  back.writes.push_back(dialer::write_release{batch.job->list, who.chain_id, true});
  report(*batch.job, std::move(back));
}

void chain_home::hand_over(const document_arrived& d) {
  for (const auto& claim : documents_.arrived(d.uri))
    if (auto* who = lane_.find<chain>(claim.slot, claim.generation))
      lane_.deliver(*who, chain_document{claim.ticket, d.document});
  lane_.run_local();
}

void chain_home::refuse_documents_unnamed() {
  for (auto& [claim, why] : std::exchange(documents_refused_, {}))
    if (auto* who = lane_.find<chain>(claim.slot, claim.generation))
      lane_.deliver(*who, chain_document{claim.ticket, std::move(why)});
  lane_.run_local();
}

chain* chain_home::find_chain(dialer::list_id list, std::int64_t chain_id) {
  const auto found = chains_.find({list, chain_id});
  return found == chains_.end() ? nullptr : lane_.find<chain>(found->second.slot, found->second.generation);
}

/// The chain that it is for may be passive. False: it has been called for already, or nobody knows its list.
template <class Message>
bool chain_home::call_for_chain(Message& what) {
  const auto job = std::find_if(jobs_.begin(), jobs_.end(), [&](const auto* j) { return j->list == what.list; });
  if (what.called_for || job == jobs_.end()) return false;
  what.called_for = true;
  chain_called_for call{*job, what.chain_id, {}, what.token};
  call.go_on = [lane = lane_.handle(), again = std::make_shared<Message>(std::move(what))] {
    caf::anon_send(lane, std::move(*again));
  };
  called_for_.push_back(std::move(call));
  return true;
}

void chain_home::hand_over(event_arrived& e) {
  auto* who = find_chain(e.list, e.chain_id);
  if (!who && call_for_chain(e)) return;
  const auto session = who ? who->session_at(e.session) : std::nullopt;
  if (session) lane_.deliver(*who, chain_message{*session, std::make_shared<const scxml::event>(std::move(e.what))});
  e.answer(session.has_value());
  lane_.run_local();
}

void chain_home::hand_over(post_failed& f) {
  auto* who = lane_.find<chain>(f.slot, f.generation);
  if (!who) who = find_chain(f.list, f.chain_id);
  if (!who && call_for_chain(f)) return;
  if (!who) return;
  auto what = std::make_shared<const scxml::event>(scxml::post_failed_event(f.sendid, f.why));
  lane_.deliver(*who, chain_message{f.session, std::move(what)});
  lane_.run_local();
}

// -- for the chains --------------------------------------------------------------------------------------------------------------

bool chain_home::arm(const chain& who, std::uint32_t sequence, std::int64_t due_ms) {
  return wheel_.arm({due_ms, who.slot(), who.generation(), sequence});
}

void chain_home::ask_for_document(const chain& who, const scxml::document& from, const std::string& src,
                                  std::uint32_t ticket) {
  const document_claims::claim claim{who.slot(), who.generation(), ticket};
  const auto base = parse_uri(from.source);
  const auto wanted = base ? resolve(*base, src) : base;
  if (wanted) return documents_.add(*wanted, claim, time_);
  // The chain is in the middle of a step: it hears of it afterwards, like of any other answer.
  if (documents_refused_.empty()) caf::anon_send(lane_.handle(), refuse_documents{time_.begin_work()});
  documents_refused_.emplace_back(claim, wanted.error());
}

result<std::shared_ptr<const scxml::document>> chain_home::compile(const scxml::document& from, const std::string& text) {
  auto& known = compiled_[from.source + '\n' + text];
  if (auto d = known.lock()) return d;
  scxml::compile_options options;
  options.name = from.source;
  options.actions = from.actions_known;
  options.legacy = from.legacy;
  auto made = scxml::compile(text, options);
  if (made.document) known = made.document;
  std::erase_if(compiled_, [](const auto& one) { return one.second.expired(); });
  if (!made.document) return made.first_error();
  return std::shared_ptr<const scxml::document>{std::move(made.document)};
}

result<std::shared_ptr<const dialer::kept_document>> chain_home::to_keep(const std::shared_ptr<const scxml::document>& d) {
  auto& kept = kept_[d->hash];
  if (kept.bytes) return kept.bytes;
  auto bytes = scxml::pack(*d);
  if (!bytes) return std::move(bytes).error();
  kept = {d, std::make_shared<dialer::kept_document>(dialer::kept_document{d->hash, std::move(*bytes)})};
  return kept.bytes;
}

void chain_home::post(const chain& who, std::int64_t chain_id, const scxml::session& from, const scxml::send_effect& what) {
  if (!gate_) return; // reachable() has refused it
  gate_->post({lane_.handle(), at_work_.load(std::memory_order_relaxed)->list, chain_id, who.slot(), who.generation(), from.id,
               what.sendid, scxml::to_http_post(what), time_.begin_work()});
}

void chain_home::forget(const assignment& job, std::int64_t chain_id) {
  if (gate_) chains_.erase({job.list, chain_id});
}

void chain_home::send_calls(const std::shared_ptr<const dialer::write_instance>& waiting) {
  for (auto& request : asked_) {
    request.waiting = waiting;
    calls_.add(std::move(request), time_);
  }
  asked_.clear();
}

std::uint64_t chain_home::report(const assignment& job, chain_finished now, std::uint64_t before) {
  auto& to = reports_[&job];
  auto* waiting = to.find(before);
  if (!waiting) return to.add(std::move(now), time_);
  *waiting = merged(std::move(*waiting), std::move(now));
  return before;
}

// -- to others -------------------------------------------------------------------------------------------------------------------

/// One message per receiver, however many chains had something to say, as far as the credit goes.
void chain_home::flush() {
  while (auto uri = documents_.next())
    caf::anon_send(document_desk_, want_document{std::move(*uri), lane_.handle(), time_.begin_work()});
  while (!calls_.empty() && calls_.has_credit()) send(calls_.next());
  bool behind = !calls_.empty();
  for (auto& [job, all] : reports_) {
    while (!all.empty() && all.has_credit()) send(*job, all.next());
    behind = behind || !all.empty();
  }
  std::erase_if(called_for_, [&](chain_called_for& call) {
    if (!reports_[call.job].empty()) return false;
    caf::anon_send(call.job->campaign_actor, std::move(call));
    return true;
  });
  if (behind) return;
  for (auto& thanks : thanks_owed_) caf::anon_send(thanks.job->campaign_actor, std::move(thanks));
  thanks_owed_.clear();
}

void chain_home::send_all() {
  if (!calls_.empty()) send(calls_.all());
  for (auto& [job, all] : reports_)
    if (!all.empty()) send(*job, all.all());
}

void chain_home::send(outbox<dialer::call_request>::batch calls) {
  caf::anon_send(dialer_, call_requests{number_, std::move(calls.items), std::move(calls.token)});
}

void chain_home::send(const assignment& job, outbox<chain_finished>::batch all) {
  caf::anon_send(job.campaign_actor, chains_finished{number_, &job, std::move(all.items), std::move(all.token)});
}

} // namespace chainring::actors
