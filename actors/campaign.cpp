// campaign.cpp: admission on one side, ends on the other; in between the chains are the lanes'.
#include "actors/campaign.hpp"

#include <algorithm>

#include <caf/actor.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/limits.hpp"
#include "scxml/document_origin.hpp"

namespace chainring::actors {

namespace {

/// A parameter of treatment-uri that names no data item changes nothing; of a server's URI it may be meant for the server.
void say_what_is_no_data(const assignment& job, const scxml::document& treatment) {
  if (!job.treatment_uri.starts_with("file:")) return;
  for (const auto& [name, _] : job.parameters.members) {
    const auto has_its_name = [&name = name](const auto& item) { return item.id == name; };
    if (std::none_of(treatment.data.begin(), treatment.data.end(), has_its_name))
      spdlog::warn("{}: the treatment has no <data id=\"{}\">: that parameter changes nothing", job.treatment_uri, name);
  }
}

} // namespace

campaign::campaign(caf::actor_config& cfg, campaign_terms terms)
    : control_actor(cfg, terms.counters->mailbox), terms_(std::move(terms)), batches_at_lanes_(terms_.lanes.size()),
      passive_(static_cast<std::int64_t>(terms_.counters->chains_passive.load())) {
  for (const auto* job : terms_.jobs) {
    work_list w{.waits = back_off{terms_.seed}, .passive_waits = back_off{terms_.seed}};
    w.job = job;
    w.ends_taken.resize(terms_.lanes.size());
    lists_.push_back(std::move(w));
  }
}

caf::behavior campaign::make_behavior() {
  participant setup;
  setup.name = "campaign " + terms_.name;
  setup.wake = [self = caf::actor{this}, due = std::make_shared<std::atomic<bool>>(false)](work turn) {
    if (!due->exchange(true)) caf::anon_send(self, try_again{due, std::move(turn)});
  };
  deadline_ = terms_.clock->join(std::move(setup));
  return counted(
      [this](admit& a) {
        campaign_order start{campaign_order::verb::start, {}, a.token};
        load(a.token);
        (void)obey(start);
      },
      [this](campaign_order& o) {
        auto led_to = obey(o);
        if (o.answer) o.answer(std::move(led_to));
      },
      [this](put_all_away& p) {
        auto promise = make_response_promise<chains_are_away>();
        waiting_for_unload_.push_back(promise);
        closed_ = true;
        calls_are_over_ = true; // the dialer has been drained
        if (state() == campaign_state::not_loaded) see_whether_unloaded();
        else put_chains_away(p.token);
        return promise;
      },
      [this](try_again& t) {
        t.due->store(false);
        admit_all();
      },
      [this](chains_finished& f) { take_ends(f); },
      [this](chain_called_for& c) { call_for(c); },
      [this](batches_taken& t) {
        batches_at_lanes_[t.lane] -= limits::batches_thanked_at_once;
        admit_all();
      },
      [this](const chains_counted& counted_ones) {
        for (auto& w : lists_)
          if (w.job == counted_ones.job && !w.treatment) w.without_treatment = counted_ones.left;
        count_without_treatment();
      },
      [this](const shards_gained& g) { take_on(g); },
      [this](const put_shards_away& p) { return put_away(p); },
      [this](stop_admission) { closed_ = true; }, //
      [](barrier) { return barrier_passed{}; });
}

void campaign::on_exit() {
  deadline_.reset();
  const auto gone = caf::make_error(caf::sec::request_receiver_down);
  for (auto& waiting : std::exchange(waiting_for_unload_, {})) waiting.deliver(gone);
  for (auto& [shards, waiting] : std::exchange(shards_leaving_, {})) waiting.deliver(gone);
}

// -- admission ---------------------------------------------------------------------------------------------------------

void campaign::admit_all() {
  const auto now_ms = terms_.clock->now_ms();
  auto wake_ms = never;
  for (auto& w : lists_) {
    activate_due(w, now_ms);
    if (w.passive_due_ms > now_ms) wake_ms = std::min(wake_ms, w.passive_due_ms);
    if (!wants_chains(w) || w.asking) continue;
    if (w.try_again_ms > now_ms) {
      wake_ms = std::min(wake_ms, w.try_again_ms);
      continue;
    }
    if (w.treatment && w.newer_due_ms <= now_ms) look_for_newer_treatment(w);
    if (!w.treatment && !w.job->treatment_uri.empty()) get_treatment(w);
    else if (!documents_) get_documents(terms_.clock->begin_work());
    else if (!w.told) restore_listeners(w, terms_.clock->begin_work());
    else take_chains(w, terms_.clock->begin_work());
  }
  if (wake_ms != never) deadline_->set(wake_ms);
  conclude();
}

/// Those that were put away come first, and also without a start.
bool campaign::wants_chains(const work_list& w) const {
  if (closed_ || !is_loaded()) return false;
  return !w.restored || (state() == campaign_state::running && !w.exhausted);
}

void campaign::get_documents(const work& token) {
  if (std::exchange(asking_for_documents_, true)) return;
  request(terms_.keeper, caf::infinite, take_documents{token}).then([this, token](kept_documents& kept) {
    asking_for_documents_ = false;
    auto called = std::exchange(called_early_, {});
    if (!kept.documents) { // without them chains could not be restored
      for (auto& call : called) call.go_on();
      for (auto& w : lists_) {
        store_failed(w, kept.documents.error());
        w.passive_due_ms = std::max(w.passive_due_ms, w.try_again_ms);
      }
      return admit_all();
    }
    auto shelf = std::make_shared<document_shelf>();
    for (const auto& one : *kept.documents) put_on(*shelf, one);
    documents_ = std::move(shelf);
    for (auto& call : called) call_for(call);
    admit_all();
  });
}

void campaign::put_on(document_shelf& shelf, const dialer::kept_document& one) const {
  if (is_refused(one.hash)) {
    shelf.emplace(one.hash, nullptr);
    return;
  }
  auto made = scxml::unpack(one.bytes, terms_.actions);
  if (made) shelf.emplace(one.hash, std::move(*made));
  else spdlog::error("{}", to_line(made.error()));
}

/// A lane hung in it.
bool campaign::is_refused(const std::string& hash) const {
  return std::any_of(terms_.refused->begin(), terms_.refused->end(), [&](const auto& r) { return r.hash == hash; });
}

void campaign::get_treatment(work_list& w) {
  w.asking = true;
  auto token = terms_.clock->begin_work();
  request(terms_.fetchers->at(w.job->treatment_uri), caf::infinite, fetch{w.job->treatment_uri, token, loaded_at_})
      .then([this, &w, token](fetched& f) {
        w.asking = false;
        take_treatment(w, f);
      });
}

/// Meanwhile chains go on being started: a server that is slow, or away, holds up nobody who has a treatment.
void campaign::look_for_newer_treatment(work_list& w) {
  if (std::exchange(w.asking_for_newer, true)) return;
  auto token = terms_.clock->begin_work();
  request(terms_.fetchers->at(w.job->treatment_uri), caf::infinite, fetch{w.job->treatment_uri, token, {}})
      .then([this, &w, token](fetched& f) {
        w.asking_for_newer = false;
        if (!w.treatment) return; // the campaign was loaded anew meanwhile
        if (f.document && !is_refused(f.document->hash)) return treatment_came(w, f);
        w.newer_due_ms = terms_.clock->now_ms() + w.waits.next_ms();
      });
}

void campaign::take_treatment(work_list& w, fetched& f) {
  if (!f.document) return treatment_failed(w, f.problem);
  if (is_refused(f.document->hash))
    return treatment_failed(w, {"the treatment is refused: a lane hung in it", w.job->treatment_uri,
                                "mend it and start again, or take it up as it is: start once with --lift-refusals"});
  w.waits.reset();
  treatment_came(w, f);
  terms_.counters->treatment_failures = 0;
  admit_all();
}

/// For the chains that are started from now on.
void campaign::treatment_came(work_list& w, fetched& f) {
  if (w.treatment && w.treatment != f.document) spdlog::info("{} has changed: new chains get it", w.job->treatment_uri);
  if (w.treatment != f.document) say_what_is_no_data(*w.job, *f.document);
  w.treatment = std::move(f.document);
  w.without_treatment = 0;
  count_without_treatment();
  w.newer_due_ms = f.fresh ? terms_.clock->now_ms() + f.fresh->count() : never;
}

void campaign::treatment_failed(work_list& w, const error& why) {
  const auto wait_ms = w.waits.next_ms();
  spdlog::error("{}; campaign {} tries again in {} s", to_line(why), terms_.name, (wait_ms + 999) / 1000);
  terms_.counters->treatment_failure(why);
  auto count = [job = w.job, self = caf::actor{this}, token = terms_.clock->begin_work()](dialer::store& s) {
    const auto counts = s.counts(job->list);
    if (!counts) return;
    caf::anon_send(self, chains_counted{job, static_cast<std::uint64_t>(counts->chains - counts->chains_ended), token});
  };
  caf::anon_send(terms_.keeper, ask_store{std::move(count), {}});
  w.try_again_ms = terms_.clock->now_ms() + wait_ms;
  admit_all();
}

void campaign::count_without_treatment() {
  std::uint64_t all = 0;
  for (const auto& w : lists_) all += w.without_treatment;
  terms_.counters->chains_without_treatment = all;
}

void campaign::take_chains(work_list& w, const work& token) {
  if (!has_room()) return; // the next end admits more, or the next thanks of a lane
  const auto live = terms_.counters->chains_live.load();
  dialer::ready_query query;
  query.list = w.job->list;
  query.after_chain_id = w.last_chain_id;
  query.chains_max = static_cast<std::int32_t>(std::min(terms_.chains_live_max - live, terms_.admission_batch));
  query.app_id = terms_.app_id;
  query.put_away_only = !w.restored;
  w.asking = true;
  ++taking_;
  request(terms_.keeper, caf::infinite, take_ready{query, token}).then([this, &w, token, look = w.looks](ready_chains& r) {
    w.asking = false;
    --taking_;
    if (r.page && !is_loaded()) {
      release(w, r.page->chains, token);
    } else if (!r.page) {
      store_failed(w, r.page.error());
    } else {
      w.waits.reset();
      if (look == w.looks) {
        w.last_chain_id = r.page->looked_to;
        if (!r.page->more) {
          (w.restored ? w.exhausted : w.restored) = true;
          w.last_chain_id = INT64_MIN;
        }
      }
      terms_.counters->chains_admitted += r.page->chains.size();
      for (const auto& chain : r.page->chains)
        if (chain.saved) ++terms_.counters->chains_restored;
      hand_out(w, std::move(r.page->chains), true, token);
    }
    admit_all();
  });
}

/// For other chains in memory, and at the lanes.
bool campaign::has_room() const {
  return terms_.counters->chains_live < terms_.chains_live_max &&
         std::all_of(batches_at_lanes_.begin(), batches_at_lanes_.end(),
                     [](auto batches) { return batches < limits::batches_in_flight_max; });
}

void campaign::store_failed(work_list& w, const error& why) {
  const auto wait_ms = std::min(w.waits.next_ms(), limits::store_wait_ms_max);
  spdlog::error("{}; campaign {} admits no chains for {} s", to_line(why), terms_.name, (wait_ms + 999) / 1000);
  w.try_again_ms = terms_.clock->now_ms() + wait_ms;
}

void campaign::hand_out(work_list& w, std::vector<dialer::chain_of_records> chains, bool loaded, const work& token) {
  if (chains.empty()) return;
  terms_.counters->chains_live += chains.size();
  std::vector<start_chains> by_lane(terms_.lanes.size());
  for (auto& chain : chains) {
    ++w.live[dialer::shard_of(w.job->list, chain.chain_id)];
    auto& lane = by_lane[lane_of(chain.chain_id, terms_.lanes.size())];
    lane.handle_bases.push_back(terms_.handles->fetch_add(chain.records.size()));
    lane.chains.push_back(std::move(chain));
  }
  for (std::size_t lane = 0; lane < by_lane.size(); ++lane) {
    if (by_lane[lane].chains.empty()) continue;
    by_lane[lane].job = w.job;
    by_lane[lane].treatment = w.treatment;
    by_lane[lane].documents = documents_;
    by_lane[lane].loaded = loaded;
    by_lane[lane].token = token;
    ++batches_at_lanes_[lane];
    send(terms_.lanes[lane], std::move(by_lane[lane]));
  }
}

// -- ends ----------------------------------------------------------------------------------------------------------------

void campaign::take_ends(chains_finished& f) {
  std::vector<dialer::write> writes;
  ends storing{.job = f.job, .lane = f.lane};
  for (auto& chain : f.items) {
    // What stands beside each other for one chain is stored together: rows that it has left behind go with its end.
    const bool goes_on = !chain.put_away && chain.passive_until_ms == 0 &&
                         !std::holds_alternative<dialer::write_chain_end>(chain.writes.back());
    ends::chain now{chain.chain_id, writes.size(),  chain.faulted,         chain.switched,
                    goes_on,        chain.put_away, chain.passive_until_ms};
    if (!storing.chains.empty() && storing.chains.back().chain_id == chain.chain_id) {
      now.first_write = storing.chains.back().first_write;
      storing.chains.back() = now;
    } else {
      storing.chains.push_back(now);
    }
    std::move(chain.writes.begin(), chain.writes.end(), std::back_inserter(writes));
  }
  storing_ += storing.chains.size();
  store(std::move(storing), std::move(writes), f.token);
}

void campaign::store(ends storing, std::vector<dialer::write> writes, const work& token) {
  request(terms_.keeper, caf::infinite, commit{std::move(writes), token})
      .then([this, storing = std::move(storing), token](committed& c) { ends_stored(storing, c.refused, token); });
}

/// A chain whose writes the store refuses ends all the same, without them and with the reason.
void campaign::ends_stored(const ends& stored, const std::vector<refused_writes>& refused, const work& token) {
  ends again{.job = stored.job, .lane = stored.lane, .instead = true};
  std::vector<dialer::write> writes;
  auto why = refused.begin(); // ascending, each the writes of one chain
  for (const auto& chain : stored.chains) {
    if (why == refused.end() || why->first != chain.first_write) {
      count_end(stored.job, chain);
      continue;
    }
    if (chain.goes_on) {
      spdlog::error("list {} chain {}: the store refuses what its rows should say: {}; it goes on, but not after a crash",
                    stored.job->form.name, chain.chain_id, to_line((why++)->why));
      count_end(stored.job, chain);
      continue;
    }
    if (chain.put_away || chain.passive_until_ms != 0) {
      spdlog::error("list {} chain {}: the store refuses what was saved of it: {}; its rows stay Retrieved, and the next start "
                    "takes it again",
                    stored.job->form.name, chain.chain_id, to_line((why++)->why));
      auto away = chain;
      away.put_away = true;
      count_end(stored.job, away);
      continue;
    }
    const auto reason = "the store refuses the chain's end: " + to_line((why++)->why);
    if (stored.instead) {
      spdlog::error("list {} chain {}: {}; its rows stay Retrieved, and the next start takes it again",
                    stored.job->form.name, chain.chain_id, reason);
      count_end(stored.job, chain);
      continue;
    }
    spdlog::error("list {} chain {}: ended with SystemError: {}", stored.job->form.name, chain.chain_id, reason);
    again.chains.push_back({chain.chain_id, writes.size(), true});
    writes.push_back(dialer::write_chain_end{.list = stored.job->list,
                                             .chain_id = chain.chain_id,
                                             .result = dialer::call_result::system_error,
                                             .at_ms = terms_.clock->now_ms(),
                                             .reason = reason,
                                             .post_processing = std::string{name_of(dialer::post_processing::finalize)}});
  }
  if (!writes.empty()) return store(std::move(again), std::move(writes), token);
  thank(stored, token);
  admit_all();
  see_whether_unloaded();
  see_whether_shards_are_away();
}

void campaign::thank(const ends& stored, const work& token) {
  if (list_of(stored.job).ends_taken[stored.lane].take())
    send(terms_.lanes[stored.lane], batches_taken{stored.lane, stored.job, token});
}

void campaign::count_end(const assignment* job, const ends::chain& ended) {
  auto& c = *terms_.counters;
  --storing_;
  if (ended.goes_on) return;
  --c.chains_live;
  --list_of(job).live[dialer::shard_of(job->list, ended.chain_id)];
  if (ended.put_away) {
    ++c.chains_put_away;
    return;
  }
  if (ended.passive_until_ms != 0) {
    auto& w = list_of(job);
    count_passive(w, dialer::shard_of(job->list, ended.chain_id), 1);
    w.passive_due_ms = std::min(w.passive_due_ms, ended.passive_until_ms);
    return;
  }
  ++c.chains_ended;
  if (ended.faulted) ++c.chains_faulted;
  if (ended.switched) ++c.chains_switched;
}

void campaign::conclude() {
  const bool all = std::all_of(lists_.begin(), lists_.end(), [](const work_list& w) { return w.exhausted; });
  auto& c = *terms_.counters;
  if (!all || state() != campaign_state::running) return;
  c.all_admitted = true;
  if (c.chains_live == 0 && c.chains_passive == 0 && storing_ == 0) c.done = true;
}

} // namespace chainring::actors
