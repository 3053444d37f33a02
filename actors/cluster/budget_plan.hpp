// budget_plan.hpp: what a member should have of a budget that all nodes share, of channels or of starts: by demand, with a floor
// for those that are quiet, and nothing moves unless somebody lacks it.
#pragma once

#include <cstdint>
#include <vector>

namespace chainring::actors {

/// A member's part of what is shared out.
struct budget_part {
  std::int64_t epoch = 0;
  std::int32_t has = 0;    // as it stands in the store
  std::int32_t wanted = 0; // that it could use now
  enum class standing : std::uint8_t {
    lives,
    leaves, // it wants what it uses, and no floor
    is_gone // its part is held until nothing of it can be in use
  } at = standing::lives;
};

struct budget_move {
  std::int32_t claim = 0; // of what is free
  std::int32_t give = 0;  // of what it has
  friend bool operator==(const budget_move&, const budget_move&) = default;
};

/// What each should have, in the order of `all`; together the whole budget, if anybody lives. While there is at least one for
/// each, a member that lives has a floor of budget / (limits::share_floor_part * members), at least 1; what is left goes to those
/// who want more, evenly, and then to all. Where there are fewer than members, they go to those who want one, and `turn` moves
/// on who comes first.
std::vector<std::int32_t> fair_parts(const std::vector<budget_part>& all, std::int32_t budget, std::int64_t turn);

/// What the member `epoch` does to come nearer to that: at most one of the two. Members that carry out their plans in any order
/// come to an end of moving while demand and turn stay. Nobody gives for who lacks less than limits::share_slack_part of the
/// budget and has its floor, nor for what nobody wants.
budget_move plan_budget_part(const std::vector<budget_part>& all, std::int32_t budget, std::int64_t epoch, std::int64_t turn);

} // namespace chainring::actors
