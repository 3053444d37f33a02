// ecmascript_snapshot_test.cpp: data saved and restored in another realm are the same data; what cannot be
// saved is named; damaged bytes are refused.
#include "tests/scxml/models/fixture.hpp"

using namespace chainring::scxml;
using namespace chainring::scxml::testing;

namespace {

/// Runs a script, saves, restores into a new session of a new realm and asks there.
struct passage {
  std::shared_ptr<const document> d;
  std::unique_ptr<datamodel_source> source = make_ecmascript_source();
  std::string bytes;
  chainring::error problem;

  passage(const std::string& script, const std::string& question)
      : d(player::document_of({"x", "y"}, {script, question})) {
    player p(*source, d);
    REQUIRE(p.run(2).message == "");
    auto s = p.around();
    auto saved = p.self.model->save(s);
    if (saved)
      bytes = *saved;
    else
      problem = saved.error();
  }

  value answer() {
    REQUIRE(problem.what == "");
    auto elsewhere = make_ecmascript_source();
    player p(*elsewhere, d);
    auto s = p.around();
    const verdict v = p.self.model->restore(s, bytes);
    REQUIRE(v.message == "");
    value out = p.get(1);
    REQUIRE(p.last.message == "");
    return out;
  }
};

bool holds(const std::string& script, const std::string& question) {
  return passage(script, question).answer() == value(true);
}

} // namespace

TEST_CASE("data of every kind come back") {
  CHECK(holds(
      "x = {a: [1, 'two', null, undefined, true], b: {c: -0}, d: NaN, e: -Infinity}",
      "JSON.stringify(x) === '{\"a\":[1,\"two\",null,null,true],\"b\":{\"c\":0},\"d\":null,\"e\":null}' && "
      "Object.is(x.b.c, -0) && x.d !== x.d && x.e === -Infinity && x.a.length === 5 && x.a[3] === undefined && "
      "'d' in x"));
  CHECK(holds("x = new Date(86400000); x.note = 'n'; y = new Date(NaN)",
              "x instanceof Date && x.getTime() === 86400000 && x.note === 'n' && isNaN(y.getTime())"));
  CHECK(holds("x = /a(b)/gi; x.lastIndex = 3; y = /z/.exec('xyz')",
              "x.source === 'a(b)' && x.flags === 'gi' && x.lastIndex === 3 && x.test('xxxAB') && y[0] === 'z' "
              "&& y.index === 2"));
  CHECK(holds("x = new Map([[1, 'a'], ['k', {n: 1}]]); y = new Set([1, 'b']); x.set(y, x)",
              "x.get(1) === 'a' && x.get('k').n === 1 && x.get(y) === x && x.size === 3 && y.has('b') && "
              "y.size === 2"));
  CHECK(holds("x = new TypeError('wrong'); x.code = 5; y = new Error('e')",
              "x instanceof TypeError && x.message === 'wrong' && x.name === 'TypeError' && x.code === 5 && y "
              "instanceof Error"));
  CHECK(holds("x = {}; x.me = x; y = [x, x]; x.list = y",
              "x.me === x && y[0] === x && y[1] === x && x.list === y"));
  CHECK(holds("x = Object.create(null); x.a = 1; y = Object.freeze({b: 2})",
              "Object.getPrototypeOf(x) === null && x.a === 1 && Object.isFrozen(y) && y.b === 2"));
  CHECK(holds("x = [1, , 3]; y = new Array(1000); y[5] = 1",
              "!(1 in x) && x.length === 3 && y.length === 1000 && y[5] === 1 && !(6 in y)"));
  CHECK(holds("x = Object('boxed'); y = Object(5)",
              "x instanceof String && x + '' === 'boxed' && y.valueOf() === 5"));
  CHECK(holds("x = '\\ud800 lone', y = '\\u00e4\\ud83d\\ude00\\0'",
              "x === '\\ud800 lone' && y === '\\u00e4\\ud83d\\ude00\\0'"));
  CHECK(holds("x = Object.defineProperty({}, 'hidden', {value: 1})",
              "x.hidden === 1 && Object.keys(x).length === 0"));
  CHECK(holds("var later = 5; x = {__proto__: null, ['__proto__']: 1}", "later === 5 && x.__proto__ === 1"));
}

TEST_CASE("functions that scripts declare come back over the restored data") {
  CHECK(holds("function next() { return x = x + 1 } function twice(n) { return next() + n }\nx = 40",
              "next() === 41 && twice(1) === 43 && x === 42"));
  CHECK(holds("function f() { return y }\nf.calls = 3; x = {call: f}; y = 7",
              "x.call === f && f.calls === 3 && x.call() === 7"));
}

TEST_CASE("the draws of Math.random go on where they were") {
  const auto d = player::document_of({}, {"Math.random()"});
  auto source = make_ecmascript_source(), elsewhere = make_ecmascript_source();
  player a(*source, d), b(*elsewhere, d);
  a.get(0);
  auto s = a.around();
  const auto bytes = a.self.model->save(s);
  REQUIRE(bytes.ok());
  auto t = b.around();
  REQUIRE(b.self.model->restore(t, *bytes).ok());
  CHECK(a.get(0) == b.get(0));
}

TEST_CASE("XML data come back as nodes of one document") {
  written w({"x", "y"});
  const index books =
      w.add("<books><book title='one'/><book title='two'>text</book></books>", expression_kind::content);
  const index location = w.add("x", expression_kind::location);
  const index second = w.add("y = x.getElementsByTagName('book')[1], 1");
  const index question = w.add(
      "[x.documentElement.tagName, y.getAttribute('title'), y.textContent, y.parentNode.childNodes.length]");
  auto source = make_ecmascript_source(), elsewhere = make_ecmascript_source();
  player p(*source, w.made), q(*elsewhere, w.made);
  auto s = p.around();
  REQUIRE(p.self.model->assign(s, location, books).ok());
  p.get(second);
  const auto bytes = p.self.model->save(s);
  REQUIRE(bytes.ok());
  auto t = q.around();
  REQUIRE(q.self.model->restore(t, *bytes).ok());
  CHECK(q.get(question) == value(array{"books", "two", "text", 2}));
}

TEST_CASE("what cannot be saved is named") {
  const std::pair<const char*, const char*> cases[] = {
      {"x = {f: function () {}}", "no <script> declares"},
      {"x = Math.max", "no <script> declares"},
      {"function T() {} T.prototype.a = 1; x = 1", "prototype was changed"},
      {"x = new (class {})()", "prototype of its own"},
      {"x = Object.create({a: 1})", "prototype of its own"},
      {"x = {get a() { return 1 }}", "getter or setter"},
      {"x = {[Symbol('s')]: 1}", "symbol"},
      {"x = Symbol('s')", "symbol"},
      {"x = [].values()", "kind that cannot be saved"},
      {"x = (function* () {})()", "kind that cannot be saved"},
      {"x = new WeakMap()", "kind that cannot be saved"},
      {"x = {}; for (var i = 0, at = x; i < 1000; i++) at = at.next = {}; at = 0", "nested too deeply"},
      {"let local = 1; function f() { return local }", "let, const or class"},
  };
  for (const auto& [script, why] : cases) {
    INFO(script);
    const passage p(script, "1");
    INFO(p.problem.what);
    CHECK(p.problem.what.find(why) != std::string::npos);
    CHECK(p.problem.where.find("data item '") == 0);
  }
  CHECK(passage("x = 1; y = {deep: [Math.max]}", "1").problem.where == "data item 'y'");
}

TEST_CASE("damaged bytes are refused, and the session has the data of a new one") {
  passage p("function f() {} x = {a: [1, 'text', new Date(5), /r/g, new Map([[1, {}]]), new Set([2]), new "
            "Error('e')], b: f}; x.c = x",
            "[typeof x, typeof y]");
  REQUIRE(p.problem.what == "");
  auto source = make_ecmascript_source();
  player q(*source, p.d);
  auto restore = [&](const std::string& bytes) {
    auto s = q.around();
    return q.self.model->restore(s, bytes);
  };
  for (std::size_t size = 0; size < p.bytes.size(); ++size) CHECK_FALSE(restore(p.bytes.substr(0, size)).ok());
  CHECK(q.get(1) == value(array{"undefined", "undefined"}));
  CHECK_FALSE(restore(p.bytes + "x").ok());
  std::uint64_t random = 1;
  int refused = 0;
  for (int i = 0; i < 3'000; ++i) { // every change must end well: refused, or some other sound data
    std::string bytes = p.bytes;
    for (int k = 0; k < 2; ++k) {
      random = random * 6364136223846793005u + 1442695040888963407u;
      bytes[(random >> 33) % bytes.size()] = static_cast<char>(random >> 25);
    }
    refused += restore(bytes).ok() ? 0 : 1;
    q.get(1);
    CHECK(q.last.ok());
  }
  CHECK(refused > 300);
  REQUIRE(restore(p.bytes).ok());
  CHECK(q.get(1) == value(array{"object", "undefined"}));
}
