// peer_channel.hpp: what goes to one peer over one connection: batches, of which few are on their way at once, and behind them what
// waits, of which there is not much either. So a peer that takes nothing costs a known amount of memory. No actor, no clock.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_set>
#include <vector>

#include "actors/cluster/peer_messages.hpp"

namespace chainring::actors {

class peer_channel {
 public:
  /// False: there is no room, and nothing has been taken.
  bool put(peer_question question);
  /// In place of one that is too long for any message a short one goes, which says so.
  bool put(peer_answer answer);
  /// It has not left yet and never will. False: it has left.
  bool take_back(std::uint64_t question);

  /// What can leave now: items within the credit, or thanks that are due; epoch and connection are the caller's. Nothing: nothing.
  std::optional<peer_batch> next();
  /// The other side's batch has come. False: it has sent more than its credit, or another than the next.
  bool take(const peer_batch& batch);

  std::size_t items_waiting() const { return questions_.size() + answers_.size(); }
  std::size_t bytes_waiting() const { return bytes_; }
  std::uint64_t in_flight() const { return sent_ - thanked_; }

 private:
  bool has_room(std::size_t bytes) const;

  std::deque<peer_question> questions_;
  std::deque<peer_answer> answers_;
  std::size_t bytes_ = 0; // of both
  std::uint64_t sent_ = 0, thanked_ = 0; // batches of this side: the last that left, the last that was taken
  std::uint64_t taken_ = 0, told_ = 0;   // batches of the other: the last that came, the last of which it has heard
};

} // namespace chainring::actors
