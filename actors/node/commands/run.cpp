// run.cpp: see run.hpp.
#include "actors/node/commands/run.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <iostream>

#include "actors/fetch/uri.hpp"
#include "actors/node/commands/common.hpp"
#include "actors/node/commands/process.hpp"
#include "actors/node/configuration_parts.hpp"
#include "actors/node/list_import.hpp"
#include "actors/node/node.hpp"
#include "actors/node/progress.hpp"
#include "dialer/store/open.hpp"

namespace chainring::actors {

namespace {

namespace fs = std::filesystem;

/// A treatment that cannot be had so many times in a row ends a run; a node goes on trying. A file does not get better by
/// waiting for it.
std::uint64_t treatment_failures_max(const configuration& settings) {
  const auto is_file = [](const campaign_settings& c) { return c.treatment_uri.starts_with("file:"); };
  return std::all_of(settings.campaigns.begin(), settings.campaigns.end(), is_file) ? 1 : 5;
}
constexpr std::int64_t poll_ms = 20;

/// What `run` dials with when it is given no configuration.
dialer::simulated_options default_trunk() {
  dialer::simulated_options sim;
  sim.name = "sim";
  sim.capacity = 2'000;
  sim.calls_per_second = 5'000;
  sim.weights = {{dialer::call_result::answer, 40},
                 {dialer::call_result::no_answer, 30},
                 {dialer::call_result::busy, 15},
                 {dialer::call_result::answering_machine, 10},
                 {dialer::call_result::sit_invalid_number, 5}};
  return sim;
}

/// A path, with or without "?name=value", becomes the URI of the file.
result<std::string> treatment_uri(const std::string& given) {
  if (has_scheme(given)) return given;
  const auto query = std::min(given.find('?'), given.size());
  std::error_code trouble;
  const auto path = fs::canonical(given.substr(0, query), trouble);
  if (trouble) return error{"the treatment cannot be read: " + trouble.message(), given, "name an SCXML file or a URI"};
  return file_uri(path) + given.substr(query);
}

/// The folder of a file: treatment named on the command line is a root by being named.
void add_root(configuration& settings, const std::string& uri) {
  const auto where = parse_uri(uri);
  if (where && where->is_file()) settings.node.treatment_roots.push_back(fs::path{where->path}.parent_path().string());
}

/// A list as its [[list]] has it; without one with all traditional treatments.
list_settings list_named(const configuration& settings, const std::string& name) {
  if (const auto* named = settings.find_list(name)) return *named;
  list_settings list;
  list.name = name;
  for (const auto& t : settings.treatments) list.treatments.push_back(t.name);
  return list;
}

/// --list and --treatment as a campaign of their own.
result<void> add_named_campaign(configuration& settings, const run_command& wanted) {
  auto uri = wanted.treatment.empty() ? result<std::string>{std::string{}} : treatment_uri(wanted.treatment);
  if (!uri) return std::move(uri).error();
  add_root(settings, *uri);
  auto list = list_named(settings, fs::path(wanted.list).stem().string());
  if (uri->empty() && list.treatments.empty())
    return error{"list " + list.name + " has no treatment", wanted.config, "give --treatment, or a [[treatment]]"};
  list.csv = fs::absolute(wanted.list).string();
  list.treatment_uri = *uri;
  // The first campaign of the file lends its limits.
  campaign_settings campaign = settings.campaigns.empty() ? campaign_settings{} : settings.campaigns.front();
  if (settings.campaigns.empty()) campaign.name = "run";
  campaign.lists = {list.name};
  campaign.treatment_uri = *uri;
  campaign.auto_start = true;
  if (settings.trunk_names().empty()) settings.trunks.push_back(default_trunk());
  settings.lists = {std::move(list)};
  settings.campaigns = {std::move(campaign)};
  return {};
}

result<configuration> settings_of(const run_command& wanted) {
  auto settings = settings_or_complain(wanted.config, std::cerr, "warning");
  if (!settings) return error{};
  if (settings->cluster.enabled)
    return error{"[cluster] is enabled, and run works alone on its store: other nodes may have the chains", wanted.config,
                 "use chainring node --config " + wanted.config + ", or let enabled be false"};
  if (!wanted.list.empty()) {
    if (auto added = add_named_campaign(*settings, wanted); !added) return std::move(added).error();
    if (wanted.config.empty()) settings->stats.enabled = false;
    settings->store.path = wanted.store.empty() ? fs::absolute(wanted.list).replace_extension(".db").string() : wanted.store;
  } else if (!wanted.store.empty()) {
    settings->store.path = wanted.store;
  }
  if (wanted.legacy) settings->node.legacy_expressions = true;
  if (wanted.lanes > 0) settings->node.lanes = wanted.lanes;
  if (settings->campaigns.empty())
    return error{"there is nothing to run", wanted.config, "give --list and --treatment, or a [[campaign]]"};
  return std::move(*settings);
}

/// Brings the lists in before the node does, because here a file that differs from the store is an error.
result<void> import_lists(const configuration& settings, bool update, bool& complete) {
  for (const auto& list : settings.lists) // before there is a store
    if (!list.csv.empty())
      if (auto readable = open_list(list.csv); !readable) return std::move(readable).error();
  auto store = dialer::open_store(settings.store.path);
  if (!store) return std::move(store).error();
  auto zones = mapped_zones(settings);
  if (!zones) return std::move(zones).error();
  const auto policy = update ? dialer::store::on_existing::update : dialer::store::on_existing::keep;
  for (const auto& list : settings.lists) {
    if (list.csv.empty()) continue;
    auto done = import_list(**store, *zones, list.name, list.csv, policy,
                            [](const error& problem) { complain(std::cerr, problem); });
    if (!done) return std::move(done).error();
    if (done->bad > 0) complete = false;
    if (done->rows.differing > 0 && !update) return differing_rows(*done, list.name, list.csv);
  }
  return {};
}

struct run_end {
  int status = 0;
  std::string why; // one line for standard error; empty: all is done
};

/// Shows progress until there is nothing left to wait for.
run_end watch(node& n, progress_display& display, std::uint64_t failures_max, bool virtual_time) {
  for (campaign_progress before;;) {
    const auto stall = n.stall(); // first: what is read after it is final, if it is the same afterwards
    const auto all = n.progress();
    const auto p = sum(all);
    display.show(p, n.calls(), steady_ms());
    if (p.done && n.history().settled) return {};
    if (n.failed()) return {1, "the node has failed; the rows are in the store, and the same command goes on from them"};
    for (const auto& c : all)
      if (c.treatment_failures >= failures_max)
        return {1, to_line(c.last_treatment_failure)};
    // In virtual time something may be on its way to an idle chain: an answer by HTTP.
    if (virtual_time ? stall != 0 && stall == n.stall() && p.live == p.idle && p.live > 0 && p.passive == 0
                     : p.is_stuck_since(before))
      return {1, std::to_string(p.live) + " chains wait for an event that nothing will send: their treatment has no way on; "
                                          "the next run starts them again"};
    before = p;
    if (wait_for_signal(poll_ms)) return {1, "stopped; the rows are in the store, and the same command goes on from them"};
  }
}

} // namespace

int run(const run_command& wanted) {
  auto settings = settings_of(wanted);
  if (!settings) return settings.error().what.empty() ? exit_failed : failed(settings.error()); // all has been said
  set_up_log(settings->node);
  bool complete = true; // no row of a file was refused
  if (auto imported = import_lists(*settings, wanted.update, complete); !imported) return failed(imported.error());
  for (auto& list : settings->lists) list.csv.clear(); // they are in

  block_signals();
  node_options options;
  options.virtual_time = wanted.virtual_time;
  options.lift_refusals = wanted.lift_refusals;
  options.virtual_start_ms = wanted.start_ms.value_or(0);
  auto made = node::make(*settings, options);
  if (!made) return failed(made.error());
  auto& n = **made;
  const auto before = sum(n.progress());
  if (before.chains == before.ended && n.history().waiting == 0) {
    std::printf("nothing to do: all %llu chains have ended\nrows      %s\n", static_cast<unsigned long long>(before.chains),
                dialer::shown_store(settings->store.path).c_str());
    return complete ? 0 : 1;
  }

  const auto began_ms = steady_ms();
  const auto virtual_began_ms = n.now_ms();
  progress_display display{stderr, began_ms};
  n.start();
  const auto end = watch(n, display, treatment_failures_max(*settings), wanted.virtual_time);
  display.finish();
  if (end.status != 0) {
    unblock_signals(); // a second one does not wait
    n.drain(drain_ms_max);
  }
  const auto virtual_ms = wanted.virtual_time ? n.now_ms() - virtual_began_ms : 0;
  const auto told = n.history();
  const auto rows_at = dialer::shown_store(settings->store.path);
  std::fputs(summary(sum(n.progress()), told, steady_ms() - began_ms, virtual_ms, rows_at).c_str(), stdout);
  std::fflush(stdout);
  if (told.waiting > 0)
    std::fprintf(stderr, "chainring: warning: %llu history records have not been taken: %s: the next run sends them\n",
                 static_cast<unsigned long long>(told.waiting), rows_at.c_str());
  if (end.status != 0) std::fprintf(stderr, "chainring: %s\n", end.why.c_str());
  if (n.hangs()) leave_process(end.status);
  return end.status != 0 ? end.status : complete ? 0 : 1;
}

} // namespace chainring::actors
