// describe_test.cpp: documents as data.
#include "scxml/describe.hpp"

#include "tests/scxml/play.hpp"

using namespace chainring::scxml;
using namespace chainring::scxml::testing;

namespace {

value described(const std::string& attributes, const std::string& body) {
  return describe(*document_from("<scxml xmlns='http://www.w3.org/2005/07/scxml' version='1.0'" + attributes + ">\n" +
                                 body + "</scxml>"));
}

std::string json_of(const value& v, const char* member) {
  REQUIRE(v.find(member));
  return to_json(*v.find(member));
}

} // namespace

TEST_CASE("states with transitions and places", "[describe]") {
  const value d = described(" name='n' datamodel='ecmascript' binding='late'",
                            "<datamodel><data id='x' expr='1'/></datamodel>"
                            "<state id='a'><transition event='e *' cond='x' target='b'/></state>"
                            "<state id='b'><state/><transition target='a' type='internal'/></state>");
  CHECK(json_of(d, "name") == "\"n\"");
  CHECK(json_of(d, "binding") == "\"late\"");
  CHECK(json_of(d, "hash").size() == 66);
  CHECK(json_of(d, "data") == R"([{"id":"x","line":2,"column":12}])");
  CHECK(json_of(d, "expressions") == "2");
  const auto& states = *d.find("states")->as<array>();
  REQUIRE(states.size() == 4);
  CHECK(to_json(states[0]) == R"({"id":null,"kind":"scxml","parent":null,"line":1,"column":1,"initial":["a"],)"
                              R"("transitions":[],"invokes":[]})");
  CHECK(to_json(states[1]) ==
        R"({"id":"a","kind":"atomic","parent":"1:1","line":2,"column":47,"transitions":)"
        R"([{"events":["e","*"],"cond":"x","targets":["b"],"internal":false,"line":2,"column":61}],"invokes":[]})");
  CHECK(json_of(states[2], "kind") == "\"compound\"");
  CHECK(json_of(states[2], "initial") == R"(["2:128"])");
  CHECK(json_of(states[3], "parent") == "\"b\"");
}

TEST_CASE("every kind of state has its word, and invocations their documents", "[describe]") {
  const value d = described(" datamodel='null'",
                            "<parallel id='p'><state><history id='h'><transition target='s'/></history><state id='s'/>"
                            "</state><history id='d' type='deep'><transition target='s'/></history></parallel><final>"
                            "</final><state><invoke id='i'><content><scxml version='1.0' name='inner' "
                            "datamodel='null'><final/></scxml></content></invoke></state>");
  std::string kinds;
  for (const auto& s : *d.find("states")->as<array>()) kinds += *s.find("kind")->as<std::string>() + ",";
  CHECK(kinds == "scxml,parallel,compound,shallow history,atomic,deep history,final,atomic,");
  const value* invokes = d.find("states")->as<array>()->back().find("invokes");
  REQUIRE(invokes);
  CHECK(json_of(*invokes->as<array>()->front().find("document"), "name") == "\"inner\"");
}

TEST_CASE("the data model, and why", "[describe]") {
  const std::pair<const char*, const char*> reasons[] = {
      {" datamodel='ecmascript'", R"({"name":"ecmascript","why":"named by datamodel","engine":"compiled","left_for":null})"},
      {" profile='ECMAScript'", R"({"name":"ecmascript","why":"named by profile","engine":"compiled","left_for":null})"},
      {"", R"({"name":"ecmascript","why":"taken because of the data and expressions","engine":"compiled","left_for":null})"},
      {" datamodel='null'", R"({"name":"null","why":"named by datamodel","engine":null,"left_for":null})"},
  };
  for (const auto& [attributes, why] : reasons)
    CHECK(json_of(described(attributes, "<state><transition event='e' cond='1'/></state>"), "datamodel") == why);
  CHECK(json_of(described("", "<state/>"), "datamodel") ==
        R"({"name":"null","why":"taken because nothing needs another","engine":null,"left_for":null})");
  CHECK(json_of(described("", "<state><transition event='e' cond='f(1)'/></state>"), "datamodel") ==
        R"({"name":"ecmascript","why":"taken because of the data and expressions","engine":"QuickJS",)"
        R"x("left_for":{"what":"it calls a function","expression":"f(1)","line":2,"column":36}})x");
}
