// ecmascript_check_test.cpp: errors in expressions and scripts are found without running them, each at its place.
#include "scxml/compile.hpp"
#include "scxml/models/ecmascript/ecmascript.hpp"
#include "tests/catch.hpp"

using namespace chainring::scxml;
using Catch::Matchers::Contains;

namespace {

struct checked {
  std::string bytes;
  std::vector<diagnostic> with, without; // the bytes
};

checked check_bytes(const std::string& bytes) {
  compile_options options;
  options.name = "test.scxml";
  options.load = [](std::string_view) { return std::optional<std::string>("var ok = 1;\nvar 1bad;\n"); };
  const auto made = compile(bytes, options);
  for (const auto& c : made.complaints) UNSCOPED_INFO(place_of(c) << " " << c.what);
  REQUIRE(made.document);
  return {bytes, check_scripts(*made.document, bytes), check_scripts(*made.document)};
}

std::string head(const std::string& attributes = "") {
  return "<scxml xmlns='http://www.w3.org/2005/07/scxml' version='1.0' datamodel='ecmascript' " + attributes + ">";
}

checked check(const std::string& body) { return check_bytes(head() + "\n" + body + "\n<final/></scxml>"); }

/// Line and column of the mark ^ in a text, which is taken out.
position take_mark(std::string& text) {
  const auto at = text.find('^');
  REQUIRE(at != std::string::npos);
  text.erase(at, 1);
  position p{1, 1};
  for (std::size_t i = 0; i < at; ++i) {
    const bool is_continuation = (static_cast<unsigned char>(text[i]) & 0xc0) == 0x80;
    if (text[i] == '\n') p = {p.line + 1, 1};
    else if (!is_continuation && text[i] != '\r') ++p.column;
  }
  return p;
}

/// The one complaint about a document is at the mark.
void is_found(std::string body, const std::string& words) {
  body = head() + "\n" + body + "\n<final/></scxml>";
  const position expected = take_mark(body);
  INFO(body);
  const checked c = check_bytes(body);
  REQUIRE(c.with.size() == 1);
  INFO(c.with[0].what);
  CHECK_THAT(c.with[0].what, Contains(words));
  CHECK(c.with[0].where.line == expected.line);
  CHECK(c.with[0].where.column == expected.column);
  CHECK(c.without.size() == 1);
}

} // namespace

TEST_CASE("errors in expressions stand at their places") {
  is_found("<state><transition cond='1 + ^'/></state>", "the condition does not compile");
  is_found("<state><transition cond='1 +^)'/></state>", "the condition does not compile");
  is_found("<state><transition cond='a &lt; b &amp;&amp; ^) c'/></state>", "unexpected token");
  is_found("<state>\n  <transition cond='a &#x3c; b\n    || ^)'/></state>", "unexpected token");
}

TEST_CASE("errors in scripts stand at their places") {
  is_found("<script>var a = 1;\nvar b = ^;\n</script>", "the script does not compile");
  is_found("<script>\r\nvar a = 1;\r\n  var b = ^;\r\n</script>", "the script does not compile");
  is_found("<script><![CDATA[if (1 < 2 && true) {}\n ^)]]></script>", "unexpected token");
  is_found("<script>var a = '&amp;&lt;'; <!-- not this ) --> var ä = ^];</script>", "unexpected token");
  is_found("<script>^var _event = 1;</script>", "cannot be declared");
  is_found("<script>^x = 1n;</script>", "BigInt");
}

TEST_CASE("what is loaded has its own lines") {
  const checked c = check("<script src='x.js'/>");
  REQUIRE(c.with.size() == 1);
  CHECK(c.with[0].where.line == 2);
  CHECK(c.with[0].where.column == 5);
}

TEST_CASE("every error of a document at once, in the order of their places") {
  const checked c = check(R"xml(
    <datamodel><data id="x" expr="{"/><data id="y">{ any text }</data></datamodel>
    <state id="a">
      <onentry><assign location="1" expr="2"/><log expr="if"/><foreach array="[" item="continue"/></onentry>
      <invoke type="scxml"><content>
        <scxml version="1.0" datamodel="ecmascript"><script>}</script><final/></scxml></content></invoke>
      <transition event="e" cond="a b"/>
    </state>)xml");
  std::vector<std::uint32_t> lines;
  for (const auto& d : c.with) {
    CHECK(d.severity == severity::error);
    CHECK(d.source == "test.scxml");
    CHECK_FALSE(d.mend.empty());
    lines.push_back(d.where.line);
  }
  CHECK(lines == std::vector<std::uint32_t>{3, 5, 5, 5, 5, 7, 8});
}

TEST_CASE("documents without faults, and without ECMAScript, have no complaints") {
  CHECK(check(R"xml(
    <datamodel><data id="x" expr="{a: 1, 'b': [/[)]/.test(')')]}"/><data id="y"/></datamodel>
    <script>function f(a) { return a + x.a } var z = `${f(1)}`;</script>
    <state id="a"><onentry><assign location="x['b'][0]" expr="f(2);"/><assign location="z" expr="y"/>
      <foreach array="[1]" item="i" index="k"><assign location="i" expr="k"/></foreach>
      <send event="e" idlocation="y" namelist="x z"/></onentry></state>)xml")
            .with.empty());
  CHECK(check_bytes("<scxml version='1.0' datamodel='null'><state><transition cond='In(1'/></state></scxml>").with.empty());
}

TEST_CASE("assignments that must fail are warned of") {
  const auto only = [](const checked& c) {
    REQUIRE(c.with.size() == 1);
    CHECK(c.with[0].severity == severity::warning);
    return c.with[0].what + "; " + c.with[0].mend;
  };
  const std::string data = "<datamodel><data id='counter' expr='0'/></datamodel>";
  const auto assign = [](const std::string& location) {
    return "<state><onentry><assign location='" + location + "' expr='1'/></onentry></state>";
  };
  CHECK_THAT(only(check(data + assign("countre"))), Contains("\"countre\" is not declared") && Contains("\"counter\"?"));
  CHECK_THAT(only(check(data + assign("_event"))), Contains("cannot be changed"));
  CHECK(check(data + assign("counter")).with.empty());
  CHECK(check(data + "<script>var other;</script>" + assign("other")).with.empty());
  CHECK(check("<script>this.other = 1;</script>" + assign("other")).with.empty()); // cannot be known
}

TEST_CASE("functions as data are warned of") {
  const checked c = check("<datamodel><data id='f' expr='function () { return 1 }'/></datamodel>");
  REQUIRE(c.with.size() == 1);
  CHECK(c.with[0].severity == severity::warning);
  CHECK_THAT(c.with[0].what, Contains("cannot be saved"));
}
