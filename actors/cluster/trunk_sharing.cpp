// trunk_sharing.cpp: see trunk_sharing.hpp.
#include "actors/cluster/trunk_sharing.hpp"

#include <algorithm>
#include <cmath>

#include "actors/cluster/trunk_plan.hpp"
#include "actors/limits.hpp"

namespace chainring::actors {

namespace {

using dialer::trunk_budget;
using dialer::trunk_share;
using dialer::trunk_units;
using std::chrono::milliseconds;

constexpr std::int64_t second_ms = 1'000;
constexpr std::int64_t count_ms_min = 250; // of starts, to say how many they are in a second; less than between two looks

trunk_budget budget_of(const dialer::trunk_limits& most) {
  constexpr double rounding = 1e-6; // of 0.29 * 1000
  return {most.channels, std::max<std::int64_t>(1, static_cast<std::int64_t>(most.calls_per_second * second_ms + rounding))};
}

/// That may begin in a second, or at all where calls are further apart.
std::int32_t starts_in(const trunk_budget& b) {
  return static_cast<std::int32_t>(std::max<std::int64_t>(1, b.starts_per_1000_s / second_ms));
}

/// Between a call that one member begins and one that another begins in its stead.
std::int64_t rest_ms(const trunk_budget& b) {
  const auto apart_ms = (second_ms * second_ms + b.starts_per_1000_s - 1) / b.starts_per_1000_s;
  return std::max(second_ms, apart_ms) + limits::trunk_rest_ms;
}

std::int32_t at_most(std::size_t n, std::int32_t most) {
  return static_cast<std::int32_t>(std::min<std::size_t>(n, static_cast<std::size_t>(most)));
}

trunk_part::standing standing_of(trunk_share::standing at) {
  switch (at) {
  case trunk_share::standing::lives: return trunk_part::standing::lives;
  case trunk_share::standing::leaves: return trunk_part::standing::leaves;
  case trunk_share::standing::is_gone: break;
  }
  return trunk_part::standing::is_gone;
}

trunk_move move_of(const std::vector<trunk_share>& shares, std::int32_t trunk_units::*what, std::int32_t budget, std::int64_t epoch,
                std::int64_t turn) {
  std::vector<trunk_part> parts;
  for (const auto& s : shares) parts.push_back({s.epoch, s.has.*what, s.wanted.*what, standing_of(s.at)});
  return plan_trunk_part(parts, budget, epoch, turn);
}

std::string words(const trunk_budget& b) {
  auto rate = std::to_string(b.starts_per_1000_s / second_ms);
  if (const auto rest = b.starts_per_1000_s % second_ms; rest > 0) rate += "." + std::to_string(second_ms + rest).substr(1);
  return "capacity " + std::to_string(b.channels) + ", calls-per-second " + rate;
}

} // namespace

trunk_sharing::trunk_sharing(const std::vector<trunk_terms>& trunks) {
  for (const auto& t : trunks) trunks_.push_back({.terms = t, .own = budget_of(t.most), .agreed = budget_of(t.most)});
}

std::vector<trunk_units> trunk_sharing::to_keep() const {
  std::vector<trunk_units> all;
  for (const auto& t : trunks_) all.push_back(t.to_keep);
  return all;
}

/// Who has all of the starts keeps to the fraction of the rate, too.
std::vector<dialer::trunk_limits> trunk_sharing::limits() const {
  std::vector<dialer::trunk_limits> all;
  for (const auto& t : trunks_) {
    double rate = t.to_keep.starts;
    if (t.to_keep.starts >= starts_in(t.agreed))
      rate = t.agreed == t.own ? t.terms.most.calls_per_second : static_cast<double>(t.agreed.starts_per_1000_s) / second_ms;
    all.push_back({t.to_keep.channels, rate});
  }
  return all;
}

bool trunk_sharing::kept(const std::vector<trunk_units>& to, const std::vector<dialer::switchboard::line_counts>& lines,
                         time_point now) {
  bool fewer = false;
  for (std::size_t n = 0; n < trunks_.size(); ++n) {
    auto& t = trunks_[n];
    if (to[n].starts < t.in_force.starts) {
      t.rested = now + milliseconds(rest_ms(t.agreed));
      fewer = true;
    }
    t.in_force = to[n];
    count(t, lines[n], now);
  }
  return fewer;
}

/// Of what it wanted a moment ago half counts: demand that comes and goes moves nothing to and fro.
void trunk_sharing::count(one& t, const dialer::switchboard::line_counts& line, time_point now) const {
  t.busy = at_most(line.busy, INT32_MAX);
  const auto passed_ms = std::chrono::duration_cast<milliseconds>(now - t.counted).count();
  if (passed_ms < count_ms_min) return;
  const auto started = t.counted == time_point{} ? 0 : line.started - t.started;
  const auto a_second = (started * second_ms + static_cast<std::uint64_t>(passed_ms) - 1) / static_cast<std::uint64_t>(passed_ms);
  trunk_units wanted{at_most(line.waiting + line.busy, t.own.channels), at_most(line.waiting + a_second, starts_in(t.own))};
  if (!leaving_) {
    wanted.channels = std::max(wanted.channels, t.wanted.channels / 2);
    wanted.starts = std::max(wanted.starts, t.wanted.starts / 2);
  }
  t.wanted = wanted;
  t.started = line.started;
  t.counted = now;
}

milliseconds trunk_sharing::rest() const {
  std::int64_t longest_ms = 0;
  for (const auto& t : trunks_)
    if (t.to_keep.starts < t.has.starts) longest_ms = std::max(longest_ms, rest_ms(t.agreed));
  return milliseconds(longest_ms);
}

bool trunk_sharing::is_to_be_told() const {
  return std::any_of(trunks_.begin(), trunks_.end(), [](const one& t) { return t.to_keep != t.in_force; });
}

std::vector<trunk_share> trunk_sharing::report(time_point now) {
  std::vector<trunk_share> all;
  for (auto& t : trunks_) {
    if (t.in_force.starts == t.to_keep.starts && now >= t.rested) t.has.starts = t.to_keep.starts;
    if (t.in_force.channels == t.to_keep.channels)
      t.has.channels = std::clamp(t.busy, t.to_keep.channels, t.has.channels); // the others as calls end
    all.push_back({.trunk = t.terms.name,
                   .has = t.has,
                   .wanted = t.wanted,
                   .budget = t.own,
                   .channels_held_ms = t.terms.longest_call_ms + limits::trunk_rest_ms,
                   .starts_held_ms = rest_ms(t.agreed)});
  }
  return all;
}

std::vector<trunk_sharing::claim> trunk_sharing::take(const std::vector<trunk_share>& all, std::int64_t epoch, std::int64_t turn) {
  std::vector<claim> claims;
  for (std::size_t n = 0; n < trunks_.size(); ++n) {
    std::vector<trunk_share> shares;
    for (const auto& s : all)
      if (s.trunk == trunks_[n].terms.name) shares.push_back(s);
    auto wanted = plan(trunks_[n], shares, epoch, turn);
    wanted.trunk = n;
    if (wanted.more != trunk_units{}) claims.push_back(std::move(wanted));
  }
  return claims;
}

trunk_sharing::claim trunk_sharing::plan(one& t, const std::vector<trunk_share>& shares, std::int64_t epoch, std::int64_t turn) {
  trunk_units found;
  t.agreed = t.own;
  t.difference.clear();
  for (const auto& s : shares) {
    if (s.epoch == epoch) found = s.has;
    if (s.budget != t.own && s.at != trunk_share::standing::is_gone)
      t.difference += (t.difference.empty() ? "" : "; ") + s.node + " has " + words(s.budget);
    t.agreed.channels = std::min(t.agreed.channels, s.budget.channels);
    t.agreed.starts_per_1000_s = std::min(t.agreed.starts_per_1000_s, s.budget.starts_per_1000_s);
  }
  const bool rests = t.to_keep.starts < t.has.starts;
  t.has = {std::min(t.has.channels, found.channels), std::min(t.has.starts, found.starts)};
  const auto channels = move_of(shares, &trunk_units::channels, t.agreed.channels, epoch, turn);
  t.to_keep.channels = std::max(0, t.has.channels - channels.give);
  trunk_move starts;
  if (!rests) starts = move_of(shares, &trunk_units::starts, starts_in(t.agreed), epoch, turn);
  t.to_keep.starts = rests ? std::min(t.to_keep.starts, t.has.starts) : std::max(0, t.has.starts - starts.give);
  return {0, t.terms.name, {channels.claim, starts.claim}};
}

void trunk_sharing::claimed(std::size_t trunk, const trunk_units& has) {
  auto& t = trunks_[trunk];
  t.to_keep.channels += std::max(0, has.channels - t.has.channels);
  t.to_keep.starts += std::max(0, has.starts - t.has.starts);
  t.has = {std::max(t.has.channels, has.channels), std::max(t.has.starts, has.starts)};
}

std::vector<std::string> trunk_sharing::differences() {
  std::vector<std::string> all;
  for (auto& t : trunks_) {
    if (t.difference == t.told) continue;
    t.told = t.difference;
    if (!t.told.empty())
      all.push_back("trunk " + t.terms.name + ": this node has " + words(t.own) + ", " + t.told +
                    ": the smallest count for all: give all nodes the same");
  }
  return all;
}

} // namespace chainring::actors
