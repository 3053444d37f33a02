// breaker.hpp: whether a server that has failed is asked again. Time is an argument.
#pragma once

#include <cstdint>
#include <string_view>

#include "actors/back_off.hpp"
#include "actors/limits.hpp"

namespace chainring::actors {

enum class breaker_state : std::uint8_t {
  closed,  // the server is asked
  open,    // it has failed so often that it is not
  probing, // it was not for a while; one request finds out
};
constexpr std::string_view name_of(breaker_state s) {
  return s == breaker_state::closed ? "closed" : s == breaker_state::open ? "open" : "probing";
}

/// Opens after limits::breaker_failures_max failures in a row; then one request after each wait, longer from failure to failure.
class breaker {
 public:
  /// The same seed gives the same waits.
  explicit breaker(std::uint64_t seed) : waits_(seed) {}

  /// May the server be asked now?
  bool allows(std::int64_t now_ms) {
    if (state_ == breaker_state::open && now_ms >= until_ms_) state_ = breaker_state::probing;
    return state_ != breaker_state::open;
  }
  void succeeded() {
    state_ = breaker_state::closed;
    failures_ = 0;
    waits_.reset();
  }
  void failed(std::int64_t now_ms) {
    if (++failures_ < limits::breaker_failures_max && state_ == breaker_state::closed) return;
    state_ = breaker_state::open;
    until_ms_ = now_ms + waits_.next_ms();
  }
  breaker_state state() const { return state_; }
  /// While it is open: when the server is asked again.
  std::int64_t until_ms() const { return until_ms_; }

 private:
  back_off waits_;
  breaker_state state_ = breaker_state::closed;
  std::uint32_t failures_ = 0;
  std::int64_t until_ms_ = 0;
};

} // namespace chainring::actors
