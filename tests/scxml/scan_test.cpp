// scan_test.cpp: what the first look at the bytes refuses, and that it is not fooled inside
// comments, CDATA sections, processing instructions and attribute values.
#include "scxml/scan.hpp"

#include "scxml/limits.hpp"
#include "tests/catch.hpp"

using namespace chainring::scxml;
using Catch::Matchers::Contains;

namespace {

std::optional<scan_problem> problem_of(std::string_view text) {
  scanned out;
  return scan(text, out);
}
/// What is wrong, or "".
std::string refusal(std::string_view text) {
  const auto p = problem_of(text);
  if (p) CHECK_FALSE(p->mend.empty());
  return p ? p->what : "";
}

} // namespace

TEST_CASE("well-formed documents pass", "[scan]") {
  for (const char* text :
       {"<a/>", "<?xml version='1.0'?>\n<!-- c --><a/><!-- d -->\n<?p q?>",
        "<a b='>' c=\"'\"  d = '\"'/>", "<a><!-- <b> & <!DOCTYPE --></a>",
        "<a><![CDATA[<b>&]]]]><![CDATA[>]]></a>", "<a><?p <b> & ?></a>",
        "<a>&lt;&gt;&amp;&quot;&apos;&#10;&#x20AC;</a>", "<a x='&#x10FFFF;'>\xc3\xa4</a >",
        "<\xc3\xa4/>", "<a><b></b ><b/></a>", "<a b=''\n c=''/>"})
    CHECK(refusal(text) == "");
}

TEST_CASE("the extents of elements", "[scan]") {
  scanned out;
  REQUIRE_FALSE(scan("<a><b x='>'>t</b><c/></a>", out));
  REQUIRE(out.elements.size() == 3);
  const extent b = out.elements[1], c = out.elements[2];
  CHECK(out.elements[0].inner_begin == 3);
  CHECK(out.elements[0].end == 25);
  CHECK(b.begin == 3);
  CHECK(b.inner_begin == 12);
  CHECK(b.inner_end == 13);
  CHECK(b.end == 17);
  CHECK(c.inner_begin == c.end);
  CHECK(c.end == 21);
}

TEST_CASE("what is not well-formed is refused where it stands", "[scan]") {
  const struct {
    const char* text;
    std::uint32_t offset;
    const char* what;
  } cases[] = {
      {"", 0, "no element"},
      {"  <!-- a -->", 0, "no element"},
      {"x<a/>", 0, "text before"},
      {"<a/>x", 4, "text after"},
      {"<a/><b/>", 4, "second element"},
      {"<a>", 0, "not closed"},
      {"<a><b></a></b>", 6, "</a> closes <b>"},
      {"</a>", 0, "closes nothing"},
      {"<a></a", 3, "end tag"},
      {"<a b></a>", 3, "no value"},
      {"<a b=c/>", 5, "not in quotes"},
      {"<a b='c/>", 5, "does not end"},
      {"<a b='<'/>", 6, "< in the value"},
      {"<a b='1'c='2'/>", 8, "without a space"},
      {"<a b='&x;'/>", 6, "entity &x;"},
      {"<a>&lol9;</a>", 3, "entity"},
      {"<a>a && b</a>", 5, "bare &"},
      {"<a>&#0;</a>", 3, "names no character"},
      {"<a>&#x110000;</a>", 3, "names no character"},
      {"<a>&#xD800;</a>", 3, "names no character"},
      {"<a>&#4294967306;</a>", 3, "names no character"},
      {"<a>&#;</a>", 3, "names no character"},
      {"<a>&#12", 3, "names no character"},
      {"<a>]]></a>", 3, "CDATA"},
      {"<!DOCTYPE a><a/>", 0, "DOCTYPE"},
      {"<a><!DOCTYPE b></a>", 3, "DOCTYPE"},
      {"<!ELEMENT a><a/>", 0, "unknown declaration"},
      {"<a><![IGNORE[x]]></a>", 3, "unknown declaration"},
      {"<![CDATA[x]]><a/>", 0, "outside"},
      {"<a/><![CDATA[x]]>", 4, "outside"},
      {"<a><![CDATA[x]]</a>", 3, "CDATA section does not end"},
      {"<a><!-- x --", 10, "inside a comment"},
      {"<a><!-- x -</a>", 3, "comment does not end"},
      {"<a><!-- x -- y --></a>", 10, "inside a comment"},
      {"<a><? x?></a>", 3, "without a name"},
      {"<a><?x </a>", 3, "instruction does not end"},
      {"<a><?xml version='1.0'?></a>", 3, "declaration inside"},
      {"<?xml ?><?xml ?><a/>", 8, "declaration inside"},
      {"<a", 0, "does not end"},
      {"<a b='1' /", 9, "not followed by >"},
      {"<a / >", 3, "not followed by >"},
      {"<>", 0, "name of an element"},
      {"< a/>", 0, "name of an element"},
      {"<1/>", 0, "name of an element"},
      {"<a =''/>", 3, "unexpected character"},
      {"<a<b/>", 2, "unexpected character"},
  };
  for (const auto& c : cases) {
    INFO(c.text);
    const auto p = problem_of(c.text);
    REQUIRE(p);
    CHECK_THAT(p->what, Contains(c.what));
    CHECK(p->offset == c.offset);
    CHECK_FALSE(p->mend.empty());
  }
}

TEST_CASE("every prefix of a document is refused without harm", "[scan]") {
  const std::string text =
      "<?xml v?><!-- c --><a b='&amp;' c=\"d\"><e/><![CDATA[x]]>&#10;<?p q?></a>";
  for (std::size_t n = 0; n < text.size(); ++n) {
    const std::string cut = text.substr(0, n); // its own memory, so that a sanitizer sees the end
    CHECK(problem_of(cut).has_value());
  }
  CHECK(refusal(text) == "");
}

TEST_CASE("characters: UTF-8 and those of XML", "[scan]") {
  const std::string bad[] = {
      std::string("a\0b", 3),
      "\x01",
      "\x08",
      "\x0b",
      "\x0c",
      "\x1f",
      "\x80",
      "\xc0\x80",
      "\xc1\xbf",
      "\xe0\x80\x80",
      "\xed\xa0\x80" /* surrogate */,
      "\xef\xbf\xbe" /* U+FFFE */,
      "\xf0\x80\x80\x80",
      "\xf4\x90\x80\x80",
      "\xf5\x80\x80\x80",
      "\xff",
      "\xc3",
      "\xe2\x82",
      "\xf0\x9f\x98",
      "\xc3(",
  };
  for (const std::string& b : bad) {
    CHECK(find_bad_character("ok" + b) != std::string::npos);
    CHECK(refusal("<a>" + b + "</a>") != "");
    CHECK(refusal("<a><!--" + b + "--></a>") != "");
    CHECK(refusal("<a b='" + b + "'/>") != "");
  }
  CHECK(find_bad_character(
            "\t\n\r "
            "~\x7f\xc2\x80\xc3\xa4\xe2\x82\xac\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbd\xf0\x9f\x98\x80"
            "\xf4\x8f\xbf\xbf") == std::string::npos);
  CHECK(problem_of(std::string("<a>\0</a>", 8))->offset == 3);
}

TEST_CASE("the limits: depth, elements, bytes", "[scan]") {
  const auto nested = [](std::size_t n) {
    std::string text;
    for (std::size_t i = 0; i < n; ++i) text += "<a>";
    for (std::size_t i = 0; i < n; ++i) text += "</a>";
    return text;
  };
  CHECK(refusal(nested(limits::document_depth_max)) == "");
  CHECK_THAT(refusal(nested(limits::document_depth_max + 1)), Contains("deeper than 128"));

  const auto siblings = [](std::size_t n) {
    std::string text = "<a>";
    for (std::size_t i = 1; i < n; ++i) text += "<b/>";
    return text + "</a>";
  };
  CHECK(refusal(siblings(limits::document_elements_max)) == "");
  CHECK_THAT(refusal(siblings(limits::document_elements_max + 1)),
             Contains("more than 10000 elements"));
  // Nothing inside comments, CDATA sections and the like counts.
  CHECK(refusal("<a><!--" + siblings(20'000) + "--><![CDATA[" + siblings(20'000) + "]]></a>") ==
        "");

  const std::string full = "<a>" + std::string(limits::document_bytes_max - 7, 'x') + "</a>";
  CHECK(refusal(full) == "");
  CHECK_THAT(refusal(full + " "), Contains("more than 1048576 bytes"));
}
