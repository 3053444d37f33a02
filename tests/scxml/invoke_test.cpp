// invoke_test.cpp: invoked sessions (SCXML 6.4, 6.5): names, ends, failures and bounds. What the W3C's own documents show
// is not shown again.
#include <map>

#include "scxml/limits.hpp"
#include "scxml/models/models.hpp"
#include "tests/scxml/play.hpp"

using namespace chainring;
using namespace chainring::scxml;
using namespace chainring::scxml::testing;

namespace {

constexpr const char* xmlns = "xmlns='http://www.w3.org/2005/07/scxml' version='1.0'";

std::string scxml_of(std::string_view model, std::string_view body) {
  return "<scxml " + std::string(xmlns) + " datamodel='" + std::string(model) + "'>" + std::string(body) + "</scxml>";
}
std::string ecma(std::string_view body) { return scxml_of("ecmascript", body); }

/// A document that may invoke, and documents by name for its src.
class stage {
 public:
  explicit stage(std::string_view bytes, std::map<std::string, std::string> files = {},
                 std::uint64_t events_max = limits::runner_events_max)
      : files_(std::move(files)) {
    const auto d = document_from(bytes);
    runner_callbacks callbacks;
    callbacks.on_log = [this](const session&, const log_effect& l) { logs.push_back(l.text); };
    callbacks.on_stable = [this](runner& r, session&) { most = std::max(most, r.sessions().size()); };
    runner_setup setup;
    setup.models = models_.get();
    setup.events_max = events_max;
    setup.load = [this](const std::string& base, std::string_view uri) -> result<named_text> {
      bases.push_back(base);
      const auto found = files_.find(std::string(uri));
      if (found == files_.end()) return error{"there is no such file", std::string(uri), "write it"};
      return named_text{found->first, found->second};
    };
    run = std::make_unique<runner>(d, *models_->open(d), std::move(callbacks), std::move(setup));
    run->start();
    run->run();
  }
  names active() const { return run->configuration(true); }

  names logs;
  names bases;          // of what was loaded
  std::size_t most = 0; // sessions at once

 private:
  std::map<std::string, std::string> files_;
  std::unique_ptr<datamodel_source> models_ = make_models();

 public:
  std::unique_ptr<runner> run;
};

} // namespace

TEST_CASE("sessions of the same document have their own data") {
  stage s(ecma(R"xml(
    <state id="a">
      <invoke src="counter" id="one"><param name="step" expr="1"/></invoke>
      <invoke src="counter" id="two"><param name="step" expr="10"/></invoke>
      <transition event="ready" cond="In('a')"><send event="add" targetexpr="_event.origin"/></transition>
      <transition event="sum"><log expr="_event.invokeid + '=' + _event.data.sum"/></transition>
      <transition event="done.invoke.two" target="b"/>
    </state>
    <final id="b"/>)xml"),
          {{"counter", ecma(R"xml(
    <datamodel><data id="step"/><data id="sum" expr="100"/></datamodel>
    <state id="c"><onentry><send event="ready" target="#_parent"/></onentry>
      <transition event="add" target="d"><assign location="sum" expr="sum + step"/>
        <send event="sum" target="#_parent" namelist="sum"/></transition></state>
    <final id="d"/>)xml")}});
  CHECK(s.active() == names{"b"});
  CHECK(s.logs == names{"one=101", "two=110"});
}

TEST_CASE("documents refer to others from where they stand") {
  const auto invoking = [](std::string_view src) {
    return ecma("<state id='a'><invoke src='" + std::string(src) +
                "'/><transition event='done.invoke' target='end'/></state><final id='end'/>");
  };
  stage s(invoking("outer"),
          {{"outer", invoking("inner")},
           {"inner", ecma("<final id='i'/>")}});
  CHECK(s.active() == names{"end"});
  CHECK(s.bases == names{"test.scxml", "outer"});
  CHECK(s.most == 3);
}

TEST_CASE("an invocation that cannot begin is an error event with its id, and forgotten") {
  const auto refused = [](std::string_view invoke, std::map<std::string, std::string> files = {}) {
    stage s(ecma("<state id='a'><onentry><send event='late' delay='1s'/></onentry>" + std::string(invoke) + R"xml(
      <transition event="error" target="b"><log expr="_event.name + ' ' + _event.invokeid + ' ' + _event.type"/></transition>
      <transition event="late" target="none"/></state>
      <state id="b"><onentry><send event="x" target="#_child"/></onentry>
        <transition event="error.communication" target="c"/></state>
      <final id="c"/><final id="none"/>)xml"),
            std::move(files));
    CHECK(s.active() == names{"c"});
    CHECK(s.run->sessions().size() == 1);
    return s.logs.empty() ? std::string() : s.logs.front();
  };
  CHECK(refused("<invoke id='child' src='nowhere'/>") == "error.communication child platform");
  CHECK(refused("<invoke id='child' src='broken'/>", {{"broken", "<scxml"}}) == "error.communication child platform");
  CHECK(refused("<invoke id='child' type='http://example.com/ccxml' src='x'/>") == "error.execution child platform");
  CHECK(refused("<invoke id='child'><content expr='42'/></invoke>") == "error.execution child platform");
  CHECK(refused("<invoke id='child'><content expr=\"'no markup'\"/></invoke>") == "error.execution child platform");
}

TEST_CASE("a session that is stopped for its budgets tells its invoker") {
  stage s(ecma(R"xml(
    <state id="a"><invoke id="child" src="endless"/>
      <transition event="error.communication" cond="_event.invokeid === 'child'" target="b"/>
      <transition event="done.invoke" target="none"/></state>
    <final id="b"/><final id="none"/>)xml"),
          {{"endless", scxml_of("null", "<state id='x'><transition target='x'/></state>")}});
  CHECK(s.active() == names{"b"});
  CHECK(s.run->sessions().size() == 1);
}

TEST_CASE("nesting is bounded") {
  stage s(ecma("<state id='a'><invoke src='again'/><transition event='done.invoke' target='b'/></state><final id='b'/>"),
          {{"again", ecma(R"xml(<state id="a"><invoke src="again"/>
              <transition event="error.execution" target="b"/><transition event="done.invoke" target="b"/></state>
              <final id="b"/>)xml")}});
  CHECK(s.active() == names{"b"});
  CHECK(s.most == limits::invoke_depth_max + 1);
}

TEST_CASE("the number of sessions is bounded") {
  std::string many = "<state id='a'><transition event='error.execution' target='b'/>";
  for (std::size_t i = 0; i < limits::sessions_per_tree_max; ++i) many += "<invoke src='idle'/>";
  stage s(ecma(many + "</state><state id='b'/>"), {{"idle", ecma("<state id='x'/>")}});
  CHECK(s.active() == names{"b"}); // all the others have gone with their state
  CHECK(s.most == limits::sessions_per_tree_max);
  CHECK(s.run->sessions().size() == 1);
}

TEST_CASE("ending a session ends what it invoked, innermost last words included") {
  stage s(ecma(R"xml(<state id="a"><invoke src="outer"/><transition event="deep" target="b"/></state><final id="b"/>)xml"),
          {{"outer", ecma(R"xml(<state id="o"><onexit><log expr="'outer'"/></onexit><invoke src="inner"/>
              <transition event="up"><send event="deep" target="#_parent"/></transition></state>)xml")},
           {"inner", ecma(R"xml(<state id="i"><onentry><send event="up" target="#_parent"/><send event="t" delay="1s"/></onentry>
              <onexit><log expr="'inner'"/><send event="up" target="#_parent"/></onexit></state>)xml")}});
  CHECK(s.active() == names{"b"});
  CHECK(s.logs == names{"outer", "inner"});
  CHECK(s.run->sessions().size() == 1);
  CHECK_FALSE(s.run->next_due_ms().has_value());
}

TEST_CASE("a cancelled run ends everything") {
  stage s(ecma(R"xml(<state id="a"><onexit><log expr="'root'"/></onexit><invoke src="idle"/></state>)xml"),
          {{"idle", ecma(R"xml(<state id="x"><onexit><log expr="'child'"/></onexit></state>)xml")}});
  CHECK(s.most == 2);
  s.run->cancel();
  CHECK(s.logs == names{"root", "child"});
  CHECK(s.run->sessions().size() == 1);
}

TEST_CASE("sessions that answer each other for ever are stopped") {
  stage s(ecma(R"xml(<state id="a"><invoke id="child" src="echo"/>
      <transition event="ping"><send event="pong" target="#_child"/></transition></state>)xml"),
          {{"echo", ecma(R"xml(<state id="e"><onentry><send event="ping" target="#_parent"/></onentry>
      <transition event="pong"><send event="ping" target="#_parent"/></transition></state>)xml")}},
          1'000);
  CHECK(s.run->state() == runner::outcome::limit);
}

TEST_CASE("locations name sessions of the tree only") {
  stage s(ecma(R"xml(
    <state id="a"><invoke id="child" src="x"/>
      <transition event="here">
        <send event="direct" targetexpr="_event.data.at"/><send event="lost" target="#_scxml_s77"/>
      </transition>
      <transition event="error.communication"><log expr="_event.sendid ? 'named' : 'lost'"/></transition>
      <transition event="done.invoke" target="b"/></state>
    <final id="b"/>)xml"),
          {{"x", ecma(R"xml(<state id="x">
      <onentry><send event="here" target="#_parent"><param name="at"
        expr="_ioprocessors['http://www.w3.org/TR/scxml/#SCXMLEventProcessor'].location"/></send></onentry>
      <transition event="direct" target="y"/></state><final id="y"/>)xml")}});
  CHECK(s.active() == names{"b"});
  CHECK(s.logs.size() == 1);
}
