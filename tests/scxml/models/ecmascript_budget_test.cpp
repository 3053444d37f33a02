// ecmascript_budget_test.cpp: scripts that would never end, or take all memory, end with the right failure in
// little CPU time, and the next session of the same realm goes on as if nothing had been.
#include "tests/sanitized.hpp"
#include "tests/scxml/models/fixture.hpp"

#include <ctime>

using namespace chainring::scxml;
using namespace chainring::scxml::testing;

namespace {

// CPU time that one evaluation may take in all. Sanitizers make everything several times slower.
constexpr bool slow = chainring::tests::under_sanitizer;
constexpr std::int64_t cpu_us_max = slow ? 500'000 : 50'000;

std::int64_t cpu_us() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<std::int64_t>(t.tv_sec) * 1'000'000 + t.tv_nsec / 1'000;
}

constexpr int fails = 1, late = 2, large = 4, may_end = 8;

struct bomb {
  const char* script;
  int how; // which failures are right
};

constexpr bomb bombs[] = {
    {"while (true);", late},
    {"for (;;) { try { throw 1 } catch (e) {} finally { continue } }", late},
    {"(function f() { try { for (;;); } finally { f() } })()", late | fails},
    {"var a = []; for (;;) a.push(1)", large | late},
    {"var s = 'x'; for (;;) s += s", large | late | fails},
    {"var s = 'x'; for (;;) s = (s + s).slice(1)", large | late | fails},
    {"var o = {}; for (var i = 0; ; i++) o['k' + i] = i", large | late},
    {"(function f() { f() })()", fails},
    {"var f = function () { return [1].map(f) }; f()", fails},
    {"/(a+)+b/.test('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')", late},
    {"'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'.replace(/(a*)*b/g, '')", late},
    {"'x'.repeat(1e9)", fails},
    {"for (;;) 'x'.repeat(60000)", late},
    {"'x'.padEnd(1e9)", fails},
    {"new Array(4e8).join('')", fails},
    {"new Array(4e8).indexOf(1)", fails},
    {"[].indexOf.call({length: 2**32 - 1}, 1)", fails},
    {"Array.prototype.includes.call({length: 2**53 - 1}, 1)", fails},
    {"Array.prototype.lastIndexOf.call({get length() { return this.n = (this.n || 0) + 1e15 }}, 1)", fails},
    {"Array.prototype.indexOf.call({__proto__: {get length() { return 2**53 - 1 }}}, 1)", fails},
    {"new Array(4e9).forEach(function () {})", fails},
    {"new Array(4e9).every(function () {}), new Array(4e9).reduce(function () {}, 0)", fails},
    {"new Array(4e9).fill(0)", fails},
    {"new Array(4e9).reverse()", fails},
    {"new Array(4e9).sort()", fails},
    {"new Array(4e9).slice(1)", fails},
    {"new Array(4e9).splice(1, 5)", fails},
    {"new Array(4e9).shift()", fails},
    {"var a = []; a.length = 4e9; a.unshift(1)", fails},
    {"new Array(4e9).copyWithin(0, 5)", fails},
    {"[].concat(new Array(4e9))", late | large},
    {"[].concat({length: 2**53 - 1, [Symbol.isConcatSpreadable]: true})", late},
    {"[new Array(4e9)].flat()", late},
    {"[1].flatMap(function () { return new Array(4e9) })", late},
    {"var a = [1]; a[0] = a; a.flat(Infinity)", fails},
    {"new Array(4e9).toReversed()", fails},
    {"new Array(4e9).with(0, 1)", fails},
    {"Array.from({length: 2**53 - 1})", fails | large | late},
    {"Array.from({length: 4e9}, function () {})", late | large | fails},
    {"[...new Array(4e9)]", large | late},
    {"Math.max(...new Array(4e9))", large | late | fails},
    {"Math.max.apply(null, {length: 4e9})", fails},
    {"for (;;) Math.max.apply(null, new Array(60000))", late | large | fails},
    {"new Set(new Array(4e9))", late},
    {"new Set(new Array(4e9).values())", late},
    {"new Map(new Array(4e9).entries())", late | large},
    {"new WeakSet(new Array(4e9).values())", fails | late},
    {"Object.fromEntries(new Array(4e9).values())", fails | late},
    {"var [...rest] = new Array(4e9)", large | late},
    {"String.raw({raw: {length: 4e9}})", late | large | fails},
    {"JSON.stringify({}, new Array(4e9))", fails},
    {"JSON.stringify(new Array(4e9))", large | late | fails},
    {"var a = [1]; for (var i = 0; i < 30; i++) a = [a, a]; JSON.stringify(a)", large | late},
    {"var a = [1]; for (var i = 0; i < 30; i++) a = [a, a]; JSON.stringify(a, ['x'])", large | late},
    {"var a = []; for (var i = 0; i < 60000; i++) a.push('x'.repeat(60000)); JSON.stringify(a)", large | late},
    {"var t = '[' + '1,'.repeat(20000) + '1]'; for (;;) JSON.parse(t)", late | large},
    {"var t = 'a'.repeat(60000); for (;;) t.toUpperCase()", late},
    {"var t = 'a'.repeat(60000); for (;;) t.split('')", late | large},
    {"var t = 'a'.repeat(65536); for (;;) t.indexOf('a'.repeat(100) + 'b')", late},
    {"var t = 'a'.repeat(65536), n = 'a'.repeat(32768) + 'b'; t.indexOf(n)", fails},
    {"var t = 'a'.repeat(65536), n = 'a'.repeat(32768) + 'b'; t.replace({toString: function () { return n }}, "
     "'')",
     fails},
    {"var t = 'a'.repeat(65536), n = 'a'.repeat(32768) + 'b'; t.split(n)", fails},
    {"var a = []; for (var i = 0; i < 5000; i++) a.push(i); for (;;) a.indexOf(-1)", late},
    {"var s = 'a'.repeat(60000), a = []; for (var i = 0; i < 5000; i++) a.push(s + 'b'); "
     "a.indexOf('a'.repeat(60000) + 'c')",
     fails | large},
    {"var a = []; for (var i = 0; i < 60000; i++) a.push(Math.random()); for (;;) a.sort()", late},
    {"var a = []; for (var i = 0; i < 60000; i++) a.push(i); a.sort(function () { return Math.random() - 0.5 "
     "})",
     late | may_end},
    {"for (;;) encodeURIComponent('\\u00e4'.repeat(20000))", late | large},
    {"for (;;) parseFloat('1'.repeat(60000))", late},
    {"for (;;) new RegExp('(?<a>x)\\\\k<a>'.repeat(300))", late | large | fails},
    {"new RegExp('a'.repeat(5000))", fails},
    {"for (;;) 'a'.repeat(5000).localeCompare('b'.repeat(5000))", late | large},
    {"(function* () { for (;;) yield 1 })().next(); for (var x of (function* () { for (;;) yield 1 })());",
     late},
    {"[...(function* () { for (;;) yield 1 })()]", late | large},
    {"var o = {get a() { for (;;); }}; o.a", late},
    {"var o = {toString: function () { for (;;); }}; 'x' + o", late},
    {"throw {toString: function () { for (;;); }}", late},
    {"var m = new Map(); for (var i = 0; ; i++) m.set(i, i)", large | late},
    {"var s = 'x'.repeat(60000); for (var i = 0; i < 14; i++) s += s; new Map([[s, 1]])", fails},
    {"var s = 'x'.repeat(60000); for (var i = 0; i < 14; i++) s += s; new Set([s])", fails},
    {"var s = 'x'.repeat(60000); for (var i = 0; i < 14; i++) s += s; Map.groupBy([s], function (v) { return v })", fails},
    {"var f = function () {}; for (;;) f = f.bind(null)", large | late},
    {"Object.keys('x'.repeat(65536)); for (;;) Object.keys('x'.repeat(65536))", late | large},
    {"var a = []; for (var i = 0; i < 60000; i++) a.push(i); for (;;) Object.isFrozen(a)", late | large},
    {"var e = new Error('x'); for (;;) e = new Error('x', {cause: e})", large | late},
    {"var d = {}; for (var i = 0; i < 1e6; i++) d = {d: d}", large | late},
};

bool is_right(failure why, int how) {
  switch (why) {
  case failure::failed: return how & fails;
  case failure::out_of_time: return how & late;
  case failure::out_of_memory: return how & large;
  case failure::none: return how & may_end;
  default: return false;
  }
}

} // namespace

TEST_CASE("scripts that do not end are ended") {
  auto source = make_ecmascript_source();
  written w({"x"});
  w.add("x = (x || 0) + 1, [x, [2, 1].sort().join(), 'a'.repeat(3)]");
  for (const bomb& b : bombs) w.add(b.script, expression_kind::script);
  w.made->hash = "budgets";
  player neighbour(*source, w.made);
  int turn = 0;
  for (std::size_t i = 0; i < std::size(bombs); ++i) {
    INFO(bombs[i].script);
    {
      player p(*source, w.made);
      auto s = p.around();
      const std::int64_t before = cpu_us();
      const verdict v = p.self.model->run_script(s, static_cast<index>(1 + i));
      const std::int64_t used = cpu_us() - before;
      INFO(v.message << " after " << used << " us");
      CHECK(is_right(v.why, bombs[i].how));
      CHECK(used < cpu_us_max);
      CHECK(s.cpu_us_left < limits::macrostep_cpu_us_max);
    }
    CHECK(neighbour.get(0) == value(array{++turn, "1,2", "aaa"}));
  }
}

TEST_CASE("the budget of a macrostep is for all evaluations together") {
  auto source = make_ecmascript_source();
  player p(*source, player::document_of({}, {"1", "for (;;);"}));
  auto s = p.around();
  s.cpu_us_left = 5'000;
  CHECK(p.self.model->run_script(s, 3).why == failure::out_of_time);
  CHECK(s.cpu_us_left <= 0);
  value out;
  CHECK(p.self.model->evaluate(s, 0, out).why == failure::out_of_time);
}

TEST_CASE("what a session keeps is limited, what it drops is not") {
  auto source = make_ecmascript_source();
  player p(
      *source, {"kept"},
      {"kept = (kept || []), kept.push('x'.repeat(50000) + Math.random()), kept.length", "kept = null",
       "kept === null",
       "(function () { var a = {}; a.me = a; a.text = 'y'.repeat(50000) + Math.random(); a.text.length })()"});
  int turns = 0;
  for (; turns < 100; ++turns) {
    p.get(0);
    if (!p.last.ok()) break;
  }
  CHECK(p.last.why == failure::out_of_memory);
  CHECK(turns >= 10);
  CHECK(turns <= 30);
  p.get(1);
  CHECK(p.last.ok());
  CHECK(p.get(2) == value(true));
  for (int i = 0; i < 200; ++i) { // garbage in cycles, ten times the limit
    p.get(3);
    REQUIRE(p.last.message == "");
  }
}

TEST_CASE("straight code that grows without a call or a loop") {
  auto source = make_ecmascript_source();
  std::string doubling = "var s = 'x'.repeat(60000), t = 's'; ", literals = "var a = [", objects = "x = [";
  for (int i = 0; i < 12; ++i) doubling += "s = s + s; ";
  doubling += "({})[s]"; // only now the characters stand beside each other
  for (int i = 0; i < 10'000; ++i) literals += "[{}],", objects += "a+b,";
  written w;
  w.add(doubling, expression_kind::script);
  w.add(literals + "]", expression_kind::script);
  w.add("var x, a = 'y'.repeat(450), b = 'z'.repeat(450); " + objects + "]", expression_kind::script);
  w.add("1 + 1");
  for (index script = 0; script < 3; ++script) {
    player p(*source, w.made);
    p.run(script);
    INFO(p.last.message);
    // Under sanitizers compiling alone uses the time up.
    CHECK((p.last.why == failure::out_of_memory || (slow && p.last.why == failure::out_of_time)));
    if (!slow) CHECK(p.get(3) == value(2));
  }
}

TEST_CASE("memory that runs out while an exception is described") {
  // The description of the calls, and a copy of it, are made when memory is nearly gone: at some length of the name the
  // first finds room and the second does not.
  auto source = make_ecmascript_source();
  written w;
  for (int length = 500; length <= 16'000; length *= 2)
    w.add("var f = function () { return f() }; Object.defineProperty(f, 'name', {value: 'n'.repeat(" +
              std::to_string(length) + ")}); f()",
          expression_kind::script);
  w.add("1 + 1");
  const auto last = static_cast<index>(w.made->expressions.size() - 1);
  for (index script = 0; script < last; ++script) {
    player p(*source, w.made);
    CHECK_FALSE(p.run(script).ok());
    CHECK(p.get(last) == value(2));
  }
}

TEST_CASE("lists too long for foreach are refused") {
  auto source = make_ecmascript_source();
  written w({"x"});
  foreach_operands loop;
  loop.array = w.add("new Array(70000)");
  loop.item = "x";
  player p(*source, w.made);
  auto s = p.around();
  CHECK(p.self.model->foreach (s, loop, [] { return true; }).why == failure::failed);
}
