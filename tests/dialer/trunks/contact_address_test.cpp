// contact_address_test.cpp: what may be written to, and what may not.
#include "dialer/trunks/contact_address.hpp"

#include "tests/catch.hpp"

using namespace chainring::dialer;

TEST_CASE("one mail address passes, anything that could be more does not", "[contact_address]") {
  for (const auto* right : {"a@b", "first.last+tag@example.com", "x'y@xn--bcher-kva.example", "A_B=c@sub-1.example.org"})
    CHECK(check_mail_address(right).ok());
  for (const auto* wrong :
       {"", "a", "@b", "a@", "a@b@c", "a b@c.d", "a@b.d c@d.e", "a@b.d,c@d.e", "a@b.d\r\nBcc: c@d.e", "a@b.d\n",
        "<a@b.d>", "a@b..d", ".a@b.d", "a.@b.d", "a@.d", "a@b.", "a@-b.d", "a@b-.d", "a@[127.0.0.1]", "\"a b\"@c.d",
        "a(x)@b.d", "m\xc3\xbcller@b.d",
        "a@b\xc3\xbc.d", "a\t@b.d", "a:b@c.d", "a;b@c.d"})
    CHECK_FALSE(check_mail_address(wrong).ok());
  CHECK_FALSE(check_mail_address(std::string("a\0b@c.d", 7)).ok());
  CHECK(check_mail_address(std::string(64, 'a') + "@b.d").ok());
  CHECK_FALSE(check_mail_address(std::string(65, 'a') + "@b.d").ok());
  CHECK_FALSE(check_mail_address("a@" + std::string(64, 'b') + ".d").ok());
  std::string domain;
  for (int i = 0; i < 100; ++i) domain += "abc.";
  CHECK_FALSE(check_mail_address("a@" + domain + "d").ok());
}

TEST_CASE("a phone number keeps its digits and its plus", "[contact_address]") {
  CHECK(*sms_number("15550100") == "15550100");
  CHECK(*sms_number(" +49 (89) 555-01.00/7 ") == "+498955501007");
  for (const auto* wrong : {"", "+", "-", "555x", "5+5", "++5", "a@b.d", "555\r\n", "123456789012345678901", "٥٥٥"})
    CHECK_FALSE(sms_number(wrong).ok());
}

TEST_CASE("a mailbox has a name or none", "[contact_address]") {
  CHECK(mailbox_from_text("a@b.d")->address == "a@b.d");
  const auto named = mailbox_from_text(" The Shop, M\xc3\xbcnchen <shop@example.com> ");
  REQUIRE(named.ok());
  CHECK(named->name == "The Shop, M\xc3\xbcnchen");
  CHECK(named->address == "shop@example.com");
  for (const auto* wrong :
       {"", "Shop", "Shop <a@b.d", "Shop <>", "Shop a@b.d>", "Sh\nop <a@b.d>", "Shop <a@b.d> x", "\xff <a@b.d>"})
    CHECK_FALSE(mailbox_from_text(wrong).ok());
}
