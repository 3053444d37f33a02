// switchboard_campaigns.cpp: which campaigns may dial and how fast, calls that wait for their release, what a validation has
// changed, and where a request is.
#include "dialer/switchboard_parts.hpp"

namespace chainring::dialer {

namespace {

std::string part_of(std::int32_t now, std::int32_t all) {
  auto text = std::to_string(now);
  if (now != all) text += " (this node's share of " + std::to_string(all) + ")";
  return text;
}

} // namespace

// -- may it dial -----------------------------------------------------------------------------------------------------------

void switchboard::pause(std::uint32_t campaign) {
  withdrawn_.erase(campaign);
  paused_.insert(campaign);
}

void switchboard::resume(std::uint32_t campaign) {
  withdrawn_.erase(campaign);
  paused_.erase(campaign);
}

void switchboard::withdraw(const call_scope& whose, std::int64_t now_ms) {
  if (whose.campaign) withdrawn_.insert(*whose.campaign);
  else withdrawn_shards_ |= whose.shards;
  const auto forget = [&](const call_request& request) {
    if (!whose.covers(request)) return false;
    if (request.has_intent) end_unknown(request, now_ms);
    return true;
  };
  std::erase_if(added_, forget);
  for (auto& r : routes_)
    r.queue.drop_if([&](const waiting_call& one) { return whose.covers(queued_.at(one.ticket)); });
  std::erase_if(queued_, [&](const auto& one) { return forget(one.second); });
  std::erase_if(held_, [&](const auto& one) { return forget(one.second); });
  std::erase_if(previews_, [&](const auto& one) { return forget(one.second); });
  give_up_validations([&](const live_call& c) { return whose.covers(c.request); });
}

bool switchboard::is_withdrawn(const call_request& r) const {
  return withdrawn_.contains(r.campaign) || withdrawn_shards_[shard_of(r.key.list, r.key.chain_id)];
}

bool switchboard::has_calls(const call_scope& whose) const {
  return std::any_of(calls_.begin(), calls_.end(), [&](const auto& one) { return whose.covers(one.second.request); });
}

shard_set switchboard::shards_with_calls() const {
  shard_set all;
  for (const auto& [id, c] : calls_) all.set(shard_of(c.request.key.list, c.request.key.chain_id));
  return all;
}

bool switchboard::may_grant(std::uint32_t campaign, std::int64_t now_ms) const {
  if (paused_.contains(campaign)) return false;
  const auto* pace = pace_of(campaign);
  return !pace || pace->may_grant(now_ms);
}

// -- the pace of a campaign --------------------------------------------------------------------------------------------------

void switchboard::set_pace(std::uint32_t campaign, campaign_pace pace) { paces_.insert_or_assign(campaign, std::move(pace)); }

const campaign_pace* switchboard::pace_of(std::uint32_t campaign) const {
  const auto found = paces_.find(campaign);
  return found == paces_.end() ? nullptr : &found->second;
}

campaign_pace* switchboard::find_pace(std::uint32_t campaign) {
  const auto found = paces_.find(campaign);
  return found == paces_.end() ? nullptr : &found->second;
}

bool switchboard::set_agents(std::uint32_t campaign, std::int32_t agents) {
  auto* pace = find_pace(campaign);
  if (!pace || pace->mode() != dialing_mode::progressive) return false;
  pace->set_agents(agents);
  return true;
}

void switchboard::limit_campaign(std::uint32_t campaign, std::int32_t channels, std::int32_t calls_per_minute) {
  if (auto* pace = find_pace(campaign)) pace->limit(channels, calls_per_minute);
}

std::size_t switchboard::waiting_of(std::uint32_t campaign) const {
  const auto* pace = pace_of(campaign);
  auto waiting = pace ? static_cast<std::size_t>(pace->granted()) : 0;
  if (closed_ || paused_.contains(campaign)) return waiting;
  for (const auto& r : routes_) waiting += r.queue.size(static_cast<std::int32_t>(campaign));
  return waiting;
}

bool switchboard::has_room(const line& l) const { return l.fault.empty() && l.room() > 0; }

/// A granted call is not made.
void switchboard::let_go(const live_call& c) {
  --lines_[c.line].granted;
  if (auto* pace = find_pace(c.request.campaign)) pace->let_go();
}

/// When the trunk and the campaign of a confirmed call both allow it. Looks no further than the first call whose campaign does.
std::int64_t switchboard::next_start_ms(const line& l, std::int64_t now_ms) const {
  const auto trunk_ms = l.pacing.next_start_ms(now_ms);
  auto campaign_ms = trunk::never;
  for (const auto id : l.confirmed) {
    const auto* pace = pace_of(calls_.at(id).request.campaign);
    campaign_ms = std::min(campaign_ms, pace ? pace->next_start_ms(now_ms) : now_ms);
    if (campaign_ms <= trunk_ms) break;
  }
  return std::max(trunk_ms, campaign_ms);
}

// -- Preview -----------------------------------------------------------------------------------------------------------------

std::vector<preview> switchboard::previews(std::uint32_t campaign, std::size_t most) const {
  std::vector<preview> out;
  for (auto at = previews_.lower_bound({campaign, 0}); at != previews_.end() && out.size() < most; ++at) {
    const auto& r = at->second;
    if (r.campaign != campaign) break;
    const auto name = list_names_.find(r.key.list);
    out.push_back({r.handle, name == list_names_.end() ? std::to_string(r.key.list) : name->second, r.record_id, r.key.chain_id,
                   r.key.chain_n, r.number});
  }
  return out;
}

std::size_t switchboard::previews_waiting(std::uint32_t campaign) const {
  return static_cast<std::size_t>(
      std::distance(previews_.lower_bound({campaign, 0}), previews_.lower_bound({campaign + 1, 0})));
}

bool switchboard::release(std::uint64_t handle) {
  for (const auto& [campaign, pace] : paces_) {
    if (pace.mode() != dialing_mode::preview) continue;
    auto found = previews_.extract({campaign, handle});
    if (found.empty()) continue;
    found.mapped().released = true;
    added_.push_back(std::move(found.mapped()));
    return true;
  }
  return false;
}

// -- pre-dial validation -----------------------------------------------------------------------------------------------------

void write_back(call_request& request, const column_texts& columns) {
  if (columns.empty()) return;
  if (const auto& about = request.about)
    request.about = std::make_shared<contact>(contact{with_columns(about->row, *about->form, columns), about->form});
  if (request.history) request.history = with_columns(*request.history, columns);
}

// -- where a request is --------------------------------------------------------------------------------------------------------

std::optional<request_place> switchboard::place_of(list_id list, std::int64_t record_id, std::int64_t now_ms) const {
  using stage = request_place::stage;
  const auto is_it = [&](const call_request& r) { return r.record_id == record_id && r.key.list == list; };
  for (const auto& [id, c] : calls_) {
    if (!is_it(c.request)) continue;
    if (c.at == live_call::stage::live) return request_place{stage::live, 0, lines_[c.line].trunk->name()};
    if (c.at == live_call::stage::validating) return request_place{stage::validating, 0, {}};
    return request_place{stage::start, 0, lines_[c.line].trunk->name()};
  }
  for (const auto& [place, r] : previews_)
    if (is_it(r)) return request_place{stage::previewed, 0, std::to_string(r.handle)};
  for (const auto& [until_ms, r] : held_) {
    if (!is_it(r)) continue;
    if (r.scheduled_ms > now_ms && r.scheduled_ms >= until_ms) return request_place{stage::scheduled, until_ms, {}};
    if (r.not_before_ms > now_ms && r.not_before_ms >= until_ms) return request_place{stage::gap, until_ms, {}};
    const bool closed = !daily_window(r.hours, zones_, now_ms).open;
    return request_place{closed ? stage::window : r.not_before_ms > now_ms ? stage::gap : stage::full_queue, until_ms, {}};
  }
  for (const auto& [ticket, r] : queued_)
    if (is_it(r)) return why_queued(r, now_ms);
  for (const auto& r : added_)
    if (is_it(r)) return why_queued(r, now_ms);
  return std::nullopt;
}

/// The campaign's own limits first: they hold while its trunks have room.
request_place switchboard::why_queued(const call_request& request, std::int64_t now_ms) const {
  using stage = request_place::stage;
  if (paused_.contains(request.campaign)) return {stage::paused, 0, {}};
  if (const auto* pace = pace_of(request.campaign); pace && !pace->may_grant(now_ms)) {
    const auto& terms = pace->terms();
    const auto at_ms = pace->next_grant_ms(now_ms);
    const bool starts_none = terms.calls_per_minute > 0 && pace->calls_per_minute() == 0;
    if (at_ms != campaign_pace::never || starts_none)
      return {stage::pace, starts_none ? 0 : at_ms, part_of(pace->calls_per_minute(), terms.calls_per_minute)};
    const bool has_channel = terms.channels == 0 || pace->granted() + pace->live() < pace->channels();
    if (pace->mode() == dialing_mode::progressive && has_channel) return {stage::agents, 0, std::to_string(terms.agents)};
    return {stage::channels, 0, part_of(pace->channels(), terms.channels)};
  }
  const auto& of_campaign = ways_of_.at(request.campaign);
  const auto way = of_campaign.routes[static_cast<std::size_t>(of_campaign.wanted_by(request))];
  if (!way) return {stage::channel, 0, {}};
  const auto& trunks = routes_[*way].lines;
  const bool all_fail = std::all_of(trunks.begin(), trunks.end(), [&](std::uint32_t l) { return !lines_[l].fault.empty(); });
  if (all_fail) return {stage::trunk_fault, 0, lines_[trunks.front()].fault};
  return {stage::channel, 0, {}};
}

} // namespace chainring::dialer
