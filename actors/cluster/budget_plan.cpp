// budget_plan.cpp: see budget_plan.hpp.
#include "actors/cluster/budget_plan.hpp"

#include <algorithm>
#include <numeric>

#include "actors/limits.hpp"

namespace chainring::actors {

namespace {

using standing = budget_part::standing;

std::int32_t living(const std::vector<budget_part>& all) {
  return static_cast<std::int32_t>(std::count_if(all.begin(), all.end(), [](const auto& p) { return p.at == standing::lives; }));
}

std::int32_t floor_of(std::int32_t budget, std::int32_t members) {
  return members == 0 || budget < members ? 0 : std::max(1, budget / (limits::share_floor_part * members));
}

/// Who is served first, positions in `all`. One for each: who has most, so that a tie moves nothing, then the elder. Fewer: by
/// turns.
std::vector<std::size_t> in_order(const std::vector<budget_part>& all, bool by_turns, std::int64_t turn) {
  std::vector<std::size_t> order;
  for (std::size_t n = 0; n < all.size(); ++n)
    if (all[n].at != standing::is_gone) order.push_back(n);
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (!by_turns && all[a].has != all[b].has) return all[a].has > all[b].has;
    return all[a].epoch < all[b].epoch;
  });
  if (by_turns && !order.empty())
    std::rotate(order.begin(), order.begin() + turn % static_cast<std::int64_t>(order.size()), order.end());
  return order;
}

/// Gives `left` out evenly, to each up to its limit.
template <class Limit>
void fill(std::vector<std::int32_t>& got, std::int32_t& left, const std::vector<std::size_t>& order, Limit limit) {
  while (left > 0) {
    std::vector<std::size_t> open;
    for (const auto n : order)
      if (got[n] < limit(n)) open.push_back(n);
    if (open.empty()) return;
    const auto each = std::max(1, left / static_cast<std::int32_t>(open.size()));
    for (const auto n : open) {
      const auto more = std::min({each, limit(n) - got[n], left});
      got[n] += more;
      left -= more;
    }
  }
}

} // namespace

std::vector<std::int32_t> fair_parts(const std::vector<budget_part>& all, std::int32_t budget, std::int64_t turn) {
  const auto members = living(all);
  const auto floor = floor_of(budget, members);
  const auto order = in_order(all, floor == 0, turn);
  const auto lives = [&](std::size_t n) { return all[n].at == standing::lives; };
  std::vector<std::int32_t> got(all.size());
  auto left = budget;
  fill(got, left, order, [&](std::size_t n) { return lives(n) ? floor : 0; });
  fill(got, left, order, [&](std::size_t n) { return std::min(all[n].wanted, budget); });
  fill(got, left, order, [&](std::size_t n) { return lives(n) ? budget : 0; });
  return got;
}

budget_move plan_budget_part(const std::vector<budget_part>& all, std::int32_t budget, std::int64_t epoch, std::int64_t turn) {
  const auto fair = fair_parts(all, budget, turn);
  const auto floor = floor_of(budget, living(all));
  const auto slack = std::max(1, budget / limits::share_slack_part);
  std::int64_t taken = 0, lacking = 0, given = 0; // lacking: to others; given: by those before this one
  const budget_part* self = nullptr;
  std::int32_t own_fair = 0;
  for (std::size_t n = 0; n < all.size(); ++n) {
    const auto& one = all[n];
    taken += one.has;
    if (one.at == standing::is_gone) continue;
    const auto least = one.at == standing::lives ? floor : 0;
    const auto lacks = std::min(fair[n], std::max(least, one.wanted)) - one.has;
    if (one.epoch == epoch) {
      self = &one;
      own_fair = fair[n];
    } else if (lacks > 0 && (one.has < least || lacks >= slack)) {
      lacking += lacks;
    } else if (!self) {
      given += std::max(0, one.has - fair[n]);
    }
  }
  budget_move move;
  if (!self || self->at == standing::is_gone) return move;
  const auto free = std::max<std::int64_t>(0, budget - taken);
  const auto over = std::max<std::int64_t>(0, taken - budget); // a node with a smaller budget has come
  const auto short_of = std::max<std::int64_t>(0, lacking - free) + over - given;
  const auto beyond = self->has - own_fair;
  if (beyond > 0) move.give = static_cast<std::int32_t>(std::clamp<std::int64_t>(short_of, 0, beyond));
  else move.claim = static_cast<std::int32_t>(std::min<std::int64_t>(-beyond, free));
  return move;
}

} // namespace chainring::actors
