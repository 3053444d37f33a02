// performance.hpp: one run of a document of a suite, and what was seen of it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "scxml/compile.hpp"
#include "scxml/runner.hpp"

namespace chainring::scxml::conformance {

using names = std::vector<std::string>;

/// What a whole suite gave.
struct tally {
  int passed = 0;
  int judged = 0;
  int restored = 0; // of those passed: saved and restored at every stable configuration
  int compiled = 0; // of those passed: on the compiled model, and on QuickJS with the same log and configurations
};

/// Bytes of a file; empty when it cannot be read.
std::string contents_of(const std::filesystem::path& file);

/// Compiles bytes of the suite that stand in `file`; resources are looked for beside it.
compiled compile_file(const std::filesystem::path& file, const std::string& bytes);

/// "a b c"
std::string joined(const names& words);

/// What data models a run's documents get: their own, or QuickJS whatever they could have.
enum class engines { own, quickjs };

/// A running document; what it refers to stands in `folder`. With `restoring` its session, and those it invokes, are saved
/// and restored at every stable configuration, each time into another set of runtimes; and whenever nothing is left to do at
/// an instant, everything is: sessions, kinship, delayed sends.
class performance {
 public:
  performance(const std::shared_ptr<const document>& d, const std::filesystem::path& folder, bool restoring,
              engines on = engines::own);
  ~performance();

  void start();
  void deliver(event e);
  void advance(std::int64_t ms);
  /// To the end of all delays.
  void run_on();
  runner& run() { return *runner_; }

  names logs;           // "label: text", after "invoked " of another session than the root
  names configurations; // every stable one, active atomic states
  names complaints;     // snapshots that could not be restored
  names not_saved;      // why a session could not be saved

 private:
  void save_and_restore(session& s);
  void save_and_restore_all();
  runner_callbacks callbacks();
  runner_setup setup() const;

  const std::shared_ptr<const document> document_;
  const std::filesystem::path folder_;
  const bool restoring_;
  const engines on_;
  bool second_ = false; // which set of runtimes
  std::unique_ptr<runner> runner_;
};

/// Two runs logged the same and were in the same configurations.
inline bool same_seen(const performance& a, const performance& b) {
  return a.logs == b.logs && a.configurations == b.configurations;
}

} // namespace chainring::scxml::conformance
