// campaign_passive.cpp: chains that wait long are in the store alone; here they come back, when they are due or something has come
// for them.
#include <algorithm>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/campaign.hpp"

namespace chainring::actors {

/// They come before chains that have not begun. Whoever ends, and the thanks of a lane, make room for more.
void campaign::activate_due(work_list& w, std::int64_t now_ms) {
  if (closed_ || !is_loaded() || w.activating || w.passive_due_ms > now_ms) return;
  const auto token = terms_.clock->begin_work();
  if (!documents_) return get_documents(token);
  if (!has_room()) return;
  const auto room = terms_.chains_live_max - terms_.counters->chains_live;
  const dialer::passive_query query{w.job->list, now_ms, static_cast<std::int32_t>(std::min(room, terms_.admission_batch)), {}};
  w.activating = true;
  w.passive_due_ms = never; // what becomes passive meanwhile says so
  ++taking_;
  request(terms_.keeper, caf::infinite, take_passive{query, token}).then([this, &w, token](passive_chains& p) {
    w.activating = false;
    --taking_;
    if (p.page) {
      w.passive_waits.reset();
      w.passive_due_ms = std::min(w.passive_due_ms, p.page->next_due_ms);
      take_up(w, std::move(p.page->chains), false, token);
    } else {
      const auto wait_ms = std::min(w.passive_waits.next_ms(), limits::store_wait_ms_max);
      spdlog::error("{}; chains of campaign {} that are due wait for {} s", to_line(p.page.error()), terms_.name,
                    (wait_ms + 999) / 1000);
      w.passive_due_ms = terms_.clock->now_ms() + wait_ms;
    }
    admit_all();
  });
}

/// The guide: an instance that is restored is told where the day is. Passive chains that do not listen to that stay where they are.
void campaign::restore_listeners(work_list& w, const work& token) {
  if (!has_room()) return;
  dialer::passive_query query{.list = w.job->list, .listening_after = w.last_chain_id};
  query.chains_max = static_cast<std::int32_t>(terms_.admission_batch);
  query.listening_in = w.untold;
  w.asking = true;
  ++taking_;
  request(terms_.keeper, caf::infinite, take_passive{query, token}).then([this, &w, token, look = w.looks](passive_chains& p) {
    w.asking = false;
    --taking_;
    if (!p.page) {
      store_failed(w, p.page.error());
    } else if (p.page->chains.empty()) {
      if (look == w.looks) {
        w.told = true;
        w.untold.reset();
        w.last_chain_id = INT64_MIN;
      }
    } else {
      if (look == w.looks) w.last_chain_id = p.page->chains.back().chain_id;
      terms_.counters->chains_restored += p.page->chains.size();
      take_up(w, std::move(p.page->chains), true, token);
    }
    admit_all();
  });
}

void campaign::call_for(chain_called_for& call) {
  if (closed_ || !is_loaded()) return call.go_on();
  if (!documents_) { // as when shards have just come
    const auto token = call.token;
    called_early_.push_back(std::move(call));
    return get_documents(token);
  }
  auto& w = list_of(call.job);
  ++taking_;
  dialer::passive_query query{.list = w.job->list, .chain_id = call.chain_id};
  request(terms_.keeper, caf::infinite, take_passive{query, call.token})
      .then([this, &w, token = call.token, go_on = std::move(call.go_on)](passive_chains& p) {
        --taking_;
        if (p.page) take_up(w, std::move(p.page->chains), false, token);
        else spdlog::error("{}; an event for a chain of campaign {} is refused", to_line(p.page.error()), terms_.name);
        go_on();
        admit_all();
      });
}

void campaign::take_up(work_list& w, std::vector<dialer::chain_of_records> chains, bool loaded, const work& token) {
  for (const auto& chain : chains) count_passive(w, dialer::shard_of(w.job->list, chain.chain_id), -1);
  if (is_loaded()) hand_out(w, std::move(chains), loaded, token);
  else release(w, chains, token); // unloaded since
}

void campaign::count_passive(work_list& w, std::size_t shard, std::int32_t more) {
  w.passive[shard] += more;
  passive_ += more;
  terms_.counters->chains_passive = static_cast<std::uint64_t>(std::max<std::int64_t>(0, passive_));
}

campaign::work_list& campaign::list_of(const assignment* job) {
  return *std::find_if(lists_.begin(), lists_.end(), [&](const work_list& w) { return w.job == job; });
}

} // namespace chainring::actors
