// store_lag_test.cpp: a store that takes as long for each commit as the test likes. Admission stops first, then dialing; calls in
// progress end, and no result is lost; what waits stays within its bounds.
#include "tests/catch.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <set>
#include <thread>

#include "actors/node/node.hpp"
#include "dialer/limits.hpp"
#include "tests/actors/node/faulty_store.hpp"
#include "tests/actors/node/one_campaign.hpp"

using namespace chainring;
using namespace chainring::actors;
using namespace chainring::actors::testing;

namespace {

constexpr int chains = 600, calls_of_each = 2;
constexpr std::int32_t channels = 400, calls_per_second = 1'000;
constexpr std::size_t live_most = 500, admitted_at_once = 50;

/// Each record is called twice, at once, whatever comes of it.
constexpr const char* two_calls = R"xml(<scxml xmlns="http://www.w3.org/2005/07/scxml"
  xmlns:ocs="http://genesyslabs.com/schemas/ocs/treatments" version="1.0" datamodel="ecmascript" initial="next">
  <datamodel><data id="record"/><data id="calls" expr="0"/></datamodel>
  <state id="next"><onentry><ocs:next_record/></onentry>
    <transition event="ocs.next_record" target="call"><assign location="record" expr="_event.data.record_id"/></transition></state>
  <state id="call"><onentry><assign location="calls" expr="calls + 1"/><ocs:make_call record_id="record"/></onentry>
    <transition event="ocs.callresult" cond="calls == 2" target="end"/>
    <transition event="ocs.callresult" target="call"/></state>
  <final id="end"/>
</scxml>)xml";

/// Commits wait here while it is shut, and pass one by one when the test says so.
class turnstile final : public store_hooks {
 public:
  dialer::commit_result commit(const std::vector<dialer::write>& batch, dialer::store& go_on) override {
    {
      std::unique_lock lock{mutex_};
      waits_ = true;
      changed_.wait(lock, [this] { return !shut_ || passes_ > 0; });
      waits_ = false;
      if (passes_ > 0) --passes_;
    }
    auto stored = go_on.commit(batch);
    const std::lock_guard guard{mutex_};
    ++commits_;
    std::size_t intents = 0;
    for (const auto& w : batch) intents += std::holds_alternative<dialer::write_intent>(w) ? 1 : 0;
    intents_ += intents;
    intents_at_once_ = std::max(intents_at_once_, intents);
    writes_at_once_ = std::max(writes_at_once_, batch.size());
    return stored;
  }
  void shut(bool now) {
    const std::lock_guard guard{mutex_};
    shut_ = now;
    changed_.notify_all();
  }
  void let_one_pass() {
    const std::lock_guard guard{mutex_};
    ++passes_;
    changed_.notify_all();
  }
  /// A commit waits, and none is to pass.
  bool holds() const {
    const std::lock_guard guard{mutex_};
    return shut_ && waits_ && passes_ == 0;
  }
  /// So far: commits, intents that are stored; the most of one commit.
  std::size_t commits() const { return read(commits_); }
  std::size_t intents() const { return read(intents_); }
  std::size_t intents_at_once() const { return read(intents_at_once_); }
  std::size_t writes_at_once() const { return read(writes_at_once_); }

 private:
  std::size_t read(const std::size_t& what) const {
    const std::lock_guard guard{mutex_};
    return what;
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool shut_ = false, waits_ = false;
  std::size_t passes_ = 0, commits_ = 0, intents_ = 0, intents_at_once_ = 0, writes_at_once_ = 0;
};

/// A node in real time behind a turnstile.
struct lagging_node {
  tests::scratch folder;
  turnstile store;
  std::unique_ptr<node> n;

  lagging_node() {
    auto c = one_campaign(folder, two_calls, chains);
    c.node.lanes = 2;
    auto& sim = c.trunks.front();
    sim.capacity = channels;
    sim.calls_per_second = calls_per_second;
    sim.ring_ms_min = 20, sim.ring_ms_max = 60, sim.talk_ms_min = 10, sim.talk_ms_max = 20;
    sim.weights = {{dialer::call_result::busy, 1}, {dialer::call_result::no_answer, 1}};
    sim.log_path = (folder.path / "calls.log").string();
    auto& campaign = c.campaigns.front();
    campaign.chains_live_max = static_cast<std::int32_t>(live_most);
    campaign.admission_batch = static_cast<std::int32_t>(admitted_at_once);
    node_options options;
    options.around_store = [this](auto opened) { return std::make_unique<hooked_store>(std::move(opened), store); };
    auto made = node::make(c, options);
    if (!made) FAIL(to_line(made.error()));
    n = std::move(*made);
    n->start();
  }
  campaign_progress progress() const { return n->progress()[0]; }
  std::vector<attempt_name> dialed() const { return dialed_in(folder.path / "calls.log"); }
  /// The store takes nothing, every call that it knows of was made, and all have ended: nothing more can come of it.
  bool rests() const { return store.holds() && dialed().size() == store.intents() && n->calls().live == 0; }
  template <class Condition>
  void wait_until(Condition holds) const {
    while (!holds()) {
      if (n->failed()) FAIL("the node has failed");
      std::this_thread::sleep_for(std::chrono::milliseconds{1}); // between two looks
    }
  }
  void check_bounds() const {
    const auto ahead = std::max<std::size_t>(dialer::limits::calls_granted_ahead_min,
                                             calls_per_second * dialer::limits::calls_granted_ahead_ms / 1'000);
    CHECK(store.intents_at_once() <= ahead);
    // Of each live chain a save or its end, and of each call in progress a result.
    CHECK(store.writes_at_once() <= ahead + channels + 2 * live_most);
    CHECK(progress().live <= live_most);
    for (const auto& m : n->mailboxes()) {
      INFO(m.actor << ": " << m.mailbox->waiting_most() << " of " << m.most);
      CHECK(m.mailbox->waiting_most() <= m.most);
    }
  }
  void check_all_is_there() {
    wait_until([&] { return progress().done; });
    const auto p = progress();
    CHECK(p.ended == chains);
    CHECK(p.faulted == 0);
    CHECK(p.attempts == chains * calls_of_each);
    n.reset();
    auto file = dialer::open_sqlite((folder.path / "people.db").string());
    REQUIRE(file.ok());
    std::size_t done = 0;
    (void)(*file)->export_attempts([&](const dialer::attempt& a, std::string_view) {
      if (a.state == dialer::attempt_state::done && a.result) ++done;
      return true;
    });
    const auto all = dialed();
    CHECK(done == all.size());
    CHECK(std::set<attempt_name>(all.begin(), all.end()).size() == all.size());
  }
};

} // namespace

TEST_CASE("a store that stands still stops admission, then dialing; results wait for it", "[store_lag]") {
  lagging_node node;
  node.wait_until([&] { return node.dialed().size() >= 200; });
  node.store.shut(true);
  node.wait_until([&] { return node.store.holds(); });
  const auto admitted = node.progress().admitted;
  const auto attempts = node.progress().attempts; // with results that are stored
  node.wait_until([&] { return node.rests(); });
  CHECK(node.progress().admitted <= admitted + admitted_at_once); // what the store had given before
  CHECK(node.dialed().size() == node.store.intents());
  // Of all calls that have ended since nobody has heard.
  CHECK(node.progress().attempts <= attempts + node.store.writes_at_once());
  CHECK(node.progress().attempts < node.dialed().size());
  node.store.shut(false);
  node.check_all_is_there();
}

TEST_CASE("a store that takes a commit only when all else has come to rest is overtaken by nothing", "[store_lag]") {
  lagging_node node;
  node.store.shut(true);
  std::size_t steps = 0;
  while (!node.progress().done) {
    node.wait_until([&] { return node.rests() || node.progress().done; });
    node.check_bounds();
    const auto passed = node.store.commits();
    node.store.let_one_pass();
    ++steps;
    node.wait_until([&] { return node.store.commits() > passed || node.progress().done; });
  }
  WARN(steps << " commits, of at most " << node.store.writes_at_once() << " writes, of them " << node.store.intents_at_once()
             << " intents");
  node.store.shut(false);
  node.check_all_is_there();
}
