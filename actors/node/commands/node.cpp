// node.cpp: see node.hpp.
#include "actors/node/commands/node.hpp"

#include <iostream>

#include <spdlog/spdlog.h>

#include "actors/node/commands/common.hpp"
#include "actors/node/commands/process.hpp"
#include "actors/node/node.hpp"
#include "dialer/store/open.hpp"

namespace chainring::actors {

namespace {

constexpr std::int64_t poll_ms = 200;

} // namespace

int run_node(const node_command& wanted) {
  auto settings = settings_or_complain(wanted.config, std::cerr);
  if (!settings) return exit_failed;
  set_up_log(settings->node);
  block_signals();
  node_options options;
  options.virtual_time = wanted.virtual_time;
  options.lift_refusals = wanted.lift_refusals;
  auto made = node::make(*settings, options);
  if (!made) return failed(made.error());
  auto& n = **made;
  n.start();
  spdlog::info("node {} runs: store {}{}", settings->node.name, dialer::shown_store(settings->store.path),
               n.stats_port() ? ", http://" + settings->stats.address + ":" + std::to_string(n.stats_port()) : std::string{});
  while (!n.failed() && !wait_for_signal(poll_ms)) {}
  unblock_signals(); // a second one does not wait
  const bool in_order = !n.failed();
  spdlog::info("stopping: {} calls in progress may end", n.calls().live);
  if (!n.drain(drain_ms_max)) spdlog::warn("calls in progress were cut off after {} s", drain_ms_max / 1000);
  if (n.hangs()) leave_process(exit_failed);
  made->reset();
  spdlog::info("stopped");
  return in_order ? 0 : 1;
}

} // namespace chainring::actors
