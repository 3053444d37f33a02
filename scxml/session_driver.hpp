// session_driver.hpp: makes session trees run: the external queue (SCXML 3.13), messages between the sessions of a tree
// (C.1), and what begins and ends with an invocation (6.4). One driver serves any number of trees, one at a time; between
// two runs it holds nothing of any.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "scxml/interpret.hpp"
#include "scxml/result.hpp"
#include "scxml/session_tree.hpp"

namespace chainring::scxml {

/// What of a tree's life is its owner's. Functions may call the driver's enqueue() and fetched(), and stop().
class outside_world {
 public:
  virtual ~outside_world() = default;

  virtual result<std::shared_ptr<datamodel>> open_model(const std::shared_ptr<const document>& d) = 0;
  /// Never given before in this tree.
  virtual std::uint64_t new_session_id() = 0;
  /// A document that stands in the content of an <invoke> of `from`.
  virtual result<std::shared_ptr<const document>> compile(const document& from, const std::string& text) = 0;
  /// The document that `src` of an <invoke> names: ends in fetched() with the ticket, at once or later.
  virtual void fetch(const document& from, const std::string& src, std::uint32_t ticket) = 0;

  /// Everything that is not between sessions: delayed sends and those of other I/O processors, <cancel>, <log>, actions;
  /// of the root also its done_effect.
  virtual void carry_out(session& from, effect& wanted) = 0;
  /// After every macrostep: stable, done or faulted.
  virtual void session_stepped(session&) {}
  /// It is done, faulted or cancelled: nothing that it has delayed is wanted any more (SCXML 6.2.4).
  virtual void session_ended(const session&) {}
};

class session_driver {
 public:
  explicit session_driver(const host& h) : interpreter_(h) {}

  // -- what is to be done; more than limits::external_events_max make the run endless ------------
  void enqueue_start(const session& s, object parameters);
  void enqueue(std::uint64_t session_id, event e);
  /// A delayed send is due.
  void enqueue(session_tree& t, std::uint64_t sender, send_effect& due);
  /// Answer to outside_world::fetch().
  void fetched(session_tree& t, outside_world& o, std::uint32_t ticket, result<std::shared_ptr<const document>> d);

  // -- doing it ------------
  enum class outcome { settled, endless };
  /// Processes what is queued and what follows from it, taking each event off `events_left`; endless: they were not
  /// enough, the rest is dropped.
  outcome run(session_tree& t, outside_world& o, std::uint64_t& events_left);
  /// As enqueue() and run(), with nothing queued before: the event is not copied.
  outcome run(session_tree& t, outside_world& o, std::uint64_t& events_left, std::uint64_t session_id, const event& first);
  /// The run ends with the macrostep at hand; what is queued is dropped, also what a run left that has thrown.
  void stop();
  /// Ends the root from outside, and so all the others.
  void cancel(session_tree& t, outside_world& o);
  bool running() const { return tree_ != nullptr; }
  /// The tree of the macrostep that runs, for host::reachable(); null: none does.
  const session_tree* at_hand() const { return tree_; }

 private:
  struct first_step {
    std::uint64_t of = 0;
    object parameters;
  };
  struct addressed_event {
    std::uint64_t to = 0;
    event what;
  };
  class turn;

  bool has_work() const { return !starting_.empty() || !queue_.empty(); }
  outcome work_off(std::uint64_t& events_left);
  void start(const first_step& next);
  void process(std::uint64_t to, const event& what);
  void after_step(session& s);
  void carry_out(session& from, effect& wanted);
  void deliver(session& from, send_effect& send);
  void forward(session& from, forward_effect& copy);
  void invoke(session& invoker, invoke_effect& wanted);
  void begin(session& invoker, std::string id, object parameters, const std::shared_ptr<const document>& d);
  void end_invoked(session& s);
  void cancel_invoked(session& invoker, std::string_view id);
  void carry_out_last_of(session& cancelled, effects& wanted);
  void refuse(session& invoker, const std::string& id, const char* error_name, std::string reason);

  interpreter interpreter_;
  session_tree* tree_ = nullptr;
  outside_world* outside_ = nullptr;
  std::deque<first_step> starting_; // before any event (SCXML App. D: invoked before the next one is taken)
  std::deque<addressed_event> queue_;
  effects effects_; // of the step at hand
  std::uint32_t tickets_given_ = 0;
  bool overflown_ = false; // an event found no room in the queue
  bool stopped_ = false;   // the run at hand is to end
};

} // namespace chainring::scxml
