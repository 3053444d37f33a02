// runner_test.cpp: virtual time, delayed sends and the limits of a document alone.
#include "tests/scxml/play.hpp"

using namespace chainring::scxml;
using namespace chainring::scxml::testing;

TEST_CASE("delayed sends arrive in the order of their times, the clock jumps") {
  play p(null_scxml("", R"xml(
    <state id="a">
      <onentry>
        <send event="late" delay="2s"/><send event="early" delay=".5s"/><send event="also" delay="500ms"/>
      </onentry>
      <transition event="*"><log label="event"/></transition>
      <transition event="never"/>
      <state id="s1"><transition event="early" target="s2"/></state>
      <state id="s2"><transition event="also" target="s3"/></state>
      <state id="s3"><transition event="late" target="s4"/></state>
      <state id="s4"/>
    </state>)xml"));
  CHECK(p.run.next_due_ms() == 500);
  p.run.advance(499);
  CHECK(p.active() == names{"s1"});
  p.run.advance(1);
  CHECK(p.active() == names{"s3"});
  CHECK(p.run.elapsed_ms() == 500);
  CHECK(p.run.run() == runner::outcome::waiting);
  CHECK(p.active() == names{"s4"});
  CHECK(p.run.elapsed_ms() == 2000);
}

TEST_CASE("<cancel> takes back every delayed send of that id") {
  play p(null_scxml("", R"xml(
    <state id="a">
      <onentry>
        <send event="x" id="same" delay="1s"/><send event="x" id="same" delay="2s"/><send event="y" delay="3s"/>
        <cancel sendid="same"/>
      </onentry>
      <transition event="x" target="wrong"/><transition event="y" target="right"/>
    </state>
    <state id="wrong"/><final id="right"/>)xml"));
  CHECK(p.run.run() == runner::outcome::done);
  CHECK(p.active() == names{"right"});
}

TEST_CASE("what is still delayed ends with the session") {
  play p(null_scxml("", R"xml(
    <state id="a"><onentry><send event="x" delay="1s"/></onentry><transition event="e" target="end"/></state>
    <final id="end"/>)xml"));
  p << "e";
  CHECK_FALSE(p.run.next_due_ms().has_value());
  CHECK(p.run.run() == runner::outcome::done);
  CHECK(p.run.elapsed_ms() == 0);
}

TEST_CASE("sends reach the own session by its name; other names are told apart") {
  const auto d = [](const char* target) {
    return null_scxml("", std::string("<state id='a'><onentry><send event='x' target='") + target +
                              R"xml('/></onentry>
      <transition event="x" target="got"/>
      <transition event="error.communication" target="nobody"/>
      <transition event="error.execution" target="nonsense"/></state>
      <state id="got"/><state id="nobody"/><state id="nonsense"/>)xml");
  };
  CHECK(play(d("#_scxml_s1")).active() == names{"got"});
  CHECK(play(d("#_scxml_s2")).active() == names{"nobody"});
  CHECK(play(d("#_parent")).active() == names{"nobody"});
  CHECK(play(d("#_internal")).active() == names{"got"});
  CHECK(play(d("baz")).active() == names{"nonsense"});
}

TEST_CASE("every stable configuration is reported once") {
  std::vector<names> reported;
  runner_callbacks callbacks;
  callbacks.on_stable = [&](runner& r, session&) { reported.push_back(r.configuration(true)); };
  const auto d = document_from(null_scxml("", R"xml(
    <state id="a"><transition event="e" target="b"/></state><state id="b"><transition target="c"/></state>
    <state id="c"><transition event="f" target="end"/></state><final id="end"/>)xml"));
  runner run(d, *null_source().open(d), callbacks);
  run.start();
  run.deliver(named("e"));
  run.deliver(named("unknown"));
  run.deliver(named("f"));
  CHECK(reported == std::vector<names>{{"a"}, {"c"}, {"c"}, {"end"}});
}

TEST_CASE("a document that waits for longer than there is time is stopped, the clock never overflows") {
  play p(null_scxml("", R"xml(<state id="a"><onentry><send event="e" delay="3162240000s"/></onentry>
    <transition event="e" target="a"/></state>)xml"));
  for (int i = 0; i < 3; ++i) p.run.advance(INT64_MAX / 2);
  CHECK(p.run.elapsed_ms() == limits::instant_ms_max);
  CHECK(p.run.state() == runner::outcome::waiting);
  CHECK(p.run.run() == runner::outcome::limit);
}
