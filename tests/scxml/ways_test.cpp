// ways_test.cpp: what transitions amount to, laid out beforehand, and what happens on the way.
#include "scxml/limits.hpp"
#include "scxml/models/models.hpp"
#include "tests/scxml/play.hpp"

using namespace chainring::scxml;
using namespace chainring::scxml::testing;

namespace {

std::string repeated(std::string_view s, std::size_t n) {
  std::string out;
  for (std::size_t i = 0; i < n; ++i) out += s;
  return out;
}

/// "-s" left, "+s" entered, "--s" and "++s" whole, "." executed, "=" assigned.
std::string text_of(const document& d, std::span<const way_step> way) {
  using deed = way_step::deed;
  std::string out;
  for (const auto& s : way) {
    const auto named = [&](const char* sign) { out += sign + d.states[s.subject].id; };
    switch (s.what) {
    case deed::leave: named("-"); break;
    case deed::leave_whole: named("--"); break;
    case deed::execute: out += "."; break;
    case deed::assign: out += "="; break;
    case deed::assign_all: out += repeated("=", s.count); break;
    case deed::enter: named("+"); break;
    case deed::enter_whole: named("++"); break;
    }
  }
  return out;
}

/// All that is done on this event while `atomic` is active; "*" stands between what is left and the rest.
std::string way_of(const document& d, std::string_view atomic, std::string_view event_name) {
  const index from = d.find_state(atomic);
  const auto found = d.candidates.for_event(from, event_name);
  if (found.empty()) return "nothing";
  return text_of(d, d.ways.leaving(from).first(found.front().leave_steps)) + "*" +
         text_of(d, d.ways.onward(found.front().transition));
}

} // namespace

TEST_CASE("a way has what is left, done and entered, in that order") {
  const auto d = document_from(null_scxml("", R"(
    <state id='a'><onexit><log/></onexit>
      <transition event='up' target='b'><log/><log/></transition>
      <transition event='in' type='internal' target='y'/>
      <transition event='stay'><log/></transition>
      <state id='x'><onexit><log/><log/></onexit><transition event='over' target='y'/></state>
      <state id='y'><onentry><log/></onentry></state>
    </state>
    <state id='b'><initial><transition target='p'><log/></transition></initial>
      <state id='p'><state id='q'><transition event='end' target='f'/></state></state>
    </state>
    <final id='f'/>)"));
  REQUIRE(d->candidates.known());
  CHECK(text_of(*d, d->ways.onward(d->states[0].initial)) == "+a+x");
  CHECK(way_of(*d, "x", "over") == "..-x*+y.");
  CHECK(way_of(*d, "x", "in") == "..-x*+y.");
  CHECK(way_of(*d, "x", "up") == "..-x.-a*..+b.+p+q");
  CHECK(way_of(*d, "y", "up") == "-y.-a*..+b.+p+q");
  CHECK(way_of(*d, "y", "stay") == "*.");
  CHECK(way_of(*d, "q", "end") == "-q-p-b*++f");
  CHECK(way_of(*d, "q", "up") == "nothing");
}

TEST_CASE("a state with an invocation comes whole") {
  const auto d = document_from(null_scxml("", R"(
    <state id='a'><onentry><log/></onentry><onexit><log/></onexit><invoke type='scxml' src='none.scxml'/>
      <transition event='e' target='a'/></state>)"));
  REQUIRE(d->candidates.known());
  CHECK(way_of(*d, "a", "e") == "--a*++a");
}

TEST_CASE("assignments that follow each other are one deed") {
  const auto made = compile(R"(<scxml xmlns='http://www.w3.org/2005/07/scxml' version='1.0' datamodel='ecmascript'>
    <datamodel><data id='n' expr='0'/></datamodel>
    <state id='a'><transition event='e' target='a'><log/><assign location='n' expr='1'/><assign location='n' expr='2'/>
      <assign location='n' expr='3'/><log/><assign location='n' expr='4'/></transition></state></scxml>)",
                            {});
  REQUIRE(made.document);
  const auto& d = *made.document;
  CHECK(way_of(d, "a", "e") == "-a*.===.=+a");
  const auto way = d.ways.onward(d.candidates.for_event(d.find_state("a"), "e").front().transition);
  REQUIRE(way.size() == 5);
  CHECK(way[1].count == 3);
  CHECK(way[1].more == 2);
  CHECK(way[3].more == 0);
}

TEST_CASE("an error ends its block and not the next one, nor the way") {
  const auto made = compile(R"(<scxml xmlns='http://www.w3.org/2005/07/scxml' version='1.0' datamodel='ecmascript'>
    <datamodel><data id='n' expr='0'/></datamodel>
    <state id='a'>
      <onexit><assign location='n' expr='n + 1'/><assign location='nowhere' expr='1'/><assign location='n' expr='n + 10'/></onexit>
      <onexit><assign location='n' expr='n + 100'/></onexit>
      <transition event='e' target='b'><assign location='nowhere' expr='1'/><assign location='n' expr='n + 1000'/></transition>
    </state>
    <state id='b'><onentry><assign location='n' expr='n + 10000'/></onentry>
      <transition event='error.execution' cond='n === 10101' target='c'/></state>
    <state id='c'/></scxml>)",
                             {});
  REQUIRE(made.document);
  REQUIRE(made.document->candidates.known());
  REQUIRE(made.document->program);
  const auto models = make_models();
  trace seen;
  runner_setup setup;
  setup.watching = &seen;
  runner run(made.document, *models->open(made.document), {}, setup);
  run.start();
  seen.take();
  run.deliver(named("e"));
  const std::string missing = "!ReferenceError: 'nowhere' is not declared";
  CHECK(seen.take() == names{missing, "-a", "*a", missing, "+b", "-b", "*b", "+c"});
}

TEST_CASE("documents whose ways are too long have none, and do the same") {
  const std::size_t depth = 100, transitions = limits::way_steps_max / depth + 1;
  const auto text = [&](std::size_t count) {
    std::string states;
    for (std::size_t i = 0; i < depth; ++i) states += "<state id='s" + std::to_string(i) + "'>";
    return null_scxml("", "<state id='a'>" + repeated("<transition event='e' target='s99'/>", count) + "</state>" + states +
                              repeated("</state>", depth));
  };
  const auto few = document_from(text(1)), many = document_from(text(transitions));
  REQUIRE(few->candidates.known());
  REQUIRE_FALSE(many->candidates.known());
  play one(few), other(many);
  one << "e";
  other << "e";
  CHECK(one.active() == names{"s99"});
  CHECK(one.seen.take() == other.seen.take());
}
