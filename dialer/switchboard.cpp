// switchboard.cpp: requests, grants, calls.
#include "dialer/switchboard_parts.hpp"

#include <algorithm>

#include "dialer/limits.hpp"

namespace chainring::dialer {

switchboard::switchboard(const do_not_call_list& no_calls, const time_zones& zones)
    : no_calls_(no_calls), zones_(zones) {}
switchboard::~switchboard() = default;

void switchboard::add_trunk(std::unique_ptr<trunk> t, const trunk_limits& most, dialer::pacing pace) {
  lines_.push_back({.trunk = std::move(t), .most = most, .pacing = std::move(pace)});
}

void switchboard::limit(std::uint32_t trunk, const trunk_limits& most) {
  auto& l = lines_[trunk];
  l.most = most;
  l.pacing.limit(most.channels, most.calls_per_second);
}

void switchboard::add_campaign(std::uint32_t campaign, std::vector<std::uint32_t> trunks, std::int64_t redial_gap_ms) {
  ways all;
  all.redial_gap_ms = redial_gap_ms;
  for (std::size_t m = 0; m < media_count; ++m) {
    std::vector<std::uint32_t> carriers;
    for (const auto t : trunks)
      if (static_cast<std::size_t>(lines_[t].trunk->carries()) == m) carriers.push_back(t);
    if (!carriers.empty()) all.routes[m] = route_over(std::move(carriers));
  }
  ways_of_.insert_or_assign(campaign, all);
}

std::size_t switchboard::route_over(std::vector<std::uint32_t> trunks) {
  auto same = std::find_if(routes_.begin(), routes_.end(), [&](const route& r) { return r.lines == trunks; });
  if (same == routes_.end()) {
    routes_.push_back({.lines = std::move(trunks)});
    same = std::prev(routes_.end());
  }
  return static_cast<std::size_t>(same - routes_.begin());
}

void switchboard::add_list(list_id list, std::string name) { list_names_[list] = std::move(name); }

// -- requests ----------------------------------------------------------------------------------------------------------

void switchboard::add(std::vector<call_request>&& requests) {
  counts_.requested += requests.size();
  std::erase_if(requests, [&](const call_request& r) { return is_withdrawn(r); });
  added_.insert(added_.end(), std::make_move_iterator(requests.begin()), std::make_move_iterator(requests.end()));
}

void switchboard::settle(std::int64_t now_ms) {
  while (!held_.empty() && held_.begin()->first <= now_ms) {
    added_.push_back(std::move(held_.begin()->second));
    held_.erase(held_.begin());
  }
  // Within a campaign the queue orders by chain; lists that share chain ids are told apart here.
  std::stable_sort(added_.begin(), added_.end(),
                   [](const call_request& a, const call_request& b) { return a.key.list < b.key.list; });
  for (auto& request : added_) {
    if (const auto* pace = pace_of(request.campaign); pace && pace->mode() == dialing_mode::preview && !request.released) {
      const std::pair place{request.campaign, request.handle};
      previews_.insert_or_assign(place, std::move(request));
      continue;
    }
    const auto& of_campaign = ways_of_.at(request.campaign);
    const auto wanted = of_campaign.wanted_by(request);
    const auto way = of_campaign.routes[static_cast<std::size_t>(wanted)];
    if (!way) {
      refuse_uncarried(request, wanted);
      continue;
    }
    hold_in_gap(request, now_ms);
    const auto ticket = ++last_ticket_;
    auto& queue = routes_[*way].queue;
    if (!queue.push({static_cast<std::int32_t>(request.campaign), request.key.chain_id, request.key.chain_n, ticket})) {
      hold(std::move(request), now_ms + limits::full_queue_wait_ms);
      continue;
    }
    queued_.emplace(ticket, std::move(request));
  }
  added_.clear();
  for (auto& r : routes_) r.queue.order_arrivals();
}

/// One line for each campaign and medium: its other records end in the same way.
void switchboard::refuse_uncarried(const call_request& request, medium wanted) {
  ++counts_.not_carried;
  call_outcome out{.from = request.from, .campaign = request.campaign, .record = request.record, .attempt = 0,
                   .result = call_result::dial_error, .write = write_row{.key = request.key, .result = call_result::dial_error},
                   .by = wanted};
  auto& told = ways_of_.at(request.campaign).lack_was_told[static_cast<std::size_t>(wanted)];
  if (!std::exchange(told, true))
    out.note = place_of(request) + ": DialError: no trunk of its campaign carries " + std::string(name_of(wanted)) +
               ": add one to trunks of the [[campaign]]; other such records are not named";
  ended_early_.push_back(std::move(out));
}

/// After an attempt of this run that ended unknown; of earlier runs the request says it itself.
void switchboard::hold_in_gap(call_request& request, std::int64_t now_ms) {
  while (!gaps_by_end_.empty() && gaps_by_end_.begin()->first <= now_ms) {
    gaps_.erase(gaps_by_end_.begin()->second);
    gaps_by_end_.erase(gaps_by_end_.begin());
  }
  if (const auto gap = gaps_.find({request.key.list, request.record_id}); gap != gaps_.end())
    request.not_before_ms = std::max(request.not_before_ms, gap->second);
}

void switchboard::note_unknown(const call_request& request, std::int64_t ended_ms) {
  ++counts_.ended_unknown;
  note_gap(request.key.list, request.record_id, ended_ms + ways_of_.at(request.campaign).redial_gap_ms);
}

void switchboard::note_gap(list_id list, std::int64_t record_id, std::int64_t until_ms) {
  const std::pair record{list, record_id};
  const auto [gap, is_new] = gaps_.try_emplace(record, until_ms);
  if (!is_new) {
    if (gap->second >= until_ms) return;
    gaps_by_end_.erase({gap->second, record});
    gap->second = until_ms;
  }
  gaps_by_end_.emplace(until_ms, record);
}

/// Its intent is in the store, but nobody will dial it.
void switchboard::end_unknown(const call_request& request, std::int64_t now_ms) {
  note_unknown(request, now_ms);
  write_result w{.list = request.key.list, .record_id = request.record_id, .chain_id = request.key.chain_id,
                 .chain_n = request.key.chain_n, .n = request.attempt, .state = attempt_state::unknown,
                 .result = call_result::system_error, .started_ms = now_ms, .ended_ms = now_ms};
  if (request.history)
    w.history = history_record(*request.history, {.state = w.state, .started_ms = now_ms, .ended_ms = now_ms, .result = w.result});
  ended_early_.push_back({.from = request.from, .campaign = request.campaign, .record = request.record,
                          .attempt = request.attempt, .result = w.result, .write = w, .is_known = false});
}

std::string switchboard::place_of(const call_request& request) const {
  const auto name = list_names_.find(request.key.list);
  return "list " + (name == list_names_.end() ? std::to_string(request.key.list) : name->second) + " record " +
         std::to_string(request.record_id);
}

void switchboard::hold(call_request&& request, std::int64_t until_ms) { held_.emplace(until_ms, std::move(request)); }

/// The checks at the instant of dialing. True: the request has ended or is held.
bool switchboard::refuse_or_hold(call_request& request, std::int64_t now_ms, std::vector<call_outcome>& refused) {
  const auto decided = may_dial({request.number, request.customer_id, request.hours, request.not_before_ms,
                                 request.scheduled_ms, request.no_call},
                                no_calls_, zones_, now_ms);
  switch (decided.what) {
  case verdict::dial: return false;
  case verdict::outside_window: ++counts_.held_window; break;
  case verdict::redial_gap: ++counts_.held_gap; break;
  case verdict::scheduled: ++counts_.held_schedule; break;
  case verdict::no_call:
  case verdict::do_not_call_phone:
  case verdict::do_not_call_customer: {
    ++counts_.refused_do_not_call;
    write_row row{.key = request.key, .type = record_type::no_call, .result = call_result::do_not_call};
    refused.push_back({.from = request.from, .campaign = request.campaign, .record = request.record, .attempt = 0,
                       .result = call_result::do_not_call, .write = std::move(row)});
    return true;
  }
  }
  hold(std::move(request), decided.until_ms);
  return true;
}

// -- grants --------------------------------------------------------------------------------------------------------------

switchboard::granted switchboard::grant(std::int64_t now_ms, std::vector<call_outcome>& refused) {
  granted out;
  if (closed_ || !may_leave_()) return out;
  for (bool progress = true; progress;) { // one call a turn and route, so that routes share a trunk fairly
    progress = false;
    for (auto& r : routes_) progress = grant_one(r, now_ms, out, refused) || progress;
  }
  return out;
}

bool switchboard::grant_one(route& r, std::int64_t now_ms, granted& out, std::vector<call_outcome>& refused) {
  const auto free = std::find_if(r.lines.begin(), r.lines.end(), [&](std::uint32_t l) {
    return has_room(lines_[l]);
  });
  if (free == r.lines.end()) return false;
  const auto may = [&](std::int32_t campaign) { return may_grant(static_cast<std::uint32_t>(campaign), now_ms); };
  const auto next = paces_.empty() && paused_.empty() ? r.queue.pop() : r.queue.pop(may);
  if (!next) return false;
  auto request = std::move(queued_.extract(next->ticket).mapped());
  if (refuse_or_hold(request, now_ms, refused)) return true;

  auto& l = lines_[*free];
  const auto id = ++last_call_;
  ++l.granted;
  if (auto* pace = find_pace(request.campaign)) pace->grant(now_ms);
  if (request.has_intent) { // held after its intent was committed: the attempt stands already
    l.confirmed.push_back(id);
    calls_.emplace(id, live_call{std::move(request), *free, live_call::stage::confirmed});
    return true;
  }
  const auto question = request.validation;
  const auto at = question ? live_call::stage::validating : live_call::stage::granted;
  const auto& c = calls_.emplace(id, live_call{std::move(request), *free, at}).first->second;
  if (question) {
    ++validating_;
    out.questions.emplace_back(id, question);
    return true;
  }
  add_intent(id, c, now_ms, out);
  return true;
}

void switchboard::add_intent(std::uint64_t id, const live_call& c, std::int64_t now_ms, granted& out) const {
  attempt a;
  a.list = c.request.key.list;
  a.record_id = c.request.record_id;
  a.chain_id = c.request.key.chain_id;
  a.chain_n = c.request.key.chain_n;
  a.n = c.request.attempt;
  a.contact_info = c.request.number;
  a.trunk = lines_[c.line].trunk->name();
  a.started_ms = now_ms;
  auto told = c.request.history ? history_record(*c.request.history, a) : nullptr;
  out.intents.push_back(write_intent{std::move(a), std::move(told), c.request.waiting});
  out.calls.push_back(id);
}

switchboard::granted switchboard::answer_validations(std::vector<std::pair<std::uint64_t, validation_verdict>> answers,
                                                     std::int64_t now_ms, std::vector<call_outcome>& refused) {
  std::sort(answers.begin(), answers.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  granted out;
  for (const auto& [id, verdict] : answers) {
    const auto found = calls_.find(id);
    if (found == calls_.end() || found->second.at != live_call::stage::validating) continue; // given up meanwhile
    auto& c = found->second;
    --validating_;
    if (verdict.dial) {
      write_back(c.request, verdict.columns);
      c.at = live_call::stage::granted;
      add_intent(id, c, now_ms, out);
      continue;
    }
    ++counts_.refused_validation;
    let_go(c);
    write_row row{.key = c.request.key, .result = verdict.result};
    refused.push_back({.from = c.request.from, .campaign = c.request.campaign, .record = c.request.record, .attempt = 0,
                       .result = verdict.result, .write = std::move(row)});
    calls_.erase(found);
  }
  return out;
}

const call_request* switchboard::find(std::uint64_t call) const {
  const auto found = calls_.find(call);
  return found == calls_.end() ? nullptr : &found->second.request;
}

void switchboard::close() {
  closed_ = true;
  give_up_validations([](const live_call&) { return true; });
}

void switchboard::give_up_validations(const std::function<bool(const live_call&)>& which) {
  std::erase_if(calls_, [&](const auto& one) {
    if (one.second.at != live_call::stage::validating || !which(one.second)) return false;
    let_go(one.second);
    --validating_;
    return true;
  });
}

void switchboard::confirm(const std::vector<std::uint64_t>& calls) {
  for (const auto id : calls) {
    auto& c = calls_.at(id);
    c.at = live_call::stage::confirmed;
    c.request.has_intent = true;
    lines_[c.line].confirmed.push_back(id);
  }
}

chain_tag switchboard::give_up(std::uint64_t call) {
  const auto given_up = calls_.extract(call);
  let_go(given_up.mapped());
  return given_up.mapped().request.from;
}

// -- calls ---------------------------------------------------------------------------------------------------------------

void switchboard::advance(std::int64_t now_ms, std::vector<call_outcome>& ended) {
  for (auto& l : lines_) {
    collect_ended(l, now_ms, ended);
    start_confirmed(l, now_ms, ended);
  }
  std::move(ended_early_.begin(), ended_early_.end(), std::back_inserter(ended));
  ended_early_.clear();
}

void switchboard::collect_ended(line& l, std::int64_t now_ms, std::vector<call_outcome>& ended) {
  std::vector<call_ended> results;
  l.trunk->collect(now_ms, results);
  for (const auto& result : results) {
    auto node = calls_.extract(result.id);
    if (node.empty()) continue; // a trunk that reports a call twice
    const auto& r = node.mapped().request;
    l.pacing.ended();
    if (auto* pace = find_pace(r.campaign)) pace->end();
    ++counts_.ended;
    write_result w{.list = r.key.list, .record_id = r.record_id, .chain_id = r.key.chain_id, .chain_n = r.key.chain_n,
                   .n = r.attempt, .state = attempt_state::done, .result = result.result,
                   .started_ms = result.started_ms, .ended_ms = result.ended_ms};
    if (!result.is_known) {
      w.state = attempt_state::unknown;
      w.result = call_result::system_error;
      note_unknown(r, result.ended_ms);
    }
    if (r.history)
      w.history = history_record(*r.history, {.state = w.state, .trunk = l.trunk->name(), .started_ms = w.started_ms,
                                              .ended_ms = w.ended_ms, .result = w.result});
    call_outcome out{.from = r.from, .campaign = r.campaign, .record = r.record, .attempt = r.attempt, .result = w.result,
                     .write = w, .by = l.trunk->carries(), .is_known = result.is_known};
    const std::string how(result.is_known ? name_of(w.result) : "its end is unknown");
    if (!result.words.empty()) out.note = place_of(r) + ": " + how + ": " + result.words;
    ended.push_back(std::move(out));
  }
}

/// The do-not-call list has grown since the intent was committed: the attempt ends undialed.
call_outcome switchboard::forbidden(const call_request& request, const std::string& trunk, std::int64_t now_ms) {
  ++counts_.refused_do_not_call;
  write_result w{.list = request.key.list, .record_id = request.record_id, .chain_id = request.key.chain_id,
                 .chain_n = request.key.chain_n, .n = request.attempt, .result = call_result::do_not_call,
                 .started_ms = now_ms, .ended_ms = now_ms, .type = record_type::no_call};
  if (request.history)
    w.history = history_record(*request.history, {.state = w.state, .trunk = trunk, .started_ms = now_ms, .ended_ms = now_ms,
                                                  .result = w.result});
  return {.from = request.from, .campaign = request.campaign, .record = request.record, .attempt = request.attempt,
          .result = call_result::do_not_call, .write = std::move(w)};
}

void switchboard::start_confirmed(line& l, std::int64_t now_ms, std::vector<call_outcome>& ended) {
  if (closed_ && !may_leave_()) { // whoever takes the chains over ends these attempts
    for (const auto id : std::exchange(l.confirmed, {})) {
      let_go(calls_.at(id));
      calls_.erase(id);
    }
    return;
  }
  if (!l.fault.empty() && now_ms < l.retry_ms) return;
  for (std::size_t n = 0; n < l.confirmed.size();) {
    const auto at = l.confirmed.begin() + static_cast<std::ptrdiff_t>(n);
    const auto id = *at;
    auto& c = calls_.at(id);
    // Checked at the grant, and again just before the call leaves: the list may have grown since, the window have closed.
    const bool no_call = no_calls_.find(c.request.number, c.request.customer_id).has_value();
    const auto hours = daily_window(c.request.hours, zones_, now_ms);
    if (no_call || !hours.open) {
      l.confirmed.erase(at);
      let_go(c);
      if (!no_call) ++counts_.held_window;
      if (no_call) ended.push_back(forbidden(c.request, l.trunk->name(), now_ms));
      else if (is_withdrawn(c.request)) end_unknown(c.request, now_ms);
      else hold(std::move(c.request), hours.opens_ms);
      calls_.erase(id);
      continue;
    }
    auto* pace = find_pace(c.request.campaign);
    if (pace && pace->next_start_ms(now_ms) > now_ms) { // others of the trunk need not wait for its campaign
      ++n;
      continue;
    }
    if (!may_leave_() || !l.pacing.try_start(now_ms)) return;
    if (auto started = l.trunk->start(to_call(id, c.request), now_ms); !started) {
      l.pacing.ended();
      l.fault = to_line(started.error());
      l.retry_ms = now_ms + limits::trunk_fault_wait_ms;
      ++l.faults_in_a_row;
      return;
    }
    l.fault.clear();
    l.faults_in_a_row = 0;
    l.confirmed.erase(at);
    --l.granted;
    if (pace) pace->start(now_ms);
    c.at = live_call::stage::live;
    ++l.started;
    ++counts_.started;
  }
}

call switchboard::to_call(std::uint64_t id, const call_request& request) const {
  call c;
  c.id = id;
  if (auto name = list_names_.find(request.key.list); name != list_names_.end()) c.list = name->second;
  c.record_id = request.record_id;
  c.attempt = request.attempt;
  c.number = request.number;
  c.options = request.options;
  c.extensions = request.extensions;
  c.about = request.about;
  return c;
}

std::int64_t switchboard::next_due_ms(std::int64_t now_ms) const {
  auto due_ms = trunk::never;
  if (!held_.empty() && !closed_) due_ms = held_.begin()->first;
  for (const auto& l : lines_) {
    due_ms = std::min(due_ms, l.trunk->next_due_ms());
    if (l.confirmed.empty()) continue;
    due_ms = std::min(due_ms, l.fault.empty() ? next_start_ms(l, now_ms) : l.retry_ms);
  }
  if (!may_leave_() && !(calls_.empty() && queued_.empty() && held_.empty()))
    return std::max(due_ms == trunk::never ? now_ms : due_ms, now_ms + limits::may_leave_look_ms);
  if (closed_) return due_ms;
  for (const auto& [campaign, pace] : paces_) {
    if (paused_.contains(campaign)) continue;
    const auto waits = [&, c = static_cast<std::int32_t>(campaign)](const route& r) { return r.queue.has(c); };
    if (std::none_of(routes_.begin(), routes_.end(), waits)) continue;
    // One that may have a call now waits for a trunk, which tells by itself.
    if (const auto grant_ms = pace.next_grant_ms(now_ms); grant_ms > now_ms) due_ms = std::min(due_ms, grant_ms);
  }
  return due_ms;
}

std::optional<std::string> switchboard::broken() const {
  for (const auto& l : lines_)
    if (l.faults_in_a_row >= limits::trunk_faults_max) return l.fault;
  return std::nullopt;
}

switchboard_counts switchboard::counts() const {
  auto c = counts_;
  c.queued = added_.size() + queued_.size();
  c.held = held_.size();
  c.previews = previews_.size();
  c.validating = validating_;
  for (const auto& l : lines_) {
    c.granted += l.granted;
    c.live += static_cast<std::size_t>(l.pacing.live());
  }
  return c;
}

std::vector<switchboard::line_counts> switchboard::lines() const {
  std::vector<line_counts> out;
  for (const auto& l : lines_)
    out.push_back({l.trunk->name(), l.most.channels, l.most.calls_per_second, static_cast<std::size_t>(l.pacing.live()), l.granted,
                   l.started, l.fault});
  if (closed_) return out;
  for (const auto& r : routes_) {
    auto waiting = r.queue.size();
    for (const auto c : paused_) waiting -= r.queue.size(static_cast<std::int32_t>(c));
    for (const auto l : r.lines) out[l].waiting += waiting;
  }
  return out;
}

} // namespace chainring::dialer
