// node_test.cpp: a whole node in this process, in virtual time.
#include "tests/catch.hpp"

#include <thread>

#include "actors/node/node.hpp"
#include "tests/actors/scratch.hpp"

using namespace chainring;
using namespace chainring::actors;

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

/// A campaign of `chains` chains in a folder of its own.
configuration campaign_in(const tests::scratch& folder, const std::string& treatment, int chains) {
  folder.write("t.scxml", treatment);
  std::ofstream csv(folder.path / "people.csv");
  csv << "record_id,chain_id,chain_n,contact_info,daily_from,daily_till,tz_dbid\n";
  for (int i = 1; i <= chains; ++i) csv << i << ',' << i << ",1,1555" << i << ",0,86400,122\n";
  configuration c;
  c.node.lanes = 2;
  c.node.treatment_roots = {folder.path.string()};
  c.stats.enabled = false;
  c.store.path = (folder.path / "people.db").string();
  dialer::simulated_options sim;
  sim.name = "sim";
  sim.capacity = 10'000;
  sim.calls_per_second = 100'000;
  sim.weights = {{dialer::call_result::answer, 1}};
  c.trunks = {sim};
  list_settings list;
  list.name = "people";
  list.csv = (folder.path / "people.csv").string();
  c.lists = {list};
  campaign_settings campaign;
  campaign.name = "people";
  campaign.lists = {"people"};
  campaign.treatment_uri = "file://" + (folder.path / "t.scxml").string();
  c.campaigns = {campaign};
  return c;
}

std::unique_ptr<node> made(const configuration& c) {
  auto n = node::make(c, {.virtual_time = true});
  if (!n) FAIL(to_line(n.error()));
  return std::move(*n);
}

} // namespace

TEST_CASE("no mailbox ever holds more than the credits allow, however many chains want something at once", "[node]") {
  tests::scratch folder;
  auto settings = campaign_in(folder, one_call, 6'000);
  settings.campaigns[0].admission_batch = 300;
  const auto n = made(settings);
  n->start();
  while (!n->progress()[0].done && !n->failed()) std::this_thread::yield();
  const auto p = n->progress()[0];
  CHECK(p.ended == 6'000);
  CHECK(p.attempts == 6'000);
  CHECK(p.faulted == 0);
  for (const auto& m : n->mailboxes()) {
    INFO(m.actor << ": " << m.mailbox->waiting_most() << " of " << m.most);
    CHECK(m.mailbox->taken() + (m.actor == "supervisor") > 0);
    CHECK(m.mailbox->waiting_most() <= m.most);
  }
}
