// runner.hpp: a host for one document alone, with all that it invokes, in virtual time: delayed sends and a clock that
// stands still until it is moved. For tests and for `chainring scxml`.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scxml/limits.hpp"
#include "scxml/session_driver.hpp"
#include "scxml/tree_snapshot.hpp"

namespace chainring::scxml {

class runner;

/// What a run tells its owner. Any may be empty. They may call deliver(), which waits for its turn.
struct runner_callbacks {
  /// After every macrostep of the root or an invoked session: stable, done or faulted.
  std::function<void(runner&, session&)> on_stable;
  std::function<void(const session&, const log_effect&)> on_log;
  std::function<void(runner&, const session&, const action_effect&)> on_action;
  std::function<void(runner&, const session&, const action_failed_effect&)> on_action_failed;
  /// A message of the BasicHTTP event I/O processor that is due (SCXML C.2). No virtual time passes: what it brings about
  /// is delivered before this returns.
  std::function<void(runner&, const session&, send_effect&)> on_post;
};

/// A text from outside, and the name that diagnostics and relative references take for it.
struct named_text {
  std::string name;
  std::string text;
};

struct runner_setup {
  std::int64_t start_ms = 0; // the clock at the beginning, Unix epoch
  std::uint64_t seed = 1;    // of Math.random()
  std::uint64_t session_id = 1;
  observer* watching = nullptr;
  datamodel_source* models = nullptr; // of invoked documents, outlives the runner; null: nothing can be invoked
  /// What a document called `base` refers to as `uri`: documents, scripts, data. Empty: nothing can be loaded.
  std::function<result<named_text>(const std::string& base, std::string_view uri)> load;
  /// URI of the BasicHTTP endpoint, to which a session's id is appended; empty: there is none.
  std::string basic_http;
  std::uint64_t events_max = limits::runner_events_max; // processed without anything from outside
};

class runner final : public host, private outside_world {
 public:
  enum class outcome {
    done,    // reached a top-level final state
    waiting, // waits for an event from outside
    faulted, // past a budget of the engine: self().fault
    limit,   // past runner_setup::events_max, limits::external_events_max, runner_sends_delayed_max or instant_ms_max
  };

  runner(std::shared_ptr<const document> d, std::shared_ptr<datamodel> model, runner_callbacks callbacks,
         runner_setup setup = {});

  // -- snapshots, between two of the functions below ------------
  /// Everything but the callbacks and the setup.
  result<std::string> save();
  /// A runner that goes on where save() was called. The setup has to be the same.
  static result<std::unique_ptr<runner>> restore(std::string_view bytes, const document_finder& find, datamodel_source& models,
                                                 runner_callbacks callbacks, runner_setup setup);

  // -- running ------------
  /// Enters the initial configuration and processes what is sent without delay.
  void start(const object& parameters = {});
  /// Puts an event into the external queue of the root, or of the session with that id, and processes the queue.
  void deliver(event e) { deliver(self().id, std::move(e)); }
  void deliver(std::uint64_t session_id, event e);
  /// An event from outside that will come when the clock has moved so far; withdraw() takes it back.
  std::uint64_t deliver_later(std::int64_t delay_ms, std::uint64_t session_id, event e);
  void withdraw(std::uint64_t later);
  /// Moves the clock, delivering delayed sends at their times.
  void advance(std::int64_t ms);
  /// Jumps from one delayed send to the next until none is left.
  outcome run();
  /// Ends the root, and what it invoked, from outside.
  void cancel();

  // -- state ------------
  outcome state() const;
  session& self() { return tree_.root(); }
  const session& self() const { return tree_.root(); }
  session_tree& sessions() { return tree_; }
  /// Since the start.
  std::int64_t elapsed_ms() const { return now_ms_ - setup_.start_ms; }
  /// When the next delayed send, or deliver_later(), is due, on the clock of elapsed_ms().
  std::optional<std::int64_t> next_due_ms() const;
  /// Ids of the active states of the root in document order; only the atomic ones if so wished.
  std::vector<std::string> configuration(bool atomic_only = false) const;
  /// The donedata, once done.
  const value& done_data() const { return done_data_; }

  // -- host ------------
  std::int64_t now_ms() const override { return now_ms_; }
  std::uint64_t random_seed(const session& s) const override { return setup_.seed ^ s.id; }
  reach reachable(const session& from, std::string_view type, std::string_view target) const override;
  const std::vector<std::pair<std::string, std::string>>& io_processors(const session& s) const override;
  observer* watching() const override { return setup_.watching; }

 private:
  runner(session_tree t, runner_callbacks callbacks, runner_setup setup);

  // -- outside_world ------------
  result<std::shared_ptr<datamodel>> open_model(const std::shared_ptr<const document>& d) override;
  std::uint64_t new_session_id() override { return ++last_session_id_; }
  result<std::shared_ptr<const document>> compile(const document& from, const std::string& text) override;
  void fetch(const document& from, const std::string& src, std::uint32_t ticket) override;
  void carry_out(session& from, effect& wanted) override;
  void session_stepped(session& s) override;
  void session_ended(const session& s) override;

  result<std::shared_ptr<const document>> compile(const document& from, const named_text& what) const;
  void carry_out(session& from, send_effect& send);
  void delay(std::int64_t delay_ms, pending_message what);
  void drain();
  bool deliver_next_due(std::int64_t until_ms);

  runner_callbacks callbacks_;
  const runner_setup setup_;
  std::int64_t now_ms_;
  mutable std::vector<std::pair<std::string, std::string>> io_processors_; // of the session that asked last
  session_tree tree_;
  session_driver driver_;
  std::vector<pending_message> delayed_; // by due time, then as sent
  std::uint64_t last_session_id_;
  std::uint64_t last_from_outside_ = 0;
  std::uint64_t events_left_; // before the next event from outside
  bool past_limit_ = false;
  value done_data_;
};

} // namespace chainring::scxml
