// group_commit.hpp: what several senders want stored, as one transaction; when a write in it is refused, what is refused and
// what is not is found out by halves.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <vector>

#include "dialer/store/store.hpp"
#include "scxml/result.hpp"

namespace chainring::actors {

/// Writes [first, last) of a request, all of one chain, that the store refuses for good.
struct refused_writes {
  std::size_t first = 0, last = 0;
  error why;
};

/// The unit of a refusal is what stands beside each other for one chain: it is stored together or not at all.
class group_commit {
 public:
  /// Hears once: which writes of its request are refused, when the others are durable; or an error, and then what of them
  /// is durable is not known.
  using listener = std::function<void(result<std::vector<refused_writes>>)>;

  void add(std::vector<dialer::write> writes, listener told);
  bool empty() const { return requests_.empty(); }
  /// Writes that wait.
  std::size_t writes() const { return writes_.size(); }

  /// Stores what waits, in the order of add(). Unknown: the store is away, and what is not stored yet waits on. Fenced: it will
  /// never be stored. Refused is no outcome of the whole.
  dialer::commit_result store(dialer::store& into);
  /// Stores nothing of it any more.
  void give_up(const error& why);

 private:
  struct request {
    std::size_t settled = 0, waiting = 0; // of its writes
    std::vector<refused_writes> refused;
    listener told;
  };
  using bounds = std::vector<std::size_t>; // where units begin in writes_, and its end

  bounds units() const;
  dialer::commit_result store(dialer::store& into, const bounds& at, std::size_t first, std::size_t last);
  void settle(std::size_t writes, const error* refused);
  void tell_those_settled();

  std::vector<dialer::write> writes_;
  std::deque<request> requests_;
  std::size_t gone_ = 0; // writes from the front that are settled; 0 outside store()
};

} // namespace chainring::actors
