// keeper.cpp: group commit.
#include "actors/keeper.hpp"

#include <algorithm>
#include <chrono>

#include <spdlog/spdlog.h>

#include "actors/limits.hpp"
#include "dialer/store/writes.hpp"

namespace chainring::actors {

namespace {

std::vector<std::size_t> history_in(const std::vector<dialer::write>& writes) {
  std::vector<std::size_t> records;
  for (std::size_t n = 0; n < writes.size(); ++n)
    if (dialer::leaves_history(writes[n])) records.push_back(n);
  return records;
}

std::uint64_t stored_of(const std::vector<std::size_t>& records, const std::vector<refused_writes>& refused) {
  const auto is_stored = [&](std::size_t n) {
    return std::none_of(refused.begin(), refused.end(), [&](const auto& r) { return r.first <= n && n < r.last; });
  };
  return static_cast<std::uint64_t>(std::count_if(records.begin(), records.end(), is_stored));
}

} // namespace

keeper::keeper(caf::actor_config& cfg, std::unique_ptr<dialer::store> kept, keeper_counters& counters, std::int64_t wait_ms_max)
    : control_actor(cfg, counters.mailbox), store_(std::move(kept)), counters_(counters), wait_ms_max_(wait_ms_max) {}

caf::behavior keeper::make_behavior() {
  return counted(
      [this](commit& c) { return gather(c); },
      [this](const flush& f) {
        if (f.number != flush_due_) return; // overtaken by a commit that found the store away
        flush_due_ = 0;
        commit_gathered();
      },
      [this](take_ready& t) {
        if (!away()) commit_gathered(); // rows that a commit makes ready or ends are seen
        return ready_chains{store_->take_ready(t.query)};
      },
      [this](actors::take_passive& t) {
        if (!away()) commit_gathered(); // chains that have just become passive are found
        return passive_chains{store_->activate(t.query)};
      },
      [this](take_documents&) {
        if (!away()) commit_gathered();
        return kept_documents{store_->documents()};
      },
      [this](ask_store& a) {
        if (!away()) commit_gathered();
        a.question(*store_);
      },
      [this](barrier) {
        if (!away()) commit_gathered();
        return barrier_passed{};
      });
}

caf::result<committed> keeper::gather(commit& c) {
  auto promise = make_response_promise<committed>();
  const auto writes = c.writes.size();
  counters_.waiting += writes;
  auto records = history_in(c.writes);
  // The token goes after the answer is on its way.
  gathered_.add(std::move(c.writes), [this, promise, writes, records = std::move(records),
                                      token = std::move(c.token)](auto refused) mutable {
    counters_.waiting -= writes;
    if (!refused) {
      promise.deliver(caf::make_error(caf::sec::runtime_error, to_line(refused.error())));
      return;
    }
    counters_.ready = true;
    counters_.writes += writes;
    for (const auto& r : *refused) counters_.refused += r.last - r.first;
    counters_.history_waiting += stored_of(records, *refused);
    promise.deliver(committed{std::move(*refused)});
  });
  if (gathered_.writes() >= limits::writes_per_commit_max && !away()) {
    commit_gathered();
  } else if (flush_due_ == 0) {
    // Behind what is already in the mailbox: all of it shares the transaction.
    flush_due_ = ++last_flush_;
    send(this, flush{flush_due_});
  }
  return promise;
}

void keeper::commit_gathered() {
  if (gathered_.empty()) return;
  const auto begun = std::chrono::steady_clock::now();
  if (auto stored = gathered_.store(*store_); !stored) {
    if (stored.outcome == dialer::commit_outcome::fenced) return leave(stored.error());
    return try_later(stored.error());
  }
  const auto taken = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun);
  counters_.commit_times.observe_us(static_cast<std::uint64_t>(taken.count()));
  if (away()) spdlog::info("the store takes writes again");
  waits_.reset();
  ++counters_.commits;
}

void keeper::try_later(const error& why) {
  ++counters_.failures;
  counters_.ready = false;
  if (waits_.failures() >= limits::commit_tries_max) {
    spdlog::critical("{}; {} writes could not be stored in {} tries: the node stops", to_line(why), gathered_.writes(),
                     waits_.failures());
    return quit(caf::make_error(caf::sec::runtime_error, to_line(why)));
  }
  const auto wait_ms = std::min(waits_.next_ms(), wait_ms_max_);
  spdlog::error("{}; what is to be stored waits, {} writes; tried again in {} s", to_line(why), gathered_.writes(),
                (wait_ms + 999) / 1000);
  flush_due_ = ++last_flush_;
  delayed_send(this, std::chrono::milliseconds(wait_ms), flush{flush_due_});
}

/// Another node works on the store: nothing that this one does counts any more.
void keeper::leave(const error& why) {
  counters_.ready = false;
  spdlog::critical("{}; the node stops, {} writes are not stored", to_line(why), gathered_.writes());
  gathered_.give_up(why);
  quit(caf::make_error(caf::sec::runtime_error, to_line(why)));
}

void keeper::on_exit() {
  if (!gathered_.empty())
    if (auto stored = gathered_.store(*store_); !stored) {
      spdlog::error("{}; {} writes are not stored: the next start goes on from what is", to_line(stored.error()),
                    gathered_.writes());
      gathered_.give_up(stored.error());
    }
  store_.reset();
}

} // namespace chainring::actors
