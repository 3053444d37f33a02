// explanation_test.cpp: each reason for which a record waits is named, with its end where that is known.
#include "actors/node/explanation.hpp"

#include <string>

#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::actors;
using stage = dialer::request_place::stage;

namespace {

constexpr std::int64_t noon_ms = 1'767'643'200'000; // 2026-01-05T20:00Z, noon in Los Angeles

struct asked {
  dialer::time_zones zones = *dialer::time_zones::open();
  dialer::do_not_call_list no_calls;
  record_facts facts;

  asked() {
    REQUIRE(zones.map(122, "America/Los_Angeles"));
    facts.list = 1;
    facts.form.name = "people";
    facts.row.record_id = facts.row.chain_id = 7;
    facts.row.contact_info = "5557";
    facts.row.tz_dbid = 122;
    facts.row.record_status = dialer::record_status::retrieved;
    facts.campaign = campaign_facts{"spring", campaign_state::running, 3, 10, {}};
  }
  std::string text(std::int64_t now_ms = noon_ms) {
    explanation_terms terms{.zones = zones, .no_calls = no_calls};
    terms.redial_gaps_ms = {{"others", 0}, {"people", 1'200'000}};
    terms.now_ms = now_ms;
    terms.running = true;
    return explain({facts}, terms);
  }
  bool says(const std::string& words) {
    INFO(text());
    return text().find(words) != std::string::npos;
  }
};

} // namespace

TEST_CASE("explain says what the dialer has a call wait for", "[explain]") {
  const std::vector<std::pair<dialer::request_place, std::string>> reasons{
      {{stage::previewed, 0, "41"}, "waits for its release: POST /api/v1/records/41/release"},
      {{stage::paused, 0, {}}, "waits until campaign spring is started: POST /api/v1/campaigns/spring/start"},
      {{stage::channel, 0, {}}, "waits for a channel: those of its trunks are in use"},
      {{stage::trunk_fault, 0, "no disk"}, "waits for its trunk, which does not dial: no disk"},
      {{stage::pace, noon_ms + 1'000, "60"}, "held until 2026-01-05T20:00:01Z: campaign spring starts 60 calls per minute"},
      {{stage::pace, 0, "0 (this node's share of 60)"},
       "waits: campaign spring starts 0 (this node's share of 60) calls per minute"},
      {{stage::channels, 0, "5"}, "waits for a channel of campaign spring: its 5 are in use"},
      {{stage::agents, 0, "0"}, "waits for agents: campaign spring has none"},
      {{stage::agents, 0, "3"}, "waits for an agent: the lines of the 3 of campaign spring are busy"},
      {{stage::gap, noon_ms + 1'000, {}}, "held until 2026-01-05T20:00:01Z: " + std::string(name_of(dialer::verdict::redial_gap))},
      {{stage::window, noon_ms + 1'000, {}},
       "held until 2026-01-05T20:00:01Z: " + std::string(name_of(dialer::verdict::outside_window))},
      {{stage::full_queue, noon_ms, {}}, "held until 2026-01-05T20:00:00Z: the dialer's queue is full"},
      {{stage::validating, 0, {}}, "waits for the answer of the server of pre-dial validation"},
      {{stage::start, 0, "sim"}, "waits for its start on sim"},
      {{stage::live, 0, "sim"}, "in a call on sim"}};
  asked a;
  for (const auto& [place, words] : reasons) {
    a.facts.request = place;
    a.facts.at_work = chain_place{.calls = 1};
    CHECK(a.says("  now       " + words));
    CHECK_FALSE(a.says("nothing forbids"));
  }
}

TEST_CASE("explain says what the chain waits for", "[explain]") {
  const std::vector<std::pair<chain_place, std::string>> reasons{
      {{.calls = 1}, "waits for the call of another of its records"},
      {{.timeout_due_ms = noon_ms + 60'000}, "waits until 2026-01-05T20:01:00Z for its timeout"},
      {{.sends = true}, "waits for an event that it has sent itself with a delay"},
      {{.documents = true}, "waits for a document that it invokes"},
      {{.daytime = true}, "waits for the next ocs.daytime_change"},
      {{}, "waits for an event that nothing of this node sends"}};
  asked a;
  for (const auto& [place, words] : reasons) {
    a.facts.at_work = place;
    CHECK(a.says("  chain     " + words + "\n"));
    CHECK(a.says("nothing forbids a call"));
  }
}

TEST_CASE("explain says who does not take a chain", "[explain]") {
  asked a;
  a.facts.row.record_status = dialer::record_status::ready;
  CHECK(a.says("not taken yet: chains before it come first"));
  a.facts.campaign->chains_live = 10;
  CHECK(a.says("not taken yet: campaign spring has 10 chains at work, chains-live-max"));
  a.facts.campaign->treatment_failure = "no such file";
  CHECK(a.says("not taken: the treatment cannot be had: no such file"));
  a.facts.campaign->state = campaign_state::loaded;
  CHECK(a.says("not taken: campaign spring is loaded: POST /api/v1/campaigns/spring/start"));
  a.facts.campaign->state = campaign_state::not_loaded;
  CHECK(a.says("not taken: campaign spring is not loaded: POST /api/v1/campaigns/spring/load"));
  a.facts.row.record_status = dialer::record_status::retrieved;
  CHECK(a.says("not taken: campaign spring is not loaded"));
  a.facts.campaign->state = campaign_state::loaded;
  CHECK(a.says("has no actor: it is being ended, or stored"));
  a.facts.campaign.reset();
  CHECK(a.says("no campaign of this node dials the list"));
}

TEST_CASE("explain says what forbids a call whatever the chain wants", "[explain]") {
  asked a;
  a.facts.row.daily_from = 13 * 3'600;
  CHECK(a.says("held until 2026-01-05T21:00:00Z: " + std::string(name_of(dialer::verdict::outside_window))));
  a.facts.row.daily_from = 0;
  dialer::attempt unknown;
  unknown.state = dialer::attempt_state::unknown;
  unknown.ended_ms = noon_ms - 600'000;
  a.facts.attempts.push_back(unknown);
  CHECK(a.says("held until 2026-01-05T20:10:00Z: " + std::string(name_of(dialer::verdict::redial_gap))));
  a.no_calls.add(dialer::store::dnc_kind::phone, "5557");
  CHECK(a.says("not dialed: " + std::string(name_of(dialer::verdict::do_not_call_phone))));
  a.facts.row.record_status = dialer::record_status::updated;
  CHECK(a.says("no campaign takes a row of that status"));
}
