// keeper.cpp: group commit.
#include "actors/keeper.hpp"

#include <chrono>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/limits.hpp"

namespace chainring::actors {

keeper::keeper(caf::actor_config& cfg, std::unique_ptr<dialer::store> kept, keeper_counters& counters)
    : caf::event_based_actor(cfg), store_(std::move(kept)), counters_(counters) {}

caf::behavior keeper::make_behavior() {
  return {
      [this](commit& c) { return gather(c); },
      [this](const flush&) {
        flush_due_ = false;
        commit_gathered();
      },
      [this](take_ready& t) {
        commit_gathered(); // rows that a commit makes ready or ends are seen
        return ready_chains{store_->take_ready(t.query)};
      },
      [this](ask_store& a) {
        commit_gathered();
        a.question(*store_);
      },
      [this](barrier) {
        commit_gathered();
        return barrier_passed{};
      },
  };
}

caf::result<committed> keeper::gather(commit& c) {
  auto promise = make_response_promise<committed>();
  counters_.waiting += c.writes.size();
  if (gathered_.empty()) {
    gathered_ = std::move(c.writes);
  } else {
    gathered_.insert(gathered_.end(), std::make_move_iterator(c.writes.begin()), std::make_move_iterator(c.writes.end()));
  }
  waiting_.push_back(promise);
  tokens_.push_back(std::move(c.token));
  if (gathered_.size() >= limits::writes_per_commit_max && refusals_in_a_row_ == 0) {
    commit_gathered();
  } else if (!flush_due_) {
    // Behind what is already in the mailbox: all of it shares the transaction.
    flush_due_ = true;
    caf::send_as(this, this, flush{});
  }
  return promise;
}

void keeper::commit_gathered() {
  if (waiting_.empty()) return;
  if (auto stored = store_->commit(gathered_); !stored) return refused(stored.error());
  if (refusals_in_a_row_ > 0) spdlog::info("the store takes writes again");
  refusals_in_a_row_ = 0;
  ++counters_.commits;
  counters_.writes += gathered_.size();
  counters_.waiting -= gathered_.size();
  counters_.ready = true;
  gathered_.clear();
  for (auto& promise : waiting_) promise.deliver(committed{});
  waiting_.clear();
  tokens_.clear(); // after the answers are on their way
}

void keeper::refused(const error& why) {
  ++counters_.failures;
  counters_.ready = false;
  if (refusals_in_a_row_++ == 0) spdlog::error("{}; dialing waits and the write is tried again", to_line(why));
  if (refusals_in_a_row_ >= limits::commit_refusals_max) {
    spdlog::critical("the store refused {} commits in a row: {}", refusals_in_a_row_, to_line(why));
    quit(caf::make_error(caf::sec::runtime_error, to_line(why)));
    return;
  }
  flush_due_ = true;
  delayed_send(this, std::chrono::milliseconds(limits::commit_retry_ms), flush{});
}

void keeper::on_exit() {
  if (refusals_in_a_row_ == 0) commit_gathered();
  store_.reset();
}

} // namespace chainring::actors
