// renewals.hpp: what a member learns from the renewals of its own lease about the leases of others. All leases are over by the
// store's clock; where the store was away, or that clock has been set forward, nobody could renew, and nobody is to lose by it.
#pragma once

#include <cstdint>

#include "actors/cluster/lease.hpp"

namespace chainring::actors {

class renewals {
 public:
  using time_point = lease::clock::time_point;

  explicit renewals(std::int64_t lease_ms) : lease_ms_(lease_ms) {}

  /// Since the renewal before this one.
  struct gap {
    std::int64_t silent_ms = 0;      // nothing was renewed, by the clock that says the most; 0: no more than usual
    std::int64_t set_forward_ms = 0; // the store's clock, at least; 0: it may be that nobody has touched it
  };
  /// The store has said that it is `store_ms` (since 1970), in answer to a question of `asked`, heard at `now`. After a silence
  /// those who had renewed about as late as this member have as long as a lease to do so again. An answer may come as late as the
  /// store.
  gap renewed(std::int64_t store_ms, time_point asked, time_point now);
  // -- for membership::end_expired --------------------------------------------------------------------------------------------
  /// So much of its own lease has a member left that judges others; with less it may be that nobody could renew.
  std::int64_t own_left_ms() const { return lease_ms_ - silence_ms_max(); }
  /// Leases that ended later than that do not count as over.
  std::int64_t counts_ended_by_ms(time_point now) const { return now < spares_until_ ? spares_from_ms_ : INT64_MAX; }

 private:
  std::int64_t silence_ms_max() const { return lease_ms_ / 2; } // longer is no hiccup

  const std::int64_t lease_ms_;
  std::int64_t store_ms_ = 0; // at the last renewal; 0: there was none
  time_point asked_{}, heard_{};
  std::int64_t spares_from_ms_ = 0;
  time_point spares_until_{};
};

} // namespace chainring::actors
