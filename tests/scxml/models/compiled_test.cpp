// compiled_test.cpp: the compiled model: what it takes, what it leaves to QuickJS and when sessions go there, its errors, its
// budgets and its snapshots. That it gives what QuickJS gives is compiled_differential_test.cpp's.
#include "scxml/compile.hpp"
#include "scxml/models/compiled/names.hpp"
#include "scxml/models/compiled/slot.hpp"
#include "tests/scxml/models/fixture.hpp"
#include "tests/scxml/models/twins.hpp"

using namespace chainring::scxml;
using namespace chainring::scxml::testing;

namespace {

/// Why a document with that expression over the data items a and b leaves the subset, or nothing.
std::string left_for(const std::string& text, expression_kind kind = expression_kind::value) {
  written w({"a", "b"});
  w.add(text, kind);
  return translated(w.made);
}

/// Every word of what an expression gives on QuickJS.
std::vector<std::string> words_of(const std::string& expression) {
  const value all = scratchpad()(expression);
  REQUIRE(all.is<array>());
  std::vector<std::string> out;
  for (const value& one : *all.as<array>()) out.push_back(*one.as<std::string>());
  return out;
}

event with_data(value data) {
  event e;
  e.name = "e";
  e.data = std::move(data);
  return e;
}

/// A document of two items, a location and an expression for each text.
struct pair_of_sessions {
  written w{std::vector<std::string>{"a", "b"}};
  const index a = w.add("a", expression_kind::location), b = w.add("b", expression_kind::location);
  std::vector<index> texts;
  std::optional<twins> both;

  explicit pair_of_sessions(const std::vector<std::string>& expressions) {
    for (const auto& text : expressions) texts.push_back(w.add(text));
    REQUIRE(translated(w.made) == "");
    both.emplace(w.made);
  }
};

} // namespace

TEST_CASE("what lies inside of the subset", "[compiled]") {
  for (const char* text :
       {"1", "a", "'x' + a;", "a == null ? _event.data.v : -1", "_event.data['callresult'] != \"Busy\" && (a | 0) < 3", "HDAY",
        "typeof HDAY", "In('second')", "_data.a", "_event.data.list[0].v.length", "~a >>> 1 % 2 / 3 * 4", "!_event.name", "_event",
        "((((a))))", "undefined === NaN", "'\\u00e4\\x41\\n'", " a\n+\tb ", "_sessionid + _name", "'10n'", "a.b.c"})
    CHECK(left_for(text) == "");
  CHECK(left_for("a", expression_kind::location) == "");
  CHECK(left_for(" _data.b ", expression_kind::location) == "");
  CHECK(left_for("undeclared", expression_kind::location) == "");
  for (const char* text : {"", "12", " two\n words ", "-1e3", "01", "true", "nullify", "- 1"})
    CHECK(left_for(text, expression_kind::content) == "");
}

TEST_CASE("what takes a document to QuickJS is named", "[compiled]") {
  const std::pair<const char*, const char*> table[] = {
      {"a.indexOf('x')", "it has the member 'indexOf'"},
      {"f(a)", "it calls a function"},
      {"Math.floor(a)", "it uses the built-in 'Math'"},
      {"[1, 2]", "it makes an array"},
      {"{v: 1}", "it makes an object"},
      {"/x/", "it has a regular expression"},
      {"a = 1", "it assigns inside an expression"},
      {"a += 1", "it assigns inside an expression"},
      {"a++", "it has '++'"},
      {"new Date", "it has 'new'"},
      {"'v' in a", "it has 'in'"},
      {"function () {}", "it has 'function'"},
      {"`x`", "it has a template"},
      {"a ?? b", "it has '\?\?'"},
      {"a?.b", "it has '?.'"},
      {"1, 2", "it has ','"},
      {"a /* b */", "it has a comment"},
      {"a <!--b", "it has a comment"},
      {"10n", "it is not what QuickJS takes for an expression"},
      {"017", "it has a number that the compiled model does not know"},
      {"3x", "it has a number that the compiled model does not know"},
      {"'\\ud800'", "it has a text with an escape that the compiled model does not know"},
      {"'x", "it has a text that does not end"},
      {"\xc3\xa4", "it has a character that the compiled model does not know"},
      {"a\\u0061", "a name has other than ASCII letters"},
      {"a b", "it has 'b'"},
      {"(a", "it is not complete"},
      {"", "it is not complete"},
      {"In(a)", "the argument of In is no text literal"},
      {"_data", "it uses _data as a whole"},
      {"_data.c", "it uses a member of _data that is no data item"},
      {"_ioprocessors.scxml", "it uses the built-in '_ioprocessors'"},
      {"this.a", "it has 'this'"},
      {"arguments", "it has 'arguments'"},
      {"toString", "it uses the built-in 'toString'"},
      {"_event.constructor", "it has the member 'constructor'"},
  };
  for (const auto& [text, why] : table) {
    INFO(text);
    CHECK(left_for(text) == why);
  }
  CHECK(left_for(std::string(200, '(') + "a" + std::string(200, ')')) == "it is nested too deeply");
  std::string deep;
  for (int i = 0; i < 40; ++i) deep += "a+(";
  CHECK(left_for(deep + "a" + std::string(40, ')')) == "it is nested too deeply");
  CHECK(left_for("a.x", expression_kind::location) == "it assigns to other than a data item");
  CHECK(left_for("_event", expression_kind::location) == "it assigns to other than a data item");
  CHECK(left_for("a = 1", expression_kind::script) == "it has a <script>");
  for (const char* text : {"[1]", " {\"v\": 1}", "<a/>", "\"x\"", "1e999"}) CHECK(left_for(text, expression_kind::content) != "");
  written other({"undefined"});
  CHECK(translated(other.made) == "a data item has a name that means something else");
}

TEST_CASE("compiled documents have a program or say why not", "[compiled]") {
  const auto text = [](const char* body) {
    return "<scxml xmlns='http://www.w3.org/2005/07/scxml' version='1.0' datamodel='ecmascript'>\n" + std::string(body) +
           "</scxml>";
  };
  const auto in = compile(text("<datamodel><data id='a' expr='1'/></datamodel><state/>"), {}).document;
  REQUIRE(in);
  CHECK(in->program);
  CHECK((*usual_models().open(in)) == (*usual_models().open(in)));
  const auto out = compile(text("<datamodel><data id='a'\n expr='[]'/></datamodel><state/>"), {}).document;
  REQUIRE(out);
  CHECK_FALSE(out->program);
  CHECK(out->leaves_compiled.what == "it makes an array");
  CHECK(out->leaves_compiled.text == "[]");
  CHECK(out->leaves_compiled.where.line == 3);
}

TEST_CASE("every name that QuickJS knows by itself is known not to be the document's", "[compiled]") {
  for (const auto& name : words_of("Object.getOwnPropertyNames(globalThis).concat(Object.getOwnPropertyNames(Object.prototype))")) {
    INFO(name);
    CHECK(compiled_model::is_global(name));
  }
  for (const auto& name : words_of("[].concat.apply([], [Object, Array, String, Number, Boolean].map(function (c) { "
                                   "return Object.getOwnPropertyNames(c.prototype); }))")) {
    INFO(name);
    CHECK((name == "length" || compiled_model::is_inherited(name)));
  }
}

TEST_CASE("a session is small", "[compiled]") {
  constexpr std::size_t items = 6, allocation = 16;
  CHECK(sizeof(session) + items * sizeof(compiled_model::slot) + allocation <= 250);
}

TEST_CASE("names that nothing declares are told apart from other errors", "[compiled]") {
  pair_of_sessions p({"HDAY", "_event.data.v", "1 + HDAY"});
  for (const index e : p.texts) CHECK(p.both->evaluate(e) == "");
  player alone(usual_models(), p.w.made);
  alone.get(p.texts[0]);
  CHECK(alone.last.why == failure::unknown_name);
  CHECK(alone.last.message == "ReferenceError: 'HDAY' is not defined");
  alone.get(p.texts[1]);
  CHECK(alone.last.why == failure::failed);
}

TEST_CASE("a session that keeps an object moves to QuickJS with its data", "[compiled]") {
  pair_of_sessions p({"_event.data.o", "7", "a", "a.v", "b"});
  CHECK(p.both->assign(p.b, p.texts[1]) == "");
  p.both->happens(with_data(object{{{"o", object{{{"v", 2.5}}}}}}));
  CHECK(p.both->evaluate(p.texts[0]) == "");
  CHECK_FALSE(p.both->has_moved()); // it was only looked at
  CHECK(p.both->assign(p.a, p.texts[0]) == "");
  CHECK(p.both->has_moved());
  CHECK(p.both->evaluate(p.texts[3]) == "");
  CHECK(p.both->seen() == value(2.5));
  CHECK(p.both->evaluate(p.texts[4]) == "");
  CHECK(p.both->seen() == value(7));
}

TEST_CASE("a session may move to QuickJS between two assignments of a block", "[compiled]") {
  written w{std::vector<std::string>{"a", "b"}};
  const index a = w.add("a", expression_kind::location), b = w.add("b", expression_kind::location), seven = w.add("7"),
              object_ = w.add("_event.data.o"), look = w.add("a.v + b");
  w.made->assigns = {{b, seven}, {a, object_}, {b, seven}};
  REQUIRE(translated(w.made) == "");
  player p(usual_models(), w.made);
  const datamodel* const before = p.self.model.get();
  const event e = with_data(object{{{"o", object{{{"v", 2.5}}}}}});
  p.current = &e;
  p.event_number = 1;
  auto s = p.around();
  index done = 0;
  CHECK(p.self.model->assign_all(s, {0, 3}, done).ok());
  CHECK(done == 3);
  CHECK(p.self.model.get() != before);
  CHECK(p.get(look) == value(9.5));
}

TEST_CASE("XML, and text that is no UTF-8, are QuickJS's", "[compiled]") {
  for (const value& odd : {value(xml{"<a b='1'/>"}), value(std::string("\xff")), value(std::string("\xed\xa0\x80"))}) {
    pair_of_sessions p({"_event.data.odd", "_event.data.odd + ''"});
    p.both->happens(with_data(object{{{"odd", odd}}}));
    CHECK(p.both->evaluate(p.texts[1]) == "");
    CHECK(p.both->has_moved());
    CHECK(p.both->evaluate(p.texts[0]) == "");
    CHECK(p.both->assign_value(p.a, odd) == "");
  }
}

TEST_CASE("what a compiled session keeps is limited, what it drops is not", "[compiled]") {
  pair_of_sessions p({"'a text of some length that needs memory'", "a + a", "''"});
  player alone(usual_models(), p.w.made);
  auto s = alone.around();
  auto& m = *alone.self.model;
  const auto doubled = [&] {
    int turns = 0;
    REQUIRE(m.assign(s, p.a, p.texts[0]).ok());
    verdict v;
    for (; v.ok() && turns < 30; ++turns) v = m.assign(s, p.a, p.texts[1]);
    CHECK(v.why == failure::out_of_memory);
    return turns;
  };
  const int turns = doubled();
  CHECK(turns >= 13);
  CHECK(turns <= 18);
  CHECK(m.assign(s, p.a, p.texts[2]).ok());
  CHECK(doubled() == turns);
}

TEST_CASE("a compiled expression needs CPU time that is left", "[compiled]") {
  pair_of_sessions p({"1"});
  player alone(usual_models(), p.w.made);
  auto s = alone.around();
  value out;
  s.cpu_us_left = 0;
  CHECK(alone.self.model->evaluate(s, p.texts[0], out).why == failure::out_of_time);
  s.cpu_us_left = 1'000;
  while (s.cpu_us_left == 1'000) REQUIRE(alone.self.model->evaluate(s, p.texts[0], out).ok());
  CHECK(s.cpu_us_left == 999);
}

TEST_CASE("either model restores what the other has saved", "[compiled]") {
  pair_of_sessions p({"a + '!'", "b"});
  CHECK(p.both->assign_value(p.a, "some text that is longer than a slot") == "");
  CHECK(p.both->assign_value(p.b, -0.0) == "");
  CHECK(p.both->save_and_swap() == "");
  CHECK_FALSE(p.both->has_moved());
  for (const index e : p.texts) CHECK(p.both->evaluate(e) == "");
}

TEST_CASE("a snapshot with what only QuickJS can hold is restored there, a damaged one refused", "[compiled]") {
  pair_of_sessions p({"a"});
  player before(quickjs_models(), p.w.made), after(usual_models(), p.w.made);
  auto s = before.around(), t = after.around();
  REQUIRE(before.self.model->assign_value(s, p.a, array{1, 2}).ok());
  const auto bytes = before.self.model->save(s);
  REQUIRE(bytes.ok());
  const auto compiled = after.self.model;
  CHECK(compiled->restore(t, bytes->substr(0, bytes->size() - 1)).message == "the saved data are damaged");
  player again(usual_models(), p.w.made);
  auto u = again.around();
  CHECK(again.self.model->restore(u, *bytes).ok());
  CHECK(again.self.model != compiled);
  CHECK(again.get(p.texts[0]) == value(array{1, 2}));
}
