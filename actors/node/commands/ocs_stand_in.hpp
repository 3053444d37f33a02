// ocs_stand_in.hpp: what `chainring scxml` has in place of a node: OCS actions of a document that runs alone are answered
// by the same domain code, on the records of one chain, but nobody is called.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/node/options.hpp"
#include "dialer/chain.hpp"
#include "dialer/daytime.hpp"
#include "dialer/ocs_actions.hpp"
#include "dialer/time_zones.hpp"
#include "scxml/runner.hpp"

namespace chainring::actors {

class ocs_stand_in {
 public:
  /// How the call to that number ends.
  using call_script = std::function<dialer::call_result(const std::string& number)>;

  /// Reads list and configuration, checks names. Complaints about rows go to `err`.
  static result<std::unique_ptr<ocs_stand_in>> make(const scxml_command& options, std::ostream& err);

  /// runner_callbacks::on_action and on_action_failed: says on `err` what is asked for, and answers.
  void perform(scxml::runner& run, const scxml::session& from, const scxml::action_effect& action);
  void perform(scxml::runner& run, const scxml::session& from, const scxml::action_failed_effect& failed);

 private:
  ocs_stand_in(dialer::time_zones zones, std::ostream& err) : zones_(std::move(zones)), err_(err) {}
  result<void> take_chain(const scxml_command& options);
  void answer(scxml::runner& run, const scxml::session& from, dialer::action_outcome done);
  void call(scxml::runner& run, const scxml::session& from, std::size_t position);
  void wait(scxml::runner& run, const scxml::session& from, std::int64_t delay_ms);

  dialer::time_zones zones_;
  dialer::daytime_tables daytime_;
  dialer::calling_list form_;
  std::unique_ptr<dialer::chain> chain_;
  std::unique_ptr<dialer::chain_environment> environment_;
  call_script call_ends_;
  std::int64_t call_ms_ = 0;
  std::unordered_map<std::uint64_t, std::uint64_t> timeouts_; // session → what deliver_later() gave
  std::ostream& err_;
};

} // namespace chainring::actors
