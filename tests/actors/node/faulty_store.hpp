// faulty_store.hpp: makes one call of a node's store fail, in each way that a store may, and watches the calls: no call of a trunk
// before its intent is stored, no result told before it is, no batch tried again with other writes.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/actors/hooked_store.hpp"

namespace chainring::actors::testing {

/// (record_id, n). Records of all lists of a test have ids of their own.
using attempt_name = std::pair<std::int64_t, std::int32_t>;

/// What the trunk's log says, in its order.
std::vector<attempt_name> dialed_in(const std::filesystem::path& call_log);

class faulty_store final : public store_hooks {
 public:
  enum class way {
    not_done,     // an error, and nothing is done; of a commit: unknown
    done_untold,  // done, and an error all the same
    refused,      // a commit: nothing is done
    fenced,       // a commit, and all after it
    crash_before, // the process dies at the call: nothing that comes later arrives
    crash_after,  // or right behind it
  };
  static constexpr way all_ways[] = {way::not_done, way::done_untold,  way::refused,
                                     way::fenced,   way::crash_before, way::crash_after};
  static std::string_view name_of(way w);
  /// Does the contract know this answer to this call?
  static bool may_be(way w, std::string_view call);

  explicit faulty_store(std::filesystem::path call_log) : call_log_(std::move(call_log)) {}

  /// The call of this number fails, counted from 1; 0: none.
  void fail(std::int64_t number, way how) { fails_at_ = number, how_ = how; }
  /// Another process opens the store.
  void come_back();

  /// Names of all calls so far.
  const std::vector<std::string>& calls() const { return calls_; }
  bool has_failed() const { return failed_; }
  bool is_dead() const { return dead_; }
  /// A batch that held the writes of one chain alone was refused: its chain_id, or 0.
  std::int64_t refused_chain() const { return refused_chain_; }

  /// Any thread: a chain hears this of a record.
  void heard(std::int64_t record_id, std::string_view result, bool is_known);
  /// What must not be.
  std::vector<std::string> complaints() const;

  std::optional<error> before(std::string_view call) override;
  std::optional<error> after(std::string_view call) override;
  dialer::commit_result commit(const std::vector<dialer::write>& batch, dialer::store& go_on) override;

 private:
  bool fails_now(std::string_view call);
  dialer::commit_result pass_on(const std::vector<dialer::write>& batch, dialer::store& go_on);
  void note(const std::vector<dialer::write>& stored);
  void look_for_early_calls(const std::vector<dialer::write>& batch);
  void complain(std::string what);

  const std::filesystem::path call_log_;
  std::int64_t fails_at_ = 0;
  way how_ = way::not_done;
  std::vector<std::string> calls_;
  bool failed_ = false, fenced_ = false;
  std::string_view fails_after_; // the call that it is in; it may make others
  std::int64_t refused_chain_ = 0;
  std::atomic<bool> dead_{false};
  std::vector<std::string> untold_; // writes that are stored, and the node does not know
  std::set<attempt_name> intents_;  // stored
  mutable std::mutex mutex_;
  std::map<std::int64_t, dialer::call_result> results_; // the last stored of each record; guarded by mutex_
  std::vector<std::string> complaints_;                 // guarded by mutex_
};

} // namespace chainring::actors::testing
