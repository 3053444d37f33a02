// ecmascript_joined_test.cpp: <assign> elements that follow each other are one call on QuickJS: what they do, and where they
// end, is what it would be one by one.
#include <random>

#include "tests/scxml/models/fixture.hpp"
#include "tests/scxml/models/twins.hpp"

using namespace chainring::scxml;
using namespace chainring::scxml::testing;

namespace {

struct written_assign {
  const char* location;
  const char* expr;
};

constexpr written_assign samples[] = {
    {"x", "x + 1"}, {"y", "x * 2"}, {"z", "[x, y]"}, {"x", "_event.data.n"}, {"y", "_event.name + x"},
    {"z", "{event: _event}"}, {"z", "_event"}, {"z.last", "x"}, {"x", "z.length"}, {"y", "f()"},
    {"f", "function () { return ++x }"}, {"f", "() => _event.name"}, {"f", "5"}, {"z[x]", "y"},
    {"x", "1;"}, {"x", "2 // two"}, {"y", "/* three */ 3"},
    {"undeclared", "1"}, {"x", "undeclared"}, {"x", "null.x"}, {"_event", "1"}, {"_event.data.n", "9"}, {"_event.data", "5"},
    {"x", "(function () { throw 'thrown' })()"}, {"x", "(function () { throw null })()"},
    {"1", "1"}, {"x", "1 /*"}, {"y", "*/ 1"}, {"x", "1) + (1"}, {"x // ", "1"}, {"x", "return"},
    {"x", "arguments[0] = 7"}, {"y", "typeof arguments[0]"}, {"y", "arguments.length"}, {"x", "\\u0061rguments.length"},
    {"x", "typeof __done__"}, {"__done__", "2"}, {"x", "__done__ = 1"}, {"y", "'__done__'"},
};

/// All samples as expressions, and a block of some of them.
struct block_of_assigns {
  written w{{"x", "y", "z", "f", "spare"}};
  std::vector<index> locations, values;
  index look;

  block_of_assigns() {
    for (const auto& sample : samples) {
      locations.push_back(w.add(sample.location, expression_kind::location));
      values.push_back(w.add(sample.expr));
    }
    look = w.add("[x, y, typeof z, z && z.length, typeof f]");
  }
  void add(std::size_t sample) { w.made->assigns.push_back({locations[sample], values[sample]}); }
  range all() const { return {0, static_cast<index>(w.made->assigns.size())}; }
};

event sample_event() {
  event e;
  e.name = "sample";
  e.data = object{{{"n", 4}}};
  return e;
}

} // namespace

TEST_CASE("joined assignments do what they do one by one") {
  std::mt19937 choices(20261130);
  const event e = sample_event();
  for (int round = 0; round < 400; ++round) {
    block_of_assigns block;
    const std::size_t count = 1 + choices() % 5;
    for (std::size_t i = 0; i < count; ++i)
      block.add(choices() % 3 == 0 ? choices() % std::size(samples) : choices() % 17); // these can work
    auto source = make_ecmascript_source();
    player joined(*source, block.w.made), single(*source, block.w.made);
    for (player* p : {&joined, &single}) p->current = &e, p->event_number = 1;
    for (int again = 0; again < 2; ++again) {
      auto s = joined.around(), t = single.around();
      index done = 0, done_singly = 0;
      const verdict v = joined.self.model->assign_all(s, block.all(), done);
      const verdict w = single.self.model->datamodel::assign_all(t, block.all(), done_singly);
      std::string text;
      for (const auto& a : block.w.made->assigns)
        text += block.w.made->expressions[a.location].text + " = " + block.w.made->expressions[a.value].text + "\n";
      INFO(text);
      CHECK(done == done_singly);
      CHECK(v.why == w.why);
      CHECK(v.message == w.message);
      CHECK(shown(joined.get(block.look)) == shown(single.get(block.look)));
    }
  }
}

TEST_CASE("a failing assignment ends the rest, and is told by its place") {
  auto source = make_ecmascript_source();
  const event e = sample_event();
  for (std::size_t at = 0; at < 4; ++at) {
    block_of_assigns block;
    for (std::size_t i = 0; i < 4; ++i) block.add(i == at ? 19 : 0); // null.x among x + 1
    player p(*source, block.w.made);
    p.current = &e;
    for (int again = 0; again < 2; ++again) { // what one failure leaves behind is not met by the next
      auto s = p.around();
      index done = 9;
      CHECK(p.self.model->assign_all(s, block.all(), done).message == "TypeError: cannot read property 'x' of null");
      CHECK(done == at);
      s.cpu_us_left = 0;
      CHECK(p.self.model->assign_all(s, block.all(), done).why == failure::out_of_time);
      CHECK(done == 0);
    }
  }
}

TEST_CASE("budgets hold for joined assignments together") {
  auto source = make_ecmascript_source();
  written w({"x", "y"});
  const index x = w.add("x", expression_kind::location), y = w.add("y", expression_kind::location), one = w.add("1"),
              endless = w.add("(function () { for (;;); })()"),
              endless_and_deaf = w.add("(function () { try { for (;;); } catch (e) {} finally { for (;;); } })()"),
              large = w.add("Array(100).fill('text').map(function (v, i) { return v.repeat(4000) + i })"), look = w.add("[x, y]");
  for (const index value : {one, endless, one}) w.made->assigns.push_back({x, value});
  for (const index value : {one, endless_and_deaf}) w.made->assigns.push_back({y, value});
  w.made->assigns.push_back({y, large});
  for (const index location : {x, y}) w.made->assigns.push_back({location, one});
  player p(*source, w.made);
  index done = 0;
  const auto assign_all = [&](range assigns) {
    auto s = p.around();
    return p.self.model->assign_all(s, assigns, done).why;
  };
  for (const range endless_ones : {range{0, 3}, range{3, 2}}) {
    CHECK(assign_all(endless_ones) == failure::out_of_time);
    CHECK(done == 1);
  }
  CHECK(p.get(look) == value(array{1, 1}));
  CHECK(assign_all({5, 2}) == failure::out_of_memory); // what is kept is weighed at the end
  CHECK(done == 1);
  CHECK(assign_all({7, 1}) == failure::none);
  CHECK(done == 1);
}
