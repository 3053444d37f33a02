// metrics_test.cpp: what a scrape says, in Prometheus' text format, and what it refuses to say.
#include "actors/stats/metrics.hpp"

#include <string>

#include "actors/limits.hpp"
#include "actors/stats/gather.hpp"
#include "tests/catch.hpp"

using namespace chainring::actors;

TEST_CASE("counters and gauges with labels, families sorted by name") {
  metrics all;
  const auto first = all.add([](samples& out) {
    out.add(families::results_total, 3, {"week \"1\"\n", "Busy"});
    out.add(families::chains, 7, {"week", "live"});
  });
  const auto second = all.add([](samples& out) {
    out.add(families::results_total, 4, {"week", "Answer"});
  });
  const auto text = all.text();
  CHECK_THAT(text, Catch::Contains(
                       "# HELP chainring_chains Chains by phase\n# TYPE chainring_chains gauge\n"
                       "chainring_chains{campaign=\"week\",phase=\"live\"} 7\n"));
  CHECK_THAT(text, Catch::Contains(
                       "# TYPE chainring_results_total counter\n"
                       "chainring_results_total{campaign=\"week \\\"1\\\"\\n\",result=\"Busy\"} 3\n"
                       "chainring_results_total{campaign=\"week\",result=\"Answer\"} 4\n"));
  CHECK(text.find("chainring_chains{") < text.find("chainring_results_total{"));
  CHECK_THAT(text, Catch::Contains("chainring_series_dropped 0\n"));
}

TEST_CASE("what is no longer registered is no longer read") {
  metrics all;
  {
    const auto kept = all.add([](samples& out) { out.add(families::store_waiting, 1); });
    CHECK_THAT(all.text(), Catch::Contains("chainring_store_waiting 1\n"));
  }
  CHECK(all.text().find("chainring_store_waiting") == std::string::npos);
}

TEST_CASE("series past the bound are counted, not shown") {
  metrics all;
  const auto many = all.add([](samples& out) {
    for (std::size_t n = 0; n < limits::metric_series_max + 10; ++n)
      out.add(families::blocked_total, 1, {"reason " + std::to_string(n)});
  });
  const auto text = all.text();
  CHECK_THAT(text, Catch::Contains("chainring_series_dropped 10\n"));
  CHECK(text.find("reason 1999\"") != std::string::npos);
  CHECK(text.find("reason 2000\"") == std::string::npos);
}

TEST_CASE("a histogram's buckets are cumulative") {
  duration_histogram times;
  times.observe_us(10); // the bound itself belongs to its bucket
  times.observe_us(11);
  times.observe_us(2'000);
  times.observe_us(99'000'000);
  metrics all;
  const auto kept =
      all.add([&](samples& out) { out.add(families::store_commit_seconds, times.snapshot()); });
  const auto text = all.text();
  CHECK_THAT(text,
             Catch::Contains("chainring_store_commit_seconds_bucket{le=\"5e-05\"} 2\n") ||
                 Catch::Contains(
                     "chainring_store_commit_seconds_bucket{le=\"5.0000000000000002e-05\"} 2\n"));
  CHECK_THAT(text, Catch::Contains("chainring_store_commit_seconds_bucket{le=\"10\"} 3\n"));
  CHECK_THAT(text, Catch::Contains("chainring_store_commit_seconds_bucket{le=\"+Inf\"} 4\n"));
  CHECK_THAT(text, Catch::Contains("chainring_store_commit_seconds_count 4\n"));
  CHECK(times.snapshot().sum == Approx(99.002021));
}

TEST_CASE("the process tells its use") {
  metrics all;
  const auto kept = all.add(gather_process);
  const auto text = all.text();
  const auto value = [&](const std::string& name) {
    const auto at = text.find("\n" + name + " ");
    REQUIRE(at != std::string::npos);
    return std::stod(text.substr(at + name.size() + 2));
  };
  CHECK(value("process_resident_memory_bytes") > 1e6);
  CHECK(value("process_threads") >= 1);
  CHECK(value("process_open_fds") >= 3);
  CHECK(value("process_max_fds") >= value("process_open_fds"));
  CHECK(value("process_start_time_seconds") > 1.6e9);
  CHECK(value("process_cpu_seconds_total") > 0);
}

TEST_CASE("a lane's counter adds up") {
  lane_counter steps;
  for (int n = 0; n < 1'000; ++n) steps.add();
  steps.add(5);
  CHECK(steps.value() == 1'005);
}

TEST_CASE("actors as JSON") {
  const actor_counters chains{"chain", 2, 5, 10, 3, 1, 0};
  CHECK(actors_json({chains}) ==
        R"([{"class":"chain","live":2,"spawned":5,"messages":13,"waiting":1,"faults":0}])");
}
