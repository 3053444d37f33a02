// effects_test.cpp: what the interpreter asks of its host, and what it does when the host says no.
#include "tests/scxml/play.hpp"

using namespace chainring::scxml;
using namespace chainring::scxml::testing;

namespace {

/// Answers the interpreter's questions and keeps its wishes.
class recording_host final : public host {
 public:
  std::int64_t now_ms() const override { return 0; }
  reach reachable(const session&, std::string_view, std::string_view target) const override {
    if (target == "nobody") return reach::unreachable;
    return target == "nonsense" ? reach::unsupported : reach::ok;
  }
  const std::vector<std::pair<std::string, std::string>>&
  io_processors(const session&) const override {
    return processors_;
  }

 private:
  std::vector<std::pair<std::string, std::string>> processors_;
};

struct stage {
  explicit stage(std::string_view bytes, const vocabulary* actions = nullptr) {
    s.document = document_from(bytes, actions);
    s.model = *null_source().open(s.document);
    s.id = 7;
    engine.start(s, {}, out);
  }
  stage& operator<<(const event& e) {
    out.clear();
    engine.process(s, e, out);
    return *this;
  }
  template <class T> std::vector<T> wishes() const {
    std::vector<T> found;
    for (const auto& wish : out)
      if (const T* one = std::get_if<T>(&wish)) found.push_back(*one);
    return found;
  }
  names log_lines() const {
    names lines;
    for (const auto& l : wishes<log_effect>()) lines.push_back(l.label);
    return lines;
  }

  recording_host world;
  interpreter engine{world};
  session s;
  effects out;
};

} // namespace

// -- send and cancel ------------------------------------------------------------------------------------------------

TEST_CASE("<send> becomes an effect with type, target, delay and ids") {
  stage t(null_scxml("", R"xml(
    <state id="a"><onentry>
      <send event="x" id="mine" target="somewhere" delay="1.5s"/>
      <send event="y"><content>hello</content></send>
      <cancel sendid="mine"/>
    </onentry></state>)xml"));
  const auto sends = t.wishes<send_effect>();
  REQUIRE(sends.size() == 2);
  CHECK(sends[0].what.name == "x");
  CHECK(sends[0].what.sendid == "mine");
  CHECK(sends[0].sendid == "mine");
  CHECK(sends[0].target == "somewhere");
  CHECK(sends[0].type == scxml_event_processor);
  CHECK(sends[0].delay_ms == 1500);
  CHECK(sends[1].what.sendid.empty());
  CHECK_FALSE(sends[1].sendid.empty());
  CHECK(sends[1].delay_ms == 0);
  CHECK(sends[1].what.data == value("hello"));
  const auto cancels = t.wishes<cancel_effect>();
  REQUIRE(cancels.size() == 1);
  CHECK(cancels[0].sendid == "mine");
}

TEST_CASE("<send> to #_internal goes to the internal queue at once") {
  stage t(null_scxml("", R"xml(
    <state id="a"><onentry><send event="x" target="#_internal"/></onentry><transition event="x" target="b"/></state>
    <state id="b"/>)xml"));
  CHECK(t.wishes<send_effect>().empty());
  CHECK(t.s.is_active(t.s.document->find_state("b")));
}

TEST_CASE("a target of a kind unknown is error.execution and ends the block") {
  stage t(null_scxml("", R"xml(
    <state id="a">
      <onentry><send event="x" id="one" target="nonsense"/><log label="not reached"/></onentry>
      <onentry><log label="next block"/></onentry>
      <transition event="error.execution" target="b"/>
    </state>
    <state id="b"/>)xml"));
  CHECK(t.log_lines() == names{"next block"});
  CHECK(t.s.is_active(t.s.document->find_state("b")));
}

TEST_CASE("a target that nobody listens at is error.communication; the block goes on") {
  stage t(null_scxml("", R"xml(
    <state id="a">
      <onentry><send event="x" id="one" target="nobody"/><log label="reached"/></onentry>
      <transition event="error.communication" target="b"/>
    </state>
    <state id="b"/>)xml"));
  CHECK(t.log_lines() == names{"reached"});
  CHECK(t.s.is_active(t.s.document->find_state("b")));
}

TEST_CASE("an error inside <if> ends the whole block") {
  stage t(null_scxml("", R"xml(
    <state id="a"><onentry>
      <if cond="In('a')"><send event="x" target="nonsense"/><log label="1"/></if>
      <log label="2"/>
    </onentry></state>)xml"));
  CHECK(t.log_lines().empty());
}

TEST_CASE("<if> takes the first branch that holds") {
  stage t(null_scxml("", R"xml(
    <state id="a"><onentry>
      <if cond="In('b')"><log label="1"/><elseif cond="In('a')"/><log label="2"/><else/><log label="3"/></if>
      <if cond="In('b')"><log label="4"/><else/><log label="5"/></if>
      <if cond="In('b')"><log label="6"/></if>
    </onentry></state><state id="b"/>)xml"));
  CHECK(t.log_lines() == names{"2", "5"});
}

TEST_CASE("a condition that cannot be evaluated is false and an error event") {
  stage t(null_scxml("", R"xml(
    <state id="a">
      <transition cond="1 == 1" target="wrong"/>
      <transition event="error.execution" target="b"/>
    </state>
    <state id="wrong"/><state id="b"/>)xml"));
  CHECK(t.s.is_active(t.s.document->find_state("b")));
}

// -- invocations ----------------------------------------------------------------------------------------------------

TEST_CASE("invocations start at the end of the macrostep, for states still active") {
  stage t(null_scxml("", R"xml(
    <state id="a">
      <invoke id="never" src="one.scxml"/>
      <onentry><log label="entered"/></onentry>
      <transition target="b"/>
    </state>
    <state id="b"><invoke src="two.scxml" type="http://www.w3.org/TR/scxml/"/><transition event="e" target="c"/></state>
    <state id="c"/>)xml"));
  const auto started = t.wishes<invoke_effect>();
  REQUIRE(started.size() == 1);
  CHECK(started[0].src == "two.scxml");
  CHECK(started[0].type == "http://www.w3.org/TR/scxml/");
  CHECK(started[0].id.starts_with("b."));
  REQUIRE(t.s.invocations.size() == 1);

  t << named("e");
  const auto ended = t.wishes<uninvoke_effect>();
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].id == started[0].id);
  CHECK(t.s.invocations.empty());
}

TEST_CASE("finalize runs for events of its own invocation only, before the transition") {
  stage t(null_scxml("", R"xml(
    <state id="a">
      <invoke id="one" src="x"><finalize><log label="final one"/></finalize></invoke>
      <invoke id="two" src="y" autoforward="true"><finalize><log label="final two"/></finalize></invoke>
      <transition event="e"><log label="transition"/></transition>
    </state>)xml"));
  event e = named("e");
  e.invokeid = "one";
  t << e;
  CHECK(t.log_lines() == names{"final one", "transition"});
  const auto forwarded = t.wishes<forward_effect>();
  REQUIRE(forwarded.size() == 1);
  CHECK(forwarded[0].id == "two");
  CHECK(forwarded[0].what == e);

  t.engine.forget_invocation(t.s, "two");
  t << named("e");
  CHECK(t.wishes<forward_effect>().empty());
  CHECK(t.log_lines() == names{"transition"});
}

TEST_CASE("the end of a session cancels its invocations and reports donedata") {
  stage t(null_scxml("", R"xml(
    <state id="a"><invoke id="one" src="x"/><transition event="e" target="end"/></state>
    <final id="end"><donedata><content>result</content></donedata></final>)xml"));
  t << named("e");
  CHECK(t.wishes<uninvoke_effect>().size() == 1);
  const auto done = t.wishes<done_effect>();
  REQUIRE(done.size() == 1);
  CHECK(done[0].data == value("result"));
  CHECK(t.s.phase == session_phase::done);
}

TEST_CASE("a faulted session cancels its invocations") {
  stage t(null_scxml("", R"xml(
    <state id="a">
      <invoke id="one" src="x"/>
      <transition event="e"><raise event="e"/><raise event="e"/></transition>
    </state>)xml"));
  t << named("e");
  CHECK(t.s.phase == session_phase::faulted);
  CHECK(t.wishes<uninvoke_effect>().size() == 1);
}
