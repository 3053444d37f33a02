// message_template_test.cpp: placeholders are filled, nothing that is filled in can be more than a value.
#include "dialer/trunks/message_template.hpp"

#include "dialer/limits.hpp"
#include "tests/catch.hpp"

using namespace chainring::dialer;

namespace {

std::string filled(std::string_view text, text_syntax syntax, const std::string& value) {
  const auto made = message_template::parse(text, "t", syntax);
  REQUIRE(made.ok());
  return made->fill([&](std::string_view name) { return name == "x" ? value : "?" + std::string(name); });
}

} // namespace

TEST_CASE("placeholders are identifiers in braces, all else stands for itself", "[message_template]") {
  CHECK(filled("Dear {x}, {first_name2}!", text_syntax::plain, "Ann") == "Dear Ann, ?first_name2!");
  CHECK(filled("{x}{x}", text_syntax::plain, "a") == "aa");
  CHECK(filled(R"({"to":{"n":"{x}"}})", text_syntax::json, "5") == R"({"to":{"n":"5"}})");
  CHECK(filled("{{x} { x} {2x} {x {} {x", text_syntax::plain, "a") == "{x} { x} {2x} {x {} {x");
  CHECK(filled("", text_syntax::plain, "a").empty());
}

TEST_CASE("a value stays a value in what the text is written in", "[message_template]") {
  const std::string nasty = "a\"b\\c<d>&'e\n{x} \xc3\xbc";
  CHECK(filled("{x}", text_syntax::plain, nasty) == nasty);
  CHECK(filled("<b>{x}</b>", text_syntax::html, nasty) == "<b>a&quot;b\\c&lt;d&gt;&amp;&#39;e\n{x} \xc3\xbc</b>");
  CHECK(filled("\"{x}\"", text_syntax::json, nasty) == "\"a\\\"b\\\\c<d>&'e\\u000a{x} \xc3\xbc\"");
  CHECK(filled("t={x}", text_syntax::form, nasty) == "t=a%22b%5Cc%3Cd%3E%26%27e%0A%7Bx%7D%20%C3%BC");
}

TEST_CASE("a text must be UTF-8, of bounded length, and name columns that there are", "[message_template]") {
  CHECK_FALSE(message_template::parse("\xff", "t").ok());
  CHECK_FALSE(message_template::parse(std::string(limits::message_template_bytes_max + 1, 'a'), "t").ok());
  const auto made = message_template::parse("{crm_id} {CONTACT_INFO} {number}", "hello.txt");
  REQUIRE(made.ok());
  calling_list form{"people", {"crm_id"}};
  CHECK(made->check_names(form, {"number"}).ok());
  const auto lacks = made->check_names(form, {});
  REQUIRE_FALSE(lacks.ok());
  CHECK(chainring::to_line(lacks.error()) ==
        "{number} is no column of list people: hello.txt: name a column of the list, or write {{ for a brace");
}

TEST_CASE("columns are text, null is nothing", "[message_template]") {
  record row;
  row.contact_info = "a@b.d";
  row.attempt = 3;
  row.user = {std::nullopt, "x"};
  const calling_list form{"people", {"crm_id", "name"}};
  CHECK(value_of_column(row, form, "contact_info") == "a@b.d");
  CHECK(value_of_column(row, form, "attempt") == "3");
  CHECK(value_of_column(row, form, "crm_id").empty());
  CHECK(value_of_column(row, form, "Name") == "x");
  CHECK(value_of_column(row, form, "nothing").empty());
}
