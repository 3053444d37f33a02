// blocking_calls.cpp: a thread lives as long as there is something to do for it.
#include "actors/blocking_calls.hpp"

#include <deque>
#include <mutex>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <vector>

#include <boost/asio/post.hpp>

namespace chainring::actors {

struct blocking_calls::state {
  struct waiting_call {
    std::string key;
    erased_call what;
  };

  explicit state(boost::asio::io_context& c, std::size_t most) : context(&c), threads_max(most) {}

  void work();
  std::optional<waiting_call> next();
  void ended(const std::string& key, const std::shared_ptr<const void>& got);

  std::mutex mutex;
  boost::asio::io_context* context; // guarded by mutex; null: closed
  const std::size_t threads_max;
  std::size_t threads = 0;                                          // guarded by mutex
  std::deque<waiting_call> waiting;                                 // guarded by mutex
  std::unordered_map<std::string, std::vector<listener>> listeners; // by key; guarded by mutex
};

blocking_calls::blocking_calls(boost::asio::io_context& context, std::size_t threads_max)
    : state_(std::make_shared<state>(context, threads_max)) {}

blocking_calls::~blocking_calls() { close(); }

void blocking_calls::start(const std::string& key, erased_call what, listener then) {
  const std::lock_guard lock{state_->mutex};
  if (!state_->context) return;
  auto& others = state_->listeners[key];
  others.push_back(std::move(then));
  if (others.size() == 1) state_->waiting.push_back({key, std::move(what)});
  if (state_->waiting.empty() || state_->threads == state_->threads_max) return;
  try {
    std::thread{[s = state_] { s->work(); }}.detach();
    ++state_->threads;
  } catch (const std::system_error&) { // the machine has no more threads for us: the next one that asks tries again
  }
}

void blocking_calls::state::work() {
  while (const auto one = next()) ended(one->key, one->what());
}

std::optional<blocking_calls::state::waiting_call> blocking_calls::state::next() {
  const std::lock_guard lock{mutex};
  if (waiting.empty()) {
    --threads;
    return std::nullopt;
  }
  auto one = std::move(waiting.front());
  waiting.pop_front();
  return one;
}

void blocking_calls::state::ended(const std::string& key, const std::shared_ptr<const void>& got) {
  const std::lock_guard lock{mutex};
  auto found = listeners.extract(key);
  if (!context || found.empty()) return;
  boost::asio::post(*context, [all = std::move(found.mapped()), got] {
    for (const auto& each : all) each(got);
  });
}

void blocking_calls::close() {
  std::unordered_map<std::string, std::vector<listener>> forgotten; // which may own what asks us: not under the lock
  const std::lock_guard lock{state_->mutex};
  state_->context = nullptr;
  state_->waiting.clear();
  forgotten.swap(state_->listeners);
}

} // namespace chainring::actors
