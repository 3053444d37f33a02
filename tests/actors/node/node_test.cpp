// node_test.cpp: a whole node in this process, in virtual time.
#include "tests/catch.hpp"

#include <atomic>
#include <chrono>
#include <thread>

#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include "actors/node/node.hpp"
#include "tests/actors/node/one_campaign.hpp"

using namespace chainring;
using namespace chainring::actors;
using namespace chainring::actors::testing;

namespace {

constexpr const char* one_call = R"(<scxml xmlns="http://www.w3.org/2005/07/scxml"
  xmlns:ocs="http://genesyslabs.com/schemas/ocs/treatments"
  version="1.0" datamodel="ecmascript" initial="next">
  <datamodel><data id="record"/></datamodel>
  <state id="next"><onentry><ocs:next_record/></onentry>
    <transition event="ocs.next_record" cond="_event.data.record_id != null" target="call">
      <assign location="record" expr="_event.data.record_id"/></transition>
    <transition event="ocs.next_record" target="end"/></state>
  <state id="call"><onentry><ocs:make_call record_id="record"/></onentry>
    <transition event="ocs.callresult" target="end"/></state>
  <final id="end"/>
</scxml>)";

/// Everybody answers, and nobody waits for a channel.
configuration campaign_in(const tests::scratch& folder, const std::string& treatment, int chains) {
  auto c = one_campaign(folder, treatment, chains);
  c.node.lanes = 2;
  auto& sim = c.trunks.front();
  sim.capacity = 10'000;
  sim.calls_per_second = 100'000;
  sim.weights = {{dialer::call_result::answer, 1}};
  return c;
}

std::unique_ptr<node> made(const configuration& c, bool lift_refusals = false) {
  auto n = node::make(c, {.virtual_time = true, .lift_refusals = lift_refusals, .lane_look = std::chrono::milliseconds{100}});
  if (!n) FAIL(to_line(n.error()));
  return std::move(*n);
}

/// Between two looks: leaves the processors to the lanes, which a test that spins would take from them.
void let_lanes_work() { std::this_thread::sleep_for(std::chrono::milliseconds{1}); }

/// Log entries of treatments come here while it lives: "hang" keeps the chain that logs it busy until release().
class hanging_log {
 public:
  hanging_log() { spdlog::set_default_logger(std::make_shared<spdlog::logger>("hanging", here_)); }
  ~hanging_log() { spdlog::set_default_logger(before_); }
  void release() { here_->released = true; }

 private:
  struct sink final : spdlog::sinks::base_sink<spdlog::details::null_mutex> {
    std::atomic<bool> released{false};
    void sink_it_(const spdlog::details::log_msg& m) override {
      if (std::string_view{m.payload.data(), m.payload.size()}.find("hang!") == std::string_view::npos) return;
      while (!released) {
      }
    }
    void flush_() override {}
  };
  std::shared_ptr<spdlog::logger> before_ = spdlog::default_logger();
  std::shared_ptr<sink> here_ = std::make_shared<sink>();
};

} // namespace

TEST_CASE("a treatment in which a lane hangs ends the node and is refused until it is changed or taken up again", "[node]") {
  tests::scratch folder;
  std::string treatment = one_call;
  treatment.replace(treatment.find("<ocs:next_record/>"), 0, R"(<log expr="'hang!'"/>)");
  const auto settings = campaign_in(folder, treatment, 3);
  const std::string uri = settings.campaigns[0].treatment_uri;
  hanging_log log;
  {
    const auto n = made(settings);
    n->start();
    while (!n->failed()) let_lanes_work();
    CHECK(n->hangs());
    n->drain(10'000);
    log.release(); // here the process would go
  }
  const auto ends = [&](bool lift_refusals) {
    const auto n = made(settings, lift_refusals);
    n->start();
    auto p = n->progress()[0];
    for (; !p.done && p.treatment_failures == 0; p = n->progress()[0]) let_lanes_work();
    CHECK_FALSE(n->failed());
    return p;
  };
  const auto refused = ends(false);
  CHECK(refused.ended == 0);
  CHECK(to_line(refused.last_treatment_failure) ==
        "the treatment is refused: a lane hung in it: " + uri +
            ": mend it and start again, or take it up as it is: start once with --lift-refusals");
  SECTION("it is taken up again as it is, for good") {
    CHECK(ends(true).ended == 3);
    CHECK(ends(false).ended == 3);
  }
  SECTION("it is mended") {
    folder.write("t.scxml", one_call);
    CHECK(ends(false).ended == 3);
  }
}

TEST_CASE("no mailbox ever holds more than the credits allow, however many chains want something at once", "[node]") {
  tests::scratch folder;
  auto settings = campaign_in(folder, one_call, 6'000);
  settings.campaigns[0].admission_batch = 300;
  const auto n = made(settings);
  n->start();
  while (!n->progress()[0].done && !n->failed()) let_lanes_work();
  const auto p = n->progress()[0];
  CHECK(p.ended == 6'000);
  CHECK(p.attempts == 6'000);
  CHECK(p.faulted == 0);
  for (const auto& m : n->mailboxes()) {
    INFO(m.actor << ": " << m.mailbox->waiting_most() << " of " << m.most);
    const bool has_no_work_here = m.actor == "supervisor" || m.actor == "document_desk";
    CHECK((m.mailbox->taken() > 0 || has_no_work_here));
    CHECK(m.mailbox->waiting_most() <= m.most);
  }
}
