// documents_test.cpp: `scxml` runs a document, event by event.
#include "actors/node/commands/event_lines.hpp"
#include "actors/node/commands/scxml.hpp"

#include <sstream>

#include "tests/actors/scratch.hpp"
#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::actors;

namespace {

constexpr auto machine = R"(<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">
  <state id="a">
    <transition event="go" target="b"/>
    <transition event="late" target="end"/>
  </state>
  <parallel id="b">
    <onentry><send event="late" delay="2s"/><log label="in b" expr="_event.data.n"/></onentry>
    <state id="c"/>
    <state id="d"/>
    <transition event="late" target="end"/>
    <transition event="back" target="a"/>
  </parallel>
  <final id="end"/>
</scxml>
)";

struct ran {
  int status;
  std::string out, err;
};

struct folder : tests::scratch {
  ran scxml(const std::string& document, const std::string& events, bool real_time = false) const {
    write("d.scxml", document);
    write("events", events);
    scxml_command command;
    command.document = (path / "d.scxml").string();
    if (!events.empty()) command.events = (path / "events").string();
    command.real_time = real_time;
    std::ostringstream out, err;
    const int status = run_scxml(command, out, err);
    return {status, out.str(), err.str()};
  }
};

} // namespace

TEST_CASE("scxml shows every stable configuration and jumps over delays", "[commands]") {
  const folder f;
  const ran r =
      f.scxml(machine, "{\"event\":\"go\",\"data\":{\"n\":7},\"after_ms\":1500}\n\n{\"event\":\"nothing\"}\n");
  CHECK(r.status == 0);
  CHECK(r.err == "in b: 7\n");
  CHECK(r.out == "{\"configuration\":[\"a\"],\"time_ms\":0}\n"
                 "{\"configuration\":[\"b\",\"c\",\"d\"],\"time_ms\":1500}\n"
                 "{\"configuration\":[\"b\",\"c\",\"d\"],\"time_ms\":1500}\n"
                 "{\"configuration\":[\"end\"],\"time_ms\":3500}\n"
                 "{\"done\":true,\"configuration\":[\"end\"]}\n");
}

TEST_CASE("an event that comes after a delay finds what the delay has done", "[commands]") {
  const folder f;
  const ran r = f.scxml(machine, "{\"event\":\"go\"}\n{\"event\":\"back\",\"after_ms\":1999}\n");
  CHECK(r.status == 0);
  CHECK(r.out.find("{\"configuration\":[\"a\"],\"time_ms\":1999}\n") != std::string::npos);
  const ran at_once = f.scxml(machine, "{\"event\":\"go\"}\n{\"event\":\"back\",\"after_ms\":2000}\n");
  CHECK(at_once.out.find("{\"configuration\":[\"end\"],\"time_ms\":2000}\n") != std::string::npos);
}

TEST_CASE("a document that waits for ever is told from one that ends", "[commands]") {
  const folder f;
  const ran r = f.scxml(machine, "");
  CHECK(r.status == 3);
  CHECK(r.out == "{\"configuration\":[\"a\"],\"time_ms\":0}\n{\"done\":false,\"configuration\":[\"a\"]}\n");
}

TEST_CASE("in real time delays take their time", "[commands]") {
  const folder f;
  std::string quick = machine;
  quick.replace(quick.find("2s"), 2, "20ms");
  const ran r = f.scxml(quick, "{\"event\":\"go\",\"after_ms\":5}\n", true);
  CHECK(r.status == 0);
  CHECK(r.out.find("{\"done\":true,\"configuration\":[\"end\"]}\n") != std::string::npos);
  CHECK(f.scxml(quick, "", true).status == 3);
}

namespace {

constexpr auto treatment = R"(<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript"
       xmlns:ocs="http://www.genesys.com/modules/ocs">
  <datamodel><data id="record"/></datamodel>
  <state id="choose"><onentry><ocs:next_record/></onentry>
    <transition event="ocs.next_record" cond="_event.data.record_id === null" target="end"/>
    <transition event="ocs.next_record" target="dial"><assign location="record" expr="_event.data.record_id"/></transition></state>
  <state id="dial"><onentry><ocs:make_call record_id="record"/></onentry>
    <transition event="ocs.callresult" cond="_event.data.callresult === 'Busy'" target="wait"/>
    <transition event="ocs.callresult" target="choose"/></state>
  <state id="wait"><onentry><ocs:timeout delay="60"/></onentry><transition event="ocs.timeout" target="dial"/></state>
  <final id="end"/>
</scxml>)";

} // namespace

TEST_CASE("OCS actions are answered as a node would, calls end as the script says", "[commands]") {
  const folder f;
  scxml_command command;
  f.write("t.scxml", treatment);
  command.document = (f.path / "t.scxml").string();
  command.results = {"Busy", "no answer", "Answer"};
  const auto run = [&] {
    std::ostringstream out, err;
    const int status = run_scxml(command, out, err);
    return ran{status, out.str(), err.str()};
  };
  const ran scripted = run();
  CHECK(scripted.status == 0);
  CHECK(scripted.err.find("attempt 1 to +15550100001 ends Busy") != std::string::npos);
  CHECK(scripted.err.find("attempt 2 to +15550100001 ends NoAnswer") != std::string::npos);
  CHECK(scripted.err.find("attempt 1 to +15550100002 ends Answer") != std::string::npos);
  CHECK(scripted.out.find("{\"configuration\":[\"end\"],\"time_ms\":90000}\n") != std::string::npos);

  f.write("l.csv", "contact_info,chain_id,chain_n\n111,7,2\n222,8,1\n333,7,1\n");
  command.list = (f.path / "l.csv").string();
  command.chain = 7;
  command.results = {"Answer"};
  const ran listed = run();
  CHECK(listed.status == 0);
  CHECK(listed.err.find("attempt 1 to 333") < listed.err.find("attempt 1 to 111"));
  CHECK(listed.err.find("222") == std::string::npos);
  command.chain = 9;
  CHECK(run().status == 2);
  command.chain = 7;
  command.results = {"Bussy"};
  CHECK(run().err.find("no call result of this name: Bussy") != std::string::npos);
}

TEST_CASE("a trace says what is entered, exited, taken and evaluated", "[commands]") {
  const folder f;
  f.write("d.scxml", machine);
  f.write("events", "{\"event\":\"go\",\"data\":{\"n\":7}}\n");
  scxml_command command;
  command.document = (f.path / "d.scxml").string();
  command.events = (f.path / "events").string();
  command.trace = true;
  std::ostringstream out, err;
  CHECK(run_scxml(command, out, err) == 0);
  for (const char* line : {"d.scxml:2: enters a\n", "d.scxml:2: exits a\n", "takes the transition of a go → b\n",
                           "_event.data.n is 7\n"}) {
    INFO(line);
    CHECK(err.str().find(line) != std::string::npos);
  }
}

TEST_CASE("posts go over HTTP, and no virtual time passes", "[commands]") {
  const folder f;
  const ran r = f.scxml(R"xml(<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">
  <state id="a"><onentry><send type="basichttp" targetexpr="_ioprocessors.basichttp.location" event="e" delay="3s"/>
      <send type="basichttp" target="http://127.0.0.1:1/" event="lost" id="l"/></onentry>
    <transition event="error.communication" cond="_event.sendid === 'l'" target="b"/></state>
  <state id="b"><transition event="e" cond="_event.origintype.endsWith('BasicHTTPEventProcessor')" target="c"/></state>
  <final id="c"/></scxml>)xml",
                        "");
  CHECK(r.status == 0);
  CHECK(r.out.find("{\"configuration\":[\"b\"],\"time_ms\":0}\n{\"configuration\":[\"c\"],\"time_ms\":3000}\n") !=
        std::string::npos);
}

TEST_CASE("a post to a session that does not exist is refused", "[commands]") {
  const folder f;
  const ran r = f.scxml(R"xml(<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">
  <datamodel><data id="here" expr="_ioprocessors.basichttp.location"/></datamodel>
  <state id="a"><onentry><send type="basichttp" targetexpr="here + '7'" event="e" id="other"/>
      <send type="basichttp" targetexpr="here.replace('/scxml/', '/scxml/x')" event="e" id="elsewhere"/></onentry>
    <transition event="e" target="wrong"/>
    <transition event="error.communication" cond="_event.sendid === 'other'" target="b"/></state>
  <state id="b"><transition event="error.communication" cond="_event.data.reason.indexOf('404') > 0" target="c"/></state>
  <final id="c"/><final id="wrong"/></scxml>)xml",
                        "");
  CHECK(r.status == 0);
  CHECK(r.out.find("{\"done\":true,\"configuration\":[\"c\"]}") != std::string::npos);
}

TEST_CASE("bad documents and bad events have their own exit status", "[commands]") {
  const folder f;
  const ran bad = f.scxml("<scxml xmlns=\"http://www.w3.org/2005/07/scxml\" version=\"1.0\"><state></scxml>", "");
  CHECK(bad.status == 1);
  CHECK(bad.out.empty());
  CHECK(bad.err.find("chainring: ") == 0);
  CHECK(f.scxml(machine, "{\"evnt\":\"go\"}\n").status == 2);
  const ran second = f.scxml(machine, "{\"event\":\"go\"}\ngo\n");
  CHECK(second.status == 2);
  CHECK(second.err.find("events:2: ") != std::string::npos);
}

TEST_CASE("event lines are checked member by member", "[commands]") {
  CHECK(parse_event_line(R"({"event":"a.b","data":[1],"after_ms":3})", "f:1")->after_ms == 3);
  for (const char* wrong : {"", "[]", "{}", R"({"event":""})", R"({"event":1})", R"({"event":"a","after_ms":-1})",
                            R"({"event":"a","after_ms":0.5})", R"({"event":"a","after_ms":1e300})",
                            R"({"event":"a","extra":1})"}) {
    INFO(wrong);
    CHECK_FALSE(parse_event_line(wrong, "f:1"));
  }
}
