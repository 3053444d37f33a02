// group_commit.cpp: one commit as a rule; one more per halving when a write is refused.
#include "actors/group_commit.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "dialer/store/writes.hpp"

namespace chainring::actors {

void group_commit::add(std::vector<dialer::write> writes, listener told) {
  requests_.push_back({.waiting = writes.size(), .told = std::move(told)});
  if (writes_.empty()) writes_ = std::move(writes);
  else writes_.insert(writes_.end(), std::make_move_iterator(writes.begin()), std::make_move_iterator(writes.end()));
}

dialer::commit_result group_commit::store(dialer::store& into) {
  auto stored = into.commit(writes_);
  if (stored.outcome == dialer::commit_outcome::done) {
    settle(writes_.size(), nullptr);
  } else if (stored.outcome == dialer::commit_outcome::refused) {
    auto done = std::exchange(stored, {});
    const auto at = units();
    const auto half = (at.size() - 1) / 2;
    if (at.size() == 2) settle(writes_.size(), &done.error());
    else if (stored = store(into, at, 0, half); stored) stored = store(into, at, half, at.size() - 1);
  }
  writes_.erase(writes_.begin(), writes_.begin() + static_cast<std::ptrdiff_t>(std::exchange(gone_, 0)));
  return stored;
}

void group_commit::give_up(const error& why) {
  writes_.clear();
  for (const auto& r : std::exchange(requests_, {})) r.told(why);
}

group_commit::bounds group_commit::units() const {
  bounds at;
  std::size_t n = 0;
  for (const auto& r : requests_)
    for (std::size_t i = 0; i < r.waiting; ++i, ++n)
      if (i == 0 || dialer::chain_of(writes_[n]) != dialer::chain_of(writes_[n - 1])) at.push_back(n);
  at.push_back(n);
  return at;
}

/// Units [first, last): in order, because what a sender wants stored later may rely on what it wanted earlier.
dialer::commit_result group_commit::store(dialer::store& into, const bounds& at, std::size_t first, std::size_t last) {
  const auto from = writes_.begin();
  auto done = into.commit({from + static_cast<std::ptrdiff_t>(at[first]), from + static_cast<std::ptrdiff_t>(at[last])});
  switch (done.outcome) {
  case dialer::commit_outcome::unknown:
  case dialer::commit_outcome::fenced: return done;
  case dialer::commit_outcome::done: settle(at[last] - at[first], nullptr); return {};
  case dialer::commit_outcome::refused: break;
  }
  if (last - first == 1) {
    settle(at[last] - at[first], &done.error());
    return {};
  }
  const auto half = first + (last - first) / 2;
  if (auto stored = store(into, at, first, half); !stored) return stored;
  return store(into, at, half, last);
}

/// The next so many writes are durable, or refused: then all of them are of one request.
void group_commit::settle(std::size_t writes, const error* refused) {
  gone_ += writes;
  tell_those_settled(); // a request without writes
  while (writes > 0) {
    auto& r = requests_.front();
    const auto taken = std::min(writes, r.waiting);
    if (refused) r.refused.push_back({r.settled, r.settled + taken, *refused});
    r.settled += taken;
    r.waiting -= taken;
    writes -= taken;
    tell_those_settled();
  }
}

void group_commit::tell_those_settled() {
  while (!requests_.empty() && requests_.front().waiting == 0) {
    auto r = std::move(requests_.front());
    requests_.pop_front();
    r.told(std::move(r.refused));
  }
}

} // namespace chainring::actors
