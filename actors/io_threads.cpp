// io_threads.cpp: how they start and how they end.
#include "actors/io_threads.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <vector>

#include "actors/blocking_calls.hpp"
#include "actors/limits.hpp"

namespace chainring::actors {

namespace asio = boost::asio;

struct io_threads::state {
  explicit state(unsigned concurrency)
      : context(static_cast<int>(concurrency))
      , keep_running(context.get_executor()) {}

  asio::io_context context;
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> keep_running;
  asio::thread_pool worker{1};
  std::mutex of_turns;
  std::deque<std::string> turns;                                             // guarded by of_turns
  std::unordered_map<std::string, std::deque<std::function<void()>>> to_do; // of those; guarded by of_turns
  blocking_calls names{context, limits::name_lookups_max};
  blocking_calls files{context, limits::file_reads_max};
  std::vector<std::thread> threads;
  std::mutex mutex;
  std::condition_variable ended;
  unsigned running = 0; // guarded by mutex

  std::function<void()> next_job() {
    const std::lock_guard lock{of_turns};
    const auto jobs = to_do.find(turns.front());
    auto job = std::move(jobs->second.front());
    jobs->second.pop_front();
    if (jobs->second.empty()) to_do.erase(jobs);
    else turns.push_back(jobs->first);
    turns.pop_front();
    return job;
  }
};

io_threads::io_threads(unsigned threads)
    : state_(std::make_unique<state>(threads)) {
  state_->running = threads;
  for (unsigned n = 0; n < threads; ++n)
    state_->threads.emplace_back([s = state_.get()] {
      s->context.run();
      const std::lock_guard lock{s->mutex};
      --s->running;
      s->ended.notify_all();
    });
}

io_threads::~io_threads() { stop(); }

asio::io_context& io_threads::context() { return state_->context; }

void io_threads::post(std::function<void()> job) { asio::post(state_->context, std::move(job)); }

void io_threads::compute(const std::string& whose, std::function<void()> job) {
  {
    const std::lock_guard lock{state_->of_turns};
    auto& jobs = state_->to_do[whose];
    if (jobs.empty()) state_->turns.push_back(whose);
    jobs.push_back(std::move(job));
  }
  asio::post(state_->worker, [s = state_.get()] { s->next_job()(); });
}

blocking_calls& io_threads::names() { return state_->names; }

blocking_calls& io_threads::files() { return state_->files; }

void io_threads::stop() {
  if (!state_->keep_running) return;
  state_->worker.join(); // first: what it computes may still post to the context
  state_->keep_running.reset();
  {
    std::unique_lock lock{state_->mutex};
    state_->ended.wait_for(lock, limits::io_stop_timeout, [this] { return state_->running == 0; });
  }
  state_->context.stop();
  for (auto& thread : state_->threads) thread.join();
  state_->names.close();
  state_->files.close();
}

} // namespace chainring::actors
