// basic_http_test.cpp: events to HTTP and back (SCXML C.2).
#include "scxml/basic_http.hpp"

#include "scxml/limits.hpp"
#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::scxml;

namespace {

send_effect message(std::string name, value data, bool content = false) {
  send_effect send;
  send.target = "http://host/place";
  send.type = basic_http_event_processor;
  send.what.name = std::move(name);
  send.what.data = std::move(data);
  send.content = content;
  return send;
}

constexpr const char* form = "application/x-www-form-urlencoded";

event received(std::string_view target, std::string_view type, std::string_view body) {
  auto e = to_event({"POST", target, type, body});
  REQUIRE(e);
  return *e;
}

} // namespace

TEST_CASE("names and values become form fields, whatever they contain") {
  const auto post = to_http_post(message("a.b", object{{{"n", 1}, {"t", "x y&z=\xc3\xa4"}, {"twice", array{1, "b"}}}}));
  CHECK(post.target == "http://host/place");
  CHECK(post.content_type == form);
  CHECK(post.body == "_scxmleventname=a.b&n=1&t=x%20y%26z%3D%C3%A4&twice=1&twice=b");
  const event back = received("/place", post.content_type, post.body);
  CHECK(back.name == "a.b");
  CHECK(back.data == value(object{{{"n", "1"}, {"t", "x y&z=\xc3\xa4"}, {"twice", array{"1", "b"}}}}));
  CHECK(back.type == event_type::external);
  CHECK(back.origintype == basic_http_event_processor);
}

TEST_CASE("content is the body as it is") {
  const auto text = to_http_post(message("e", "some text", true));
  CHECK(text.target == "http://host/place?_scxmleventname=e");
  CHECK(text.content_type == "text/plain; charset=utf-8");
  CHECK(text.body == "some text");
  const auto json = to_http_post(message("", object{{{"a", array{1, null{}}}}}, true));
  CHECK(json.target == "http://host/place");
  CHECK(json.content_type == "application/json");
  CHECK(json.body == R"({"a":[1,null]})");
  CHECK(to_http_post(message("", xml{"<a/>"}, true)).content_type == "application/xml");
  send_effect with_query = message("e", "x", true);
  with_query.target = "http://host/?q=1";
  CHECK(to_http_post(with_query).target == "http://host/?q=1&_scxmleventname=e");
}

TEST_CASE("what comes is an event") {
  CHECK(received("/p", "application/json; charset=utf-8", R"({"a":1})").data == value(object{{{"a", 1}}}));
  CHECK(received("/p", "Application/XML", "<a/>").data == value(xml{"<a/>"}));
  CHECK(received("/p", "text/plain", "words").data == value("words"));
  CHECK(received("/p", "", "").data.is_undefined());
  CHECK(received("/p", "text/plain", "words").name == "HTTP.POST");
  CHECK(received("/p?_scxmleventname=q&x=1", "", "").name == "q");
  CHECK(received("/p?x=1", "", "").data == value(object{{{"x", "1"}}}));
  CHECK(received("/p", form, "a+b=c+d&&e").data == value(object{{{"a b", "c d"}, {"e", ""}}}));
  CHECK(to_event({"PUT", "/p", "", ""})->name == "HTTP.PUT");
}

TEST_CASE("raw is the request, in one piece") {
  CHECK(received("/p", form, "a=1").raw == std::string("POST /p HTTP/1.1\r\nContent-Type: ") + form + "\r\n\r\na=1");
  CHECK(received("/p", "text/plain", "a b").raw == "POST /p HTTP/1.1\r\nContent-Type: text/plain\r\n\r\na%20b");
}

TEST_CASE("what is broken is refused") {
  CHECK_FALSE(to_event({"POST", "/p", form, "a=%"}));
  CHECK_FALSE(to_event({"POST", "/p", form, "a=%4"}));
  CHECK_FALSE(to_event({"POST", "/p", form, "%zz=1"}));
  CHECK_FALSE(to_event({"POST", "/p?%g1=1", "", ""}));
  CHECK_FALSE(to_event({"POST", "/p", "application/json", "{"}));
  std::string many;
  for (std::size_t i = 0; i <= limits::form_fields_max; ++i) many += "a" + std::to_string(i) + "=1&";
  CHECK_FALSE(to_event({"POST", "/p", form, many}));
}
