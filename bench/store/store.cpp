// store.cpp: rounds in which both sides write the same calls to lists of their own, in turn, because disks and neighbours change
// by the minute; the best round of each counts.
#include "bench/store/store.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "actors/keeper.hpp"
#include "actors/limits.hpp"
#include "bench/micro/support.hpp"
#include "bench/store/batches.hpp"
#include "dialer/store/open.hpp"

namespace chainring::bench {

namespace {

constexpr std::size_t writes_per_request = 256;                                    // as the dialer's outbox sends them
constexpr std::size_t writes_asked = 2 * actors::limits::writes_per_commit_max;  // of the keeper at a time

/// The calls by way of the keeper, in requests, as fast as it answers.
result<pace> write_by_keeper(std::unique_ptr<dialer::store> store, dialer::list_id list, const std::vector<call>& calls) {
  caf_config config;
  actors::keeper_counters counters;
  result<void> failed;
  std::chrono::duration<double> took{};
  {
    caf::actor_system system(config);
    auto keeper = system.spawn<actors::keeper, caf::detached>(std::move(store), counters);
    caf::scoped_actor self(system);
    std::size_t asked = 0;
    const auto hear = [&](std::size_t until) {
      while (asked > until && failed.ok())
        self->receive(
          [&](const actors::committed& c) {
            asked -= std::min(asked, writes_per_request);
            if (!c.refused.empty()) failed = c.refused.front().why;
          },
          [&](const caf::error& e) { failed = error{"the keeper gave up", caf::to_string(e), ""}; });
    };
    const auto begun = std::chrono::steady_clock::now();
    for (std::size_t first = 0; first < calls.size() && failed.ok(); first += writes_per_request) {
      actors::commit request;
      for (auto i = first; i < std::min(first + writes_per_request, calls.size()); ++i)
        request.writes.push_back(write_of(list, calls[i]));
      hear(writes_asked - writes_per_request);
      self->send(keeper, std::move(request));
      asked += writes_per_request;
    }
    hear(0);
    took = std::chrono::steady_clock::now() - begun;
    self->send_exit(keeper, caf::exit_reason::user_shutdown);
    self->wait_for(keeper);
  }
  if (!failed) return failed.error();
  const auto commits = std::max<std::uint64_t>(counters.commits, 1);
  return pace{static_cast<double>(rows_of(calls)) / took.count(), static_cast<std::int64_t>(counters.writes / commits)};
}

/// Every attempt has ended busy, and every record says so.
result<void> check(dialer::store& in, dialer::list_id list, std::int64_t records) {
  std::int64_t right = 0;
  auto read = in.export_records(list, [&](const dialer::record& r) {
    right += r.attempt == 1 && r.call_result == dialer::call_result::busy;
    return true;
  });
  if (!read) return read;
  if (right != records)
    return error{"only " + std::to_string(right) + " of " + std::to_string(records) + " records are as they were written", "", ""};
  return {};
}

struct settings {
  std::string where;
  std::int64_t records = 100'000;
  int rounds = 3;
};

result<boost::json::object> measure(const settings& asked) {
  const bool is_server = dialer::is_on_server(asked.where);
  const auto calls = calls_of(asked.records);
  pace best, bare;
  for (int round = 0; round < asked.rounds; ++round) {
    dialer::list_id ours = 0, theirs = 0;
    {
      auto store = dialer::open_store(asked.where);
      if (!store) return store.error();
      if (auto owned = (*store)->own("bench"); !owned) return owned.error();
      for (auto [list, name] : {std::pair(&ours, "ours"), std::pair(&theirs, "theirs")}) {
        auto made = make_list(**store, name + std::to_string(round), asked.records);
        if (!made) return made.error();
        *list = *made;
      }
      auto kept = write_by_keeper(std::move(*store), ours, calls);
      if (!kept) return kept.error();
      if (kept->rows_per_s > best.rows_per_s) best = *kept;
      std::cerr << "round " << round + 1 << ": keeper " << static_cast<std::int64_t>(kept->rows_per_s) << " rows/s, "
                << kept->writes_per_batch << " writes a commit; ";
    }
    auto loop = (is_server ? write_bare_postgres : write_bare_sqlite)(asked.where, theirs, calls, best.writes_per_batch);
    if (!loop) return loop.error();
    if (loop->rows_per_s > bare.rows_per_s) bare = *loop;
    std::cerr << "bare loop " << static_cast<std::int64_t>(loop->rows_per_s) << " rows/s\n";
    auto store = dialer::open_store(asked.where);
    if (!store) return store.error();
    for (const auto list : {ours, theirs})
      if (auto right = check(**store, list, asked.records); !right) return right.error();
  }
  return boost::json::object{{"bench", "store"},
                             {"store", is_server ? "postgresql" : "sqlite"},
                             {"records", asked.records},
                             {"writes_per_commit", best.writes_per_batch},
                             {"rows_per_s", static_cast<std::int64_t>(best.rows_per_s)},
                             {"bare_rows_per_s", static_cast<std::int64_t>(bare.rows_per_s)},
                             {"ratio", best.rows_per_s / bare.rows_per_s}};
}

} // namespace

int store_bench(int argc, char** argv) {
  settings asked;
  CLI::App app("Rows that the keeper writes in a second, beside a bare loop of the same batches on the same disk.", "store");
  app.add_option("--store", asked.where, "an SQLite file or PostgreSQL URI; a file in a scratch folder by default");
  app.add_option("--records", asked.records, "of a list")->check(CLI::Range(1, 10'000'000))->capture_default_str();
  app.add_option("--rounds", asked.rounds, "of both sides")->check(CLI::Range(1, 100))->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  spdlog::set_level(spdlog::level::warn);
  const auto scratch = std::filesystem::temp_directory_path() / ("chainring-bench-" + std::to_string(::getpid()));
  if (asked.where.empty()) {
    std::filesystem::create_directory(scratch);
    asked.where = scratch / "store.db";
  }
  auto measured = measure(asked);
  std::filesystem::remove_all(scratch);
  if (!measured) {
    std::cerr << "chainring-bench: " << to_line(measured.error()) << '\n';
    return 1;
  }
  std::cout << boost::json::serialize(*measured) << '\n';
  return 0;
}

} // namespace chainring::bench
