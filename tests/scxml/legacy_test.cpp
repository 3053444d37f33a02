// legacy_test.cpp: expressions of OCS 8.0 mean what they meant; whatever only looks like them stays as it is.
#include "scxml/legacy.hpp"

#include "scxml/models/models.hpp"
#include "tests/scxml/play.hpp"

using namespace chainring::scxml;
using namespace chainring::scxml::testing;

TEST_CASE("each word operator between two operands", "[legacy]") {
  CHECK(modern_expression("a eq b") == "a == b");
  CHECK(modern_expression("a ne b") == "a != b");
  CHECK(modern_expression("a lt b") == "a <  b");
  CHECK(modern_expression("a le b") == "a <= b");
  CHECK(modern_expression("a gt b") == "a >  b");
  CHECK(modern_expression("a ge b") == "a >= b");
  CHECK(modern_expression("a and b") == "a &&  b");
  CHECK(modern_expression("a or b") == "a || b");
}

TEST_CASE("operands of every kind", "[legacy]") {
  CHECK(modern_expression("1 lt 2.5e+3") == "1 <  2.5e+3");
  CHECK(modern_expression("'a' eq \"b\"") == "'a' == \"b\"");
  CHECK(modern_expression("f(x)and(y)") == "f(x)&& (y)");
  CHECK(modern_expression("a[0]or[1]") == "a[0]||[1]");
  CHECK(modern_expression("x.y eq !z") == "x.y == !z");
  CHECK(modern_expression("x eq -1 or x eq +1") == "x == -1 || x == +1");
  CHECK(modern_expression("x++ lt ++y") == "x++ <  ++y");
  CHECK(modern_expression("x ++ lt -- y") == "x ++ <  -- y");
  CHECK(modern_expression("typeof a eq typeof b") == "typeof a == typeof b");
  CHECK(modern_expression("this eq null") == "this == null");
  CHECK(modern_expression("/a/.test(b) and /c/") == "/a/.test(b) &&  /c/");
  CHECK(modern_expression("`a` eq `b`") == "`a` == `b`");
  CHECK(modern_expression("a /* why */ eq // so\n b") == "a /* why */ == // so\n b");
  CHECK(modern_expression("\xc3\xa4 eq \xc3\xb6") == "\xc3\xa4 == \xc3\xb6");
  CHECK(modern_expression("a eq {} ") == "a == {} ");
  CHECK(modern_expression("not_eq eq eq eq and_so") == "not_eq == eq == and_so"); // a name between two operators
}

TEST_CASE("what only looks like an operator stays", "[legacy]") {
  for (const char* text : {
           "'a eq b'",
           "\"a and \\\" b or c\"",
           "// a eq b\n x",
           "x /* a eq b */",
           "/a eq b/.test(x)",
           "/[/] eq b/.test(x)",
           "`a eq b ${c or d} e and f`",
           "`${`a eq b`} ${{x: 'a or b}'}} e and f`",
           "x.eq",
           "x.eq.and",
           "x?.or",
           "{eq: 1, and: 2}",
           "({lt: x.gt, le: 5})",
           "or",
           "eq + and",
           "f(eq, and, or)",
           "var or = 1",
           "return eq",
           "eq = 5",
           "x; eq = 5",
           "x\nand = 5",
           "equal and_ more",
           "le.x",
           "x = le",
           "x, le",
           "x eq",
           "for (var x of le) f(x)",
           "function and(le, ge) {}",
       }) {
    INFO(text);
    CHECK(modern_expression(text) == text);
  }
}

TEST_CASE("division is no regular expression", "[legacy]") {
  CHECK(modern_expression("a / b eq c / d") == "a / b == c / d");
  CHECK(modern_expression("(a) / b eq c / d") == "(a) / b == c / d");
  CHECK(modern_expression("a / 'b / c' eq d") == "a / 'b / c' == d");
}

TEST_CASE("the name of the event's data", "[legacy]") {
  CHECK(modern_expression("_eventdata.callresult eq 'Busy'") == "_event.data.callresult == 'Busy'");
  CHECK(modern_expression("f(_eventdata)") == "f(_event.data)");
  CHECK(modern_expression("_eventdata") == "_event.data");
  CHECK(modern_expression("a ? _eventdata : b") == "a ? _event.data : b");
  for (const char* text : {"x._eventdata", "'_eventdata'", "my_eventdata", "_eventdata2", "({_eventdata: 1})"})
    CHECK(modern_expression(text) == text);
}

TEST_CASE("unfinished text is read to its end", "[legacy]") {
  for (const char* text : {"'", "\"\\", "/a", "/[", "`${", "a eq /*\n",
                           "`${'", "/*", "//", "a eq", "a eq /*", "\\", ".", "1e", "a +", "a++", "`${{"})
    CHECK(modern_expression(text) == text);
}

namespace {

constexpr const char* old_treatment = R"xml(<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" profile="ECMAScript">
  <datamodel><data id="calls" expr="1"/></datamodel>
  <script>function few(n) { return n lt 3 and n ge 0 }</script>
  <state id="dialing">
    <transition event="result" cond="_eventdata.callresult eq 'Busy' and few(calls)" target="again">
      <assign location="calls" expr="calls + (_eventdata.n gt 1 or 0)"/></transition>
    <transition event="result" target="end"/></state>
  <state id="again"/><final id="end"/></scxml>)xml";

std::vector<std::string> after_result(const compiled& made) {
  const auto models = make_models();
  runner r(made.document, *models->open(made.document), {});
  r.start();
  event e = named("result");
  e.data = object{{{"callresult", "Busy"}, {"n", 2}}};
  r.deliver(e);
  return r.configuration();
}

} // namespace

TEST_CASE("a treatment of OCS 8.0 runs where it is taken for one", "[legacy]") {
  compile_options options;
  const compiled plain = compile(old_treatment, options);
  options.legacy = true;
  const compiled legacy = compile(old_treatment, options);
  REQUIRE((plain.document && legacy.document));
  CHECK(plain.document->hash != legacy.document->hash);
  CHECK(after_result(legacy) == std::vector<std::string>{"again"});
  CHECK(after_result(plain) == std::vector<std::string>{"end"}); // the condition is an error, and so false
}
