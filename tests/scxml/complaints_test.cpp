// complaints_test.cpp: what the compiler refuses or warns of, where, and what it advises.
#include "scxml/compile.hpp"
#include "scxml/limits.hpp"
#include "tests/catch.hpp"

using namespace chainring::scxml;
using Catch::Matchers::Contains;

namespace {

compiled compiled_from(const std::string& body, const std::string& attributes = "") {
  compile_options options;
  options.name = "d.scxml";
  return compile(
      "<scxml xmlns='http://www.w3.org/2005/07/scxml' version='1.0' datamodel='ecmascript' " +
          attributes + ">\n" + body + "\n</scxml>",
      options);
}
/// All complaints, a line each, "E" or "w" before it.
std::string complaints_of(const compiled& c) {
  std::string out;
  for (const diagnostic& d : c.complaints)
    out += (d.severity == severity::error ? "E " : "w ") + chainring::to_line(to_error(d)) + "\n";
  return out;
}
std::string complaints_about(const std::string& body, const std::string& attributes = "") {
  const compiled c = compiled_from(body, attributes);
  const std::string out = complaints_of(c);
  CHECK((c.document == nullptr) == (out.find("E ") != std::string::npos));
  return out;
}

} // namespace

TEST_CASE("a clean document has no complaints", "[complaints]") {
  CHECK(complaints_about(
            "<state id='a'><transition event='e' target='b'/></state><final id='b'/>") == "");
}

TEST_CASE("each mistake: its place, what it is, what would be right", "[complaints]") {
  const struct {
    const char* body;
    const char* place;
    const char* what;
    const char* mend;
  } errors[] = {
      // targets
      {"<state id='dialing'><transition target='dailing'/></state>", "2:41", "no state \"dailing\"",
       "mean \"dialing\"?"},
      {"<state id='a'><transition event='e' target='zzz'/></state>", "2:45", "no state \"zzz\"",
       "this id"},
      {"<state id='a'><transition event='e' target='a b'/></state><state id='b'/>", "2:45",
       "\"a\" and \"b\" cannot", "parallel"},
      {"<parallel id='p'><state id='a'><state id='a1'/><state id='a2'/></state><state "
       "id='b'/></parallel>"
       "<state><transition event='e' target='a1 b a2'/></state>",
       "", "\"a1\" and \"a2\" cannot", "parallel"},
      {"<state id='a' initial='c'><state id='b'/></state><state id='c'/>", "2:24", "outside",
       "inside"},
      {"<state id='a'><initial><transition target='a'/></initial><state id='b'/></state>", "2:24",
       "outside", "inside"},
      {"<state id='a' initial='a1 a2'><state id='a1'/><state id='a2'/></state>", "2:24",
       "cannot be active together", ""},
      // initial and history
      {"<state id='a' initial='b'/>", "2:15", "without child states", "remove"},
      {"<state id='a' initial='b'><state id='b'/><initial><transition "
       "target='b'/></initial></state>",
       "", "given twice", ""},
      {"<state><initial/><state/></state>", "2:8", "no <transition>", "target"},
      {"<state><initial><transition event='e' target='b'/></initial><state id='b'/></state>",
       "2:29", "\"event\"", "remove"},
      {"<state><history id='h'/><state/></state>", "2:8", "<history> has no <transition>", ""},
      {"<state><history id='h'><transition cond='x' target='b'/></history><state id='b'/></state>",
       "", "\"cond\"", ""},
      {"<state><history id='h'><transition/></history><state id='b'/></state>", "", "no target",
       "target="},
      {"<state><history id='h' type='wide'><transition target='b'/></history><state "
       "id='b'/></state>",
       "", "\"wide\"", "deep"},
      // ids
      {"<state id='a'/><state id='a'/>", "2:23", "given twice; first at line 2", "own id"},
      {"<state id='a b'/>", "2:8", "white space", "one word"},
      {"<state id=''/>", "2:8", "empty id", ""},
      // structure
      {"<state><transitoin/></state>", "2:8", "<transitoin> is no element", "\"transition\"?"},
      {"<state><frobnicate/></state>", "2:8", "no element of SCXML", "remove"},
      {"<state><data id='x'/></state>", "2:8", "<data> is not allowed in <state>", "may hold"},
      {"<final><transition event='e'/></final>", "2:8", "not allowed in <final>", ""},
      {"<parallel><final/></parallel>", "2:11", "not allowed in <parallel>", ""},
      {"<state><onentry><state/></onentry></state>", "2:17", "not allowed in <onentry>",
       "executable"},
      {"<state><onentry><else/></onentry></state>", "", "<else> is not allowed in <onentry>", ""},
      {"<state>text</state>", "2:8", "text inside <state>", "comment"},
      {"<datamodel/>", "", "has no states", "add a <state>"},
      // attributes
      {"<state name='a'/>", "2:8", "<state> has no attribute \"name\"", ""},
      {"<state><transition evnet='e'/></state>", "2:20", "\"evnet\"", "mean \"event\"?"},
      {"<state><onentry><raise/></onentry></state>", "2:17", "lacks the attribute \"event\"",
       "event="},
      {"<state><onentry><raise event=' '/></onentry></state>", "", "empty attribute \"event\"", ""},
      {"<state><onentry><raise event='a b'/></onentry></state>", "", "white space", "one word"},
      {"<state><onentry><foreach array='a'/></onentry></state>", "", "lacks the attribute \"item\"",
       ""},
      {"<state><transition event='e' type='inner'/></state>", "", "\"inner\"", "internal"},
      {"<state><onentry><if><log/></if></onentry></state>", "", "lacks the attribute \"cond\"", ""},
      {"<state><onentry><if cond='a'><else/><elseif cond='b'/></if></onentry></state>", "",
       "<elseif> after <else>", ""},
      {"<state><onentry><if cond='a'><else/><else/></if></onentry></state>", "",
       "<else> after <else>", ""},
      // content
      {"<state><onentry><assign location='x'/></onentry></state>", "", "no value", "expr="},
      {"<state><onentry><assign location='x' expr='1'>2</assign></onentry></state>", "",
       "both expr and content", ""},
      {"<datamodel><data id='a' expr='1'>2</data></datamodel><state/>", "", "both content", ""},
      {"<datamodel><data id='a' expr='1' src='x'/></datamodel><state/>", "", "\"src\" and \"expr\"",
       "one of them"},
      {"<datamodel><data expr='1'/></datamodel><state/>", "", "lacks the attribute \"id\"", ""},
      {"<script src='x.js'>1</script><state/>", "", "both src and text", ""},
      {"<script src='x.js'/><state/>", "2:9", "\"x.js\" cannot be loaded", "address"},
      {"<state><onentry><script src='x.js'/></onentry></state>", "", "cannot be loaded", ""},
      // messages
      {"<state><onentry><send/></onentry></state>", "2:17", "neither event nor eventexpr", ""},
      {"<state><onentry><send event='e' eventexpr='f'/></onentry></state>", "2:33",
       "both \"event\" and \"eventexpr\"", ""},
      {"<state><onentry><send event='e' delay='soon'/></onentry></state>", "",
       "\"soon\" is no delay", "500ms"},
      {"<state><onentry><send event='e' delay='-1s'/></onentry></state>", "", "is no delay", ""},
      {"<state><onentry><send event='e' delay='5'/></onentry></state>", "", "is no delay", ""},
      {"<state><onentry><send event='e' target='#_internal' delay='1s'/></onentry></state>", "",
       "#_internal has a delay", ""},
      {"<state><onentry><send event='e' id='i' idlocation='l'/></onentry></state>", "",
       "\"id\" and \"idlocation\"", ""},
      {"<state><onentry><send event='e' namelist='x'><content>1</content></send></onentry></state>",
       "", "beside namelist", ""},
      {"<state><onentry><send event='e'><param name='x'/></send></onentry></state>", "",
       "neither expr nor location", ""},
      {"<state><onentry><send event='e'><param name='x' expr='1' "
       "location='y'/></send></onentry></state>",
       "", "both", ""},
      {"<state><onentry><cancel/></onentry></state>", "", "neither sendid", ""},
      {"<final><donedata><content>1</content><param name='a' expr='1'/></donedata></final>", "",
       "beside namelist or <param>", ""},
      {"<final><donedata/><donedata/></final>", "", "second <donedata>", ""},
      {"<state><invoke src='a' srcexpr='b'/></state>", "", "both \"src\" and \"srcexpr\"", ""},
      {"<state><invoke src='a'><content>1</content></invoke></state>", "", "beside src", ""},
      {"<state><invoke src='a' autoforward='maybe'/></state>", "", "\"maybe\"", "true"},
      {"<state><invoke src='a' namelist='x'><param name='p' expr='1'/></invoke></state>", "",
       "namelist and <param>", ""},
      {"<state><invoke src='a'><finalize><raise event='e'/></finalize></invoke></state>", "",
       "<raise> in <finalize>", ""},
      {"<state><invoke><content><scxml version='1.0'><state><transition "
       "target='x'/></state></scxml></content></invoke></state>",
       "2:73", "no state \"x\"", ""},
  };
  for (const auto& e : errors) {
    INFO(e.body);
    const std::string found = complaints_about(e.body);
    CHECK_THAT(found, Contains("E ") && Contains(std::string("d.scxml:") + e.place) &&
                          Contains(e.what) && Contains(e.mend));
  }
}

TEST_CASE("the root", "[complaints]") {
  CHECK_THAT(complaints_about("<state/>", "binding='sometimes'"), Contains("\"sometimes\""));
  const auto of = [](const char* text) { return complaints_of(compile(text, {})); };
  CHECK_THAT(of("<html/>"), Contains("E the document is no SCXML: its element is <html>"));
  CHECK_THAT(of("<scxml xmlns='http://example.com'><state/></scxml>"), Contains("no SCXML"));
  CHECK_THAT(of("<scxml version='1.0'><state/></scxml>"),
             Contains("w <scxml> declares no namespace"));
  CHECK_THAT(
      of("<scxml xmlns='http://www.w3.org/2005/07/scxml' datamodel='xpath'><state/></scxml>"),
      Contains("E unknown data model \"xpath\""));
  CHECK_THAT(of("<scxml xmlns='http://www.w3.org/2005/07/scxml' version='2.0'><state/></scxml>"),
             Contains("read as 1.0"));
}

TEST_CASE("warnings leave the document standing", "[complaints]") {
  const std::pair<const char*, const char*> warnings[] = {
      {"<state><transition/></state>", "taken for ever"},
      {"<state><onentry><x:y xmlns:x='http://x'/></onentry></state>", "no known vocabulary"},
      {"<datamodel><data id='a' src='gone'/></datamodel><state/>", "\"gone\" cannot be loaded"},
      {"<datamodel><data id='a'/><data id='a'/></datamodel><state/>", "stands at line 2 too"},
      {"<state><onentry><log expr=''/></onentry></state>", "empty attribute \"expr\" is ignored"},
      {"<state><history id='h'><transition target='c'/></history><state id='b'><state "
       "id='c'/></state></state>",
       "no child state"},
      {"<state><onentry><event name='x'/></onentry></state>", "old form"},
      {"<datamodel><data id='a-b'/></datamodel><state/>", "\"a-b\" is no name"},
      {"<state _x='1'/>", "\"_x\" has no effect"},
      {"<state><invoke/></state>", "nothing to run"},
  };
  for (const auto& [body, what] : warnings) {
    INFO(body);
    const compiled c = compiled_from(body);
    CHECK(c.document);
    CHECK_THAT(complaints_of(c), Contains("w ") && Contains(what) && !Contains("E "));
  }
}

TEST_CASE("all mistakes are reported, in source order", "[complaints]") {
  const compiled c =
      compiled_from("<state id='a'><transition target='x'/></state>\n<state id='a'/>\n<bogus/>\n"
                    "<state><onentry><send/></onentry><transition target='y'/></state>");
  REQUIRE(c.complaints.size() == 5);
  for (std::size_t i = 0; i < 5; ++i) CHECK(c.complaints[i].where.line == (i < 3 ? i + 2 : 5));
  CHECK(c.document == nullptr);
  CHECK(c.first_error().what == "there is no state \"x\"");
  CHECK(c.first_error().where == "d.scxml:2:35");
}

TEST_CASE("XML mistakes have their place too", "[complaints]") {
  const compiled c = compiled_from("<state id='a'>\n  <onentry>\n  </state>");
  REQUIRE(c.complaints.size() == 1);
  CHECK(complaints_of(c) == "E </state> closes <onentry>: d.scxml:4:3: write </onentry>\n");
}

TEST_CASE("no more complaints than the limit, errors before warnings", "[complaints]") {
  std::string body;
  for (int i = 0; i < 1000; ++i) body += "<state><transition/></state>";
  for (int i = 0; i < 1000; ++i) body += "<state><transition event='e' target='unknown'/></state>";
  const compiled c = compiled_from(body);
  REQUIRE(c.complaints.size() == limits::complaints_max + 1);
  for (const diagnostic& d : c.complaints) CHECK(d.severity == severity::error);
  CHECK(c.complaints.back().what == "1800 more complaints");
}
