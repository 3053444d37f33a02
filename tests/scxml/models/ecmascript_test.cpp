// ecmascript_test.cpp: expressions, assignment, scripts, <foreach>, events and system variables (SCXML 5.10,
// B.2).
#include "tests/scxml/models/fixture.hpp"

using namespace chainring::scxml;
using namespace chainring::scxml::testing;

TEST_CASE("expressions give values of every kind") {
  scratchpad js;
  CHECK(js("1 + 2") == value(3));
  CHECK(js("'a' + 1") == value("a1"));
  CHECK(js("[1, 'x', null, undefined, true]") == value(array{1, "x", null{}, undefined{}, true}));
  CHECK(js("({a: {b: 2}})") == value(object{{{"a", object{{{"b", 2}}}}}}));
  CHECK(js("1 / 0").as<double>() != nullptr);
  CHECK(js("new Date(0)") == value("1970-01-01T00:00:00.000Z"));
  CHECK(js("new Date(Date.UTC(2026, 1, 28, 23, 59, 58, 7))") == value("2026-02-28T23:59:58.007Z"));
  CHECK(js("new Date(NaN)") == value(null{}));
  CHECK(js("Object('boxed')") == value("boxed"));
  CHECK(js("({f: function () {}, g: 1})") == value(object{{{"g", 1}}}));
  CHECK(js("new TypeError('no')") == value(object{{{"name", "TypeError"}, {"message", "no"}}}));
  CHECK(js("'\\u00e4\\ud83d\\ude00'") == value("\u00e4\U0001F600"));
  CHECK(js("(function () { var a = []; a[0] = a; return a })()").is_undefined());
  CHECK(js.last.why == failure::failed);
}

TEST_CASE("copying a value out runs no getter") {
  scratchpad js({"touched"});
  CHECK(js.after("touched = 0; var o = {a: 1, get b() { touched++; return 2 }}", "o") ==
        value(object{{{"a", 1}}}));
  CHECK(js.after("touched = 0; var o = [1]; Object.defineProperty(o, 1, {get: function () { touched++ }, "
                 "enumerable: true})",
                 "[o, touched]") == value(array{array{1, undefined{}}, 0}));
}

TEST_CASE("a condition is what ECMAScript takes for true") {
  auto source = make_ecmascript_source();
  written w({"x"});
  const index yes = w.add("'text'", expression_kind::condition), no = w.add("x", expression_kind::condition),
              bad = w.add("x.y", expression_kind::condition),
              is_in = w.add("In('second')", expression_kind::condition);
  player p(*source, w.made);
  p.self.configuration.insert(2);
  auto s = p.around();
  bool out = false;
  CHECK(p.self.model->condition(s, yes, out).ok());
  CHECK(out);
  CHECK(p.self.model->condition(s, no, out).ok());
  CHECK_FALSE(out);
  const verdict v = p.self.model->condition(s, bad, out);
  CHECK(v.why == failure::failed);
  CHECK(v.message == "TypeError: cannot read property 'y' of undefined");
  CHECK(p.self.model->condition(s, is_in, out).ok());
  CHECK(out);
}

TEST_CASE("names that are not declared") {
  scratchpad js({"x"});
  js("nothing");
  CHECK(js.last.why == failure::unknown_name);
  CHECK(js("typeof nothing") == value("undefined"));
  js("nothing = 5");
  CHECK(js.last.why == failure::failed);
  CHECK(js("(function () { try { nothing = 5 } catch (e) { return e.name } })()") == value("ReferenceError"));
  CHECK(js("x = 5") == value(5));
  js("globalThis.nothing = 1");
  CHECK(js.last.why == failure::failed);
  CHECK(js("toString").is_undefined());
}

TEST_CASE("only one complete expression is an expression") {
  scratchpad js({"x"});
  for (const char* text : {"1) } } , (", "1) , (2", "1], [2", "1; 2", "", "return 1", "x }", "var y", "...x",
                           "new.target", "super.x", "/* open", "10n", "0x1fn", "'a\n'", "a => { }, }"}) {
    INFO(text);
    js(text);
    CHECK(js.last.why == failure::failed);
  }
  CHECK(js("1 // comment") == value(1));
  CHECK(js("1, 2") == value(2));
  CHECK(js("'10n'") == value("10n"));
  CHECK(js("{a: 1}.a") == value(1)); // in brackets it is an object
}

TEST_CASE("assignment") {
  auto source = make_ecmascript_source();
  written w({"x", "o"});
  const index one = w.add("1"), object_ = w.add("({list: [1, 2, 3]})"),
              x = w.add("x", expression_kind::location), o = w.add("o", expression_kind::location),
              element = w.add("o.list[1]", expression_kind::location),
              undeclared = w.add("y", expression_kind::location),
              broken = w.add("x y", expression_kind::location), call = w.add("f()", expression_kind::location),
              constant = w.add("1", expression_kind::location),
              session_id = w.add("_sessionid", expression_kind::location),
              deep = w.add("x.a.b", expression_kind::location), read = w.add("[x, o]"),
              read_id = w.add("_sessionid"), json = w.add(" {\"a\": [1]} ", expression_kind::content),
              words = w.add(" two\n  words ", expression_kind::content), throws = w.add("undeclared + 1");
  player p(*source, w.made);
  auto s = p.around();
  auto& m = *p.self.model;
  CHECK(m.assign(s, x, one).ok());
  CHECK(m.assign(s, o, object_).ok());
  CHECK(m.assign(s, element, one).ok());
  CHECK(p.get(read) == value(array{1, object{{{"list", array{1, 1, 3}}}}}));
  for (index bad : {undeclared, broken, call, constant, deep})
    CHECK(m.assign(s, bad, one).why == failure::failed);
  CHECK(m.assign(s, x, throws).why == failure::unknown_name);
  CHECK(m.assign(s, session_id, one).why == failure::failed);
  CHECK(p.get(read_id) == value("s" + std::to_string(p.self.id)));
  CHECK(m.assign(s, x, json).ok());
  CHECK(m.assign(s, o, words).ok());
  CHECK(p.get(read) == value(array{object{{{"a", array{1}}}}, "two words"}));
  CHECK(m.assign_value(s, element, 1).why == failure::failed);
  CHECK(m.assign_value(s, x, array{null{}, "v"}).ok());
  CHECK(p.get(read) == value(array{array{null{}, "v"}, "two words"}));
}

TEST_CASE("data items: initialization, content and parameters") {
  auto source = make_ecmascript_source();
  written w;
  w.item("a", w.add("b + 1"));
  w.item("b", w.add("41"));
  w.item("c", w.add("[1, {\"two\": 2}]", expression_kind::content));
  w.item("d", w.add(" some\n text ", expression_kind::content));
  w.item("e", w.add("oops("));
  w.item("f");
  w.made->data[5].failed_load = true;
  const index read = w.add("[a, b, c, d, e, f, typeof e]");
  player p(*source, w.made);
  auto s = p.around();
  auto& m = *p.self.model;
  CHECK(m.initialize(s, 1).ok());
  CHECK(m.initialize(s, 0).ok());
  CHECK(m.initialize(s, 2).ok());
  CHECK(m.initialize(s, 3).ok());
  CHECK(m.initialize(s, 4).why == failure::failed);
  CHECK(m.initialize(s, 5).why == failure::failed);
  CHECK(p.get(read) == value(array{42, 41, array{1, object{{{"two", 2}}}}, "some text", undefined{},
                                   undefined{}, "undefined"}));
  CHECK(m.set_item(s, "b", "new"));
  CHECK_FALSE(m.set_item(s, "z", 1));
  CHECK(p.get(read).as<array>()->at(1) == value("new"));
}

TEST_CASE("scripts declare their variables and functions as data") {
  scratchpad js({"x"});
  CHECK(js.after("var v = 5, w; x = v + 1", "[x, v, w]") == value(array{6, 5, undefined{}}));
  CHECK(js.after("function twice(n) { return 2 * n }\nx = twice(4)", "[x, twice(8)]") == value(array{8, 16}));
  CHECK(js.after("x = 1; var x = 2; { var inner = 3 } for (var i = 0; i < 3; i++);", "[x, inner, i]") ==
        value(array{2, 3, 3}));
  CHECK(js.after("function f() { return g() } function g() { return 1 } g = function () { return 2 }", "f()") ==
        value(2));
  CHECK(js.after("function once() { once = null; return 7 }\nx = once()", "[x, once]") ==
        value(array{7, null{}}));
  CHECK(js.after("function fact(n) { return n < 2 ? 1 : n * fact(n - 1) }", "fact(10)") == value(3628800));
  CHECK(js.after("x = 5\nfunction f() {}\n(6)", "x") == value(5));
  CHECK(js.after("/* function g() {} */ var t = 'function g() {}'; function g() {}", "t") ==
        value("function g() {}"));
  CHECK(js.after("var f; function f() { return 3 }", "f()") == value(3));
  CHECK(js.after("function f() { return 1 } function f() { return 2 }", "f()") == value(2));
  CHECK(js.after("var counter = (function () { var n = 0; return function () { return ++n } })(); counter()",
                 "counter()") == value(2));
  CHECK(js.after("var self = this; self.x = 4", "x") == value(4));
  CHECK(js.after("let local = 3; x = local", "[x, typeof local]") == value(array{3, "undefined"}));
  CHECK(js.after("x = typeof later; function later() {}", "[x, later.name, later.length]") ==
        value(array{"function", "later", 0}));
}

TEST_CASE("scripts that cannot run") {
  scratchpad js({"x"});
  for (const char* text : {"} } (", "return 5", "y = 5", "var _event = 1", "_name = 'x'", "throw 1", "continue",
                           "await x", "x = 1n"}) {
    INFO(text);
    js.after(text, "x");
    CHECK(js.last.why == failure::failed);
  }
  js.after("x = 1; nope(); x = 2", "x");
  CHECK(js.last.why == failure::unknown_name);
}

TEST_CASE("nothing waits for anything: no asynchronous functions, no import()") {
  scratchpad js({"x"});
  for (const char* text :
       {"async function f() {}", "async function* f() {}", "(async function () { await 0; x = 1 })()", "async () => 1",
        "async x => x", "x = {async m() {}}", "x = {async *m() {}}", "x = {async 'm'() {}}", "x = {async [1]() {}}",
        "class A { static async m() {} }", "class A { async #m() {} }", "async/**/function f() {}", "x = 4 / 2; async () => 1",
        "`${async () => 1}`", "import('x')", "import ('x')", "import.meta", "x = [async\n(1)]"}) {
    INFO(text);
    js.after(text, "x");
    CHECK(js.last.why == failure::failed);
    CHECK(js.last.message == "asynchronous functions and import() cannot be used in a treatment");
  }
  for (const char* text :
       {"var async = 1; x = async + async", "x = {async: 1, import: 2}; x = x.import", "x = 'async function f() {}'.length && 2",
        "x = 2 // async () => 1", "asynchronous: x = 2"}) {
    INFO(text);
    CHECK(js.after(text, "x") == value(2));
    CHECK(js.last.ok());
  }
}

TEST_CASE("foreach") {
  auto source = make_ecmascript_source();
  written w({"list", "sum"});
  const index fill = w.add("list = [3, 4, 5], sum = 0"), list = w.add("list"), number = w.add("7"),
              text = w.add("'abc'"), add = w.add("sum += item * 10 + position, list.push(9), list.length"),
              read = w.add("[sum, item, position]");
  player p(*source, w.made);
  p.get(fill);
  auto s = p.around();
  auto& m = *p.self.model;
  foreach_operands loop;
  loop.array = list;
  loop.item = "item";
  loop.position = "position";
  int turns = 0;
  CHECK(m.foreach (s, loop, [&] { return p.get(add), ++turns < 100; }).ok());
  CHECK(turns == 3); // the copy was taken before
  CHECK(p.get(read) == value(array{123, 5, 2}));
  turns = 0;
  CHECK(m.foreach (s, loop, [&] { return ++turns < 2; }).ok());
  CHECK(turns == 2);
  const auto never = [] {
    FAIL_CHECK("must not run");
    return false;
  };
  for (index no_array : {number, text}) {
    loop.array = no_array;
    CHECK(m.foreach (s, loop, never).why == failure::failed);
  }
  loop.array = list;
  for (const char* name : {"continue", "a.b", "1a", "", "a, b", "a = 1", "_event", "this", "a/**/", "let x"}) {
    INFO(name);
    loop.item = name;
    CHECK(m.foreach (s, loop, never).why == failure::failed);
  }
  loop.item = "\u00e4rger";
  CHECK(m.foreach (s, loop, [] { return false; }).ok());
}

TEST_CASE("_event is bound from the first event on") {
  auto source = make_ecmascript_source();
  player p(*source, {"kept", "x"},
           {"typeof _event === 'undefined'", "_event", "_event.name = 'forged', _event.name", "kept = _event",
            "kept === _event", "_event.data.n++, _event.data.n", "_event = 1",
            "[_event.sendid, _event.type, _event.data]", "delete _event.name"});
  CHECK(p.get(0) == value(true));
  event e;
  e.name = "go.now";
  e.type = event_type::internal;
  e.data = object{{{"n", 1}}};
  p.current = &e;
  p.event_number = 1;
  CHECK(p.get(0) == value(false));
  CHECK(p.get(2) == value("go.now"));
  p.get(3);
  CHECK(p.get(4) == value(true));
  CHECK(p.get(5) == value(2));
  CHECK(p.get(5) == value(3));
  p.get(6);
  CHECK(p.last.why == failure::failed);
  CHECK(p.get(8) == value(false));
  CHECK(p.get(1).find("name")->as<std::string>()->compare("go.now") == 0);
  p.event_number = 2;
  CHECK(p.get(4) == value(false));
  CHECK(p.get(5) == value(2));
  e.data = "21";
  e.sendid = "send.1";
  p.event_number = 3;
  CHECK(p.get(7) == value(array{"send.1", "internal", "21"}));
}

TEST_CASE("system variables") {
  scratchpad js({"x"});
  CHECK(js("_name") == value("sample"));
  CHECK(js("_ioprocessors.scxml.location + "
           "_ioprocessors['http://www.w3.org/TR/scxml/#SCXMLEventProcessor'].location") ==
        value("#_scxml_s1#_scxml_s1"));
  CHECK(js("_data.x = 4, x") == value(4));
  CHECK(js("typeof _x") == value("object"));
  CHECK(js("[In('first'), In('nowhere')]") == value(array{false, false}));
  for (const char* text :
       {"_name = 1", "_sessionid = 1", "_ioprocessors = 1", "_x = 1", "_event = 1", "_data = 1"}) {
    js(text);
    CHECK(js.last.why == failure::failed);
  }
  CHECK(js("(function () { try { _name = 'other' } catch (e) {} return _name })()") == value("sample"));
}

TEST_CASE("time and chance are the session's") {
  auto source = make_ecmascript_source();
  player p(*source, {},
           {"[Date.now(), new Date().getTime(), typeof Date(), new Date(5).getTime(), Date.UTC(1970, 0, 1)]",
            "Math.random()", "new Date() instanceof Date && new Date().constructor === Date"});
  CHECK(p.get(0) == value(array{1'000'000, 1'000'000, "string", 5, 0}));
  CHECK(p.get(2) == value(true));
  const value first = p.get(1), second = p.get(1);
  CHECK_FALSE(first == second);
  CHECK((*first.as<double>() >= 0 && *first.as<double>() < 1));
  player again(*source, {}, {"Math.random()"});
  CHECK(again.get(0) == first);
}

TEST_CASE("documents with the same hash share a model, sessions share nothing") {
  auto source = make_ecmascript_source();
  written w({"x"});
  w.add("x = (x || 0) + 1");
  w.made->hash = "same";
  auto copy = std::make_shared<document>(*w.made);
  player a(*source, w.made), b(*source, copy);
  CHECK(a.self.model == b.self.model);
  CHECK(a.get(0) == value(1));
  CHECK(a.get(0) == value(2));
  CHECK(b.get(0) == value(1));
}

TEST_CASE("XML data are a read-only DOM") {
  written w({"d", "e"});
  const index xml = w.add("\n <books xmlns=\"\" n='2'><!-- c --><book title='one'/>tail<a:book "
                          "title='two'>x<![CDATA[<y>]]></a:book></books> ",
                          expression_kind::content);
  const index bad = w.add("<a><b></a>", expression_kind::content), d = w.add("d", expression_kind::location);
  const index ask = w.add(
      "[d.nodeType, d.nodeName, d.documentElement.tagName, d.getElementsByTagName('book').length, "
      "d.getElementsByTagName('*').length,"
      " d.getElementsByTagName('book')[0].getAttribute('title'), d.documentElement.getAttribute('none'), "
      "d.documentElement.hasAttribute('n'),"
      " d.documentElement.attributes[1].name, d.documentElement.childNodes.length, "
      "d.documentElement.children.length,"
      " d.documentElement.firstChild.nodeType, d.documentElement.lastChild.localName, "
      "d.documentElement.lastChild.textContent,"
      " d.documentElement.lastChild.previousSibling.data, d.documentElement.firstChild.nextSibling.nodeName, "
      "d.parentNode,"
      " d.documentElement.parentNode.nodeName, d.hasChildNodes(), d.documentElement.ownerDocument.nodeType]");
  const index change = w.add("d.documentElement.tagName = 'x'"), text = w.add("d"),
              none_ = w.add("d.documentElement.tagName");
  auto source = make_ecmascript_source();
  player p(*source, w.made);
  auto s = p.around();
  REQUIRE(p.self.model->assign(s, d, xml).ok());
  CHECK(to_json(p.get(ask)) == "[9,\"#document\",\"books\",1,3,\"one\",null,true,\"n\",4,2,8,\"book\",\"x<y>\","
                               "\"tail\",\"book\",null,\"#document\",true,9]");
  p.get(change);
  CHECK(p.get(none_) == value("books"));
  REQUIRE(p.get(text).as<chainring::scxml::xml>() != nullptr);
  REQUIRE(p.self.model->assign(s, d, bad).ok());
  CHECK(p.get(text) == value("<a><b></a>"));
  event e; // SCXML test 561
  e.data = chainring::scxml::xml{"<books><book title='title1'/><book title='title2'/></books>"};
  p.current = &e;
  player q(*source, {"d"}, {"_event.data.getElementsByTagName('book')[1].getAttribute('title')"});
  q.current = &e;
  CHECK(q.get(0) == value("title2"));
}

TEST_CASE("XML that would overflow a stack is text") {
  scratchpad js({"x"});
  std::string deep, hidden;
  for (int i = 0; i < 50'000; ++i) deep += "<a>", hidden += i % 2 ? "<!--</a>-->" : "<a b=\"</a>\">";
  for (const std::string& bomb :
       {deep, hidden, "<!DOCTYPE a><a/>" + deep, std::string("<a/><b/>"), std::string("<a b='1' b='2'/>")}) {
    auto source = make_ecmascript_source();
    written w({"x"});
    w.item("y", w.add(bomb, expression_kind::content));
    const index kind = w.add("typeof y");
    player p(*source, w.made);
    auto s = p.around();
    const auto initialized = p.self.model->initialize(s, 1);
    INFO(initialized.message);
    CHECK(initialized.ok());
    CHECK(p.get(kind) == value("string"));
  }
}
