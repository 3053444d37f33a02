// interpret_test.cpp: the procedures of SCXML Appendix D on small documents with the null data
// model.
#include "tests/scxml/play.hpp"

using namespace chainring::scxml;
using namespace chainring::scxml::testing;

TEST_CASE("states are entered from the outside in and left from the inside out") {
  play p(null_scxml("", R"xml(
    <state id="a" initial="a2">
      <state id="a1"/>
      <state id="a2"><state id="a21"/></state>
      <transition event="go" target="b"/>
    </state>
    <state id="b"/>)xml"));
  CHECK(p.seen.take() == names{"+a", "+a2", "+a21"});
  p << "go";
  CHECK(p.seen.take() == names{"-a21", "-a2", "-a", "*a", "+b"});
  CHECK(p.run.state() == runner::outcome::waiting);
}

TEST_CASE("content runs: onexit, transition, onentry, then the initial transition") {
  play p(null_scxml("", R"xml(
    <state id="a">
      <onexit><log label="1"/></onexit>
      <transition event="e" target="b"><log label="2"/></transition>
    </state>
    <state id="b">
      <onentry><log label="3"/></onentry><onentry><log label="4"/></onentry>
      <initial><transition target="b1"><log label="5"/></transition></initial>
      <state id="b1"><onentry><log label="6"/></onentry></state>
    </state>)xml"));
  p << "e";
  CHECK(p.logs == names{"1", "2", "3", "4", "5", "6"});
}

TEST_CASE("event descriptors match by tokens") {
  const auto d = null_scxml("", R"xml(
    <state id="a">
      <transition event="error.send" target="exact"/>
      <transition event="x.* y." target="stripped"/>
      <transition event="*" target="any"/>
    </state>
    <state id="exact"/><state id="stripped"/><state id="any"/>)xml");
  CHECK((play(d) << "error.send").active() == names{"exact"});
  CHECK((play(d) << "error.send.failed").active() == names{"exact"});
  CHECK((play(d) << "error.sending").active() == names{"any"});
  CHECK((play(d) << "x").active() == names{"stripped"});
  CHECK((play(d) << "y.z").active() == names{"stripped"});
  CHECK((play(d) << "xy").active() == names{"any"});
}

TEST_CASE("eventless transitions come before internal events, those before external ones") {
  play p(null_scxml("", R"xml(
    <state id="a">
      <onentry><send event="ext"/><raise event="int"/></onentry>
      <transition target="b"/>
      <transition event="*" target="wrong"/>
    </state>
    <state id="b"><transition event="int" target="c"/><transition event="*" target="wrong"/></state>
    <state id="c"><transition event="ext" target="d"/><transition event="*" target="wrong"/></state>
    <state id="d"/><state id="wrong"/>)xml"));
  CHECK(p.active() == names{"d"});
}

TEST_CASE("the internal queue is drained although its head matches nothing") {
  play p(null_scxml("", R"xml(
    <state id="a">
      <onentry><raise event="unknown"/><raise event="unknown"/><raise event="known"/></onentry>
      <transition event="known" target="b"/>
    </state>
    <state id="b"/>)xml"));
  CHECK(p.active() == names{"b"});
}

TEST_CASE("an internal transition of a compound state to its descendants does not leave it") {
  const std::string body = R"xml(
    <state id="a">
      <transition event="in" type="internal" target="a2"/>
      <transition event="ex" target="a2"/>
      <state id="a1"/><state id="a2"/>
    </state>)xml";
  play p(null_scxml("", body));
  p.seen.take();
  p << "in";
  CHECK(p.seen.take() == names{"-a1", "*a", "+a2"});
  p << "ex";
  CHECK(p.seen.take() == names{"-a2", "-a", "*a", "+a", "+a2"});
}

TEST_CASE("a targetless transition leaves nothing and hides those of ancestors") {
  play p(null_scxml("", R"xml(
    <state id="a">
      <transition event="e" target="b"/>
      <state id="a1"><transition event="e"><log label="here"/></transition></state>
    </state>
    <state id="b"/>)xml"));
  p << "e";
  CHECK(p.active() == names{"a1"});
  CHECK(p.logs == names{"here"});
}

// -- parallel states ------------------------------------------------------------------------------------------------

TEST_CASE("one event moves all regions whose transitions do not conflict") {
  play p(null_scxml("", R"xml(
    <parallel id="p">
      <state id="r1"><state id="a1"><transition event="e" target="a2"/></state><state id="a2"/></state>
      <state id="r2"><state id="b1"><transition event="e" target="b2"/></state><state id="b2"/></state>
    </parallel>)xml"));
  p << "e";
  CHECK(p.active() == names{"a2", "b2"});
}

TEST_CASE("an ancestor's wider transition costs no other region its own (uscxml#203)") {
  // the wide transition of the outer state is not enabled: both regions select their own
  play p(null_scxml("", R"xml(
    <state id="outer">
      <transition event="e" target="elsewhere"/>
      <parallel id="p">
        <state id="r1"><state id="a1"><transition event="e" target="a2"/></state><state id="a2"/></state>
        <state id="r2"><state id="b1"><transition event="e" target="b2"/></state><state id="b2"/></state>
      </parallel>
    </state>
    <state id="elsewhere"/>)xml"));
  p << "e";
  CHECK(p.active() == names{"a2", "b2"});
}

TEST_CASE(
    "the transition of a descendant preempts its ancestor's, wherever it stands (scxmlcc#97)") {
  play p(null_scxml("", R"xml(
    <parallel id="p">
      <transition event="e" target="out"/>
      <state id="r1"><state id="a1"/></state>
      <state id="r2"><state id="b1"><transition event="e" target="b2"/></state><state id="b2"/></state>
    </parallel>
    <state id="out"/>)xml"));
  p << "e";
  CHECK(p.active() == names{"a1", "b2"});
}

TEST_CASE("of two regions that want to leave the parallel the first in document order does") {
  play p(null_scxml("", R"xml(
    <parallel id="p">
      <state id="r1"><transition event="e" target="first"/></state>
      <state id="r2"><transition event="e" target="second"/></state>
    </parallel>
    <state id="first"/><state id="second"/>)xml"));
  p << "e";
  CHECK(p.active() == names{"first"});
}

TEST_CASE("a transition inside one region leaves the others alone (uscxml#193)") {
  play p(null_scxml("", R"xml(
    <parallel id="p">
      <state id="r1"><state id="only"><transition event="e" target="only"/></state></state>
      <state id="r2"><state id="b"/></state>
      <state id="r3"><state id="c"/></state>
    </parallel>)xml"));
  p.seen.take();
  p << "e";
  CHECK(p.seen.take() == names{"-only", "*only", "+only"});
}

TEST_CASE("a transition out of one region into a sibling resets all regions") {
  play p(null_scxml("", R"xml(
    <parallel id="p">
      <state id="r1"><state id="a1"><transition event="cross" target="b2"/></state></state>
      <state id="r2"><state id="b1"/><state id="b2"/></state>
    </parallel>)xml"));
  p.seen.take();
  p << "cross";
  CHECK(p.seen.take() ==
        names{"-b1", "-r2", "-a1", "-r1", "-p", "*a1", "+p", "+r1", "+a1", "+r2", "+b2"});
}

TEST_CASE("done events: of the region at once, of the parallel when its last region is final") {
  play p(null_scxml("", R"xml(
    <parallel id="p">
      <transition event="done.state.r1"><log label="r1"/></transition>
      <transition event="done.state.r2"><log label="r2"/></transition>
      <transition event="done.state.p" target="end"/>
      <state id="r1"><state id="a"><transition event="one" target="af"/></state><final id="af"/></state>
      <state id="r2"><state id="b"><transition event="two" target="bf"/></state><final id="bf"/></state>
    </parallel>
    <final id="end"/>)xml"));
  p << "one";
  CHECK(p.logs == names{"r1"});
  CHECK(p.active() == names{"af", "b"});
  p << "two";
  CHECK(p.logs == names{"r1", "r2"});
  CHECK(p.run.state() == runner::outcome::done);
  CHECK(p.active() == names{"end"});
}

// -- history --------------------------------------------------------------------------------------------------------

namespace {

std::string with_history(const char* type) {
  return null_scxml("", std::string(R"xml(
    <state id="a">
      <history id="h" type=")xml") +
                            type + R"xml(">
        <transition target="a2"><log label="default"/></transition>
      </history>
      <onentry><log label="entry"/></onentry>
      <initial><transition target="a1"><log label="initial"/></transition></initial>
      <state id="a1"/>
      <state id="a2"><state id="a21"/><state id="a22"/></state>
      <transition event="leave" target="b"/>
      <transition event="deeper" target="a22"/>
    </state>
    <state id="b"><transition event="back" target="h"/></state>)xml");
}

} // namespace

TEST_CASE(
    "history without a value takes its default and runs its content after the parent's onentry") {
  play p(null_scxml("initial='b'", R"xml(
    <state id="a">
      <history id="h"><transition target="a2"><log label="default"/></transition></history>
      <onentry><log label="entry"/></onentry>
      <initial><transition target="a1"><log label="initial"/></transition></initial>
      <state id="a1"/>
      <state id="a2"><onentry><log label="child"/></onentry></state>
    </state>
    <state id="b"><transition event="back" target="h"/></state>)xml"));
  p << "back";
  CHECK(p.active() == names{"a2"});
  CHECK(p.logs == names{"entry", "default", "child"});
}

TEST_CASE("shallow history remembers the child, deep history the whole") {
  play shallow(with_history("shallow"));
  shallow << "deeper"
          << "leave"
          << "back";
  CHECK(shallow.active() == names{"a21"});
  play deep(with_history("deep"));
  deep << "deeper"
       << "leave"
       << "back";
  CHECK(deep.active() == names{"a22"});
  CHECK(std::count(deep.logs.begin(), deep.logs.end(), "default") == 0);
}

TEST_CASE("history of a parallel restores every region") {
  play p(null_scxml("", R"xml(
    <parallel id="p">
      <history id="h" type="deep"><transition target="a1 b1"/></history>
      <state id="r1"><state id="a1"><transition event="e" target="a2"/></state><state id="a2"/></state>
      <state id="r2"><state id="b1"><transition event="f" target="b2"/></state><state id="b2"/></state>
      <transition event="leave" target="out"/>
    </parallel>
    <state id="out"><transition event="back" target="h"/></state>)xml"));
  p << "f"
    << "leave"
    << "back";
  CHECK(p.active() == names{"a1", "b2"});
}

TEST_CASE("histories whose defaults name two histories each, level by level, take no time") {
  std::string open, close, last = "x y";
  for (int i = 59; i >= 0; --i) {
    const std::string n = std::to_string(i);
    open = "<parallel id='p" + n + "'>" + "<history id='g" + n +
           "' type='deep'><transition target='" + last + "'/></history><history id='h" + n +
           "' type='deep'><transition target='" + last + "'/></history>" + open;
    close += "</parallel>";
    last = "g" + n + " h" + n;
  }
  play p(null_scxml("initial='start'", "<state id='start'><transition event='e' target='" + last +
                                           "'/></state>" + open + "<state id='x'/><state id='y'/>" +
                                           close));
  p << "e";
  CHECK(p.active() == names{"x", "y"});
}

// -- the end --------------------------------------------------------------------------------------------------------

TEST_CASE("a top-level final state ends the session at once; raised events stay unprocessed") {
  play p(null_scxml("", R"xml(
    <final id="end"><onentry><raise event="never"/></onentry><onexit><log label="bye"/></onexit></final>)xml"));
  CHECK(p.run.state() == runner::outcome::done);
  CHECK(p.logs == names{"bye"});
  CHECK(p.seen.take() == names{"+end", "-end", "log bye"}); // effects follow the macrostep
  p << "more";
  CHECK(p.seen.take().empty());
}

TEST_CASE("cancelling runs onexit from the inside out") {
  play p(null_scxml("", R"xml(
    <state id="a">
      <onexit><log label="a"/></onexit>
      <state id="b"><onexit><log label="b"/></onexit></state>
    </state>)xml"));
  p.run.cancel();
  CHECK(p.logs == names{"b", "a"});
  CHECK(p.run.state() == runner::outcome::done);
  CHECK(p.active().empty());
}

TEST_CASE("a state is active until its onexit has run") {
  play p(null_scxml("", R"xml(
    <state id="a">
      <onexit>
        <if cond="In('a1')"><log label="child still there"/></if><if cond="In('a')"><log label="itself"/></if>
      </onexit>
      <state id="a1"><onexit><if cond="In('a1')"><log label="a1"/></if></onexit></state>
      <transition event="e" target="b"/>
    </state>
    <state id="b"/>)xml"));
  p << "e";
  CHECK(p.logs == names{"a1", "itself"});
}

// -- budgets --------------------------------------------------------------------------------------------------------

TEST_CASE("an endless loop of eventless transitions ends as faulted") {
  play p(null_scxml("", R"xml(
    <state id="a"><transition target="b"/></state><state id="b"><transition target="a"/></state>)xml"));
  CHECK(p.run.state() == runner::outcome::faulted);
  CHECK(p.run.self().fault == session_fault::microsteps);
}

TEST_CASE("more internal events than the queue takes end the session as faulted") {
  play p(null_scxml("", R"xml(
    <state id="a"><transition event="e"><raise event="e"/><raise event="e"/></transition></state>)xml"));
  CHECK(p.run.state() == runner::outcome::waiting);
  p << "e";
  CHECK(p.run.state() == runner::outcome::faulted);
  CHECK(p.run.self().fault == session_fault::queue);
}

TEST_CASE("a document that sends to itself for ever is stopped by the runner") {
  play p(null_scxml("", R"xml(
    <state id="a"><onentry><send event="e" delay="1s"/></onentry><transition event="e" target="a"/></state>)xml"));
  CHECK(p.run.run() == runner::outcome::limit);
}
