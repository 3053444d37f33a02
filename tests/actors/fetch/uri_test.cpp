// uri_test.cpp: what URIs mean, how they are normalized, and what is said about bad ones.
#include "actors/fetch/uri.hpp"

#include <string>

#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::actors;

namespace {

uri good(std::string_view text) {
  auto parsed = parse_uri(text);
  INFO(text);
  if (!parsed) FAIL(to_line(parsed.error()));
  return *parsed;
}

std::string complaint(std::string_view text) {
  const auto parsed = parse_uri(text);
  INFO(text);
  REQUIRE_FALSE(parsed.ok());
  CHECK_FALSE(parsed.error().mend.empty());
  return to_line(parsed.error());
}

} // namespace

TEST_CASE("http URIs: scheme and host lower case, default port, dot segments, no fragment") {
  const auto u = good("HTTP://Host.Example:8080/a/../b%7Ec?x=1&y=%20#part");
  CHECK(u.scheme == "http");
  CHECK(u.host == "host.example");
  CHECK(u.port == 8080);
  CHECK(u.path == "/b%7Ec");
  CHECK(u.query == "x=1&y=%20");
  CHECK(u.text == "http://host.example:8080/b%7Ec?x=1&y=%20");
  CHECK(target_of(u) == "/b%7Ec?x=1&y=%20");
  CHECK(origin_of(u) == "http://host.example:8080");
}

TEST_CASE("spellings of one place have one text") {
  CHECK(good("http://h").text == "http://h/");
  CHECK(good("http://h:80/").text == "http://h/");
  CHECK(good("http://h:/").text == "http://h/");
  CHECK(good("http://h?x").text == "http://h/?x");
  CHECK(good("http://h/a/./b/..").text == "http://h/a/");
  CHECK(good("http://h/../../a").text == "http://h/a");
  CHECK(good("https://h:443/a").text == "https://h/a");
}

TEST_CASE("IPv6 hosts have brackets only where HTTP wants them") {
  const auto u = good("http://[::1]:8080/x");
  CHECK(u.host == "::1");
  CHECK(authority_of(u) == "[::1]:8080");
  CHECK(u.text == "http://[::1]:8080/x");
}

TEST_CASE("file URIs: one slash, three, or localhost") {
  for (const char* text :
       {"file:///tmp/x%20y", "file:/tmp/x%20y", "FILE://localhost/tmp/./x%20y"}) {
    const auto u = good(text);
    CHECK(u.is_file());
    CHECK(u.path == "/tmp/x y");
    CHECK(u.text == "file:///tmp/x%20y");
    CHECK(origin_of(u) == "file:");
  }
  CHECK(good("file:///tmp/../../etc").path == "/etc");
}

TEST_CASE("Windows spellings are understood, and the query stays") {
  const auto u = good("file:///C:/GCTI/OCS/sample01.scxml");
  CHECK(u.path == "C:/GCTI/OCS/sample01.scxml");
  const auto old = good("file:///C|/GCTI/OCS/sample01.scxml?list=vip");
  CHECK(old.path == "C:/GCTI/OCS/sample01.scxml");
  CHECK(old.query == "list=vip");
  CHECK(old.text == "file:///C:/GCTI/OCS/sample01.scxml?list=vip");
}

TEST_CASE("bad URIs get a sentence that fits the mistake") {
  CHECK_THAT(complaint(""), Catch::Contains("empty"));
  CHECK_THAT(complaint("conf/a.scxml"), Catch::Contains("no scheme"));
  CHECK_THAT(complaint("/conf/a.scxml"), Catch::Contains("no scheme"));
  CHECK_THAT(complaint("C:\\a.scxml"), Catch::Contains("backslashes"));
  CHECK_THAT(complaint("http://h/a b"), Catch::Contains("%20"));
  CHECK_THAT(complaint("ftp://h/a"), Catch::Contains("'ftp'"));
  CHECK_THAT(complaint("http:///x"), Catch::Contains("no host"));
  CHECK_THAT(complaint("http:x"), Catch::Contains("no host"));
  CHECK_THAT(complaint("file:x"), Catch::Contains("absolute path"));
  CHECK_THAT(complaint("file://server/share/x"), Catch::Contains("'server'"));
  CHECK_THAT(complaint("file:///tmp/a%00b"), Catch::Contains("control characters"));
  CHECK_THAT(complaint("file:///tmp/%zz"), Catch::Contains("not a URI"));
  CHECK_THAT(complaint("http://h:0/"), Catch::Contains("65535"));
  CHECK_THAT(complaint("http://h:65536/"), Catch::Contains("65535"));
  CHECK_THAT(complaint("http://h%0d%0aX-Evil:1/"), Catch::Contains("host"));
  CHECK_THAT(complaint("http://h/" + std::string(5'000, 'a')), Catch::Contains("longer than 4096"));
}

TEST_CASE("a password in a URI is refused and not repeated") {
  const auto said = complaint("http://user:secret@h/x");
  CHECK_THAT(said, Catch::Contains("passwords"));
  CHECK(said.find("secret") == std::string::npos);
}

TEST_CASE("references are resolved against the document") {
  const auto base = good("http://h:8080/d/a.scxml?p=1");
  const auto at = [&](std::string_view reference) {
    const auto u = resolve(base, reference);
    return u ? u->text : to_line(u.error());
  };
  CHECK(at("x.js") == "http://h:8080/d/x.js");
  CHECK(at("/y") == "http://h:8080/y");
  CHECK(at("../z?q") == "http://h:8080/z?q");
  CHECK(at("../../../z/") == "http://h:8080/z/");
  CHECK(at("") == "http://h:8080/d/a.scxml?p=1");
  CHECK(at("?n=1") == "http://h:8080/d/a.scxml?n=1");
  CHECK(at("//o:81/x") == "http://o:81/x");
  CHECK(at("http://o/k") == "http://o/k");
  CHECK(resolve(good("file:///C:/d/a.scxml"), "x.js")->path == "C:/d/x.js");
  CHECK(resolve(good("file:///d/a.scxml"), "x.js")->path == "/d/x.js");
}

TEST_CASE("a document from a server cannot name files") {
  const auto refused = resolve(good("http://h/a.scxml"), "file:///etc/passwd");
  REQUIRE_FALSE(refused.ok());
  CHECK_THAT(to_line(refused.error()), Catch::Contains("must not read files"));
}

TEST_CASE("a path becomes a file URI and back") {
  const auto text = file_uri("/tmp/a b/\xc3\xbc#?.scxml");
  CHECK(text == "file:///tmp/a%20b/%C3%BC%23%3F.scxml");
  CHECK(good(text).path == "/tmp/a b/\xc3\xbc#?.scxml");
  CHECK(good(file_uri("x/../y.scxml")).path ==
        (std::filesystem::current_path() / "y.scxml").string());
}
