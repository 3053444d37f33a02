// courier.hpp: the threads that bring the messages of one trunk to its server, one message at a time each: libcurl waits for the
// answer to a mail in a way that lets nothing else of its thread go on. Each thread keeps its connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "actors/clock.hpp"
#include "dialer/trunks/delivery.hpp"

namespace chainring::actors {

class transfer;

/// What has come of messages, until their trunk looks.
class delivery_box {
 public:
  void put(std::uint64_t id, dialer::delivery how);
  void take(std::vector<std::pair<std::uint64_t, dialer::delivery>>& out);

 private:
  std::mutex mutex_;
  std::vector<std::pair<std::uint64_t, dialer::delivery>> ends_;
};

class courier {
 public:
  /// Threads are started as they are needed. In virtual time the clock stands still while a message is on its way. The clock
  /// outlives the courier.
  courier(clock& time, std::size_t threads_max);
  ~courier();
  courier(const courier&) = delete;

  /// Any thread. How many are on their way is for the caller to bound: a trunk has a capacity.
  void send(std::uint64_t id, std::unique_ptr<transfer> what, std::shared_ptr<delivery_box> to);
  /// Called by the courier's threads when something is in a box; it only hands over. Empty: nobody.
  void on_end(std::function<void()> told);
  /// Cuts connections; what is on its way is given up, and nobody hears of it: its end is unknown. Idempotent.
  void stop();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace chainring::actors
