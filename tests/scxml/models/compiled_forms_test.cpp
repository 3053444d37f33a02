// compiled_forms_test.cpp: conditions of a state in one question, assignments of a block in another, and the forms that are seen
// beforehand: what they give is what conditions and assignments give one by one.
#include <random>

#include "scxml/models/compiled/program.hpp"
#include "tests/scxml/models/fixture.hpp"
#include "tests/scxml/models/twins.hpp"

using namespace chainring::scxml;
using namespace chainring::scxml::testing;

namespace {

constexpr const char* conditions[] = {
    "_event.data.result=='Busy'", "_event.data.result == 'NoAnswer' && tries < 3", "'Answer' === _event.data.result",
    "_event.data.result=='Busy' && tries > 1 && last == 'Busy'", "_event.data.result=='Busy' || tries == 0",
    "_event.data.result=='Busy' && last == '' || tries == 2", "(_event.data.result=='Busy' || tries > 0) && last != 'x'",
    "_event.data.result=='Busy' && undeclared", "_event.data.result!='Busy'", "!(_event.data.result=='Busy')",
    "_event.data.result==1", "_event.data.other=='Busy'", "_event.data.result==last", "tries < 2", "undeclared", "last.x.y",
};

constexpr const char* values[] = {
    "0", "30", "'Busy'", "'a text that needs memory of its own'", "''", "tries + 1", "last + 1", "tries + tries", "1 + tries",
    "_event.data.result", "_event.data.other", "_event.data.result.x", "undeclared", "tries - 1", "null", "true",
};

/// Some conditions as candidates, and a block of some assignments.
struct written_forms {
  written w{{"tries", "last", "spare"}};
  std::vector<candidate> asked;
  index look;

  explicit written_forms(std::mt19937& choices) {
    std::vector<index> locations;
    for (const char* name : {"tries", "last", "spare", "undeclared"}) locations.push_back(w.add(name, expression_kind::location));
    for (auto i = choices() % 6; i > 0; --i)
      asked.push_back({0, choices() % 8 == 0 ? none : w.add(conditions[choices() % std::size(conditions)]), 0});
    for (auto i = 1 + choices() % 5; i > 0; --i) {
      const auto where = choices() % 9;
      w.made->assigns.push_back({locations[where == 0 ? 3 : where % 3], w.add(values[choices() % std::size(values)])});
    }
    look = w.add("tries + '/' + last + '/' + spare + '/' + typeof tries");
  }
};

event random_event(std::mt19937& choices) {
  event e;
  e.name = "sample";
  constexpr const char* results[] = {"Busy", "NoAnswer", "Answer", ""};
  switch (choices() % 6) {
  case 0: e.data = "Busy"; break;
  case 1: e.data = object{{{"result", 1}}}; break;
  case 2: e.data = object{{{"other", "Busy"}, {"result", object{{{"x", 2}}}}}}; break;
  case 3: break;
  default: e.data = object{{{"result", results[choices() % 4]}}};
  }
  return e;
}

} // namespace

TEST_CASE("conditions in one question and assignments in another give what they give one by one", "[compiled]") {
  std::mt19937 choices(20261130);
  std::size_t held = 0, failed = 0;
  for (int round = 0; round < 3'000; ++round) {
    written_forms forms(choices);
    REQUIRE(translated(forms.w.made) == "");
    player joined(usual_models(), forms.w.made), single(usual_models(), forms.w.made);
    for (std::uint64_t turn = 1; turn <= 4; ++turn) {
      const event e = random_event(choices);
      for (player* p : {&joined, &single}) p->current = &e, p->event_number = choices() % 8 == 0 ? 0 : 2 * turn + (p == &single);
      auto s = joined.around(), t = single.around();
      if (choices() % 32 == 0) s.cpu_us_left = t.cpu_us_left = 0;
      std::size_t at = 99, at_singly = 99;
      const verdict v = joined.self.model->first_that_holds(s, forms.asked, at);
      const verdict w = single.self.model->datamodel::first_that_holds(t, forms.asked, at_singly);
      CHECK(shown(v) == shown(w));
      CHECK(at == at_singly);
      held += v.ok() && at < forms.asked.size();
      failed += !v.ok();
      const range all{0, static_cast<index>(forms.w.made->assigns.size())};
      index done = 0, done_singly = 0;
      const verdict x = joined.self.model->assign_all(s, all, done);
      const verdict y = single.self.model->datamodel::assign_all(t, all, done_singly);
      CHECK(shown(x) == shown(y));
      CHECK(done == done_singly);
      CHECK(shown(joined.get(forms.look)) == shown(single.get(forms.look)));
    }
  }
  CHECK(held > 1'000);
  CHECK(failed > 1'000);
}

TEST_CASE("the forms of conditions and assignments are seen", "[compiled]") {
  written w({"tries", "last"});
  const index tries = w.add("tries", expression_kind::location);
  const auto guarded = [&](const char* text) {
    const index e = w.add(text);
    REQUIRE(translated(w.made) == "");
    return w.made->program->entries[e].guard.name != none;
  };
  CHECK(guarded("_event.data.result=='Busy'"));
  CHECK(guarded("'Busy' === _event.data.result && tries < 3 && last == ''"));
  CHECK_FALSE(guarded("_event.data.result=='Busy' || tries < 3"));
  CHECK_FALSE(guarded("_event.data.result=='Busy' && tries < 3 || last == ''"));
  CHECK_FALSE(guarded("_event.data.result=='Busy' ? true : true"));
  CHECK_FALSE(guarded("_event.data.result=='Busy' == false"));
  CHECK_FALSE(guarded("_event.data.result!='Busy'"));
  CHECK_FALSE(guarded("_event.data.result==1"));
  using form = compiled_model::assignment::form;
  const auto seen = [&](const char* text) {
    w.made->assigns = {{tries, w.add(text)}};
    REQUIRE(translated(w.made) == "");
    return w.made->program->assignments.front().what;
  };
  CHECK(seen("0") == form::constant);
  CHECK(seen("'Busy'") == form::constant);
  CHECK(seen("tries + 1") == form::sum);
  CHECK(seen("'a text that needs memory'") == form::general);
  CHECK(seen("tries + 'x'") == form::general);
  CHECK(seen("1 + tries") == form::general);
  CHECK(seen("last") == form::general);
}
