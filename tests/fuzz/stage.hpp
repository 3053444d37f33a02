// stage.hpp: where fuzzed documents run: what a node gives them, charts of our own, events, and a canary that notices
// when a session has changed what others see.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scxml/compile.hpp"
#include "scxml/runner.hpp"
#include "tests/fuzz/choices.hpp"
#include "tests/scxml/lint_claims.hpp"

namespace chainring::fuzz {

using scxml::testing::lint_claims;

/// Documents that use every element, action and kind of data (charts.cpp).
std::span<const std::string_view> charts();

/// Compiles with the OCS actions; "data.json", "data.xml", "functions.js" and "child.scxml" can be had.
scxml::compiled compile_as_node(std::string_view bytes);

/// A chart, compiled once; `n` counts around.
std::shared_ptr<const scxml::document> chart(unsigned n);

/// The model of the one set of runtimes that all sessions of the process share.
std::shared_ptr<scxml::datamodel> model_for(const std::shared_ptr<const scxml::document>& d);

/// Ends the process when the intrinsics of the shared runtimes are not what they were at the start.
void look_at_canary();

/// A runner that answers OCS actions by events and stops loops of sends early.
class stage final : public scxml::observer {
 public:
  explicit stage(std::shared_ptr<const scxml::document> d);

  void start();
  /// One step chosen by the input: an event, time, the end of all delays, a cancellation.
  void step(choices& in);

  scxml::runner& run() { return *run_; }
  /// Everything replaced by what a snapshot of runner::save() holds, damaged or not; or why that was refused.
  result<void> put_back(const std::string& bytes);
  /// Everything replaced by its own restored snapshot, if it can be saved.
  void save_and_put_back();
  /// Something depended on how fast the machine is: another run may differ.
  bool out_of_time() const { return out_of_time_; }
  /// What was logged and done since the last call, a line each.
  std::string take_trace() { return std::exchange(trace_, {}); }
  /// Is the session replaced by its restored snapshot at its first stable configurations?
  bool restoring = false;
  /// A session that could not be saved went on as it was.
  bool unsaved() const { return unsaved_; }

 private:
  void entered(const scxml::session&, scxml::index) override;
  void exited(const scxml::session&, scxml::index) override;
  void taken(const scxml::session&, scxml::index) override;
  void failed(const scxml::session&, const scxml::verdict& v, scxml::position) override;
  scxml::runner_callbacks callbacks();
  scxml::runner_setup setup();
  void at_stable(scxml::session& s);
  void save_and_restore(scxml::session& s);
  scxml::event chosen_event(choices& in);

  std::shared_ptr<const scxml::document> document_;
  std::vector<std::string> names_; // of events worth sending
  const lint_claims claims_;
  std::unique_ptr<scxml::runner> run_;
  std::string trace_;
  bool out_of_time_ = false;
  bool unsaved_ = false;
  int restores_ = 0;
};

} // namespace chainring::fuzz
