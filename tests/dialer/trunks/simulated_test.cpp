// The simulated trunk: outcomes equal those computed beforehand, calls end in order, the log is a witness.
#include "dialer/trunks/simulated.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dialer/limits.hpp"
#include "tests/catch.hpp"
#include "tests/dialer/scratch.hpp"

using namespace chainring::dialer;

namespace {

simulated_options plain() {
  simulated_options options;
  options.name = "sim";
  options.capacity = 200'000;
  options.weights = {{call_result::answer, 40}, {call_result::no_answer, 30}, {call_result::busy, 15},
                     {call_result::answering_machine, 10}, {call_result::sit_invalid_number, 5}};
  return options;
}

std::unique_ptr<trunk> make(simulated_options options) {
  auto made = make_simulated(std::move(options));
  REQUIRE(made.ok());
  return std::move(*made);
}

call call_of(std::uint64_t id, std::int64_t record_id, std::int32_t attempt = 1, std::string number = "5550100") {
  call c;
  c.id = id;
  c.list = "people";
  c.record_id = record_id;
  c.attempt = attempt;
  c.number = std::move(number);
  return c;
}

call_ended outcome(simulated_options options, const call& c, std::int64_t now_ms) {
  auto sim = make(std::move(options));
  REQUIRE(sim->start(c, now_ms).ok());
  std::vector<call_ended> ended;
  sim->collect(trunk::never, ended);
  REQUIRE(ended.size() == 1);
  return ended[0];
}

std::string slurp(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

} // namespace

TEST_CASE("The draw is the one that the header specifies") {
  // Computed with Python from the header's text.
  CHECK(simulated_draw(1, "people", 1, 1, 1) == 2806794104899820976u);
  CHECK(simulated_draw(1, "people", 1, 1, 2) == 12688718617970159513u);
  CHECK(simulated_draw(0xFFFFFFFFFFFFFFFFu, "", -5, 3, 3) == 2832007054767614962u);
}

TEST_CASE("Results and times equal those of an independent predictor") {
  // record, attempt: result, ring_ms, talk_ms from the Python predictor, seed 42.
  struct expected {
    std::int64_t record_id;
    std::int32_t attempt;
    call_result result;
    std::int64_t ring_ms, talk_ms;
  };
  const expected table[] = {
    {1, 1, call_result::busy, 2273, 0},
    {1, 2, call_result::no_answer, 1634, 0},
    {2, 1, call_result::busy, 2391, 0},
    {3, 1, call_result::no_answer, 2641, 0},
    {7, 4, call_result::busy, 1400, 0},
    {1000001, 1, call_result::answer, 2635, 1271},
    {-4, 1, call_result::no_answer, 2669, 0},
    {9223372036854775807, 2, call_result::answer, 2157, 989},
    {10, 1, call_result::no_answer, 2836, 0},
    {11, 1, call_result::no_answer, 1103, 0},
    {12, 1, call_result::answer, 1327, 857},
    {13, 1, call_result::busy, 1382, 0},
  };
  for (const auto& row : table) {
    auto options = plain();
    options.seed = 42;
    const auto ended = outcome(options, call_of(9, row.record_id, row.attempt), 1'000);
    CHECK(ended.id == 9);
    CHECK(ended.result == row.result);
    CHECK(ended.started_ms == 1'000);
    CHECK(ended.ended_ms == 1'000 + row.ring_ms + row.talk_ms);
  }
}

TEST_CASE("Weights are kept over many records, ranges always") {
  auto options = plain();
  options.ring_ms_min = 100, options.ring_ms_max = 110;
  options.talk_ms_min = 7, options.talk_ms_max = 7;
  auto sim = make(options);
  CHECK(sim->longest_call_ms() == 117);
  for (std::int64_t i = 1; i <= 100'000; ++i) REQUIRE(sim->start(call_of(static_cast<std::uint64_t>(i), i), 0).ok());
  std::vector<call_ended> ended;
  sim->collect(trunk::never, ended);
  REQUIRE(ended.size() == 100'000);
  std::map<call_result, int> counted;
  std::map<std::int64_t, int> rings;
  for (const auto& e : ended) {
    ++counted[e.result];
    ++rings[e.ended_ms - (has_talk(e.result) ? 7 : 0)];
  }
  for (const auto& [result, weight] : options.weights)
    CHECK(counted[result] == Approx(1'000.0 * weight).epsilon(0.05));
  REQUIRE(rings.size() == 11);
  CHECK(rings.begin()->first == 100);
  CHECK(rings.rbegin()->first == 110);
}

TEST_CASE("The order of arrival changes nothing") {
  std::vector<call> calls;
  for (std::uint64_t i = 1; i <= 500; ++i) calls.push_back(call_of(i, static_cast<std::int64_t>(i * 3)));
  const auto run = [&] {
    auto sim = make(plain());
    for (const auto& c : calls) REQUIRE(sim->start(c, 50).ok());
    std::vector<call_ended> ended;
    sim->collect(trunk::never, ended);
    std::vector<std::tuple<std::uint64_t, call_result, std::int64_t>> told;
    for (const auto& e : ended) told.emplace_back(e.id, e.result, e.ended_ms);
    return told;
  };
  const auto straight = run();
  std::mt19937 random(3);
  std::shuffle(calls.begin(), calls.end(), random);
  CHECK(run() == straight);
}

TEST_CASE("The first rule that matches wins over the weights") {
  auto options = plain();
  options.rules = {{"7$", call_result::busy}, {"^7", call_result::fax}, {"(12|21)$", call_result::dropped}};
  CHECK(outcome(options, call_of(1, 1, 1, "77"), 0).result == call_result::busy);
  CHECK(outcome(options, call_of(1, 1, 1, "71"), 0).result == call_result::fax);
  CHECK(outcome(options, call_of(1, 1, 1, "5512"), 0).result == call_result::dropped);
  CHECK(outcome(options, call_of(1, 1, 1, "5510"), 0).result == outcome(plain(), call_of(1, 1), 0).result);
}

TEST_CASE("Without weights a number that no rule matches is answered") {
  auto options = plain();
  options.weights.clear();
  options.rules = {{"7$", call_result::busy}};
  CHECK(outcome(options, call_of(1, 1, 1, "7"), 0).result == call_result::busy);
  CHECK(outcome(options, call_of(1, 1, 1, "8"), 0).result == call_result::answer);
}

TEST_CASE("Calls end at their instant, in the order of instant and id") {
  auto options = plain();
  options.ring_ms_min = 10, options.ring_ms_max = 12;
  options.weights = {{call_result::busy, 1}};
  auto sim = make(options);
  CHECK(sim->next_due_ms() == trunk::never);
  for (std::uint64_t id = 100; id > 0; --id)
    REQUIRE(sim->start(call_of(id, static_cast<std::int64_t>(id)), 1'000).ok());
  CHECK(sim->live() == 100);
  CHECK(sim->next_due_ms() == 1'010);
  std::vector<call_ended> ended;
  sim->collect(1'009, ended);
  CHECK(ended.empty());
  sim->collect(1'010, ended);
  CHECK_FALSE(ended.empty());
  CHECK(std::all_of(ended.begin(), ended.end(), [](const auto& e) { return e.ended_ms == 1'010; }));
  CHECK(sim->live() == 100 - ended.size());
  sim->collect(5'000, ended);
  REQUIRE(ended.size() == 100);
  CHECK(std::is_sorted(ended.begin(), ended.end(), [](const auto& a, const auto& b) {
    return std::pair(a.ended_ms, a.id) < std::pair(b.ended_ms, b.id);
  }));
  CHECK(sim->live() == 0);
}

TEST_CASE("No more calls than channels, no number past its limit") {
  auto options = plain();
  options.capacity = 1;
  auto sim = make(options);
  const auto refused = sim->start(call_of(1, 1, 1, std::string(limits::number_bytes_max + 1, '1')), 0);
  REQUIRE_FALSE(refused.ok());
  REQUIRE(sim->start(call_of(1, 1), 0).ok());
  CHECK_FALSE(sim->start(call_of(2, 2), 0).ok());
  CHECK(sim->live() == 1);
}

TEST_CASE("Options that cannot work are refused, each by a sentence of its own") {
  const auto refused = [](auto change) {
    auto options = plain();
    change(options);
    auto made = make_simulated(options);
    REQUIRE_FALSE(made.ok());
    return made.error().what;
  };
  CHECK(refused([](auto& o) { o.name.clear(); }) == "the trunk has no name");
  CHECK(refused([](auto& o) { o.capacity = 0; }) == "capacity is out of range");
  CHECK(refused([](auto& o) { o.ring_ms_min = 5'000; }) == "ring-ms is no range");
  CHECK(refused([](auto& o) { o.talk_ms_min = -1; }) == "talk-ms is no range");
  CHECK(refused([](auto& o) { o.weights = {{call_result::busy, 0}}; }) == "the weights sum to nothing");
  CHECK(refused([](auto& o) { o.weights[0].second = limits::weight_max + 1; }) == "a weight is out of range");
  CHECK(refused([](auto& o) { o.rules = {{"[", call_result::busy}}; }) ==
        "no regular expression that can be used here");
  CHECK(refused([](auto& o) { o.log_path = "/nonexistent/log"; }).find("cannot be opened") != std::string::npos);
}

TEST_CASE("The log has a line per call, written by start itself") {
  scratch_folder scratch;
  auto options = plain();
  options.log_path = scratch.file("calls.log");
  auto sim = make(options);
  CHECK(slurp(options.log_path).empty());
  REQUIRE(sim->start(call_of(1, 12, 3, "+1\"\\\n"), 1'767'625'200'123).ok());
  CHECK(slurp(options.log_path) ==
        "{\"ms\":1767625200123,\"trunk\":\"sim\",\"list\":\"people\",\"record_id\":12,\"attempt\":3,"
        "\"number\":\"+1\\\"\\\\\\u000a\"}\n");
  auto with_flexible_attributes = call_of(2, 13);
  with_flexible_attributes.options = {{"CPNDigits", "8884554040"}};
  with_flexible_attributes.extensions = {{"DialAttr", "Attr\"Value"}, {"n", "1"}};
  REQUIRE(sim->start(with_flexible_attributes, 5).ok());
  const auto text = slurp(options.log_path);
  CHECK(std::count(text.begin(), text.end(), '\n') == 2);
  CHECK(text.find(",\"options\":{\"CPNDigits\":\"8884554040\"},"
                  "\"extensions\":{\"DialAttr\":\"Attr\\\"Value\",\"n\":\"1\"}}\n") != std::string::npos);
}

TEST_CASE("The log of a later run is appended, behind a torn line too") {
  scratch_folder scratch;
  auto options = plain();
  options.log_path = scratch.file("calls.log");
  std::ofstream(options.log_path) << "{\"ms\":1,\"tru";
  REQUIRE(make(options)->start(call_of(1, 1), 5).ok());
  CHECK(slurp(options.log_path).starts_with("{\"ms\":1,\"tru\n{\"ms\":5,"));
}

TEST_CASE("A log that cannot be written stops the dialing and leaves no part of a line") {
  scratch_folder scratch;
  auto options = plain();
  options.log_path = scratch.file("calls.log");
  auto sim = make(options);
  REQUIRE(sim->start(call_of(1, 1), 5).ok());
  const auto first = slurp(options.log_path);
  // The limit on a file's size stands in for a full disk, in a child because it cannot be raised again for sure.
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{first.size() + 20, first.size() + 20};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const auto refused = sim->start(call_of(2, 2), 6);
    const bool right = !refused.ok() && refused.error().where == options.log_path && sim->live() == 1;
    ::_exit(right ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  CHECK(slurp(options.log_path) == first);
}
