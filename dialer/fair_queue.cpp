// fair_queue.cpp: one line of calls per campaign, kept in the order of the campaigns for the turns.
#include "dialer/fair_queue.hpp"

#include <algorithm>
#include <tuple>

namespace chainring::dialer {

bool fair_queue::push(const waiting_call& call) {
  if (size_ >= calls_max_) return false;
  lines_[call.campaign].calls.push_back(call);
  ++size_;
  return true;
}

void fair_queue::order_arrivals() {
  for (auto& [campaign, waiting] : lines_) {
    std::sort(waiting.calls.begin() + static_cast<std::ptrdiff_t>(waiting.ordered), waiting.calls.end(),
              [](const waiting_call& a, const waiting_call& b) {
                return std::tie(a.chain_id, a.chain_n, a.ticket) < std::tie(b.chain_id, b.chain_n, b.ticket);
              });
    waiting.ordered = waiting.calls.size();
  }
}

std::optional<waiting_call> fair_queue::pop() {
  if (lines_.empty()) return std::nullopt;
  auto turn = served_ ? lines_.upper_bound(*served_) : lines_.begin();
  if (turn == lines_.end()) turn = lines_.begin();
  return take_from(turn);
}

std::optional<waiting_call> fair_queue::pop(const std::function<bool(std::int32_t campaign)>& may) {
  auto turn = served_ ? lines_.upper_bound(*served_) : lines_.begin();
  for (std::size_t asked = 0; asked < lines_.size(); ++asked, ++turn) {
    if (turn == lines_.end()) turn = lines_.begin();
    if (may(turn->first)) return take_from(turn);
  }
  return std::nullopt;
}

waiting_call fair_queue::take_from(std::map<std::int32_t, line>::iterator turn) {
  line& from = turn->second;
  const waiting_call call = from.calls.front();
  from.calls.pop_front();
  if (from.ordered > 0) --from.ordered;
  --size_;
  served_ = turn->first;
  if (from.calls.empty()) lines_.erase(turn);
  return call;
}

std::size_t fair_queue::drop_if(const std::function<bool(const waiting_call&)>& which) {
  const auto before = size_;
  for (auto at = lines_.begin(); at != lines_.end();) {
    line kept;
    for (std::size_t n = 0; n < at->second.calls.size(); ++n) {
      const auto& call = at->second.calls[n];
      if (which(call)) continue;
      if (n < at->second.ordered) ++kept.ordered;
      kept.calls.push_back(call);
    }
    size_ -= at->second.calls.size() - kept.calls.size();
    at->second = std::move(kept);
    at = at->second.calls.empty() ? lines_.erase(at) : std::next(at);
  }
  return before - size_;
}

} // namespace chainring::dialer
