// dot_test.cpp: what is drawn and how names are escaped. That Graphviz takes it is tests/integration/check.py's to show.
#include "scxml/dot.hpp"

#include "tests/scxml/play.hpp"

using namespace chainring::scxml;
using namespace chainring::scxml::testing;
using Catch::Matchers::Contains;

namespace {

std::string drawn(const std::string& body, const std::string& attributes = "") {
  return to_dot(*document_from("<scxml xmlns='http://www.w3.org/2005/07/scxml' version='1.0' datamodel='ecmascript' " +
                               attributes + ">" + body + "</scxml>"));
}

} // namespace

TEST_CASE("nodes by kind", "[dot]") {
  const std::string text =
      drawn("<state id='a'/><final id='f'><onentry><raise event='x'/></onentry></final>"
            "<parallel id='p'><history id='h'><transition target='r'/></history><state id='r'/></parallel>"
            "<state id='c'><history id='d' type='deep'><transition target='i'/></history><state id='i'/></state>",
            "name='n'");
  CHECK_THAT(text, Catch::StartsWith("digraph \"n\" {\n"));
  CHECK_THAT(text, Contains("  s1 [label=\"a\"];\n") && Contains("  initial0 -> s1 [label=\"\"];\n"));
  CHECK_THAT(text, Contains("s2 [label=\"f\", shape=doublecircle") && Contains("xlabel=\"entry / raise x\\l\""));
  CHECK_THAT(text, Contains("subgraph cluster3 {\n    label=\"p\"; labeljust=l; style=\"rounded,dashed\";"));
  CHECK_THAT(text, Contains("s4 [label=\"H\", shape=circle") && Contains("s4 -> s5 [label=\"\", style=dotted];"));
  CHECK_THAT(text, Contains("subgraph cluster6 {\n    label=\"c\"; labeljust=l; style=\"rounded\";") &&
                       Contains("[label=\"H*\""));
}

TEST_CASE("labels: events, conditions, actions", "[dot]") {
  const std::string text =
      drawn("<state id='a'><onentry><log label='l' expr='1'/><assign location='x' expr='2'/></onentry>"
            "<onexit><send event='e' delay='1s'/><cancel sendid='i'/></onexit><invoke id='child' src='c.scxml'/>"
            "<transition event='e f.*' cond='x == \"1\"' target='b'><raise event='r'/><script> y = 1;\n z = 2; "
            "</script></transition>"
            "<transition event='*'><foreach array='l' item='i'/><if cond='c'/></transition></state><state id='b'/>");
  CHECK_THAT(text, Contains("[label=\"a\\nentry / log l 1\\lentry / x = 2\\lexit / send e after 1s\\lexit / cancel i\\l"
                            "invoke child: c.scxml\\l*\\l  / foreach i in l …\\l  / if c …\\l\"]"));
  CHECK_THAT(text, Contains("s1 -> s2 [label=\"e f [x == \\\"1\\\"]\\n/ raise r\\n/ y = 1; z = 2;\"];"));
}

TEST_CASE("edges end at the border of a cluster, unless they begin inside", "[dot]") {
  const std::string text = drawn("<state id='a'><transition event='e' target='c'/></state>"
                                 "<state id='c'><transition event='out' target='a'/><transition event='in' target='i'/>"
                                 "<state id='i'><transition event='up' target='c'/></state></state>");
  CHECK_THAT(text, Contains("s1 -> s2 [label=\"e\", lhead=cluster2];"));
  CHECK_THAT(text, Contains("s2 -> s1 [label=\"out\", ltail=cluster2];"));
  CHECK_THAT(text, Contains("s2 -> s3 [label=\"in\"];") && Contains("s3 -> s2 [label=\"up\"];"));
  const std::string several =
      drawn("<state id='a'><transition event='e' target='r1 r2'/></state><parallel id='p'><state id='r1'/>"
            "<state id='r2'/></parallel>");
  CHECK_THAT(several, Contains("s1 -> fork1 [label=\"e\", arrowhead=none];") && Contains("fork1 -> s3 [label=\"\"];") &&
                          Contains("fork1 -> s4 [label=\"\"];"));
}

TEST_CASE("nothing in a document ends a string of the drawing", "[dot]") {
  const std::string text =
      drawn("<state id='&quot;];\\&amp;&lt;'><transition event='\"' cond='\"a\\n\" == \"&amp;lt;\"' target='z'/>"
            "</state><state id='z'/>",
            "name='a\"\\&amp;'");
  CHECK_THAT(text, Catch::StartsWith("digraph \"a\\\"\\\\&amp;\" {"));
  CHECK_THAT(text, Contains("s1 [label=\"\\\"];\\\\&amp;<\"];"));
  CHECK_THAT(text, Contains("[label=\"\\\" [\\\"a\\\\n\\\" == \\\"&amp;lt;\\\"]\"]"));
}

TEST_CASE("long texts are cut at a character", "[dot]") {
  std::string id;
  for (int i = 0; i < 40; ++i) id += "\xc3\xa9";
  const std::string text = drawn("<state id='" + id + "'/>");
  CHECK_THAT(text, Contains("[label=\"" + id.substr(0, 56) + "…\"]"));
}
