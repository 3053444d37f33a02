// campaign_orders.cpp: load, start, stop, unload, force-unload, and the end of the node.
#include <spdlog/spdlog.h>

#include "actors/campaign.hpp"

namespace chainring::actors {

namespace {

/// OCS's numbers of its log messages about a campaign group, for those who watch the log for them.
enum class log_id { loaded = 52000, started, stopped, force_unloaded, unloaded };

void note(log_id id, const std::string& campaign, const char* what) {
  spdlog::info("{} campaign {} is {}", static_cast<int>(id), campaign, what);
}

} // namespace

result<campaign_state> campaign::obey(campaign_order& order) {
  using verb = campaign_order::verb;
  if (closed_) return error{"the node stops", "campaign " + terms_.name, "ask it when it is there again"};
  const bool unloading = state() == campaign_state::unloading;
  if (unloading && order.what != verb::unload && order.what != verb::force_unload)
    return error{"the campaign is being unloaded", "campaign " + terms_.name, "wait until it is not loaded, then load it"};
  switch (order.what) {
  case verb::load:
    if (state() == campaign_state::not_loaded) load(order.token);
    break;
  case verb::start:
  case verb::stop:
    if (state() == campaign_state::not_loaded)
      return error{"the campaign is not loaded", "campaign " + terms_.name, "load it first"};
    if (const auto wanted = order.what == verb::start ? campaign_state::running : campaign_state::loaded; state() != wanted) {
      terms_.counters->state = wanted;
      if (order.what == verb::start) note(log_id::started, terms_.name, "started");
      else note(log_id::stopped, terms_.name, "stopped");
    }
    let_call(order.what == verb::start, order.token);
    admit_all();
    break;
  case verb::unload:
  case verb::force_unload:
    if (state() != campaign_state::not_loaded) begin_unload(order.what == verb::force_unload, order.token);
    break;
  }
  return state();
}

void campaign::load(const work& token) {
  auto& c = *terms_.counters;
  forced_ = false;
  loaded_at_ = std::chrono::steady_clock::now();
  for (auto& w : lists_) {
    w.treatment = nullptr;
    w.untold.set();
    look_from_the_first(w);
    w.try_again_ms = 0;
  }
  documents_ = nullptr;
  c.state = campaign_state::loaded;
  note(log_id::loaded, terms_.name, "loaded");
  let_call(false, token);
  admit_all();
}

void campaign::let_call(bool may, const work& token) {
  send(terms_.dialer, let_campaign_call{terms_.number, may, token});
}

/// Calls in progress end before the chains are put away, unless that is forced: then the chains hear of them when they are
/// loaded again. Either way the campaign is unloaded when the last call has ended.
void campaign::begin_unload(bool forced, const work& token) {
  const bool begins = state() != campaign_state::unloading;
  if (begins) {
    terms_.counters->state = campaign_state::unloading;
    terms_.counters->done = false; // of what is not loaded nobody knows
    told_lanes_ = calls_are_over_ = false;
    spdlog::info("campaign {} is being unloaded", terms_.name);
    request(terms_.dialer, caf::infinite, withdraw{{terms_.number, {}}, token}).then([this, token](withdrawn) {
      calls_are_over_ = true;
      put_chains_away(token);
    });
  }
  if (!forced) return;
  forced_ = true;
  put_chains_away(token);
}

void campaign::put_chains_away(const work& token) {
  if (state() != campaign_state::unloading) { // the node stops
    terms_.counters->state = campaign_state::unloading;
    told_lanes_ = false;
  }
  if (!std::exchange(told_lanes_, true))
    for (const auto* job : terms_.jobs)
      for (const auto& lane : terms_.lanes) send(lane, actors::put_chains_away{job, 0, token});
  see_whether_unloaded();
}

/// They were taken for a campaign that is unloaded since.
void campaign::release(const work_list& w, const std::vector<dialer::chain_of_records>& chains, const work& token) {
  if (chains.empty()) return see_whether_unloaded();
  std::vector<dialer::write> writes;
  for (const auto& chain : chains) writes.push_back(dialer::write_release{w.job->list, chain.chain_id, false});
  ++taking_;
  request(terms_.keeper, caf::infinite, commit{std::move(writes), token}).then([this, token](committed&) {
    --taking_;
    see_whether_unloaded();
  });
}

void campaign::see_whether_unloaded() {
  auto& c = *terms_.counters;
  const bool all_is_stored = c.chains_live == 0 && storing_ == 0 && taking_ == 0;
  if (state() == campaign_state::unloading && told_lanes_ && calls_are_over_ && all_is_stored) {
    c.state = campaign_state::not_loaded;
    if (forced_) note(log_id::force_unloaded, terms_.name, "force-unloaded");
    else note(log_id::unloaded, terms_.name, "unloaded");
  }
  if (state() != campaign_state::not_loaded) return;
  for (auto& waiting : std::exchange(waiting_for_unload_, {})) waiting.deliver(chains_are_away{});
}

} // namespace chainring::actors
