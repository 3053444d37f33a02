// mail_header_test.cpp: header fields hold what was meant and nothing more.
#include "dialer/trunks/mail_header.hpp"

#include "tests/catch.hpp"

using namespace chainring::dialer;

TEST_CASE("a header is one line, encoded where it has to be", "[mail_header]") {
  CHECK(header_text("Hello, you") == "Hello, you");
  CHECK(header_text("Gr\xc3\xbc\xc3\x9f" "e") == "=?UTF-8?B?R3LDvMOfZQ==?=");
  CHECK(header_text("a\r\nBcc: x@y.z") == "a  Bcc: x@y.z");
  CHECK(header_text("=?x?") == "=?UTF-8?B?PT94Pw==?="); // it looks like an encoded word and is none
  std::string umlauts;
  for (int i = 0; i < 60; ++i) umlauts += "\xc3\xbc";
  const auto words = header_text(umlauts);
  CHECK(words.find("\xc3") == std::string::npos);
  std::size_t at = 0, count = 0;
  for (; at < words.size(); ++count) {
    const auto end = std::min(words.find(' ', at), words.size());
    CHECK(end - at <= 75);
    at = end + 1;
  }
  CHECK(count == 3);
  CHECK(header_mailbox({"", "a@b.d"}) == "a@b.d");
  CHECK(header_mailbox({"The Shop", "a@b.d"}) == "The Shop <a@b.d>");
  CHECK(header_mailbox({"Shop, The", "a@b.d"}) == "=?UTF-8?B?U2hvcCwgVGhl?= <a@b.d>");
}

TEST_CASE("dates are of RFC 5322", "[mail_header]") {
  CHECK(header_date(0) == "Thu, 01 Jan 1970 00:00:00 +0000");
  CHECK(header_date(1'767'625'200'000) == "Mon, 05 Jan 2026 15:00:00 +0000");
  CHECK(header_date(1'709'251'199'999) == "Thu, 29 Feb 2024 23:59:59 +0000");
  CHECK(header_date(1'798'761'599'000) == "Thu, 31 Dec 2026 23:59:59 +0000");
  CHECK(header_date(951'868'800'000) == "Wed, 01 Mar 2000 00:00:00 +0000");
}

TEST_CASE("an attempt's message has one key, another attempt another", "[mail_header]") {
  CHECK(message_key("people", 17, 2) == "people.17.2");
  CHECK(message_key("my list.1", 1, 1) == "my%20list%2E1.1.1");
  CHECK(message_key("a.1", 1, 1) != message_key("a", 1, 11));
}

TEST_CASE("lines end in CR LF", "[mail_header]") {
  CHECK(with_crlf("a\nb\r\nc\rd") == "a\r\nb\r\nc\r\nd");
  CHECK(with_crlf("a\n\nb\n") == "a\r\n\r\nb\r\n");
  CHECK(with_crlf("").empty());
}
