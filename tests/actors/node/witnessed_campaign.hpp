// witnessed_campaign.hpp: a small campaign on a node in virtual time, run to its end on a faulty store in as many processes as that
// takes, and what has become of it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "actors/node/configuration.hpp"
#include "tests/actors/node/faulty_store.hpp"
#include "tests/actors/scratch.hpp"
#include "tests/actors/script_server.hpp"

namespace chainring::actors::testing {

/// Two lists: "scripted" has a treatment that calls again after a minute, which it waits out in memory, or after two hours, for
/// which it leaves memory; "traditional" has tables that do so, and tells a server of every attempt. One number must not be called.
class witnessed_campaign {
 public:
  witnessed_campaign();
  ~witnessed_campaign();

  faulty_store& faults() { return *faults_; }
  /// Nodes come and go until every chain has ended. A complaint, or "".
  std::string run_to_its_end();
  /// In nodes' time, that all of them took together.
  std::int64_t took_ms() const { return took_ms_; }
  int nodes() const { return nodes_; }

  struct chain_end {
    std::string text; // its rows and its attempts
    bool has_unknown = false, has_open = false; // an attempt of unknown end, one that has not ended
  };
  /// By chain_id: lists of a test have chain ids of their own.
  std::map<std::int64_t, chain_end> ends() const;
  /// What holds whatever has failed. Complaints.
  std::vector<std::string> broken_promises() const;
  /// The last lines of the log.
  std::string log() const;

 private:
  class watching_log;
  enum class life { over, refused, failed, crashed, endless };
  life live_once();
  bool all_ended() const;
  void take_history(tests::script_connection& c);

  tests::scratch folder_;
  mutable std::mutex mutex_;
  std::set<std::string> told_; // of attempts, by the server; guarded by mutex_
  tests::script_server receiver_{[this](tests::script_connection& c) { take_history(c); }};
  std::unique_ptr<faulty_store> faults_;
  std::shared_ptr<watching_log> log_;
  configuration settings_;
  std::int64_t took_ms_ = 0;
  int nodes_ = 0;
};

} // namespace chainring::actors::testing
