// configuration_test.cpp: what a configuration file says is what the node gets, conf/node.toml shows every option with
// its default, and every mistake is named with its place.
#include "actors/node/configuration.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "actors/node/limits.hpp"
#include "tests/actors/scratch.hpp"
#include "tests/actors/node/complaints.hpp"
#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::actors;
using namespace chainring::tests;

namespace {

constexpr auto good = R"([node]
name = "one"
treatment-roots = ["/opt/treatments"]
legacy-expressions = true
[events]
enabled = true
port = 0
location = "http://dialer.example"
secret = "0123456789abcdef"
post-to = ["http://crm.example:8080", "https://crm.example"]
[time-zones]
58 = "Europe/Berlin"
[daytime.weekdays]
monday = { from = "09:00", till = "17:30" }
sunday = { from = 10:00:00 }
[daytime.holidays]
"2026-12-25" = "Christmas Day"
"02-29" = "Leap Day"
[[trunk]]
name = "sim"
kind = "simulated"
capacity = 2000
calls-per-second = 5000
ring-ms = [1000, 3000]
talk-ms = [0, 0]
seed = 7
log = "calls.jsonl"
weights = { NoAnswer = 30, Answer = 40, SIT_Invalid_Num = 0 }
[[trunk.rule]]
match = "7$"
result = "Busy"
[[trunk]]
name = "other"
kind = "simulated"
calls-per-second = 0.5
weights = { Answer = 1 }
[[list]]
name = "a"
csv = "lists/a.csv"
order-by = "priority DESC"
history-uri = "https://crm.example/a"
[[list]]
name = "b"
csv = "/var/b.csv"
treatment-uri = "http://127.0.0.1:8080/b.scxml?attempts=3"
[[campaign]]
name = "c"
lists = ["b", "a"]
trunks = ["other"]
treatment-uri = "file:///opt/treatments/c.scxml"
redial-gap = 0
auto-start = false
)";

} // namespace

TEST_CASE("a configuration file gives every value it sets", "[configuration]") {
  const auto outcome = read_configuration(good, "/etc/chainring/node.toml");
  CHECK(outcome.errors.empty());
  CHECK(outcome.warnings.empty());
  REQUIRE(outcome.settings);
  const configuration& c = *outcome.settings;
  CHECK(c.node.name == "one");
  CHECK(c.node.treatment_roots == std::vector<std::string>{"/opt/treatments"});
  CHECK(c.node.legacy_expressions);
  CHECK(c.events == events_settings{true, "127.0.0.1", 0, "http://dialer.example", "0123456789abcdef",
                                    {"http://crm.example:8080", "https://crm.example"}});
  CHECK(c.time_zones == std::map<std::int32_t, std::string>{{58, "Europe/Berlin"}, {122, "America/Los_Angeles"}});
  REQUIRE(c.daytime.weekdays);
  const auto& days = c.daytime.weekdays->days; // Sunday first
  REQUIRE(days[0]);
  CHECK(days[0]->from == 36'000);
  CHECK(days[0]->till == 86'400);
  REQUIRE(days[1]);
  CHECK(days[1]->from == 32'400);
  CHECK(days[1]->till == 63'000);
  CHECK_FALSE(days[2]);
  CHECK(c.daytime.holidays == std::vector<dialer::holiday>{{2026, 12, 25}, {0, 2, 29}});

  REQUIRE(c.trunks.size() == 2);
  const auto& sim = c.trunks[0];
  CHECK(sim.name == "sim");
  CHECK(sim.capacity == 2'000);
  CHECK(sim.calls_per_second == 5'000);
  CHECK(sim.ring_ms_min == 1'000);
  CHECK(sim.ring_ms_max == 3'000);
  CHECK(sim.talk_ms_max == 0);
  CHECK(sim.seed == 7);
  CHECK(sim.log_path == "/etc/chainring/calls.jsonl");
  using dialer::call_result;
  const std::vector<std::pair<call_result, std::uint32_t>> weights = {
      {call_result::no_answer, 30}, {call_result::answer, 40}, {call_result::sit_invalid_number, 0}};
  CHECK(sim.weights == weights);
  REQUIRE(sim.rules.size() == 1);
  CHECK(sim.rules[0].match == "7$");
  CHECK(sim.rules[0].result == call_result::busy);
  CHECK(c.trunks[1].calls_per_second == 0.5);

  REQUIRE(c.campaigns.size() == 1);
  const auto& campaign = c.campaigns[0];
  CHECK(campaign.lists == std::vector<std::string>{"b", "a"});
  CHECK(campaign.trunks == std::vector<std::string>{"other"});
  CHECK(campaign.redial_gap_s == 0);
  CHECK_FALSE(campaign.auto_start);
  REQUIRE(c.find_list("a"));
  CHECK(c.find_list("a")->csv == "/etc/chainring/lists/a.csv");
  CHECK(c.find_list("a")->order_by == "priority DESC");
  CHECK(c.find_list("a")->history_uri == "https://crm.example/a");
  CHECK(c.find_list("b")->history_uri.empty());
  CHECK(c.treatment_of(campaign, *c.find_list("a")) == "file:///opt/treatments/c.scxml");
  CHECK(c.treatment_of(campaign, *c.find_list("b")) == "http://127.0.0.1:8080/b.scxml?attempts=3");
}

TEST_CASE("an empty file gives the defaults", "[configuration]") {
  const auto outcome = read_configuration("", "/etc/node.toml");
  REQUIRE(outcome.settings);
  node_settings node;
  node.treatment_roots = {"/etc/"};
  CHECK(outcome.settings->node == node);
  CHECK(outcome.settings->store.path == "/etc/chainring.db");
  CHECK(outcome.settings->stats == stats_settings{});
  CHECK(outcome.settings->http == http_settings{});
  CHECK_FALSE(outcome.settings->daytime.weekdays);
  CHECK_FALSE(outcome.settings->daytime.holidays);
  CHECK(std::count(outcome.defaulted.begin(), outcome.defaulted.end(), "stats") == 1);
}

TEST_CASE("conf/node.toml shows every option with its default", "[configuration]") {
  const auto outcome = load_configuration("conf/node.toml");
  for (const auto& problem : outcome.errors) UNSCOPED_INFO(to_line(problem));
  REQUIRE(outcome.settings);
  CHECK(outcome.warnings.empty());
  // Every option that the reader asks for stands in the file.
  CHECK(outcome.defaulted == std::vector<std::string>{});

  const configuration& c = *outcome.settings;
  const auto built_in = read_configuration("", "conf/node.toml");
  REQUIRE(built_in.settings);
  CHECK(c.node == built_in.settings->node);
  CHECK(c.store == built_in.settings->store);
  CHECK(c.stats == built_in.settings->stats);
  CHECK(c.http == built_in.settings->http);
  CHECK(c.do_not_call == built_in.settings->do_not_call);
  CHECK(c.time_zones == built_in.settings->time_zones);

  REQUIRE(c.trunks.size() == 1);
  const dialer::simulated_options trunk;
  CHECK(c.trunks[0].capacity == trunk.capacity);
  CHECK(c.trunks[0].calls_per_second == trunk.calls_per_second);
  CHECK(c.trunks[0].ring_ms_min == trunk.ring_ms_min);
  CHECK(c.trunks[0].ring_ms_max == trunk.ring_ms_max);
  CHECK(c.trunks[0].talk_ms_min == trunk.talk_ms_min);
  CHECK(c.trunks[0].talk_ms_max == trunk.talk_ms_max);
  CHECK(c.trunks[0].seed == trunk.seed);
  CHECK(c.trunks[0].log_path == trunk.log_path);

  REQUIRE(c.message_trunks.size() == 2);
  message_trunk_settings mail;
  mail.name = "mail";
  mail.server = "smtp://mail.example.com:587";
  mail.from = "Example <news@example.com>";
  CHECK(c.message_trunks[0] == mail);
  message_trunk_settings sms;
  sms.name = "sms";
  sms.carries = dialer::medium::sms;
  sms.gateway = "https://sms.example.com/send";
  CHECK(c.message_trunks[1] == sms);

  REQUIRE(c.lists.size() == 1);
  CHECK(c.lists[0].csv == list_settings{}.csv);
  CHECK(c.lists[0].treatment_uri == list_settings{}.treatment_uri);
  CHECK(c.lists[0].preferred_contact_field == list_settings{}.preferred_contact_field);
  REQUIRE(c.campaigns.size() == 1);
  const campaign_settings campaign;
  CHECK(c.campaigns[0].trunks == c.trunk_names());
  CHECK(c.campaigns[0].mode == campaign.mode);
  CHECK(c.campaigns[0].preferred_contact_field == campaign.preferred_contact_field);
  CHECK(c.campaigns[0].channels == campaign.channels);
  CHECK(c.campaigns[0].calls_per_minute == campaign.calls_per_minute);
  CHECK(c.campaigns[0].agents == campaign.agents);
  CHECK(c.campaigns[0].lines_per_agent == campaign.lines_per_agent);
  CHECK(c.campaigns[0].chains_live_max == campaign.chains_live_max);
  CHECK(c.campaigns[0].admission_batch == campaign.admission_batch);
  CHECK(c.campaigns[0].redial_gap_s == campaign.redial_gap_s);
  CHECK(c.campaigns[0].chain_attempts_max == campaign.chain_attempts_max);
  CHECK(c.campaigns[0].treatment_sched_threshold_s == campaign.treatment_sched_threshold_s);
  CHECK(c.lists[0].treatments == list_settings{}.treatments);
  REQUIRE(c.treatments.size() == 2);
  const dialer::traditional_treatment treatment{.name = {}, .destination = {}};
  CHECK(c.treatments[0] == dialer::traditional_treatment{.dbid = 101,
                                                         .name = "busy",
                                                         .result = dialer::call_result::busy,
                                                         .action = dialer::record_action::redial,
                                                         .destination = {}});
  CHECK(c.treatments[1].cycle_attempts == treatment.cycle_attempts);
  CHECK(c.treatments[1].interval_min == treatment.interval_min);
  CHECK(c.treatments[1].date_time == 1'799'053'200);
  CHECK(c.campaigns[0].auto_start == campaign.auto_start);
}

TEST_CASE("syntax errors have their place", "[configuration]") {
  const auto lines = complaints("[node]\nlanes = \n");
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].find("not TOML") == 0);
  CHECK(lines[0].find(": /etc/c.toml:2:") != std::string::npos);
  CHECK(complaints("[node]\nname = \"a\"\nname = \"b\"\n").size() == 1);
}

TEST_CASE("unknown options get the nearest name", "[configuration]") {
  CHECK(complaints("[node]\nlane = 2\n") ==
        one(R"(unknown option "lane" in [node]: /etc/c.toml:2:1: did you mean "lanes")"));
  CHECK(complaints("[nodes]\n") == one(R"(unknown option "nodes": /etc/c.toml:1:2: did you mean "node")"));
  CHECK(complaints("[http]\nHTTP_response_timeout = 2\n") ==
        one("unknown option \"HTTP_response_timeout\" in [http]: /etc/c.toml:2:1: "
            "did you mean \"http-response-timeout\""));
  CHECK(complaints("[store]\nsharding = 2\n") ==
        one(R"(unknown option "sharding" in [store]: /etc/c.toml:2:1: give one of path)"));
}

TEST_CASE("wrong types and values out of range say what would be right", "[configuration]") {
  CHECK(complaints("[node]\nlanes = \"two\"\n") ==
        one("[node] lanes is a string: /etc/c.toml:2:9: give an integer from 0 to 256"));
  CHECK(complaints("[node]\nlanes = 257\n") ==
        one("[node] lanes is 257: /etc/c.toml:2:9: give an integer from 0 to 256"));
  CHECK(complaints("[node]\nlanes = -1\n").size() == 1);
  CHECK(complaints("[node]\nlog-level = \"inf\"\n") ==
        one(R"([node] log-level is "inf": /etc/c.toml:2:13: did you mean "info")"));
  CHECK(complaints("[node]\nvirtual-time-start = 2026-01-05\n") ==
        one("[node] virtual-time-start is a date: /etc/c.toml:2:22: "
            "give a date and time, for example 2026-01-05T15:00:00Z"));
  CHECK(complaints("[stats]\nport = 65536\naddress = \"localhost\"\n").size() == 2);
  CHECK(complaints("[events]\nenabled = true\nsecret = \"short\"\n") ==
        one("[events] secret has 5 bytes: /etc/c.toml:3:10: give at least 16, drawn at random"));
  CHECK(complaints("[events]\nenabled = true\n").size() == 1);
  CHECK(complaints("[events]\npost-to = [\"crm:8080\"]\nlocation = \"ftp://here\"\n").size() == 2);
  CHECK(complaints("[stats]\nport = 8481\n[events]\nenabled = true\nsecret = \"sixteen bytes and\"\n") ==
        one("[stats] and [events] listen on port 8481: /etc/c.toml:3:1: give each a port of its own"));
  CHECK(complaints("[stats]\nport = 8481\naddress = \"127.0.0.2\"\n[events]\nenabled = true\nsecret = \"sixteen bytes and\"\n")
            .empty());
  CHECK(complaints("[store]\npath = \"postgresql://h/d\"\n[stats]\n[cluster]\nenabled = true\naddress = \"127.0.0.1:8480\"\n") ==
        one("[stats] and [cluster] listen on port 8480: /etc/c.toml:4:1: give each a port of its own"));
  CHECK(complaints("node = 3\n") == one("[node] is an integer: /etc/c.toml:1:8: give a table [node]"));
  CHECK(complaints("[time-zones]\npst = \"America/Los_Angeles\"\n").size() == 1);
  CHECK(complaints("[time-zones]\n1 = \"Mars/Olympus\"\n") ==
        one(R"([time-zones] 1 is "Mars/Olympus", which is no time zone: /etc/c.toml:2:5: )"
            R"(give an IANA name, for example "Europe/Berlin")"));
  CHECK(complaints("[daytime.weekdays]\nmunday = {}\n") ==
        one(R"(unknown weekday "munday" in [daytime.weekdays]: /etc/c.toml:2:1: did you mean "monday")"));
  CHECK(complaints("[daytime.weekdays]\nmonday = { from = \"17:00\", till = \"09:00\" }\n").size() == 1);
  CHECK(complaints("[daytime.weekdays]\nmonday = { till = \"24:01\" }\n").size() == 1);
  CHECK(complaints("[daytime.holidays]\n\"2026-02-30\" = \"\"\n") ==
        one(R"("2026-02-30" in [daytime.holidays] is no date: /etc/c.toml:2:1: )"
            R"(write the day as "2026-12-25", or "12-25" for every year)"));
  CHECK(complaints("[daytime.holidays]\n\"12-25\" = true\n").size() == 1);
  CHECK(complaints("[daytime.holidays]\n\"1-1\" = \"\"\n").size() == 1);
}

TEST_CASE("mistakes in a trunk are named", "[configuration]") {
  const std::string trunk = "[[trunk]]\nname = \"t\"\nkind = \"simulated\"\n";
  CHECK(complaints(trunk).empty());
  CHECK(complaints(trunk + "weights = { Buzy = 1 }\n") ==
        one(R"([trunk] weights names "Buzy", which is no call result: /etc/c.toml:4:13: did you mean "Busy")"));
  CHECK(complaints(trunk + "weights = { Busy = -1 }\n").size() == 2);
  CHECK(complaints(trunk + "weights = { Busy = 0 }\n").size() == 1);
  CHECK(complaints(trunk + "weights = { Busy = 1 }\nring-ms = [3, 2]\n") ==
        one("[trunk] ring-ms is not a range: /etc/c.toml:5:11: "
            "give [least, most], two integers from 0 to 86400000"));
  CHECK(complaints(trunk + "weights = { Busy = 1 }\ncalls-per-second = 0\n").size() == 1);
  CHECK(complaints(trunk + "weights = { Busy = 1 }\ncalls-per-second = nan\n").size() == 1);
  CHECK(complaints(trunk + "weights = { Busy = 1 }\n[[trunk.rule]]\nmatch = \"[\"\nresult = \"Busy\"\n").size() == 1);
  CHECK(complaints(trunk + "weights = { Busy = 1 }\n[[trunk.rule]]\nmatch = \"7$\"\n") ==
        one("[trunk.rule] result is missing: /etc/c.toml:5:1: add result = \"…\""));
  CHECK(complaints("[[trunk]]\nname = \"t\"\nkind = \"sip\"\nweights = { Busy = 1 }\n") ==
        one(R"([trunk] kind is "sip": /etc/c.toml:3:8: give "simulated", "e-mail" or "sms")"));
}

TEST_CASE("names are unique and refer to what is there", "[configuration]") {
  const std::string trunk = "[[trunk]]\nname = \"t\"\nkind = \"simulated\"\nweights = { Busy = 1 }\n";
  const std::string list = "[[list]]\nname = \"people\"\ntreatment-uri = \"http://h/a.scxml\"\n";
  CHECK(complaints(trunk + trunk) == one(R"([trunk] name "t" stands twice: /etc/c.toml:6:8: give each its own name)"));
  CHECK(complaints(trunk + list + "[[campaign]]\nname = \"c\"\nlists = [\"people\"]\n").empty());
  CHECK(complaints(trunk + list + "[[campaign]]\nname = \"c\"\nlists = [\"peopel\"]\ntrunks = [\"u\"]\n") ==
        std::vector<std::string>{
            R"([campaign] lists names "peopel", which is not in this file: /etc/c.toml:10:10: did you mean "people")",
            R"([campaign] trunks names "u", which is not in this file: /etc/c.toml:11:11: did you mean "t")"});
  CHECK(complaints(list + "[[campaign]]\nname = \"c\"\nlists = [\"people\"]\n") ==
        one("[campaign] has nothing to dial over: /etc/c.toml:4:1: add a [[trunk]]"));
  CHECK(complaints(trunk + list + "[[campaign]]\nname = \"c/d\"\nlists = [\"people\", \"people\"]\n").size() == 2);
  CHECK(complaints(trunk + "[[list]]\nname = \"l\"\n[[campaign]]\nname = \"c\"\nlists = [\"l\"]\n") ==
        one(R"(list "l" has no treatment in campaign "c": /etc/c.toml:7:1: )"
            "add treatment-uri to the [[campaign]] or to the [[list]], or treatments to the [[list]]"));
  CHECK(complaints("[[list]]\nname = \"l\"\ntreatment-uri = \"file:///etc/passwd/../../opt/x.scxml\"\n") ==
        one("[list] treatment-uri /opt/x.scxml lies in no treatment root: /etc/c.toml:3:17: "
            "add its folder to treatment-roots of [node]"));
  CHECK(complaints("[[list]]\nname = \"l\"\ntreatment-uri = \"ftp://h/x.scxml\"\n").size() == 1);
  const std::string long_name(limits::configured_name_bytes_max + 1, 'x');
  CHECK(complaints("[[list]]\nname = \"" + long_name + "\"\n").size() == 1);
}

TEST_CASE("the file with authorities is beside the configuration", "[configuration]") {
  const auto outcome = read_configuration("[http]\nca-file = \"ours.pem\"\n", "/etc/chainring/node.toml");
  REQUIRE(outcome.settings);
  CHECK(outcome.settings->http.ca_file == "/etc/chainring/ours.pem");
}

TEST_CASE("options of TLS", "[configuration]") {
  const std::string written = R"([tls]
trusted-ca = "ours.pem"
certificate = "me.pem"
certificate-key = "/k/me.key"
tls-crl = "gone.pem"
sec-protocol = "TLSv13"
cipher-list = "HIGH"
tls-target-name-check = "no"
tls-verify = false
)";
  const auto outcome = read_configuration(written, "/etc/c/node.toml");
  REQUIRE(outcome.settings);
  CHECK(outcome.settings->tls == tls_settings{"/etc/c/ours.pem", "/etc/c/me.pem", "/k/me.key", "/etc/c/gone.pem", "TLSv13", "HIGH",
                                              false, false});
  CHECK(read_configuration("[http]\nca-file = \"ours.pem\"\n", "/etc/c.toml").settings->tls.trusted_ca == "/etc/ours.pem");
  CHECK(complaints("[tls]\ncertificate = \"me.pem\"\n") ==
        one("[tls] has one of certificate and certificate-key: /etc/c.toml:1:1: give both, or none"));
  CHECK(complaints("[http]\nca-file = \"a\"\n[tls]\ntrusted-ca = \"b\"\n") ==
        one("[tls] trusted-ca and [http] ca-file are the same option: /etc/c.toml:4:14: give one of them"));
  CHECK(complaints("[tls]\nsec-protocol = \"SSLv23\"\n").size() == 1);
  CHECK(complaints("[http]\nredirect-to = [\"10.0.0.7\"]\n").size() == 1);
}

TEST_CASE("all mistakes of a file are named at once, in its order", "[configuration]") {
  const auto lines = complaints("[http]\nhttp-response-timeout = 0\n[node]\nlanes = true\nnome = \"x\"\n[[list]]\n");
  REQUIRE(lines.size() == 4);
  CHECK(lines[0].find("/etc/c.toml:2:") != std::string::npos);
  CHECK(lines[1].find("/etc/c.toml:4:") != std::string::npos);
  CHECK(lines[2].find("/etc/c.toml:5:") != std::string::npos);
  CHECK(lines[3] == "[list] name is missing: /etc/c.toml:6:1: add name = \"…\"");
}

TEST_CASE("what is turned off of TLS is warned of whenever the file is read", "[configuration]") {
  const auto outcome = read_configuration(
      "[node]\nlog-level = \"off\"\n[tls]\ntls-target-name-check = \"no\"\ntls-verify = false\n", "/etc/c.toml");
  REQUIRE(outcome.warnings.size() == 2);
  CHECK(to_line(outcome.warnings[0]) == "[tls] tls-target-name-check is off: /etc/c.toml:4:25: "
                                        "whoever is between this node and an https: server can pass for that server");
  CHECK_THAT(to_line(outcome.warnings[1]), Catch::StartsWith("[tls] tls-verify is off: /etc/c.toml:5:14: "));
  CHECK(read_configuration("[tls]\ntls-verify = true\n", "/etc/c.toml").warnings.empty());
}

TEST_CASE("folders stand for drives of Windows", "[configuration]") {
  const auto with_uri = [](const std::string& uri) {
    return "[node]\ntreatment-roots = []\ntreatment-drives = { C = \"ocs\", d = \"/d\" }\n"
           "[[list]]\nname = \"l\"\ntreatment-uri = \"" +
           uri + "\"\n";
  };
  const auto outcome = read_configuration(with_uri("file:///c:/GCTI/sample01.scxml"), "/etc/c.toml");
  REQUIRE(outcome.settings);
  CHECK(outcome.settings->node.treatment_drives == std::map<char, std::string>{{'C', "/etc/ocs"}, {'D', "/d"}});
  CHECK(outcome.settings->node.treatment_roots == std::vector<std::string>{"/etc/ocs", "/d"});
  CHECK(outcome.settings->lists[0].treatment_uri == "file:///c:/GCTI/sample01.scxml");
  CHECK(complaints(with_uri("file:///E:/sample01.scxml")) ==
        one("[list] treatment-uri E:/sample01.scxml is on a drive of another machine: /etc/c.toml:6:17: "
            "let treatment-drives of [node] name the folder that stands for this drive"));
  CHECK(complaints("[node]\ntreatment-drives = { CD = \"x\" }\n") ==
        one("\"CD\" in [node.treatment-drives] is no drive: /etc/c.toml:2:22: give one letter, as in C = \"folder\""));
}

TEST_CASE("OCS's action-queue-quota is accepted with a warning", "[configuration]") {
  const auto outcome = read_configuration("[node]\naction-queue-quota = 10000\n", "/etc/c.toml");
  REQUIRE(outcome.settings);
  REQUIRE(outcome.warnings.size() == 1);
  CHECK(to_line(outcome.warnings[0]) == "[node] action-queue-quota has no effect: /etc/c.toml:2:22: "
                                        "remove it, the budgets of a chain take its place");
  CHECK(complaints("[node]\naction-queue-quota = 10\n").size() == 1);
}

TEST_CASE("relative paths and treatments start at the file's folder", "[configuration]") {
  const tests::scratch folder;
  folder.write("c.toml", "[[list]]\nname = \"l\"\ncsv = \"l.csv\"\ntreatment-uri = \"sub/a b.scxml?attempts=2\"\n");
  const auto outcome = load_configuration((folder.path / "c.toml").string());
  REQUIRE(outcome.settings);
  CHECK(outcome.settings->lists[0].csv == (folder.path / "l.csv").string());
  CHECK(outcome.settings->lists[0].treatment_uri ==
        "file://" + folder.path.string() + "/sub/a%20b.scxml?attempts=2");
}

TEST_CASE("a file that cannot be read or is too large is one complaint", "[configuration]") {
  const tests::scratch folder;
  CHECK(load_configuration((folder.path / "absent.toml").string()).errors.size() == 1);
  CHECK(load_configuration(folder.path.string()).errors.size() == 1);
  folder.write("large.toml", std::string(limits::configuration_bytes_max + 1, '#'));
  const auto outcome = load_configuration((folder.path / "large.toml").string());
  REQUIRE(outcome.errors.size() == 1);
  CHECK(outcome.errors[0].what == "configuration is too large");
  CHECK(complaints(std::string(100'000, '[')).size() == 1);
}

TEST_CASE("Nodes talk over TLS, or on their own machine alone", "[configuration]") {
  const std::string cluster = "[store]\npath = \"postgresql://db/dialer\"\n[cluster]\nenabled = true\n";
  const auto complaint = [&](const std::string& lines) {
    const auto outcome = read_configuration(cluster + lines, "/etc/c/node.toml");
    return outcome.errors.empty() ? std::string{} : to_line(outcome.errors.front());
  };
  CHECK(complaint("address = \"127.0.0.1:8482\"\n") == "");
  CHECK(complaint("address = \"10.0.0.7:8482\"\n") ==
        "[cluster] address can be reached by other machines, and there is no certificate: /etc/c/node.toml:5:11: give certificate, "
        "key and ca (conf/cluster/make_certificates.py makes them), or 127.0.0.1");
  CHECK(complaint("address = \"127.0.0.1:8482\"\nlisten = \"0.0.0.0:8482\"\n").starts_with("[cluster] listen can be reached"));
  CHECK(complaint("address = \"here\"\n") ==
        "[cluster] address is \"here\": /etc/c/node.toml:5:11: write host:port, of IPv6 [address]:port");
  CHECK(complaint("address = \"127.0.0.1:1\"\ncertificate = \"a.pem\"\n").starts_with("[cluster] has a part of certificate"));
  const std::string all = "certificate = \"a.pem\"\nkey = \"a.key\"\nca = \"ca.pem\"\n";
  CHECK(complaint(all).starts_with("[cluster] has a certificate, and no address"));
  CHECK(complaint("address = \"north.example.com:8482\"\n" + all) == "");
}

TEST_CASE("The example of a cluster loads", "[configuration]") {
  for (const std::string name : {"north", "south"}) {
    const auto outcome = load_configuration("conf/cluster/" + name + ".toml");
    for (const auto& problem : outcome.errors) INFO(to_line(problem));
    CHECK(outcome.errors.empty());
    CHECK(outcome.warnings.empty());
    REQUIRE(outcome.settings);
    CHECK(outcome.settings->node.name == name);
    CHECK(outcome.settings->cluster.address == name + ".example.com:8482");
    CHECK(outcome.settings->cluster.certificate.ends_with("conf/cluster/certificates/" + name + ".pem"));
  }
}
