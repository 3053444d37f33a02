// budget_sharing.cpp: see budget_sharing.hpp.
#include "actors/cluster/budget_sharing.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "actors/cluster/budget_plan.hpp"
#include "actors/limits.hpp"

namespace chainring::actors {

namespace {

using dialer::budget_share;
using dialer::share_units;
using dialer::shared_budget;
using std::chrono::milliseconds;

constexpr std::int64_t second_ms = 1'000, minute_ms = 60'000;
constexpr std::int64_t thousandths = 1'000; // of a start
constexpr std::int64_t look_ms_min = 250;   // between two looks at what is wanted, so that less is wanted by and by
constexpr std::int64_t rates_per_window = 4;  // starts are counted for a part of a window, to say how many they are in one
constexpr std::int64_t counts_per_window = 32; // at most, of starts, to say how many there were in the last one

std::int64_t window_ms(const budget_terms& terms) {
  return terms.of == budget_terms::subject::campaign ? minute_ms : second_ms;
}

shared_budget budget_of(const budget_terms& most) {
  constexpr double rounding = 1e-6; // of 0.29 * 1000
  return {most.channels, std::max<std::int64_t>(1, static_cast<std::int64_t>(most.starts * thousandths + rounding))};
}

/// That may begin in a window, or at all where calls are further apart.
std::int32_t starts_in(const shared_budget& b) {
  return static_cast<std::int32_t>(std::max<std::int64_t>(1, b.start_thousandths / thousandths));
}

/// Between a call that one member begins and one that another begins in its stead.
std::int64_t rest_ms(const shared_budget& b, std::int64_t window_ms) {
  const auto apart_ms = (window_ms * thousandths + b.start_thousandths - 1) / b.start_thousandths;
  return std::max(window_ms, apart_ms) + limits::share_rest_ms;
}

std::int32_t at_most(std::uint64_t n, std::int32_t most) {
  return static_cast<std::int32_t>(std::min<std::uint64_t>(n, static_cast<std::uint64_t>(most)));
}

budget_part::standing standing_of(budget_share::standing at) {
  switch (at) {
  case budget_share::standing::lives: return budget_part::standing::lives;
  case budget_share::standing::leaves: return budget_part::standing::leaves;
  case budget_share::standing::is_gone: break;
  }
  return budget_part::standing::is_gone;
}

budget_move move_of(std::span<const budget_share> shares, std::int32_t share_units::*what, std::int32_t budget,
                    std::int64_t epoch, std::int64_t turn) {
  std::vector<budget_part> parts;
  for (const auto& s : shares) parts.push_back({s.epoch, s.has.*what, s.wanted.*what, standing_of(s.at)});
  return plan_budget_part(parts, budget, epoch, turn);
}

/// Those of one key stand side by side.
std::unordered_map<std::string_view, std::span<const budget_share>> by_key(const std::vector<budget_share>& all) {
  std::unordered_map<std::string_view, std::span<const budget_share>> found;
  for (auto from = all.begin(); from != all.end();) {
    const auto to = std::find_if(from, all.end(), [&](const auto& s) { return s.key != from->key; });
    found.emplace(from->key, std::span(from, to));
    from = to;
  }
  return found;
}

std::string decimal(std::int64_t in_thousandths) {
  auto text = std::to_string(in_thousandths / thousandths);
  if (const auto rest = in_thousandths % thousandths; rest > 0) text += "." + std::to_string(thousandths + rest).substr(1);
  return text;
}

std::string words(const shared_budget& b, budget_terms::subject of) {
  if (of == budget_terms::subject::trunk)
    return "capacity " + std::to_string(b.channels) + ", calls-per-second " + decimal(b.start_thousandths);
  const auto or_none = [](bool limited, const std::string& text) { return limited ? text : std::string("0 (no limit)"); };
  return "channels " + or_none(b.limits_channels(), std::to_string(b.channels)) + ", calls-per-minute " +
         or_none(b.limits_starts(), decimal(b.start_thousandths));
}

} // namespace

budget_sharing::budget_sharing(const std::vector<budget_terms>& budgets) {
  for (const auto& b : budgets)
    budgets_.push_back({.terms = b, .key = key_of(b), .own = budget_of(b), .agreed = budget_of(b)});
}

std::vector<share_units> budget_sharing::to_keep() const {
  std::vector<share_units> all;
  for (const auto& b : budgets_) all.push_back(b.to_keep);
  return all;
}

/// Who has all of the starts keeps to the fraction of the rate, too.
std::vector<budget_limits> budget_sharing::limits() const {
  std::vector<budget_limits> all;
  for (const auto& b : budgets_) {
    double starts = b.to_keep.starts;
    if (b.to_keep.starts >= starts_in(b.agreed))
      starts = b.agreed == b.own ? b.terms.starts : static_cast<double>(b.agreed.start_thousandths) / thousandths;
    all.push_back({b.own.limits_channels() ? b.to_keep.channels : budget_terms::unlimited,
                   b.own.limits_starts() ? starts : budget_terms::unlimited});
  }
  return all;
}

std::optional<milliseconds> budget_sharing::kept(const std::vector<share_units>& to, const std::vector<budget_use>& uses,
                                                 time_point asked, time_point now) {
  std::optional<milliseconds> rest;
  for (std::size_t n = 0; n < budgets_.size(); ++n) {
    auto& b = budgets_[n];
    if (to[n].starts < b.in_force.starts) {
      const milliseconds of_this(rest_ms(b.agreed, window_ms(b.terms)));
      b.rested = now + of_this;
      rest = std::min(rest.value_or(of_this), of_this);
    }
    b.in_force = to[n];
    count_window(b, uses[n].started, asked, now);
    want(b, uses[n], now);
  }
  return rest;
}

/// What was so by now was so a window before the dialer was asked.
void budget_sharing::count_window(one& b, std::uint64_t started, time_point asked, time_point now) {
  const milliseconds rest(rest_ms(b.agreed, window_ms(b.terms)));
  while (b.counts.size() > 1 && b.counts[1].at <= asked - rest) b.counts.pop_front();
  const bool is_known = !b.counts.empty() && b.counts.front().at <= asked - rest;
  b.in_last_window = at_most(started - (is_known ? b.counts.front().started : 0), INT32_MAX);
  if (b.counts.empty() || now - b.counts.back().at >= rest / counts_per_window) b.counts.push_back({now, started});
}

/// Of what it wanted a moment ago half counts: demand that comes and goes moves nothing to and fro. Where calls wait, those of the
/// last window count, too: with fewer starts than these none could begin. Who leaves wants only what lets the calls begin that it
/// has promised. What is not limited is wanted by nobody.
void budget_sharing::want(one& b, const budget_use& use, time_point now) const {
  b.busy = at_most(use.busy, INT32_MAX);
  const auto since_ms = [&](time_point then) { return std::chrono::duration_cast<milliseconds>(now - then).count(); };
  if (since_ms(b.looked) < look_ms_min) return;
  const auto window = window_ms(b.terms);
  if (const auto passed_ms = since_ms(b.counted); passed_ms >= window / rates_per_window) {
    const auto started = static_cast<std::int64_t>(b.counted == time_point{} ? 0 : use.started - b.started);
    b.rate = (started * window + passed_ms - 1) / passed_ms;
    b.started = use.started;
    b.counted = now;
  }
  share_units wanted;
  if (b.own.limits_channels()) wanted.channels = at_most(use.waiting + use.busy, b.own.channels);
  const auto in_window = std::max<std::int64_t>(leaving_ ? 0 : b.rate, use.waiting > 0 ? b.in_last_window : 0);
  if (b.own.limits_starts()) wanted.starts = at_most(use.waiting + static_cast<std::uint64_t>(in_window), starts_in(b.own));
  if (!leaving_) {
    wanted.channels = std::max(wanted.channels, b.wanted.channels / 2);
    wanted.starts = std::max(wanted.starts, b.wanted.starts / 2);
  }
  b.wanted = wanted;
  b.looked = now;
}

bool budget_sharing::is_to_be_told() const {
  return std::any_of(budgets_.begin(), budgets_.end(), [](const one& b) { return b.to_keep != b.in_force; });
}

bool budget_sharing::gives() const {
  return std::any_of(budgets_.begin(), budgets_.end(), [](const one& b) {
    return b.to_keep.channels < b.in_force.channels || b.to_keep.starts < b.in_force.starts;
  });
}

std::vector<budget_share> budget_sharing::report(time_point now) {
  std::vector<budget_share> all;
  for (auto& b : budgets_) {
    if (b.in_force.starts == b.to_keep.starts)
      b.has.starts = std::clamp(now >= b.rested ? 0 : b.in_last_window, b.to_keep.starts, b.has.starts);
    if (b.in_force.channels == b.to_keep.channels)
      b.has.channels = std::clamp(b.busy, b.to_keep.channels, b.has.channels); // the others as calls end
    all.push_back({.key = b.key,
                   .has = b.has,
                   .wanted = b.wanted,
                   .budget = b.own,
                   .channels_held_ms = b.terms.longest_call_ms + limits::share_rest_ms,
                   .starts_held_ms = rest_ms(b.agreed, window_ms(b.terms))});
  }
  return all;
}

std::vector<dialer::share_claim> budget_sharing::take(const dialer::budget_shares& all, std::int64_t epoch, std::int64_t turn_ms) {
  const auto shares = by_key(all.all);
  std::vector<dialer::share_claim> claims;
  claims_.clear();
  for (std::size_t n = 0; n < budgets_.size(); ++n) {
    auto& b = budgets_[n];
    const auto found = shares.find(b.key);
    const auto turn = all.at_ms / std::max(turn_ms, limits::share_turn_windows * window_ms(b.terms));
    const auto more = plan(b, found == shares.end() ? std::span<const budget_share>{} : found->second, epoch, turn);
    if (more == share_units{}) continue;
    claims.push_back({b.key, more});
    claims_.push_back(n);
  }
  return claims;
}

share_units budget_sharing::plan(one& b, std::span<const budget_share> shares, std::int64_t epoch, std::int64_t turn) {
  share_units found;
  b.agreed = b.own;
  b.difference.clear();
  for (const auto& s : shares) {
    if (s.epoch == epoch) found = s.has;
    if (s.budget != b.own && s.at != budget_share::standing::is_gone)
      b.difference += (b.difference.empty() ? "" : "; ") + s.node + " has " + words(s.budget, b.terms.of);
    b.agreed.channels = std::min(b.agreed.channels, s.budget.channels);
    b.agreed.start_thousandths = std::min(b.agreed.start_thousandths, s.budget.start_thousandths);
  }
  const bool rests = b.to_keep.starts < b.has.starts; // some are on their way to others: it may become more of them
  b.has = {std::min(b.has.channels, found.channels), std::min(b.has.starts, found.starts)};
  const auto channels = move_of(shares, &share_units::channels, b.agreed.channels, epoch, turn);
  const auto least = leaving_ ? b.wanted : share_units{}; // the others have the rest soon
  b.to_keep.channels = std::max({0, b.has.channels - channels.give, std::min(b.has.channels, least.channels)});
  const auto starts = move_of(shares, &share_units::starts, starts_in(b.agreed), epoch, turn);
  const auto keeps = std::max({0, b.has.starts - starts.give, std::min(b.has.starts, least.starts)});
  b.to_keep.starts = rests ? std::min(b.to_keep.starts, keeps) : keeps;
  return {channels.claim, rests ? 0 : starts.claim};
}

void budget_sharing::claimed(const std::vector<share_units>& has) {
  for (std::size_t n = 0; n < std::min(has.size(), claims_.size()); ++n) {
    auto& b = budgets_[claims_[n]];
    b.to_keep.channels += std::max(0, has[n].channels - b.has.channels);
    b.to_keep.starts += std::max(0, has[n].starts - b.has.starts);
    b.has = {std::max(b.has.channels, has[n].channels), std::max(b.has.starts, has[n].starts)};
  }
}

std::vector<std::string> budget_sharing::differences() {
  std::vector<std::string> all;
  for (auto& b : budgets_) {
    if (b.difference == b.told) continue;
    b.told = b.difference;
    const auto* subject = b.terms.of == budget_terms::subject::campaign ? "campaign " : "trunk ";
    if (!b.told.empty())
      all.push_back(subject + b.terms.name + ": this node has " + words(b.own, b.terms.of) + ", " + b.told +
                    ": the smallest count for all: give all nodes the same");
  }
  return all;
}

} // namespace chainring::actors
