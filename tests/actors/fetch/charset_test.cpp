// charset_test.cpp: byte order marks, charset parameters and XML declarations lead to the same
// UTF-8.
#include "actors/fetch/charset.hpp"

#include <string>

#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::actors;
using namespace std::string_literals;

namespace {

std::string utf8(std::string bytes, std::string_view content_type = "") {
  auto out = to_utf8(std::move(bytes), content_type, "http://h/a");
  if (!out) FAIL(to_line(out.error()));
  return *out;
}

std::string utf16(std::u16string_view text, bool little) {
  std::string out = little ? "\xff\xfe" : "\xfe\xff";
  for (const char16_t c : text) {
    const char high = static_cast<char>(c >> 8), low = static_cast<char>(c & 0xff);
    out += little ? std::string{low, high} : std::string{high, low};
  }
  return out;
}

} // namespace

TEST_CASE("UTF-8 stays as it is, without its mark") {
  CHECK(utf8("<a>\xc3\xbc</a>") == "<a>\xc3\xbc</a>");
  CHECK(utf8("\xef\xbb\xbf<a/>") == "<a/>");
  CHECK(utf8("<a/>", "application/scxml+xml; charset=\"UTF-8\"") == "<a/>");
  CHECK(utf8("") == "");
}

TEST_CASE("UTF-16 with a mark, both orders, outside the basic plane too") {
  for (bool little : {true, false})
    CHECK(utf8(utf16(u"<a>\u00fc\u20ac\U0001F4DE</a>", little)) ==
          "<a>\xc3\xbc\xe2\x82\xac\xf0\x9f\x93\x9e</a>");
}

TEST_CASE("UTF-16 without a mark, as ASP.NET writes it, and with it the declaration") {
  for (bool little : {true, false}) {
    const auto bytes = utf16(u"<?xml version='1.0' encoding='utf-16'?><a>\u00fc</a>", little).substr(2);
    for (const char* header : {"", "text/xml", "text/xml; charset=utf-16", "text/xml; charset=\"UTF-16\""})
      CHECK(utf8(bytes, header) == "<?xml version='1.0' " + std::string(17, ' ') + "?><a>\xc3\xbc</a>");
    CHECK(utf8(bytes, little ? "text/xml; charset=utf-16le" : "text/xml; charset=utf-16be").ends_with("\xc3\xbc</a>"));
  }
  CHECK(utf8("\x4e\x8c", "text/plain; charset=utf-16") == "\xe4\xba\x8c"); // RFC 2781 section 4.3
}

TEST_CASE("who declares UTF-16 in ASCII, as a StringWriter of .NET does, has sent UTF-8") {
  for (const char* name : {"utf-16", "UTF-16LE"})
    CHECK(utf8("<?xml version='1.0' encoding='"s + name + "'?><a>\xc3\xbc</a>").ends_with("?><a>\xc3\xbc</a>"));
}

TEST_CASE("the mark wins over the header") {
  CHECK(utf8("\xef\xbb\xbf\xc3\xbc", "text/xml; charset=iso-8859-1") == "\xc3\xbc");
}

TEST_CASE("ISO-8859-1 and windows-1252 by header") {
  CHECK(utf8("<a>\xfc</a>", "text/xml;charset=ISO-8859-1") == "<a>\xc3\xbc</a>");
  CHECK(utf8("\x80\x9f\xe4", "text/xml; x=y; charset='windows-1252'") ==
        "\xe2\x82\xac\xc5\xb8\xc3\xa4");
}

TEST_CASE("the XML declaration counts when no header says otherwise, and columns stay") {
  const auto out = utf8("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xfc</a>");
  CHECK(out == "<?xml version=\"1.0\"                      ?><a>\xc3\xbc</a>");
  CHECK(utf8("<?xml version='1.0' encoding='utf-8'?><a/>", "text/xml; charset=latin1") ==
        "<?xml version='1.0'                 ?><a/>");
}

TEST_CASE("what cannot be read is refused with the place") {
  const auto unknown = to_utf8("<a/>", "text/xml; charset=ebcdic", "http://h/a");
  REQUIRE_FALSE(unknown.ok());
  CHECK(to_line(unknown.error()) == "the encoding 'ebcdic' is not known: http://h/a: send the "
                                    "document as UTF-8, UTF-16 or ISO-8859-1");
  CHECK_FALSE(to_utf8("\xff\xfe<", "", "u").ok());         // odd number of bytes
  CHECK_FALSE(to_utf8("\xff\xfe\x00\xd8"s, "", "u").ok()); // half a pair
  CHECK_FALSE(to_utf8("\xff\xfe\x00\xdc\x00\xd8"s, "", "u").ok());
}
