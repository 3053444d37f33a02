// dialect_test.cpp: the Genesys dialect, data model defaults, and vocabularies of actions.
#include "scxml/compile.hpp"
#include "tests/catch.hpp"

using namespace chainring::scxml;
using Catch::Matchers::Contains;

namespace {

vocabulary phone_vocabulary() {
  vocabulary v;
  v.namespace_uri = "http://example.com/phone";
  v.aliases = {"http://example.com/phone/", "ph:"};
  v.actions = {
      {"call", {{"number", true, {}}, {"when", false, {"NOW", "LATER"}}}, {}, false},
      {"group", {{"name", false, {}}}, {{"member", {{"who", true, {}}}, {}, false}}, true}};
  return v;
}
const vocabulary phone = phone_vocabulary();

compiled compiled_from(const std::string& text, const vocabulary* actions = &phone) {
  compile_options options;
  options.name = "d";
  options.actions = actions;
  return compile(text, options);
}
std::string document_with(const std::string& content, const std::string& attributes) {
  return "<scxml xmlns='http://www.w3.org/2005/07/scxml' version='1.0' " + attributes +
         "><state id='s'><onentry>" + content + "</onentry></state></scxml>";
}
const std::string declared = "datamodel='ecmascript' xmlns:p='http://example.com/phone'";

std::string complaints_of(const compiled& c) {
  std::string out;
  for (const diagnostic& d : c.complaints)
    out += (d.severity == severity::error ? "E " : "w ") + chainring::to_line(to_error(d)) + "\n";
  return out;
}
datamodel_kind model_of(const compiled& c) {
  REQUIRE(c.document);
  return c.document->datamodel;
}

} // namespace

TEST_CASE("actions of the vocabulary", "[dialect]") {
  const compiled c = compiled_from(
      document_with("<p:call when='LATER' number='n + 1'/><p:group><p:member who='a'/>"
                    "<p:member who='b'/></p:group>",
                    declared));
  CHECK(complaints_of(c) == "");
  REQUIRE(c.document);
  const document& d = *c.document;
  CHECK(d.actions_known == &phone);
  const auto list = d.view(d.instructions, d.blocks[d.states[1].on_entry.first].instructions);
  REQUIRE(list.size() == 2);
  CHECK(list[0].kind == operation::action);
  const action_operands& call = d.actions[list[0].operand];
  CHECK(call.spec == 0);
  const auto attributes = d.view(d.action_attributes, call.attributes);
  REQUIRE(attributes.size() == 2);
  CHECK(attributes[0].spec == 1);
  CHECK(attributes[0].text == "LATER");
  CHECK(d.expressions[attributes[1].expr].text == "n + 1");
  CHECK(d.expressions[attributes[1].expr].kind == expression_kind::value);
  const action_operands& group = d.actions[list[1].operand];
  CHECK(group.spec == 1);
  const auto members = d.view(d.actions, group.children);
  REQUIRE(members.size() == 2);
  CHECK(d.action_attributes[members[1].attributes.first].text == "b");
}

TEST_CASE("mistakes in actions", "[dialect]") {
  const std::pair<const char*, const char*> cases[] = {
      {"<p:cal number='1'/>",
       "<p:cal> is no action of \"http://example.com/phone\": d:1:143: did you mean \"call\"?"},
      {"<p:call/>", "<p:call> lacks the attribute \"number\""},
      {"<p:call number=' '/>", "lacks the attribute \"number\""},
      {"<p:call numbr='1'/>", "did you mean \"number\"?"},
      {"<p:call number='1' number2='1'/>", "no attribute \"number2\""},
      {"<p:call number='1' p:number='1'/>", "twice"},
      {"<p:call number='1'>x</p:call>", "text inside <p:call>"},
      {"<p:call number='1'><p:member who='1'/></p:call>", "<p:member> is not allowed in <p:call>"},
      {"<p:group/>", "<p:group> is empty"},
      {"<p:group><log/></p:group>", "<log> is not allowed in <p:group>"},
  };
  for (const auto& [content, what] : cases) {
    INFO(content);
    const compiled c = compiled_from(document_with(content, declared));
    CHECK_FALSE(c.document);
    CHECK_THAT(complaints_of(c), Contains(std::string("E ")) && Contains(what));
  }
  CHECK_THAT(
      complaints_of(compiled_from(
          "<scxml xmlns='http://www.w3.org/2005/07/scxml' xmlns:p='http://example.com/phone'>"
          "<state><p:call number='1'/></state></scxml>")),
      Contains("E <p:call> is not allowed in <state>") && Contains("onentry"));
}

TEST_CASE("aliases of the vocabulary are taken with one warning", "[dialect]") {
  const std::pair<const char*, const char*> cases[] = {
      {"xmlns:p='http://example.com/phone/'",
       "is taken for \"http://example.com/phone\""},                        // a listed URI
      {"", "the prefix \"ph:\" is not declared"},                           // a listed prefix
      {"xmlns:ph='http://elsewhere'", "\"http://elsewhere\" is taken for"}, // bound to another URI
  };
  for (const auto& [declaration, what] : cases) {
    const std::string prefix = std::string(declaration).starts_with("xmlns:p=") ? "p" : "ph";
    const std::string action = "<" + prefix + ":call number='1'/>";
    const compiled c = compiled_from(
        document_with(action + action, "datamodel='ecmascript' " + std::string(declaration)));
    REQUIRE(c.document);
    CHECK(c.document->actions.size() == 2);
    CHECK(c.complaints.size() == 1);
    CHECK_THAT(complaints_of(c),
               Contains("w ") && Contains(what) && Contains("http://example.com/phone"));
  }
  CHECK_FALSE(compiled_from(document_with("<ph:call number='1'/>", ""), nullptr).document);
}

TEST_CASE("the data model of a document", "[dialect]") {
  CHECK(model_of(compiled_from(document_with("", ""))) == datamodel_kind::null);
  CHECK(model_of(compiled_from(document_with("", "datamodel='ecmascript'"))) ==
        datamodel_kind::ecmascript);
  CHECK(model_of(compiled_from(document_with("", "profile='ECMAScript'"))) ==
        datamodel_kind::ecmascript);
  CHECK(model_of(compiled_from(document_with("<log expr='1'/>", "datamodel='null'"))) ==
        datamodel_kind::null);
  const std::string asks = "<if cond=\"In('s')\"><log label='x'/></if>";
  CHECK(model_of(compiled_from(document_with(asks, ""))) == datamodel_kind::null);

  const compiled guessed =
      compiled_from(document_with("<p:call number='1'/>", "xmlns:p='http://example.com/phone'"));
  CHECK(model_of(guessed) == datamodel_kind::ecmascript);
  CHECK_THAT(complaints_of(guessed), Contains("w no data model is given"));
  CHECK(model_of(compiled_from(document_with("<log expr='1'/>", ""))) ==
        datamodel_kind::ecmascript);
  CHECK_THAT(complaints_of(compiled_from(document_with("<script>x</script>", "datamodel='null'"))),
             Contains("no scripts"));
}

TEST_CASE("what Genesys writes differently", "[dialect]") {
  const compiled c = compiled_from(
      "<scxml version='1.0' xmlns='http://www.w3.org/2005/07/scxml' "
      "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "
      "xsi:schemaLocation='http://www.w3.org/2005/07/scxml scxml-profile-genesysv10.xsd' "
      "profile='ECMAScript' _persist='false' "
      "_type='x'><initial><transition target='b'/></initial><datamodel><data id='x' "
      "_type='parameter' _desc='d'/>"
      "</datamodel><state id='a'/><state id='b'><onentry><event name='e'/><log level='2' label='l' "
      "expr='1'/><cancel id='i'/>"
      "<raise event='f'><param name='p' expr='1'/></raise></onentry></state></scxml>");
  INFO(complaints_of(c));
  REQUIRE(c.document);
  const document& d = *c.document;
  CHECK(d.target_states[d.transitions[d.states[0].initial].targets.first] == d.find_state("b"));
  CHECK(d.data[0].parameter);
  CHECK(d.raises[0].event == "e");
  CHECK(d.logs[0].level == 2);
  CHECK(d.cancels[0].sendid.text == "i");
  REQUIRE(d.sends.size() == 1);
  CHECK(d.sends[0].target.text == "#_internal");
  CHECK(d.sends[0].parameters.count == 1);
}
