// fair_queue.hpp: calls that wait for a channel: round robin over campaigns, first come first served inside one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>

namespace chainring::dialer {

/// A call that waits. `ticket` is the caller's name for it.
struct waiting_call {
  std::int32_t campaign = 0;
  std::int64_t chain_id = 0;
  std::int32_t chain_n = 0;
  std::uint64_t ticket = 0;
  friend bool operator==(const waiting_call&, const waiting_call&) = default;
};

/// Campaigns take turns in ascending order, each with one call a turn, however many calls another has waiting.
/// In real time calls are served as they came. In virtual time the caller orders the arrivals of one instant before it
/// takes any, so that the order of service does not depend on which thread was first.
class fair_queue {
 public:
  /// calls_max: what it holds at most.
  explicit fair_queue(std::size_t calls_max) : calls_max_(calls_max) {}

  /// False when full: the call is refused and nothing has changed.
  [[nodiscard]] bool push(const waiting_call& call);
  /// The calls pushed since the last order_arrivals() go by (campaign, chain_id, chain_n), behind those from before
  /// it. Whose turn it is stays as it was: it depends on the order of service alone.
  void order_arrivals();
  /// The next call to be served, removed.
  std::optional<waiting_call> pop();
  /// The same among the campaigns that may have a call now. One that may not is passed over and keeps its place in the order;
  /// the cost is a question per campaign passed over.
  std::optional<waiting_call> pop(const std::function<bool(std::int32_t campaign)>& may);
  /// The campaign has a call waiting.
  bool has(std::int32_t campaign) const { return lines_.contains(campaign); }
  /// How many of the campaign.
  std::size_t size(std::int32_t campaign) const {
    const auto found = lines_.find(campaign);
    return found == lines_.end() ? 0 : found->second.calls.size();
  }
  /// Takes these calls out. Returns how many there were.
  std::size_t drop_if(const std::function<bool(const waiting_call&)>& which);

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::size_t calls_max() const { return calls_max_; }

 private:
  struct line {
    std::deque<waiting_call> calls;
    std::size_t ordered = 0; // calls at the front that order_arrivals has put in their place
  };

  waiting_call take_from(std::map<std::int32_t, line>::iterator turn);

  std::size_t calls_max_;
  std::size_t size_ = 0;
  std::map<std::int32_t, line> lines_; // by campaign; none is empty
  std::optional<std::int32_t> served_; // the campaign of the last turn
};

} // namespace chainring::dialer
