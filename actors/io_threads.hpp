// io_threads.hpp: the threads that wait for sockets, one worker for what would keep them from it, and threads for what hangs.
#pragma once

#include <functional>
#include <memory>
#include <string>

namespace boost::asio {
class io_context;
}

namespace chainring::actors {

class blocking_calls;

/// A boost::asio::io_context with its threads, and one worker thread. Declare it after the
/// actor_system (so that it ends before): what waits in it may hold the last handle to an actor.
class io_threads {
 public:
  explicit io_threads(unsigned threads = 1);
  ~io_threads();
  io_threads(const io_threads&) = delete;
  io_threads& operator=(const io_threads&) = delete;

  boost::asio::io_context& context();

  /// Runs `job` on an io thread; it must not block for long.
  void post(std::function<void()> job);
  /// Runs `job` on the worker, one at a time: compiling documents, for example. Those for whom there is something to do take
  /// turns, so that whoever has much waits for it alone.
  void compute(const std::string& whose, std::function<void()> job);
  /// For looking names up, by host.
  blocking_calls& names();
  /// For reading files, by URI.
  blocking_calls& files();

  /// Lets pending operations end for up to two seconds, then drops what is left and joins. Owners
  /// of sockets close them before. Idempotent; nothing posted afterwards runs.
  void stop();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace chainring::actors
