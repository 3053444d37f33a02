// store_return_test.cpp: a store that gives no chains, or no documents of theirs, for a minute: dialing goes on within five seconds
// of its return.
#include "tests/catch.hpp"

#include <atomic>
#include <chrono>
#include <fstream>
#include <thread>

#include "actors/node/node.hpp"
#include "tests/actors/hooked_store.hpp"
#include "tests/actors/node/one_campaign.hpp"

using namespace chainring;
using namespace chainring::actors;
using namespace chainring::actors::testing;

namespace {

constexpr std::int64_t away_ms = 60'000, back_within_ms = 5'000;

/// Calls, waits out of memory for half an hour, calls again.
constexpr const char* treatment = R"xml(<scxml xmlns="http://www.w3.org/2005/07/scxml"
  xmlns:ocs="http://genesyslabs.com/schemas/ocs/treatments" version="1.0" datamodel="ecmascript" initial="next">
  <datamodel><data id="record"/></datamodel>
  <state id="next"><onentry><ocs:next_record/></onentry>
    <transition event="ocs.next_record" target="call"><assign location="record" expr="_event.data.record_id"/></transition></state>
  <state id="call"><onentry><ocs:make_call record_id="record"/></onentry><transition event="ocs.callresult" target="wait"/></state>
  <state id="wait"><onentry><ocs:timeout delay="1800"/></onentry><transition event="ocs.timeout" target="again"/></state>
  <state id="again"><onentry><ocs:make_call record_id="record"/></onentry><transition event="ocs.callresult" target="end"/></state>
  <final id="end"/>
</scxml>)xml";

/// Away from the first call of that name on.
class away_for_a_minute final : public store_hooks {
 public:
  explicit away_for_a_minute(std::string_view call) : call_(call) {}
  std::optional<error> before(std::string_view call) override {
    const auto* n = running.load();
    if (call != call_ || !n) return {};
    const auto now_ms = n->now_ms();
    if (since_ms == 0) since_ms = now_ms;
    ++asked;
    if (now_ms >= since_ms + away_ms) return {};
    return error{"the server is away", "people", "start it"};
  }

  std::atomic<const node*> running{nullptr};
  std::atomic<std::int64_t> since_ms{0};
  std::atomic<int> asked{0};

 private:
  const std::string_view call_;
};

} // namespace

TEST_CASE("dialing goes on within five seconds of a store's return", "[store_return]") {
  const std::string call = GENERATE("take_ready", "activate", "documents");
  INFO(call);
  tests::scratch folder;
  auto c = one_campaign(folder, treatment, 1);
  c.trunks.front().log_path = (folder.path / "calls.log").string();
  away_for_a_minute store{call};
  node_options options;
  options.virtual_time = true;
  options.around_store = [&](auto opened) { return std::make_unique<hooked_store>(std::move(opened), store); };
  auto made = node::make(c, options);
  if (!made) FAIL(to_line(made.error()));
  auto& n = **made;
  store.running = &n;
  n.start();
  while (!n.progress()[0].done && !n.failed()) std::this_thread::sleep_for(std::chrono::milliseconds{1}); // between two looks
  store.running = nullptr;
  CHECK(n.progress()[0].attempts == 2);
  CHECK(store.asked > 10); // every few seconds
  std::ifstream log(folder.path / "calls.log");
  std::int64_t next_ms = 0;
  for (std::string line; next_ms < store.since_ms && std::getline(log, line);)
    next_ms = std::stoll(line.substr(line.find("ms\":") + 4));
  CHECK(next_ms >= store.since_ms + away_ms);
  CHECK(next_ms <= store.since_ms + away_ms + back_within_ms);
}
