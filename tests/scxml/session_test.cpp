// session_test.cpp: the interpreter with ECMAScript data: initialization, start parameters, error
// events, budgets, and the actions of a vocabulary.
#include "scxml/limits.hpp"
#include "scxml/models/ecmascript/ecmascript.hpp"
#include "tests/scxml/play.hpp"

using namespace chainring::scxml;
using namespace chainring::scxml::testing;

namespace {

std::string ecmascript_scxml(std::string_view attributes, std::string_view body) {
  return "<scxml xmlns='http://www.w3.org/2005/07/scxml' xmlns:my='urn:my' version='1.0' "
         "datamodel='ecmascript' " +
         std::string(attributes) + ">" + std::string(body) + "</scxml>";
}

const vocabulary& my_actions() {
  static const vocabulary known{
      "urn:my",
      {},
      {{"wait", {{"time", true, {"HDAY", "Week End"}}, {"note", false, {}}}, {}, false}}};
  return known;
}

/// A document with ECMAScript data, running.
struct scene {
  explicit scene(const std::string& bytes, const object& parameters = {})
      : d(document_from(bytes, &my_actions()))
      , source(make_ecmascript_source())
      , run(d, *source->open(d), callbacks()) {
    run.start(parameters);
  }
  runner_callbacks callbacks() {
    runner_callbacks c;
    c.on_log = [this](const session&, const log_effect& l) { logs.push_back(l.text); };
    c.on_action = [this](runner&, const session&, const action_effect& a) { actions.push_back(a); };
    c.on_action_failed = [this](runner&, const session&, const action_failed_effect& a) { failed.push_back(a); };
    return c;
  }

  std::shared_ptr<const document> d;
  std::unique_ptr<datamodel_source> source;
  names logs;
  std::vector<action_effect> actions;
  std::vector<action_failed_effect> failed;
  runner run;
};

} // namespace

TEST_CASE("start parameters take the place of the document's values, of top-level data only",
          "[session]") {
  const object given{{{"a", 10}, {"inner", 20}, {"unknown", 30}}};
  const scene s(ecmascript_scxml("", R"xml(
    <datamodel><data id="a" expr="1"/><data id="b" expr="a + 1"/></datamodel>
    <state id="s"><datamodel><data id="inner" expr="3"/></datamodel>
      <onentry><log expr="[a, b, inner, typeof unknown].join(' ')"/></onentry></state>)xml"),
                given);
  CHECK(s.logs == names{"10 11 3 undefined"});
}

TEST_CASE("global data come first, then the global script, then the first state", "[session]") {
  const scene s(ecmascript_scxml("", R"xml(
    <datamodel><data id="order" expr="['data']"/></datamodel>
    <script>order.push('script');</script>
    <state id="s"><onentry><script>order.push('entry');</script><log expr="order.join(' ')"/></onentry></state>)xml"));
  CHECK(s.logs == names{"data script entry"});
}

TEST_CASE("late binding assigns when the state is first entered, and never again", "[session]") {
  scene s(ecmascript_scxml("binding='late' initial='a'", R"xml(
    <state id="a"><onentry><log expr="typeof v"/></onentry><transition event="e" target="b"/></state>
    <state id="b"><datamodel><data id="v" expr="1"/></datamodel>
      <onentry><log expr="v"/><assign location="v" expr="v + 1"/></onentry>
      <transition event="e" target="a"/></state>)xml"));
  for (int i = 0; i < 3; ++i) s.run.deliver(named("e"));
  CHECK(s.logs == names{"undefined", "1", "number", "2"});
}

TEST_CASE("an error event tells the element, the place and the reason", "[session]") {
  const scene s(ecmascript_scxml("", R"xml(
    <state id="s">
      <onentry><assign location="missing" expr="1"/><log expr="'not reached'"/></onentry>
      <transition event="error.execution">
        <log expr="[_event.type, _event.data.tagname, _event.data.line, typeof _event.data.reason].join(' ')"/>
      </transition>
    </state>)xml"));
  CHECK(s.logs == names{"platform assign 3 string"});
}

TEST_CASE("a repeated parameter arrives with all its values", "[session]") {
  const scene s(ecmascript_scxml("", R"xml(
    <state id="s">
      <onentry><send event="e"><param name="x" expr="2"/><param name="y" expr="0"/><param name="x" expr="3"/></send></onentry>
      <transition event="e"><log expr="JSON.stringify(_event.data)"/></transition>
    </state>)xml"));
  CHECK(s.logs == names{R"({"x":[2,3],"y":0})"});
}

TEST_CASE("three evaluations in a row out of time end the session as faulted", "[session]") {
  scene s(ecmascript_scxml("", R"xml(
    <state id="s">
      <transition event="bad"><script>while (true) {}</script></transition>
      <transition event="good"><log expr="'good'"/></transition>
    </state>)xml"));
  s.run.deliver(named("bad"));
  s.run.deliver(named("bad"));
  CHECK(s.run.self().faults_in_a_row == 2);
  s.run.deliver(named("good"));
  CHECK(s.run.self().faults_in_a_row == 0);
  CHECK(s.logs == names{"good"});
  for (std::uint32_t i = 0; i < limits::faults_in_a_row_max; ++i) s.run.deliver(named("bad"));
  CHECK(s.run.state() == runner::outcome::faulted);
  CHECK(s.run.self().fault == session_fault::repeated_errors);
}

// -- actions of a vocabulary ----------------------------------------------------------------------------------------

TEST_CASE("an action's attributes are expressions; an unknown name may be a mnemonic",
          "[session]") {
  const scene s(ecmascript_scxml("", R"xml(
    <datamodel><data id="n" expr="20"/></datamodel>
    <state id="s"><onentry><my:wait time="n + 1" note="'x'"/><my:wait time="hday"/></onentry></state>)xml"));
  REQUIRE(s.actions.size() == 2);
  REQUIRE(s.actions[0].find(0));
  CHECK(*s.actions[0].find(0) == value(21));
  REQUIRE(s.actions[0].find(1));
  CHECK(*s.actions[0].find(1) == value("x"));
  REQUIRE(s.actions[1].find(0));
  CHECK(*s.actions[1].find(0) == value("HDAY"));
  CHECK(s.actions[1].find(1) == nullptr);
}

TEST_CASE("an attribute that cannot be evaluated fails the action and ends the block",
          "[session]") {
  const scene s(ecmascript_scxml("", R"xml(
    <state id="s">
      <onentry><my:wait time="nonsense"/><log expr="'not reached'"/></onentry>
      <transition event="error.execution"><log expr="_event.data.tagname"/></transition>
    </state>)xml"));
  CHECK(s.actions.empty());
  REQUIRE(s.failed.size() == 1);
  CHECK(s.failed[0].attribute == "time");
  CHECK(s.logs == names{"wait"});
}
