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

TEST_CASE("every kind of value comes back") {
  struct row {
    const char* kind;
    const char* script;   // makes x, and y
    const char* question; // true when they are the same
  };
  const row table[] = {
      {"undefined", "x = undefined; y = [undefined]", "x === undefined && 'x' in _data && 0 in y && y[0] === undefined"},
      {"null", "x = null; y = {n: null}", "x === null && y.n === null"},
      {"booleans", "x = true; y = false", "x === true && y === false"},
      {"integers", "x = 7; y = -2147483649", "x === 7 && y === -2147483649"},
      {"fractions", "x = 0.1 + 0.2; y = 5e-324", "x === 0.30000000000000004 && y === 5e-324"},
      {"NaN", "x = NaN", "x !== x"},
      {"-0", "x = -0; y = 0", "Object.is(x, -0) && Object.is(y, 0)"},
      {"infinities", "x = -Infinity; y = 1 / 0", "x === -Infinity && y === Infinity"},
      {"text", "x = ''; y = '\\u00e4\\ud83d\\ude00\\0'", "x === '' && y === '\\u00e4\\ud83d\\ude00\\0'"},
      {"lone surrogates", "x = '\\ud800 lone'", "x === '\\ud800 lone'"},
      {"long text made of parts", "x = 'a'.repeat(9000); x = x + 'b' + x", "x.length === 18001 && x[9000] === 'b'"},
      {"objects", "x = {a: [1, 'two', null, undefined, true], b: {c: 1}, 5: 'five'}",
       "JSON.stringify(x) === '{\"5\":\"five\",\"a\":[1,\"two\",null,null,true],\"b\":{\"c\":1}}'"},
      {"objects without a prototype", "x = Object.create(null); x.a = 1",
       "Object.getPrototypeOf(x) === null && x.a === 1"},
      {"a member called __proto__", "x = {__proto__: null, ['__proto__']: 1}", "x.__proto__ === 1"},
      {"hidden members", "x = Object.defineProperty({}, 'hidden', {value: 1})",
       "x.hidden === 1 && Object.keys(x).length === 0"},
      {"frozen and sealed objects", "x = Object.freeze({b: 2}); y = Object.seal({c: 3})",
       "Object.isFrozen(x) && x.b === 2 && Object.isSealed(y) && !Object.isFrozen(y)"},
      {"arrays", "x = [1, [2, [3]]]; x.note = 'n'", "x.length === 2 && x[1][1][0] === 3 && x.note === 'n' && Array.isArray(x)"},
      {"arrays with holes", "x = [1, , 3]; y = new Array(1000); y[5] = 1",
       "!(1 in x) && x.length === 3 && y.length === 1000 && y[5] === 1 && !(6 in y)"},
      {"frozen arrays", "x = Object.freeze([1, 2])", "Object.isFrozen(x) && x.length === 2"},
      {"Date", "x = new Date(86400000); x.note = 'n'; y = new Date(NaN)",
       "x instanceof Date && x.getTime() === 86400000 && x.note === 'n' && isNaN(y.getTime())"},
      {"RegExp", "x = /a(b)/gi; x.lastIndex = 3; y = /z\\/[/]/",
       "x.source === 'a(b)' && x.flags === 'gi' && x.lastIndex === 3 && x.test('xxxAB') && y.test('z//')"},
      {"results of matches", "x = /(?<n>z)/.exec('xyz')", "x[0] === 'z' && x.index === 2 && x.groups.n === 'z'"},
      {"Map", "x = new Map([[NaN, 'n'], ['k', {n: 1}], [-0, 0]]); x.set(x, x); x.note = 1",
       "x.get(NaN) === 'n' && x.get('k').n === 1 && x.get(0) === 0 && x.get(x) === x && x.size === 4 && x.note === 1 && "
       "Array.from(x.keys())[1] === 'k'"},
      {"Set", "x = new Set(['b', 1, 'a']); y = new Set(); y.add(y)",
       "Array.from(x).join() === 'b,1,a' && y.has(y) && y.size === 1"},
      {"Error", "x = new TypeError('wrong', {cause: 'it'}); x.code = 5; y = new Error('e')",
       "x instanceof TypeError && x.message === 'wrong' && x.name === 'TypeError' && x.code === 5 && x.cause === 'it' && "
       "'' + y === 'Error: e' && typeof y.stack === 'string'"},
      {"Error of every kind",
       "x = [EvalError, RangeError, ReferenceError, SyntaxError, URIError, InternalError].map(function (k) { return new k('m') })",
       "x.join() === 'EvalError: m,RangeError: m,ReferenceError: m,SyntaxError: m,URIError: m,InternalError: m'"},
      {"several errors in one", "x = new AggregateError([1, 2], 'all')",
       "x instanceof AggregateError && x.errors.join() === '1,2' && x.message === 'all'"},
      {"errors that were caught", "try { null.x } catch (e) { x = e }", "x instanceof TypeError && x.message.length > 0"},
      {"boxed values", "x = Object('boxed'); y = [Object(5), Object(false)]",
       "x instanceof String && x + '' === 'boxed' && y[0].valueOf() === 5 && y[1].valueOf() === false"},
      {"cycles", "x = {}; x.me = x; y = [x]; x.list = y", "x.me === x && y[0] === x && x.list === y"},
      {"shared references", "x = {}; y = [x, x, new Map([[x, x]])]", "y[0] === x && y[1] === x && y[2].get(x) === x"},
      {"variables of scripts", "var later = {a: 5}; x = later", "later.a === 5 && x === later"},
      {"functions of scripts", "function next() { return x = x + 1 } function twice(n) { return next() + n }\nx = 40",
       "next() === 41 && twice(1) === 43 && x === 42"},
      {"functions of scripts as values", "function f() { return y }\nf.calls = 3; x = {call: f}; y = 7",
       "x.call === f && f.calls === 3 && x.call() === 7"},
      {"generators' functions", "function* g() { yield x } x = 3", "g().next().value === 3"},
      {"functions that use each other",
       "function even(n) { return n === 0 || odd(n - 1) } function odd(n) { return n !== 0 && even(n - 1) }",
       "even(10) && odd(7)"},
      {"functions that a script has removed and kept", "function f() { return 1 }\nx = f; f = 2", "x() === 1 && f === 2"},
  };
  for (const row& r : table) {
    INFO(r.kind);
    CHECK(holds(r.script, r.question));
  }
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
      {"x = (function () { return arguments })(1)", "kind that cannot be saved"},
      {"class T {} x = new T(); y = T", "prototype of its own"},
      {"function f() {} x = f.bind(null)", "no <script> declares"},
      {"x = () => 1", "no <script> declares"},
      {"x = new Date(0); Object.setPrototypeOf(x, {})", "prototype of its own"},
      {"function f() {} Object.defineProperty(f, 'name', {value: 'g'})", "name or length was changed"},
      {"function f(a) {} Object.defineProperty(f, 'length', {value: 3})", "name or length was changed"},
      {"function f() {} f.prototype = {a: 1}", "prototype was changed"},
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
