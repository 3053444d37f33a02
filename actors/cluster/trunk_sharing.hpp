// trunk_sharing.hpp: this member's shares of the trunks that all members have: to what its dialer keeps, what it gives back when,
// and what it asks for. In what order: less is first kept to, then, a second later, given back; more is first the store's promise.
// So what all may use is never more than the store has promised, nor that more than the budget, in no window of a second.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/cluster/lease.hpp"
#include "dialer/store/shared_store.hpp"
#include "dialer/switchboard.hpp"

namespace chainring::actors {

/// A trunk by the configuration of this node.
struct trunk_terms {
  std::string name;
  dialer::trunk_limits most; // all nodes together
  std::int64_t longest_call_ms = 0;
};

class trunk_sharing {
 public:
  using time_point = lease::clock::time_point;

  /// By position of the dialer's trunks. The member has nothing of them yet.
  explicit trunk_sharing(const std::vector<trunk_terms>& trunks);

  /// To what the dialer is to keep, and the same as limits of its trunks.
  std::vector<dialer::trunk_units> to_keep() const;
  std::vector<dialer::trunk_limits> limits() const;
  /// It keeps to that, the to_keep() of some moment, and `lines` is what it uses. True: it starts fewer calls than before, and
  /// rest() later report() gives the difference back.
  bool kept(const std::vector<dialer::trunk_units>& to, const std::vector<dialer::switchboard::line_counts>& lines, time_point now);
  std::chrono::milliseconds rest() const;
  /// The dialer keeps to something else than to_keep().
  bool is_to_be_told() const;

  /// For membership::share_trunks.
  std::vector<dialer::trunk_share> report(time_point now);
  struct claim {
    std::size_t trunk = 0; // its position
    std::string name;
    dialer::trunk_units more;
  };
  /// What that has answered. turn: grows by one every limits::trunk_turn_leases. Returns what is to be claimed.
  std::vector<claim> take(const std::vector<dialer::trunk_share>& all, std::int64_t epoch, std::int64_t turn);
  /// What membership::claim_trunk has answered.
  void claimed(std::size_t trunk, const dialer::trunk_units& has);
  /// Trunks about which members differ since the last look, a sentence each.
  std::vector<std::string> differences();
  /// Nothing is wanted but what is used.
  void leave() { leaving_ = true; }

 private:
  struct one {
    trunk_terms terms;
    dialer::trunk_budget own, agreed;
    dialer::trunk_units has;      // by the store, or more
    dialer::trunk_units to_keep;  // at most that
    dialer::trunk_units in_force; // the dialer certainly keeps to
    time_point rested{};          // since then the starts that were given up last are not in use, nor have they been for a second
    dialer::trunk_units wanted;
    std::int32_t busy = 0;
    std::uint64_t started = 0;
    time_point counted{};
    std::string difference, told;
  };
  void count(one& t, const dialer::switchboard::line_counts& line, time_point now) const;
  claim plan(one& t, const std::vector<dialer::trunk_share>& shares, std::int64_t epoch, std::int64_t turn);

  std::vector<one> trunks_;
  bool leaving_ = false;
};

} // namespace chainring::actors
