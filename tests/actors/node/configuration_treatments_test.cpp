// configuration_treatments_test.cpp: [[treatment]] gives the treatments of OCS, and every mistake in one is named.
#include <algorithm>

#include "actors/node/configuration.hpp"
#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::actors;
using dialer::call_result;
using dialer::record_action;

namespace {

std::vector<std::string> lines(const std::vector<error>& problems) {
  std::vector<std::string> all;
  for (const auto& problem : problems) all.push_back(to_line(problem));
  return all;
}

std::vector<std::string> complaints(const std::string& text) {
  return lines(read_configuration(text, "/etc/c.toml").errors);
}

/// A whole treatment of lines 1 to 5, and what follows from line 6 on.
std::string treatment(const std::string& more, const std::string& result = "\"Busy\"",
                      const std::string& action = "\"Redial\"") {
  return "[[treatment]]\nname = \"t\"\ndbid = 5\ncall-result = " + result + "\napply-to-record = " + action + "\n" +
         more;
}

using strings = std::vector<std::string>;

} // namespace

TEST_CASE("a list names its traditional treatments", "[configuration]") {
  const auto outcome = read_configuration(R"(
[[trunk]]
name = "sim"
kind = "simulated"
weights = { Busy = 1 }
[[treatment]]
name = "soon"
dbid = 7
call-result = "No Answer"
number-in-sequence = 2
apply-to-record = "Next in chain after"
[[treatment]]
name = "later"
dbid = 8
call-result = 7
apply-to-record = 4
cycle-attempt = 3
interval = 60
increment = 30
[[treatment]]
name = "then"
dbid = 9
call-result = "Fax"
apply-to-record = "Retry at specified date"
date-time = 2026-02-01T08:00:00+01:00
[[list]]
name = "people"
treatments = ["soon", "later"]
[[list]]
name = "nobody"
treatment-uri = "http://h/a.scxml"
[[campaign]]
name = "c"
lists = ["people", "nobody"]
chain-attempts-max = 7
treatment_sched_threshold = 600
)",
                                          "/etc/c.toml");
  CHECK(lines(outcome.errors) == strings{});
  REQUIRE(outcome.settings);
  const auto& c = *outcome.settings;
  CHECK(c.campaigns[0].chain_attempts_max == 7);
  CHECK(c.campaigns[0].treatment_sched_threshold_s == 600);
  CHECK(c.treatment_of(c.campaigns[0], c.lists[0]).empty());
  const auto table = c.treatments_of(c.lists[0]);
  REQUIRE(table.ok());
  const auto sequence = table->sequence(call_result::no_answer);
  REQUIRE(sequence.size() == 2);
  CHECK(sequence[0].name == "later");
  CHECK(sequence[1].name == "soon");
  CHECK(table->sequence(call_result::fax).empty());
  CHECK(c.treatments_of(c.lists[1])->empty());
}

TEST_CASE("a treatment has what OCS gives it", "[configuration]") {
  const auto outcome =
      read_configuration("[[treatment]]\nname = \"later\"\ndbid = 8\ncall-result = 7\napply-to-record = 4\n"
                         "cycle-attempt = 3\ninterval = 60\nincrement = 30\n"
                         "[[treatment]]\nname = \"then\"\ndbid = 9\ncall-result = \"Fax\"\n"
                         "apply-to-record = \"RetryAtDate\"\ndate-time = 2026-02-01T08:00:00+01:00\n"
                         "[[list]]\nname = \"people\"\ntreatments = [\"then\", \"later\"]\n",
                         "/etc/c.toml");
  CHECK(lines(outcome.errors) == strings{});
  CHECK(lines(outcome.warnings) == strings{});
  REQUIRE(outcome.settings);
  const auto& c = *outcome.settings;
  const auto table = c.treatments_of(c.lists[0]);
  REQUIRE(table.ok());
  REQUIRE(table->find(8));
  CHECK(*table->find(8) == dialer::traditional_treatment{.dbid = 8,
                                                         .name = "later",
                                                         .result = call_result::no_answer,
                                                         .action = record_action::retry_in,
                                                         .cycle_attempts = 3,
                                                         .interval_min = 60,
                                                         .increment_min = 30,
                                                         .destination = {}});
  REQUIRE(table->find(9));
  CHECK(table->find(9)->date_time == 1'769'929'200);
}

TEST_CASE("mistakes in a treatment are named with their place", "[configuration]") {
  CHECK(complaints(treatment("")) == strings{});
  CHECK(complaints(treatment("intervall = 5\n")) ==
        strings{R"(unknown option "intervall" in [treatment]: /etc/c.toml:6:1: did you mean "interval")"});
  CHECK(complaints(treatment("", "\"Buzy\"")) ==
        strings{
            R"([treatment] call-result names "Buzy", which is no call result: /etc/c.toml:4:15: did you mean "Busy")"});
  CHECK(complaints(treatment("", "1")) ==
        strings{R"([treatment] call-result names "1", which is no call result: /etc/c.toml:4:15: )"
                R"(give a name of the guide, for example "NoAnswer")"});
  CHECK(complaints(treatment("", "\"Unknown\"")) ==
        strings{"[treatment] call-result is Unknown, to which no treatment is applied: /etc/c.toml:4:15: "
                "name the result that it answers, for example \"Busy\""});
  CHECK(complaints(treatment("", "\"Busy\"", "\"Redail\"")) ==
        strings{
            R"([treatment] apply-to-record is "Redail", which is no action: /etc/c.toml:5:19: did you mean "Redial")"});
  CHECK(complaints(treatment("", "\"Busy\"", "12")).size() == 1);
  CHECK(complaints(treatment("", "\"Busy\"", "true")).size() == 1);
  CHECK(
      complaints(treatment("", "\"Busy\"", "\"Retry at specified date\"")) ==
      strings{"[treatment] date-time is missing: /etc/c.toml:5:19: say when: Retry at specified date needs date-time"});
  CHECK(complaints(treatment("", "\"AgentCallbackError\"", "\"Next in chain\"")).size() == 1);
  CHECK(complaints(treatment("cycle-attempt = 0\n")) ==
        strings{"[treatment] cycle-attempt is 0: /etc/c.toml:6:17: give an integer from 1 to 1000"});
  CHECK(complaints(treatment("apply-to-call = \"Transfer\"\n")) ==
        strings{"[treatment] dest-dn is missing: /etc/c.toml:6:17: add it: OCS ignores a treatment that says Transfer "
                "and not where to"});
  CHECK(
      complaints("[[treatment]]\nname = \"t\"\n") ==
      strings{"[treatment] dbid is missing: /etc/c.toml:1:1: add dbid = 101, the number that the column treatments has",
              "[treatment] call-result is missing: /etc/c.toml:1:1: add call-result = \"Busy\"",
              "[treatment] apply-to-record is missing: /etc/c.toml:1:1: add apply-to-record = \"Redial\""});
}

TEST_CASE("what a treatment says in vain gets a warning", "[configuration]") {
  const auto warnings = [](const std::string& text) { return lines(read_configuration(text, "/etc/c.toml").warnings); };
  CHECK(warnings(treatment("")) == strings{});
  CHECK(warnings(treatment("apply-to-call = \"Play message\"\n")) ==
        strings{R"([treatment] apply-to-call is "Play message", which no trunk carries out: /etc/c.toml:6:17: )"
                "apply-to-record holds all the same; leave apply-to-call out"});
  CHECK(warnings(treatment("", "\"Ok\"")).size() == 1);
  CHECK(warnings(treatment("date-time = 2026-02-01T08:00:00Z\n")).size() == 1);
}

TEST_CASE("treatments of a list go together", "[configuration]") {
  const auto second = "[[treatment]]\nname = \"u\"\ndbid = 6\ncall-result = \"Busy\"\napply-to-record = \"Redial\"\n";
  CHECK(complaints(treatment("") + second + "[[list]]\nname = \"l\"\ntreatments = [\"t\", \"u\"]\n") ==
        strings{"[list] treatments: treatments \"t\" and \"u\" are both number 1 of Busy: /etc/c.toml:13:14: "
                "give each its own number-in-sequence"});
  CHECK(complaints(treatment("") + second +
                   "[[list]]\nname = \"l\"\ntreatments = [\"t\"]\n[[list]]\nname = \"m\"\ntreatments = [\"u\"]\n") ==
        strings{});
  CHECK(complaints(treatment("") + "[[list]]\nname = \"l\"\ntreatments = [\"v\"]\n") ==
        strings{R"([list] treatments names "v", which is not in this file: /etc/c.toml:8:15: did you mean "t")"});
  // One mistake, one complaint.
  CHECK(complaints(treatment("", "\"Buzy\"") + "[[list]]\nname = \"l\"\ntreatments = [\"t\"]\n").size() == 1);
}
