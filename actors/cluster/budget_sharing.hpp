// budget_sharing.hpp: this member's shares of what all members share, trunks and the limits of campaigns: to what its dialer keeps,
// what it gives back when, and what it asks for. In what order: less is first kept to, then given back, except for what has been
// used in the last window, until that is over; more is first the store's promise. So what all may use is never more than the store
// has promised, nor that more than the budget, in no window: a second of a trunk's calls-per-second, a minute of a campaign's
// calls-per-minute.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "actors/cluster/budget_terms.hpp"
#include "actors/cluster/lease.hpp"
#include "dialer/store/shared_store.hpp"

namespace chainring::actors {

class budget_sharing {
 public:
  using time_point = lease::clock::time_point;

  /// The member has nothing of them yet. What is said of budgets one by one below is by their positions here.
  explicit budget_sharing(const std::vector<budget_terms>& budgets);

  /// To what the dialer is to keep, and the same as limits.
  std::vector<dialer::share_units> to_keep() const;
  std::vector<budget_limits> limits() const;
  /// It keeps to that, the to_keep() of the moment when it was asked, and `uses` is what it uses. The answer, if it starts fewer
  /// calls of some budget than before: so much later report() gives the whole difference back.
  std::optional<std::chrono::milliseconds> kept(const std::vector<dialer::share_units>& to, const std::vector<budget_use>& uses,
                                                time_point asked, time_point now);
  /// The dialer keeps to something else than to_keep(); to more of something.
  bool is_to_be_told() const;
  bool gives() const;

  /// For membership::share_budgets.
  std::vector<dialer::budget_share> report(time_point now);
  /// What that has answered. turn_ms: after so long others come first where there is too little for all, if windows are short
  /// against it. Returns what is to be claimed.
  std::vector<dialer::share_claim> take(const dialer::budget_shares& all, std::int64_t epoch, std::int64_t turn_ms);
  /// What membership::claim_shares has answered to what was to be claimed last.
  void claimed(const std::vector<dialer::share_units>& has);
  /// Budgets about which members differ since the last look, a sentence each.
  std::vector<std::string> differences();
  /// Nothing is wanted but what is used.
  void leave() { leaving_ = true; }

 private:
  struct one {
    budget_terms terms;
    std::string key;
    dialer::shared_budget own, agreed;
    dialer::share_units has;      // by the store, or more
    dialer::share_units to_keep;  // at most that
    dialer::share_units in_force; // the dialer certainly keeps to
    time_point rested{};          // since then the starts that were given up last are not in use, nor have they been for a window
    struct count {
      time_point at;
      std::uint64_t started = 0; // that were so by then, all in all
    };
    std::deque<count> counts;          // the first is of a window ago or earlier
    std::int32_t in_last_window = 0;   // starts, or more
    dialer::share_units wanted;
    std::int32_t busy = 0;
    std::uint64_t started = 0;   // when the rate was counted
    std::int64_t rate = 0;       // starts in a window
    time_point counted{}, looked{};
    std::string difference, told;
  };
  static void count_window(one& b, std::uint64_t started, time_point asked, time_point now);
  void want(one& b, const budget_use& use, time_point now) const;
  dialer::share_units plan(one& b, std::span<const dialer::budget_share> shares, std::int64_t epoch, std::int64_t turn);

  std::vector<one> budgets_;
  std::vector<std::size_t> claims_; // positions of the budgets of which more was to be claimed last
  bool leaving_ = false;
};

} // namespace chainring::actors
