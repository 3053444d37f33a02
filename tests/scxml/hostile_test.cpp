// hostile_test.cpp: documents made to hurt: each is refused or compiled, in bounded time and
// memory.
#include "scxml/compile.hpp"
#include "scxml/limits.hpp"
#include "tests/catch.hpp"

using namespace chainring::scxml;
using Catch::Matchers::Contains;

namespace {

std::string repeated(std::string_view s, std::size_t n) {
  std::string out;
  out.reserve(s.size() * n);
  for (std::size_t i = 0; i < n; ++i) out += s;
  return out;
}
std::string document_with(const std::string& body, const std::string& attributes = "") {
  return "<scxml xmlns='http://www.w3.org/2005/07/scxml' version='1.0' " + attributes + ">" + body +
         "</scxml>";
}
std::string refusal(const std::string& text) {
  const compiled c = compile(text, {});
  CHECK_FALSE(c.document);
  REQUIRE_FALSE(c.complaints.empty());
  return c.first_error().what;
}
constexpr std::size_t room = limits::document_bytes_max - 200;

} // namespace

TEST_CASE("bytes that are no document", "[hostile]") {
  refusal("");
  refusal(std::string(limits::document_bytes_max, '<'));
  refusal(std::string(limits::document_bytes_max, '\0'));
  refusal(std::string(limits::document_bytes_max, '&'));
  refusal(std::string(64 << 20, ' '));
  refusal(repeated("<a ", 300'000));
  refusal(repeated("<!--", 200'000));
  refusal(repeated("<![CDATA[", 100'000));
  refusal(repeated("<?", 500'000));
  refusal(repeated("</", 500'000));
  CHECK_THAT(refusal(repeated("<a>", 300'000)), Contains("nested deeper"));
  CHECK_THAT(refusal(document_with(repeated("<state>", 149'000))), Contains("nested deeper"));
}

TEST_CASE("entities", "[hostile]") {
  std::string bomb = "<!DOCTYPE lolz [<!ENTITY lol 'lol'>";
  for (int i = 1; i < 10; ++i) bomb += "<!ENTITY lol" + std::to_string(i) + " '&lol;&lol;&lol;'>";
  CHECK_THAT(refusal(bomb + "]><scxml>&lol9;</scxml>"), Contains("DOCTYPE"));
  CHECK_THAT(refusal("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>"), Contains("DOCTYPE"));
  CHECK_THAT(refusal(document_with("&lol9;")), Contains("entity"));
  const compiled many =
      compile(document_with("<state><onentry><log label='" + repeated("&amp;", room / 5) +
                            "'/></onentry></state>"),
              {});
  REQUIRE(many.document);
  CHECK(many.document->logs[0].label == std::string(room / 5, '&'));
}

TEST_CASE("the element limit, exactly", "[hostile]") {
  const std::string states = repeated("<state/>", limits::document_elements_max - 1);
  const compiled c = compile(document_with(states), {});
  REQUIRE(c.document);
  CHECK(c.document->states.size() == limits::document_elements_max);
  CHECK_THAT(refusal(document_with(states + "<state/>")), Contains("more than 10000 elements"));
}

TEST_CASE("ten thousand states with transitions between them", "[hostile]") {
  std::string body;
  for (int i = 0; i < 4900; ++i)
    body += "<state id='s" + std::to_string(i) + "'><transition event='e' target='s" +
            std::to_string(4899 - i) + "'/></state>";
  const compiled c = compile(document_with(body), {});
  REQUIRE(c.document);
  CHECK(c.document->transitions.size() == 4901);
  CHECK(c.document->states[c.document->target_states[c.document->transitions[7].targets.first]]
            .id.size() == 5);
}

TEST_CASE("the deepest legal nesting", "[hostile]") {
  const std::size_t depth = limits::document_depth_max - 1;
  const compiled c =
      compile(document_with(repeated("<state>", depth) + repeated("</state>", depth)), {});
  REQUIRE(c.document);
  CHECK(c.document->states.back().depth == depth);
  // If in if in if: executable content recurses as well.
  const std::string ifs = repeated("<if cond='In(1)'>", depth - 2) + repeated("</if>", depth - 2);
  const compiled d = compile(document_with("<state><onentry>" + ifs + "</onentry></state>"), {});
  REQUIRE(d.document);
  CHECK(d.document->chooses.size() == depth - 2);
}

TEST_CASE("documents inside documents", "[hostile]") {
  std::string text = "<scxml version='1.0'><final/></scxml>";
  for (int i = 0; i < 31; ++i)
    text = "<scxml version='1.0'><state><invoke><content>" + text +
           "</content></invoke></state></scxml>";
  const compiled c = compile(text, {});
  REQUIRE(c.document);
  int levels = 0;
  for (auto d = c.document; !d->invokes.empty(); d = d->invokes[0].inline_document) ++levels;
  CHECK(levels == 31);
}

TEST_CASE("long lists", "[hostile]") {
  // Twice the same target is one target.
  const compiled same = compile(document_with("<state id='a'><transition event='e' target='" +
                                              repeated("a ", room / 2 - 50) + "'/></state>"),
                                {});
  REQUIRE(same.document);
  CHECK(same.document->target_states.size() == 2); // and the default initial state
  const auto events = [](std::size_t n) {
    return compile(document_with("<state><transition event='" + repeated("e ", n) + "'/></state>"),
                   {});
  };
  CHECK(events(65'000).document);
  CHECK_FALSE(events(65'536).document);
  CHECK_THAT(events(500'000).first_error().what, Contains("more than 65535 entries"));
  CHECK_THAT(refusal(document_with("<state><onentry><send event='e' namelist='" +
                                   repeated("x ", 500'000) + "'/></onentry></state>")),
             Contains("more than 65535 entries"));
  CHECK_THAT(refusal(document_with("<state><transition event='e' target='" +
                                   repeated("x ", 500'000) + "'/></state>")),
             Contains("no state \"x\""));
}

TEST_CASE("attributes without end", "[hostile]") {
  std::string unknown = "<state", repeated_name = "<state";
  for (int i = 0; i < 80'000; ++i) unknown += " a" + std::to_string(i) + "=''";
  CHECK_THAT(refusal(document_with(unknown + "/>")), Contains("no attribute"));
  CHECK_THAT(refusal(document_with("<state" + repeated(" a=''", 190'000) + "/>")),
             Contains("twice"));
  std::string declarations;
  for (int i = 0; i < 40'000; ++i) declarations += " xmlns:p" + std::to_string(i) + "='u'";
  CHECK(compile(document_with(repeated("<state/>", 9'000), declarations), {}).document);
  CHECK(compile(document_with("<state id='" + std::string(room, 'x') + "'/>"), {}).document);
}

TEST_CASE("suggestions for many long names that look alike", "[hostile]") {
  std::string body;
  const std::string stem(55, 'x');
  for (int i = 0; i < 4500; ++i)
    body += "<state id='" + stem + std::to_string(i) + "'><transition event='e' target='" + stem +
            "y" + std::to_string(i) + "'/></state>";
  const compiled c = compile(document_with(body), {});
  CHECK_FALSE(c.document);
  CHECK(c.complaints.size() == limits::complaints_max + 1);
}

TEST_CASE("resources that are hostile themselves", "[hostile]") {
  const auto loading = [](std::string what) {
    compile_options options;
    options.load = [what](std::string_view) { return std::optional<std::string>(what); };
    return compile(document_with("<script src='x'/><state/>", "datamodel='ecmascript'"), options);
  };
  CHECK(loading("x = 1").document);
  CHECK_THAT(loading("\xff").first_error().what, Contains("not UTF-8"));
  CHECK_THAT(loading(std::string("a\0", 2)).first_error().what, Contains("not UTF-8"));
  CHECK_THAT(loading(std::string(limits::document_bytes_max + 1, ' ')).first_error().what,
             Contains("more than"));
}

TEST_CASE("every document cut short is refused", "[hostile]") {
  const std::string text = document_with(
      "<state id='a'><onentry><if cond='In(1)'><log/><else/><raise event='e'/></if></onentry>"
      "<invoke><content><scxml><final/></scxml></content></invoke></state>");
  REQUIRE(compile(text, {}).document);
  for (std::size_t n = 0; n < text.size(); ++n)
    CHECK_FALSE(compile(text.substr(0, n), {}).document);
}

TEST_CASE("every document with one byte changed is refused or compiled", "[hostile]") {
  const std::string text = document_with("<state id='a'><transition event='e' target='a'><send "
                                         "event='x' delay='1s'/></transition></state>");
  std::size_t survived = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (char c : {'<', '>', '&', '\'', '"', '/', ' ', '\0', '\xff', 'a', '!'}) {
      std::string changed = text;
      changed[i] = c;
      const compiled made = compile(changed, {});
      CHECK((made.document != nullptr || !made.complaints.empty()));
      survived += made.document != nullptr;
    }
  }
  CHECK(survived > 0);
  CHECK(survived < text.size() * 6);
}
