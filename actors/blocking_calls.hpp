// blocking_calls.hpp: what may block for as long as it likes: looking a name up, reading a file of a share whose server is away.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>

namespace chainring::actors {

/// Runs functions on threads of their own, so that one that hangs holds up nobody else. Thread-safe.
class blocking_calls {
 public:
  /// At most `threads_max` at once; more wait. What they come to is told on a thread of `context`.
  blocking_calls(boost::asio::io_context& context, std::size_t threads_max);
  ~blocking_calls();
  blocking_calls(const blocking_calls&) = delete;
  blocking_calls& operator=(const blocking_calls&) = delete;

  /// `call` is of values alone: it may still run when everything else has gone. `then` gets what it returns, unless close() comes
  /// first. Who asks for a `key` that is on its way gets what that comes to.
  template <class Call, class Then>
  void run(const std::string& key, Call call, Then then) {
    using answer = decltype(call());
    start(
        key, [call = std::move(call)]() -> std::shared_ptr<const void> { return std::make_shared<const answer>(call()); },
        [then = std::move(then)](const std::shared_ptr<const void>& got) { then(*static_cast<const answer*>(got.get())); });
  }

  /// Forgets who waits. A call that hangs is left to itself: nothing can end it but the end of the process. Idempotent.
  void close();

 private:
  using erased_call = std::function<std::shared_ptr<const void>()>;
  using listener = std::function<void(const std::shared_ptr<const void>&)>;
  struct state;

  void start(const std::string& key, erased_call what, listener then);

  std::shared_ptr<state> state_; // of the threads too, which may outlive this
};

} // namespace chainring::actors
