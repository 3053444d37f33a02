// lint_test.cpp: each warning where it is deserved, and none where it is not.
#include "scxml/lint/lint.hpp"

#include "tests/scxml/chart.hpp"
#include "tests/scxml/lint_claims.hpp"
#include "tests/scxml/play.hpp"

using namespace chainring::scxml;
using namespace chainring::scxml::testing;
using Catch::Matchers::Contains;

namespace {

/// "line:column what: mend" of each warning; the body begins in line 2.
std::string warnings_about(const std::string& body) {
  const auto d = document_from(
      "<scxml xmlns='http://www.w3.org/2005/07/scxml' version='1.0' datamodel='ecmascript'>\n" + body + "</scxml>");
  std::string all;
  for (const auto& w : lint(*d)) {
    CHECK(w.severity == severity::warning);
    CHECK_FALSE(w.mend.empty());
    all += std::to_string(w.where.line) + ":" + std::to_string(w.where.column) + " " + w.what + ": " + w.mend + "\n";
  }
  return all;
}

struct sample {
  const char* body;
  const char* warning;
};

template <std::size_t n> void check_all(const sample (&samples)[n]) {
  for (const auto& s : samples) {
    INFO(s.body);
    CHECK_THAT(warnings_about(s.body), Catch::StartsWith(s.warning));
  }
}

template <std::size_t n> void check_silent(const char* const (&bodies)[n]) {
  for (const char* body : bodies) {
    INFO(body);
    CHECK(warnings_about(body) == "");
  }
}

} // namespace

TEST_CASE("states that nothing enters", "[lint]") {
  const sample lost[] = {
      {"<state id='a'/><state id='b'/>", "2:16 the state \"b\" is never entered: target it"},
      {"<state id='a'/><state/>", "2:16 this state has no id"},
      // only from itself, or from another one that nothing enters
      {"<state id='a'/><state id='b'><transition event='e' target='b'/></state>", "2:16 the state \"b\""},
      // its parent is only ever entered by way of its sibling
      {"<state id='a'><transition event='e' target='c'/></state><state id='p'><state id='b'/><state id='c'/></state>",
       "2:71 the state \"b\""},
      // an internal transition does not enter its own state again
      {"<state id='p' initial='c'><transition event='e' type='internal' target='c'/><state id='b'/><state "
       "id='c'/></state>",
       "2:77 the state \"b\""},
      {"<state id='a'><history id='h'><transition target='b'/></history><state id='b'/></state>",
       "2:15 the history \"h\" is never gone back to"},
      // the default of a history that nobody goes back to leads nowhere
      {"<state id='a' initial='c'><history id='h'><transition target='b'/></history><state id='b'/><state "
       "id='c'/></state>",
       "2:27 the history \"h\""},
  };
  check_all(lost);
  // What lies inside is not told again.
  CHECK_THAT(
      warnings_about("<state id='a'/><state id='b'><state id='b1'/><parallel id='b2'><state/></parallel></state>"),
      Contains("\"b\"") && !Contains("b1") && !Contains("b2"));
}

TEST_CASE("states that something enters", "[lint]") {
  const char* const reached[] = {
      "<state id='a'><transition target='b'/></state><state id='b'/>",
      "<state id='a' initial='a2'><transition event='e' target='a1'/><state id='a1'/><state id='a2'/></state>",
      // every region of a parallel, and the defaults inside, although only one region is named
      "<state id='a'><transition event='e' target='r12'/></state>"
      "<parallel id='p'><state id='r1' initial='r12'><state id='r12'/></state><state id='r2'><state "
      "id='r21'/></state></parallel>",
      // by the default of a history, and by the history itself
      "<state id='a'><transition event='e' target='h'/></state>"
      "<state id='p' initial='c'><history id='h'><transition target='b'/></history><state id='b'><transition event='e' "
      "target='a'/></state><state id='c'><transition event='e' target='a'/></state><transition event='x' "
      "target='p'/></state>",
      // a shallow history brings the default of a child that was left from another of its states
      "<state id='a'><transition event='e' target='q2'/><transition event='f' target='h'/></state>"
      "<state id='p' initial='c'><history id='h'><transition target='c'/></history><state id='c'/>"
      "<state id='q'><state id='q1'/><state id='q2'/><transition event='e' target='a'/></state></state>",
      // an external transition of a state to a state inside enters what is around it again
      "<parallel id='p'><transition event='e' target='b2'/><state id='a'><state id='a1'><transition event='e' "
      "target='a2'/></state>"
      "<state id='a2'/></state><state id='b'><state id='b1'/><state id='b2'/></state></parallel>",
  };
  check_silent(reached);
}

TEST_CASE("transitions that another one takes the event from", "[lint]") {
  const sample shadowed[] = {
      {"<state id='a'><transition event='e' target='a'/>\n<transition event='e' cond='x' target='a'/></state>",
       "3:1 this transition never gets its event: the one at line 2 takes it first: put this before it"},
      {"<state id='a'><transition event='e'/><transition event='e.f e.g.h'/></state>", "2:38 this transition never"},
      {"<state id='a'><transition event='*'/><transition event='e'/></state>", "2:38 this transition never"},
      {"<state id='a'><transition event='e f'/><transition event='f' /></state>", "2:40 this transition never"},
      {"<state id='a'><transition event='e'/><transition event='f'/><transition event='e f'/></state>",
       "2:61 this transition"},
      {"<state id='a'><transition event='e' cond=' true '/><transition event='e'/></state>",
       "2:52 this transition never"},
      // one of two events
      {"<state id='a'><transition event='e'/><transition event='e.x f'/></state>",
       "2:57 the event \"e.x\" never gets to this transition: the one at line 2 takes it first"},
      // every child takes it first
      {"<state id='p'><transition event='e'/><state id='a'><transition event='*' target='b'/></state>"
       "<state id='b'><transition event='e' target='a'/></state></state>",
       "2:15 this transition never gets its event: every state inside takes it first"},
      {"<parallel><transition event='e'/><state><transition event='e'/></state><state><state><transition "
       "event='e'/></state>"
       "</state></parallel>",
       "2:11 this transition never gets its event: every state inside takes it first"},
      // without events
      {"<state id='a'><transition target='b'/><transition cond='x' target='a'/></state><state id='b'/>",
       "2:39 this transition is never taken: the one at line 2 always comes first"},
      {"<state id='a'><transition event='e' target='a'/><transition target='b'/></state><state id='b'/>",
       "2:15 this transition is never taken: the one without event at line 2 leaves the state before any event"},
  };
  check_all(shadowed);
}

TEST_CASE("transitions that get their events", "[lint]") {
  const char* const taken[] = {
      "<state id='a'><transition event='e' cond='x'/><transition event='e'/></state>",
      "<state id='a'><transition event='e.f'/><transition event='e'/></state>",
      "<state id='a'><transition event='e'/><transition event='ef'/><transition event='*'/></state>",
      "<state id='a'><transition cond='x' target='b'/><transition target='b'/></state><state id='b'/>",
      "<state id='a'><transition event='e' target='b'/><transition cond='x' target='b'/></state><state id='b'/>",
      // a child that lets it pass: by a condition, by having none, by being final
      "<state id='p'><transition event='e'/><state id='a'><transition event='e' target='b'/></state>"
      "<state id='b'><transition event='e' cond='x' target='a'/></state></state>",
      "<state id='p'><transition event='e'/><state id='a'><transition event='e' target='f'/></state><final "
      "id='f'/></state>",
      "<parallel><transition event='e'/><state><transition event='e'/></state><state/></parallel>",
      // in a region the other one may come first
      "<parallel><state id='a'><transition event='e' target='a'/><transition target='b'/></state><state><transition "
      "target='b'/></state></parallel><state id='b'/>",
      // with states inside that may go on for ever
      "<state id='p'><transition event='e' target='q'/><transition target='q'/><state/></state><state id='q'/>",
  };
  check_silent(taken);
}

TEST_CASE("events that never come", "[lint]") {
  const sample impossible[] = {
      {"<state><transition event='foo*'/></state>", "2:27 no event matches \"foo*\": * stands for itself"},
      {"<state><transition event='*.foo'/></state>", "2:27 no event matches \"*.foo\""},
      {"<state><transition event='a, b'/></state>", "2:27 no event is called \"a,\": separate events by spaces"},
      {"<state><transition event='a..b'/></state>", "2:27 no event is called \"a..b\": a word between dots"},
      {"<state><transition event='.a'/></state>", "2:27 no event is called \".a\""},
      {"<state id='dial'><transition event='done.state.dail'/></state>",
       "2:37 there is no state \"dail\" to be done: did you mean \"dial\"?"},
      {"<state id='a'><transition event='done.state.a'/></state>",
       "2:34 the state \"a\" is never done: only states with states inside are"},
      {"<state id='a'><transition event='done.state.a'/><state/></state>",
       "2:34 the state \"a\" is never done: it has no <final>"},
      {"<parallel id='p'><transition event='done.state.p'/><state><final/></state><state><state/></state></parallel>",
       "2:37 the state \"p\" is never done: not every region has a <final>"},
      {"<state><transition event='done.state'/></state>", "2:27 no state here is ever done"},
      {"<state id='s'><transition event='done.invoke.i'/></state>", "2:34 nothing is invoked here"},
      {"<state id='s'><invoke id='child' src='x'/><transition event='done.invoke.chidl'/></state>",
       "2:62 there is no <invoke> with the id \"chidl\": did you mean \"child\"?"},
      {"<state><transition event='error.excution'/></state>",
       "2:27 nobody raises \"error.excution\": did you mean \"error.execution\"?"},
  };
  check_all(impossible);
}

TEST_CASE("events that may come", "[lint]") {
  const char* const possible[] = {
      "<state><transition event='foo.* done error error.execution.x error.platform error.mine done.data'/></state>",
      "<state id='a'><transition event='done.state.a'/><final/></state>",
      "<state id='a'><transition event='done.state done.state.*'/><final/></state>",
      "<parallel id='p'><transition "
      "event='done.state.p'/><state><final/></state><parallel><state><final/></state></parallel>"
      "</parallel>",
      "<state id='a.b'><transition event='done.state.a'/><final/></state>",
      // invocations without an id are called after their state
      "<state id='s'><invoke src='x'/><transition event='done.invoke.s done.invoke.s.1 done.invoke'/></state>",
      "<state id='s'><invoke id='i' src='x'/><transition event='done.invoke.i'/></state>",
      // raised or sent here, or under a name made at run time
      "<state><onentry><raise event='done.state.x'/><send event='error.excution'/></onentry>"
      "<transition event='done.state.x error.excution'/></state>",
      "<state><onentry><send eventexpr='name'/></onentry><transition event='done.state.x'/></state>",
  };
  check_silent(possible);
}

TEST_CASE("names that stand for nothing", "[lint]") {
  const sample dangling[] = {
      {"<state id='dial'><transition event='e' cond=\"In('dail') || x\"/></state>",
       "2:46 In() is never true: there is no state \"dail\": did you mean \"dial\"?"},
      {"<state><onentry><log expr='!In( \"x\" )'/></onentry></state>", "2:28 In() is never true"},
      {"<state><onentry><send event='e' id='timer'/><cancel sendid='timr'/></onentry></state>",
       "2:45 there is no <send> with the id \"timr\": did you mean \"timer\"?"},
      {"<state><onentry><send event='e' target='#_child'/></onentry></state>",
       "2:17 the target \"#_child\" is no <invoke>"},
  };
  check_all(dangling);
  const char* const known[] = {
      "<state id='a'><transition event='e' cond=\"In('a') &amp;&amp; x.In('b') &amp;&amp; CheckIn('c') &amp;&amp; "
      "In(d)\"/></state>",
      "<state><onentry><send event='e' id='t'/><cancel sendid='t'/></onentry></state>",
      "<state><onentry><send event='e' idlocation='x'/><cancel sendid='t'/></onentry></state>",
      "<state><onentry><cancel sendidexpr='x'/><send event='e' target='#_internal'/><send event='e' target='#_parent'/>"
      "<send event='e' target='#_scxml_s1'/><send event='e' target='http://h/'/></onentry></state>",
      "<state><onentry><send event='e' target='#_i'/></onentry><invoke id='i' src='x'/></state>",
      "<state><onentry><send event='e' target='#_i'/></onentry><invoke idlocation='x' src='x'/></state>",
  };
  check_silent(known);
}

TEST_CASE("documents inside documents are looked through", "[lint]") {
  const std::string found =
      warnings_about("<state><invoke><content><scxml version='1.0'><state id='a'/>\n<state id='b'/></scxml>"
                     "</content></invoke></state>");
  CHECK(found == "3:1 the state \"b\" is never entered: target it from a state that is, or remove it\n");
}

TEST_CASE("what lint says never happens does not happen on random charts", "[lint]") {
  std::size_t claimed = 0;
  for (std::uint32_t seed = 1; seed <= 200; ++seed) {
    const auto d = document_from(to_scxml(random_chart(seed)));
    const lint_claims claims(*d);
    claimed += claims.size();
    struct witness final : observer {
      const lint_claims& claims;
      explicit witness(const lint_claims& c)
          : claims(c) {}
      void entered(const session& s, index i) override { wrong += claims.never_enters(s.document->states[i]); }
      void taken(const session& s, index t) override { wrong += claims.never_takes(s.document->transitions[t]); }
      int wrong = 0;
    } seen(claims);
    runner run(d, *null_source().open(d), {}, {0, 1, 1, &seen});
    run.start();
    for (int i = 0; i < 12; ++i) run.deliver(named("e" + std::to_string((seed + static_cast<unsigned>(i) * 7) % 4)));
    INFO("seed " << seed);
    CHECK(seen.wrong == 0);
  }
  CHECK(claimed > 200);
}
