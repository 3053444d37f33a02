// check_test.cpp: `check` names what is wrong with documents, for people, for tools and for Graphviz, and its exit status
// says whether anything is.
#include "actors/node/commands/check.hpp"

#include <sstream>

#include "scxml/value.hpp"
#include "tests/actors/scratch.hpp"
#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::actors;
using Catch::Matchers::Contains;

namespace {

constexpr auto head = R"(<scxml xmlns="http://www.w3.org/2005/07/scxml"
       xmlns:ocs="http://genesyslabs.com/schemas/ocs/treatments" version="1.0" datamodel="ecmascript">
)";

struct ran {
  int status;
  std::string out, err;
};

struct folder : tests::scratch {
  void document(const std::string& name, const std::string& body) const { write(name, head + body + "</scxml>\n"); }
  ran check(std::initializer_list<std::string> names, check_command command = {}) const {
    for (const auto& name : names) command.documents.push_back((path / name).string());
    std::ostringstream out, err;
    const int status = run_check(command, out, err);
    return {status, out.str(), err.str()};
  }
};

constexpr auto good = R"(<state id="a"><transition event="go" target="end"/></state><final id="end"/>)";
constexpr auto doubtful = R"(<state id="a"/>
<state id="b"/>)";
/// An error of the compiler, one of the OCS rules, a warning of either.
constexpr auto bad = R"(<state id="a"><onentry>
  <ocs:timeout delay="-5"/><ocs:make_call record_id="7"/></onentry>
  <transition event="e" target="nowhere"/></state>)";

check_command with(bool check_command::*flag) {
  check_command command;
  command.*flag = true;
  return command;
}

} // namespace

TEST_CASE("documents that can run have a line each", "[check]") {
  const folder f;
  f.document("good.scxml", good);
  const ran r = f.check({"good.scxml"});
  CHECK(r.status == 0);
  CHECK(r.err.empty());
  CHECK_THAT(r.out,
             Catch::EndsWith("good.scxml: can run: 2 states, 2 transitions, 0 data items, 0 expressions; data model "
                             "ecmascript compiled, named by datamodel; 0 warnings\n"));
}

TEST_CASE("what takes a document to QuickJS is told with its line", "[check]") {
  const folder f;
  f.document("good.scxml",
             "<state id='a'>\n<transition event='e' cond=\"['Busy'].indexOf(_event.data.callresult) &gt;= 0\"/></state>");
  const ran r = f.check({"good.scxml"});
  CHECK(r.status == 0);
  CHECK_THAT(r.out, Contains("data model ecmascript on QuickJS (line ") &&
                        Contains(": '['Busy'].indexOf(_event.data.callresult) >= 0': it makes an array), named by datamodel"));
}

TEST_CASE("all mistakes of a document come in one go, in source order", "[check]") {
  const folder f;
  f.document("bad.scxml", bad);
  f.document("good.scxml", good);
  const ran r = f.check({"bad.scxml", "good.scxml", "absent.scxml"});
  CHECK(r.status == 1);
  const auto delay = r.err.find("chainring: delay is -5: "),
             record = r.err.find("chainring: warning: record_id is the literal 7"),
             target = r.err.find("chainring: there is no state \"nowhere\": ");
  CHECK(delay < record);
  CHECK(record < target);
  CHECK(target < r.err.find("absent.scxml"));
  CHECK_THAT(r.err, Contains("bad.scxml:4:16: write seconds, 0 or more") && Contains("bad.scxml:5:33: "));
  CHECK_THAT(r.out, Contains("good.scxml: can run") && !Contains("bad.scxml"));
}

TEST_CASE("warnings are errors under --strict", "[check]") {
  const folder f;
  f.document("doubtful.scxml", doubtful);
  const ran lenient = f.check({"doubtful.scxml"}), strict = f.check({"doubtful.scxml"}, with(&check_command::strict));
  CHECK(lenient.status == 0);
  CHECK_THAT(lenient.err,
             Contains("chainring: warning: the state \"b\" is never entered: ") && Contains("doubtful.scxml:4:1: "));
  CHECK_THAT(lenient.out, Contains("1 warning\n"));
  CHECK(strict.status == 1);
  CHECK_THAT(strict.err, Contains("chainring: 1 warning under --strict: "));
  f.document("good.scxml", good);
  CHECK(f.check({"good.scxml"}, with(&check_command::strict)).status == 0);
}

TEST_CASE("--json says everything as data, a line for each document", "[check]") {
  const folder f;
  f.document("good.scxml", good);
  f.document("bad.scxml", bad);
  const ran r = f.check({"good.scxml", "bad.scxml", "absent.scxml"}, with(&check_command::json));
  CHECK(r.status == 1);
  CHECK(r.err.empty());
  std::istringstream lines(r.out);
  std::vector<scxml::value> read;
  for (std::string line; std::getline(lines, line);) REQUIRE(scxml::from_json(line, read.emplace_back()));
  REQUIRE(read.size() == 3);
  const auto shown = [&](std::size_t i, const char* member) { return scxml::to_json(*read[i].find(member)); };
  CHECK(shown(0, "ok") == "true");
  CHECK(shown(0, "complaints") == "[]");
  CHECK(read[0].find("document")->find("states")->as<scxml::array>()->size() == 3);
  CHECK(shown(1, "ok") == "false");
  CHECK(shown(1, "errors") == "2");
  CHECK(shown(1, "warnings") == "1");
  CHECK(shown(1, "document") == "null");
  CHECK_THAT(scxml::to_json(read[1].find("complaints")->as<scxml::array>()->front()),
             Catch::StartsWith(R"({"line":4,"column":16,"severity":"error","what":"delay is -5","mend":"write seconds, )"));
  CHECK_THAT(shown(2, "complaints"), Contains(R"("line":null)"));
}

TEST_CASE("--dot draws what can run and leaves the rest to the error stream", "[check]") {
  const folder f;
  f.document("doubtful.scxml", doubtful);
  f.document("bad.scxml", bad);
  const ran r = f.check({"doubtful.scxml", "bad.scxml"}, with(&check_command::dot));
  CHECK(r.status == 1);
  CHECK_THAT(r.out, Catch::StartsWith("digraph \"") && Catch::EndsWith("\"];\n}\n") && !Contains("can run"));
  CHECK_THAT(r.err, Contains("never entered") && Contains("nowhere"));
}

TEST_CASE("expressions of OCS 8.0 are taken where that is asked for", "[check]") {
  const folder f;
  f.document("old.scxml", R"(<state id="a"><transition event="go" cond="_eventdata.n lt 3 and true" target="end"/></state>
<final id="end"/>)");
  CHECK(f.check({"old.scxml"}, with(&check_command::legacy)).status == 0);
  const ran r = f.check({"old.scxml"});
  CHECK(r.status == 1);
  CHECK_THAT(r.err, Contains("old.scxml:3:") && Contains("write == != < <= > >= && ||") && Contains("--legacy"));
}
