// parse_test.cpp: the tree: names, namespaces, attributes, text, places.
#include "scxml/parse.hpp"

#include "tests/catch.hpp"

using namespace chainring::scxml;
using Catch::Matchers::Contains;

namespace {

const std::vector<std::string> no_prefixes;

void parse_into(tree& out, std::string_view text,
                const std::vector<std::string>* prefixes = &no_prefixes) {
  const auto refused = parse(text, "f", prefixes, out);
  INFO(text);
  if (refused) FAIL(refused->what);
}
std::string refusal(std::string_view text,
                    const std::vector<std::string>* prefixes = &no_prefixes) {
  tree out;
  const auto refused = parse(text, "f", prefixes, out);
  return refused ? place_of(*refused) + " " + refused->what : "";
}

} // namespace

TEST_CASE("elements, attributes and references", "[parse]") {
  tree t;
  parse_into(t, "<a x='1 &lt; 2' y='&#10;&quot;'><b/>t<c z=''/></a>");
  REQUIRE(t.elements.size() == 3);
  CHECK(t.elements[0].name == "a");
  CHECK(t.elements[0].first_child == 1);
  CHECK(t.elements[1].next_sibling == 2);
  CHECK(t.elements[2].next_sibling == no_element);
  CHECK(t.elements[2].parent == 0);
  REQUIRE(t.find(0, "x"));
  CHECK(t.find(0, "x")->value == "1 < 2");
  CHECK(t.find(0, "y")->value == "\n\"");
  CHECK(t.find(2, "z")->value == "");
  CHECK(t.find(2, "x") == nullptr);
  CHECK(t.text_of(0) == "t");
}

TEST_CASE("line ends in attribute values are spaces, everywhere else newlines", "[parse]") {
  tree t;
  parse_into(t, "<a x='1\r\n2\t3\n4&#9;'>p\r\nq\rr<![CDATA[\r\n]]></a>");
  CHECK(t.find(0, "x")->value == "1 2 3 4\t");
  CHECK(t.text_of(0) == "p\nq\nr\n");
}

TEST_CASE("text: CDATA joined, comments and instructions left out", "[parse]") {
  tree t;
  parse_into(t, "<a>x &amp; <!-- no -->y<![CDATA[<&amp;]]><?p no?>z</a>");
  CHECK(t.text_of(0) == "x & y<&amp;z");
  tree blank;
  parse_into(blank, "<a> <b/> \n </a>");
  CHECK_FALSE(blank.has_text(0));
}

TEST_CASE("namespaces follow their scope", "[parse]") {
  tree t;
  parse_into(t,
             "<a xmlns='u' xmlns:p='v'><b p:x='1'/><c xmlns='' xmlns:p='w'><p:d/></c><p:e/></a>");
  CHECK(t.elements[0].uri == "u");
  CHECK(t.elements[1].uri == "u");
  CHECK(t.attributes_of(1)[0].uri == "v");
  CHECK(t.find(1, "x") == nullptr); // it has a namespace
  CHECK(t.elements[2].uri == "");
  CHECK(t.elements[3].uri == "w");
  CHECK(t.elements[3].prefix == "p");
  CHECK(t.elements[4].uri == "v");
  CHECK(t.attributes_of(0).empty());
}

TEST_CASE("undeclared prefixes are refused unless allowed", "[parse]") {
  CHECK_THAT(refusal("<a>\n <ocs:b/></a>"), Contains("f:2:2 the namespace prefix \"ocs\""));
  CHECK_THAT(refusal("<a ocs:b=''/>"), Contains("f:1:4 "));
  CHECK_THAT(refusal("<a><b xmlns:p='x'/><p:c/></a>"), Contains("\"p\""));
  const std::vector<std::string> allowed = {"http://x", "ocs:"};
  tree t;
  parse_into(t, "<a><ocs:b/></a>", &allowed);
  CHECK(t.elements[1].uri == "ocs:");
  CHECK_THAT(refusal("<a><oc:b/></a>", &allowed), Contains("\"oc\""));
  CHECK(refusal("<a><oc:b/></a>", nullptr) == "");
}

TEST_CASE("attributes given twice are refused", "[parse]") {
  CHECK_THAT(refusal("<a x='' y=''\n x=''/>"), Contains("f:2:2 <a> has the attribute x twice"));
  CHECK_THAT(refusal("<a xmlns:p='u' xmlns:q='u' p:x='' q:x=''/>"), Contains("twice"));
  CHECK_THAT(refusal("<a xmlns:p='u' xmlns:p='v'/>"), Contains("twice"));
  CHECK_THAT(refusal("<a xmlns='u' xmlns='v'/>"), Contains("twice"));
  CHECK(refusal("<a xmlns:p='u' p:x='' x=''/>") == "");
  CHECK_THAT(refusal("<a xmlns:p=''/>"), Contains("empty"));
}

TEST_CASE("places are lines and columns in characters", "[parse]") {
  tree t;
  parse_into(t, "\xef\xbb\xbf<a>\r\n\xc3\xa4\xc3\xa4 <b  x = 'y'>z</b>\r  <c/></a>");
  CHECK(t.elements[0].where.column == 1);
  const element& b = t.elements[1];
  CHECK(b.where.line == 2);
  CHECK(b.where.column == 4);
  CHECK(t.find(1, "x")->where.column == 8);
  CHECK(t.find(1, "x")->value_where.column == 13);
  CHECK(b.inner_where.column == 16);
  CHECK(t.elements[2].where.line == 3);
  CHECK(t.elements[2].where.column == 3);
}

TEST_CASE("inner XML is what was written", "[parse]") {
  tree t;
  parse_into(t, "<r><a> <b x='&lt;'><c/></b> <!-- d --> </a><e>f &amp; <g/></e><h/></r>");
  CHECK(t.inner_xml(1) == "<b x='&lt;'><c/></b>");
  CHECK(t.inner_xml(4) == "f &amp; <g/>");
  CHECK(t.inner_xml(6) == "");
}
