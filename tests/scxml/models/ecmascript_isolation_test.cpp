// ecmascript_isolation_test.cpp: whatever one session does, another session of the same realm and the same
// document sees nothing of it. Each attack runs in one session; the other then answers the same questions as
// before.
#include "tests/sanitized.hpp"
#include "tests/scxml/models/fixture.hpp"

using namespace chainring::scxml;
using namespace chainring::scxml::testing;

namespace {

/// Things that a successful attack would change.
constexpr const char* probes = R"js([
  x, o.a, typeof leaked, typeof globalThis.leaked, ({}).leaked, [].leaked, 'text'.leaked, (5).leaked,
  (function () {}).leaked,
  Object.keys({}).length, JSON.stringify([1, {b: 2}]),
  [3, 1, 2].sort().join(), [1, 2].map(function (n) { return n * 2 }).join(),
  'abc'.toUpperCase(), Math.max(1, 2), String({}), '' + [1, 2], isNaN('q'), parseInt('12'), typeof Date.now(),
  new Error('m').toString(), /b/.test('abc'), 'a-b'.split('-').length, 'a1b2'.replace(/\d/g, '#'),
  (function () { var n = 0; for (var v of [1, 2, 3]) n += v; return n })(),
  (function () { var n = 0; for (var v of new Set([1, 2])) n += v; return n })(),
  (function () { var n = 0; for (var v of (function* () { yield 1; yield 2 })()) n += v; return n })(),
  (function () { var k = []; for (var p in {q: 1}) k.push(p); return k.join() })(),
  Array.from('ab').length, [].concat([1], 2).length, Object.prototype.toString.call([]), typeof In('first'), _name,
  Symbol.iterator in [], (function () { return arguments.length })(1, 2), new Map([[1, 2]]).get(1),
  arguments.callee.leaked,
  arguments.callee.counter,
  Object.getOwnPropertyNames(Object.prototype).length,
  Object.isFrozen(Array.prototype), (5).toFixed(1), [1, [2]].flat().length,
  'x'.padEnd(3).length, shared(1)
])js";

constexpr const char* attacks[] = {
    "leaked = 1",
    "globalThis.leaked = 1",
    "this.constructor = 1; (function () { return this })().leaked = 1",
    "Object.prototype.leaked = 1",
    "Object.defineProperty(Object.prototype, 'leaked', {value: 1})",
    "({}).__proto__.leaked = 1",
    "Object.setPrototypeOf(Object.prototype, {leaked: 1})",
    "Array.prototype.leaked = 1; [].__proto__.leaked = 2; Array.prototype[0] = 'leaked'",
    "Array.prototype.map = function () { return ['leaked'] }",
    "Array.prototype.push = 1; Array.prototype.join = 1",
    "String.prototype.leaked = 1; 'x'.__proto__.toUpperCase = function () { return 'leaked' }",
    "Number.prototype.leaked = 1; Number.prototype.toFixed = null",
    "Function.prototype.leaked = 1; Function.prototype.call = null; (function () {}).__proto__.apply = null",
    "[][Symbol.iterator]().__proto__.next = function () { return {done: true} }",
    "delete [][Symbol.iterator]().__proto__.next",
    "Object.getPrototypeOf([][Symbol.iterator]().__proto__)[Symbol.iterator] = null",
    "new Set().values().__proto__.next = function () { return {done: true} }",
    "new Map().entries().__proto__.next = null; Map.prototype.get = function () { return 'leaked' }",
    "(function* () {})().__proto__.__proto__.next = function () { return {done: true} }",
    "Object.getPrototypeOf(function* () {}).prototype.next = null; Object.getPrototypeOf(function* () "
    "{}).leaked = 1",
    "''.matchAll(/x/g).__proto__.next = null; ''[Symbol.iterator]().__proto__.next = null",
    "arguments.callee.leaked = 1; arguments.callee.counter = (arguments.callee.counter || 0) + 1",
    "Object.setPrototypeOf(arguments.callee, {leaked: 1})",
    "arguments.callee.prototype.leaked = 1",
    "Object.defineProperty(arguments, 'length', {get: function () { return 'leaked' }})",
    "(function () { 'use strict'; Object.getOwnPropertyDescriptor(arguments, 'callee').get.leaked = 1 })()",
    "Object.getOwnPropertyDescriptor(Object.prototype, '__proto__').set.leaked = 1",
    "Object.getOwnPropertyDescriptor(Array.prototype, 'map').get.leaked = 1; Array.prototype.map.leaked = 1",
    "Array.prototype.concat.leaked = 1; [].flat.constructor('return this')().leaked = 1",
    "Function('globalThis.leaked = 1')()",
    "new Function('leaked = 1')()",
    "(function () {}).constructor('globalThis.leaked = 1')()",
    "Object.getPrototypeOf(function* () {}).constructor('globalThis.leaked = 1; yield 1')().next()",
    "(() => 1).constructor('leaked = 1')()",
    "eval('var leaked = 1')",
    "(0, eval)('leaked = 1')",
    "Math.max = function () { return 'leaked' }; Math.leaked = 1; JSON.stringify = null",
    "JSON = null; Math = null; Date = null; Object = null; Array = null; isNaN = null; parseInt = null",
    "Date.now = null; Date.prototype.getTime = null; Date.leaked = 1",
    "RegExp.prototype.exec = function () { return null }; RegExp.prototype[Symbol.replace] = null; "
    "RegExp.leaked = 1",
    "/a/.compile && /a/.compile('b')",
    "Error.prototype.toString = function () { return 'leaked' }; TypeError.prototype.leaked = 1; Error.leaked "
    "= 1",
    "Error.prepareStackTrace = function () { return 'leaked' }; Error.stackTraceLimit = 0",
    "Symbol.iterator.leaked = 1; Symbol.prototype.leaked = 1; Symbol.leaked = 1",
    "Symbol.species.leaked = 1; Object.defineProperty(Array, Symbol.species, {value: null})",
    "Object.defineProperty(Object.prototype, 'a', {get: function () { return 'leaked' }, configurable: true})",
    "Object.prototype.__defineGetter__.call(Object.prototype, 'leaked', function () { return 1 })",
    "Object.prototype.__defineSetter__('x', function () {})",
    "Reflect.set(Object.prototype, 'leaked', 1); Reflect.defineProperty(globalThis, 'leaked', {value: 1}); "
    "Reflect.leaked = 1",
    "Reflect.setPrototypeOf(globalThis, {leaked: 1}); Object.setPrototypeOf(globalThis, null)",
    "Object.assign(Object.prototype, {leaked: 1})",
    "Array.prototype.length = 5; Array.prototype.splice(0, 0, 'leaked'); "
    "Array.prototype.fill.call(Array.prototype, 1)",
    "Array.prototype.push.call(Array.prototype, 'leaked'); Array.prototype.sort.call(Array.prototype, null)",
    "Array.prototype[Symbol.unscopables].x = true; Array.prototype[Symbol.unscopables].leaked = 1",
    "(function (s) { s.raw.leaked = 1; s.leaked = 1 })`text`",
    "x = 'attacked'; o.a = 'attacked'; o = null; _data.x = 'attacked'; delete _data.o",
    "_event = 1",
    "_name = 'leaked'; In = null",
    "Object.defineProperty(globalThis, '_name', {value: 'leaked'})",
    "Object.getOwnPropertyDescriptor(globalThis, '_name').get.leaked = 1; In.leaked = 1",
    "shared.leaked = 1; shared = function () { return 'leaked' }",
    "_x.leaked = 1; _ioprocessors.leaked = 1; _ioprocessors.scxml.location = 'leaked'",
    "class thief extends Array { constructor() { super(); Object.getPrototypeOf(thief.prototype).leaked = 1 } "
    "} new thief()",
    "({toString() { super.leaked = 1; return super.toString }}).toString().leaked = 1",
    "var {__proto__: p} = []; p.leaked = 1",
    "Object.entries(Object.getOwnPropertyDescriptors(globalThis)).forEach(function (e) {"
    "  try { e[1].value.leaked = 1 } catch (x) {} try { e[1].value.prototype.leaked = 1 } catch (x) {} })",
};

std::shared_ptr<const document> stage() {
  written w({"x", "o"});
  w.add(probes);
  w.add("x = 1; var o = {a: 2}; function shared(n) { return n + 1 }", expression_kind::script);
  for (const char* attack : attacks) w.add(attack, expression_kind::script);
  w.made->hash = "isolation";
  return w.made;
}

} // namespace

TEST_CASE("no attack is visible to another session") {
  static_assert(std::size(attacks) >= 25);
  auto source = make_ecmascript_source();
  const auto d = stage();
  player victim(*source, d);
  REQUIRE(victim.run(1).ok());
  const value before = victim.get(0);
  REQUIRE(victim.last.message == "");
  for (std::size_t i = 0; i < std::size(attacks); ++i) {
    INFO(attacks[i]);
    player attacker(*source, d);
    REQUIRE(attacker.self.model == victim.self.model);
    attacker.run(1);
    attacker.run(static_cast<index>(2 + i));
    INFO(attacker.last.message);
    const value after = victim.get(0);
    CHECK(to_json(after) == to_json(before));
  }
  player newcomer(*source, d);
  newcomer.run(1);
  CHECK(to_json(newcomer.get(0)) == to_json(before));
}

TEST_CASE("everything that scripts can reach is frozen") {
  if (chainring::tests::under_sanitizer) return; // the walk takes longer than one evaluation may, in a build several times slower
  scratchpad js;
  const value open = js(R"js((function () {
    var seen = new Set(), open = [], queue = [[globalThis, 'globalThis'], [[].values().__proto__, 'array iterator'],
      [''.matchAll(/x/g).__proto__, 'match iterator'], [(function* () {}).__proto__, 'generator function'],
      [new Map().keys().__proto__, 'map iterator'],
      [new Set().keys().__proto__, 'set iterator'], [''[Symbol.iterator]().__proto__, 'string iterator'],
      [(function () { return arguments })()[Symbol.iterator], 'arguments iterator']];
    while (queue.length) {
      var entry = queue.pop(), at = entry[0], path = entry[1];
      if (at === null || (typeof at !== 'object' && typeof at !== 'function')) continue;
      if (seen.has(at) || at === _data) continue;
      seen.add(at);
      if (path.indexOf('_x') < 0 && !Object.isFrozen(at)) open.push(path);
      queue.push([Object.getPrototypeOf(at), path + '.__proto__']);
      Reflect.ownKeys(at).forEach(function (key) {
        var d = Object.getOwnPropertyDescriptor(at, key), name = path + '.' + String(key);
        queue.push([d.value, name], [d.get, name + '.get'], [d.set, name + '.set']);
      });
    }
    return [open.slice(0, 20).join(' '), seen.size > 300];
  })())js");
  CHECK(js.last.message == "");
  CHECK(to_json(open) == "[\"\",true]");
}

TEST_CASE("what code could be made from text is gone") {
  scratchpad js;
  CHECK(js("[typeof eval, typeof Promise, typeof Proxy, typeof WeakRef, typeof BigInt, typeof Uint8Array, "
           "typeof setTimeout]") == value(array{"undefined", "undefined", "undefined", "undefined", "undefined",
                                                "undefined", "undefined"}));
  CHECK(js("[typeof Function, (function () {}) instanceof Function, (function () {}).constructor === "
           "Function]") == value(array{"function", true, true}));
  CHECK(js("[(function* () {}).__proto__.constructor === Function, typeof (function* () "
           "{}).__proto__.hasOwnProperty('constructor')]") == value(array{true, "boolean"}));
}

TEST_CASE("own properties may have the names of built-in ones") {
  scratchpad js;
  CHECK(js("(function () { var p = {}; p.valueOf = 3; p.constructor = 4; return [p.valueOf, p.constructor] "
           "})()") == value(array{3, 4}));
  CHECK(js("(function () { var p = {}; p.toString = function () { return 'mine' }; p.hasOwnProperty = 4; "
           "return ['' + p, p.hasOwnProperty, Object.keys(p).join()] })()") ==
        value(array{"mine", 4, "toString,hasOwnProperty"}));
  CHECK(js("(function () { var e = new Error('a'); e.name = 'Mine'; e.message = 'b'; return '' + e })()") ==
        value("Mine: b"));
  CHECK(js("(function () { function Base() {} Base.prototype.toString = function () { return 'base' }; "
           "function Sub() {} "
           "Sub.prototype = Object.create(Base.prototype); Sub.prototype.constructor = Sub; return '' + new "
           "Sub() })()") == value("base"));
  CHECK(js("(function () { var a = [1]; a.push = function () { return 'pushed' }; a.join = 1; return "
           "[a.push(2), a.join] })()") == value(array{"pushed", 1}));
  CHECK(js("(function () { 'use strict'; try { Object.freeze([]).map = 1 } catch (e) { return e.name } })()") ==
        value("TypeError"));
  CHECK(js("(function () { var f = function () {}; f.toString = 1; f.call = 2; return [f.toString, f.call] "
           "})()") == value(array{1, 2}));
  CHECK(js("(function () { class Mine extends Error { constructor(m) { super(m); this.name = 'Mine' } } return "
           "new Mine('m') + '' })()") == value("Mine: m"));
}
