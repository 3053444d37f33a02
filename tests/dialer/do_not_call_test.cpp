// do_not_call_test.cpp: the list in memory, however a number is written, and its CSV.
#include "dialer/do_not_call.hpp"

#include <sstream>

#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::dialer;
using kind = store::dnc_kind;

namespace {

struct csv_read {
  std::int64_t count = 0;
  std::vector<std::string> entries, complaints;
};

/// Of a file that can be read: entries as "pPHONE" and "cCUSTOMER".
csv_read read_csv(const std::string& text) {
  std::istringstream in(text);
  csv_read out;
  const auto read = read_do_not_call(
      in, "dnc.csv",
      [&](kind k, std::string_view entry) -> result<void> {
        out.entries.push_back((k == kind::phone ? "p" : "c") + std::string(entry));
        return {};
      },
      [&](const error& e) { out.complaints.push_back(to_line(e)); });
  REQUIRE(read.ok());
  out.count = *read;
  return out;
}

} // namespace

TEST_CASE("numbers are compared by their digits") {
  CHECK(normalized_contact("+1 (650) 555-0100") == "16505550100");
  CHECK(normalized_contact("tel:+1-650-555-0100;ext=7") == "16505550100");
  CHECK(normalized_contact("sip:16505550100@carrier.example") == "16505550100");
  CHECK(normalized_contact("1.650.555.0100 x12") == "16505550100");
  CHECK(normalized_contact("0049") == "0049");
  CHECK(normalized_contact(" Ann@Example.COM ") == "ann@example.com");
  CHECK(normalized_contact("007@example.com") == "007@example.com");
  CHECK(normalized_contact("SIP:ann@example.com") == "sip:ann@example.com");
  CHECK(normalized_contact("  ") == "");
}

TEST_CASE("the phone is asked first, then the customer") {
  do_not_call_list list;
  CHECK(list.add(kind::phone, "+1 650 555 0100"));
  CHECK_FALSE(list.add(kind::phone, "16505550100"));
  CHECK(list.add(kind::customer, " C-17 "));
  CHECK(list.add(kind::phone, "ann@example.com"));
  CHECK(list.size() == 3);
  CHECK(list.find("1-650-555-0100", std::nullopt) == kind::phone);
  CHECK(list.find("1-650-555-0100", "C-17") == kind::phone);
  CHECK(list.find("5551", "C-17") == kind::customer);
  CHECK(list.find("ANN@example.com", std::nullopt) == kind::phone);
  CHECK_FALSE(list.find("5551", "C-18"));
  CHECK_FALSE(list.find("5551", std::nullopt));
  CHECK_FALSE(list.find("", std::nullopt));
}

TEST_CASE("zeros and lengths tell numbers apart, long ones are kept whole") {
  do_not_call_list list;
  CHECK(list.add(kind::phone, "0555"));
  CHECK_FALSE(list.find("555", std::nullopt));
  CHECK_FALSE(list.find("00555", std::nullopt));
  CHECK(list.add(kind::phone, "123456789012345678901234567890"));
  CHECK(list.find("+123456789012345678901234567890", std::nullopt));
  CHECK_FALSE(list.find("123456789012345678901234567891", std::nullopt));
  CHECK_FALSE(list.add(kind::phone, "  "));
  CHECK_FALSE(list.add(kind::customer, ""));
}

TEST_CASE("the CSV names phones and customers") {
  const auto [count, entries, complaints] = read_csv("Phone,note,customer_id\n+1 555,x,\n,,C1\n5552,,C2\n,y,\n\"a\"b\n");
  CHECK(count == 4);
  CHECK(entries == std::vector<std::string>{"p+1 555", "cC1", "p5552", "cC2"});
  REQUIRE(complaints.size() == 2);
  CHECK(complaints[0] == "the row has neither phone nor customer_id: dnc.csv:5: "
                         "fill one of them, or take the row out");
  CHECK(complaints[1].find("dnc.csv:6") != std::string::npos);
}

TEST_CASE("a phone of a CSV that is no contact is named, and the customer beside it is taken") {
  for (const char* text : {"hello", "n/a", "-", "+"}) CHECK_FALSE(may_be_contact(text));
  for (const char* text : {"1", "+1 555", "ann@example.com", "sip:ann@example.com", "tel:555"}) CHECK(may_be_contact(text));
  const auto [count, entries, complaints] = read_csv("phone,customer_id\nhello,\nn/a,C1\nann@example.com,\n");
  CHECK(count == 2);
  CHECK(entries == std::vector<std::string>{"cC1", "pann@example.com"});
  CHECK(complaints == std::vector<std::string>{
                          "phone 'hello' has no digit and is no address: dnc.csv:2: give the number, or take it out",
                          "phone 'n/a' has no digit and is no address: dnc.csv:3: give the number, or take it out"});
}

TEST_CASE("a CSV without either column is refused") {
  std::istringstream in("number\n555\n");
  const auto read = read_do_not_call(
      in, "dnc.csv", [](kind, std::string_view) -> result<void> { return {}; },
      [](const error&) {});
  REQUIRE_FALSE(read);
  CHECK(to_line(read.error()) ==
        "neither phone nor customer_id is a column: dnc.csv:1: name the columns in the first line");
}
