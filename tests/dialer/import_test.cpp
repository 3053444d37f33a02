// import_test.cpp: CSV to records by the rules for what a row lacks, complaints by line, and the
// way back.
#include "dialer/import.hpp"

#include <sstream>

#include "dialer/calling_list.hpp"
#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::dialer;

namespace {

const time_zones& zones() {
  static const time_zones made = time_zones::open().operator*();
  return made;
}

struct imported {
  calling_list form;
  std::vector<std::string> given;
  std::vector<record> records;
  std::vector<std::string> complaints;
  std::size_t batches = 0;
  import_summary summary;
};

imported read(const std::string& text, import_options options = {"list.csv", "spring"}) {
  std::istringstream in(text);
  auto opened = csv_import::open(in, zones(), options);
  REQUIRE(opened.ok());
  imported all;
  all.form = (*opened)->form();
  all.given = (*opened)->given();
  auto summary = (*opened)->run(
      [&](std::vector<record>& batch) -> result<void> {
        ++all.batches;
        all.records.insert(all.records.end(), batch.begin(), batch.end());
        return {};
      },
      [&](const error& e) { all.complaints.push_back(to_line(e)); });
  REQUIRE(summary.ok());
  all.summary = *summary;
  return all;
}

std::string header_refusal(const std::string& text) {
  std::istringstream in(text);
  auto opened = csv_import::open(in, zones(), {"list.csv", "spring"});
  return opened ? "" : to_line(opened.error());
}

} // namespace

TEST_CASE("the header names the columns, unknown ones become user columns") {
  const auto all =
      read("CHAIN_ID,chain_n,contact_info,Customer,tz_name\n7,1,5551,Ann,Europe/Berlin\n");
  CHECK(all.form.name == "spring");
  CHECK(all.form.user_columns == std::vector<std::string>{"Customer", "tz_name"});
  CHECK(all.given ==
        std::vector<std::string>{"chain_id", "chain_n", "contact_info", "Customer", "tz_name"});
  REQUIRE(all.records.size() == 1);
  record expected;
  expected.record_id = 1;
  expected.chain_id = 7;
  expected.chain_n = 1;
  expected.contact_info = "5551";
  expected.user = {"Ann", "Europe/Berlin"};
  CHECK(all.records[0] == expected); // everything else has its default
}

TEST_CASE("headers that no list can have are refused") {
  CHECK(
      header_refusal("") ==
      "the file is empty: list.csv:1: let its first line name the columns, contact_info at least");
  CHECK(header_refusal("record_id,chain_id\n")
            .starts_with("the column contact_info is missing: list.csv:1: "));
  CHECK(header_refusal("contact_info,x,X\n").starts_with("two columns are named X: list.csv:1: "));
  CHECK(header_refusal("contact_info,tz_offset\n")
            .starts_with("column name 'tz_offset' has a meaning already: "));
  CHECK(header_refusal("contact_info,my column\n")
            .starts_with("column name 'my column' is no identifier: "));
  CHECK(header_refusal("contact_info,\n").starts_with("column name '' is no identifier: "));
  std::string wide = "contact_info";
  for (std::size_t i = 0; i <= limits::user_columns_max; ++i) wide += ",u" + std::to_string(i);
  CHECK(header_refusal(wide).starts_with("more than 256 user columns: list.csv:1: "));
}

TEST_CASE("rows without keys are numbered and have chains of their own") {
  const auto all = read("contact_info\n5551\n5552\n5553\n");
  REQUIRE(all.records.size() == 3);
  for (std::int64_t i = 0; i < 3; ++i) {
    const auto& row = all.records[static_cast<std::size_t>(i)];
    CHECK(row.record_id == i + 1);
    CHECK(row.chain_id == i + 1);
    CHECK(row.chain_n == 1);
  }
  CHECK(read("contact_info\n5551\n", {"l", "l", 40}).records[0].record_id == 40);
}

TEST_CASE("chain_n counts on within its chain, record_id above those seen") {
  const auto all = read("record_id,chain_id,contact_info\n10,5,1\n,5,2\n,6,3\n4,5,4\n");
  CHECK(all.complaints.empty());
  REQUIRE(all.records.size() == 4);
  CHECK(all.records[1].record_id == 11);
  CHECK(all.records[1].chain_n == 2);
  CHECK(all.records[2].record_id == 12);
  CHECK(all.records[2].chain_n == 1);
  CHECK(all.records[3].chain_n == 3);
}

TEST_CASE("taken keys are reported with the line that took them") {
  const auto all =
      read("record_id,chain_id,chain_n,contact_info\n1,5,1,a\n1,5,2,b\n2,5,1,c\n3,5,2,d\n");
  REQUIRE(all.complaints.size() == 2);
  CHECK(
      all.complaints[0] ==
      "record_id 1 stands in line 2 already: list.csv:3: give each record a record_id of its own");
  CHECK(all.complaints[1] == "chain_id 5 with chain_n 1 stands in line 2 already: list.csv:4: "
                             "give each record of a chain a chain_n of its own");
  CHECK(all.records.size() == 2); // the refused rows hold no keys: 5/2 of line 5 is free
}

TEST_CASE("a record without chain_id never joins somebody's chain") {
  const auto own_second = read("record_id,chain_id,chain_n,contact_info\n1,2,5,a\n2,,,b\n");
  REQUIRE(own_second.complaints.size() == 1);
  CHECK(own_second.complaints[0].starts_with(
      "chain_id 2 would join a record without chain_id to another chain: "));
  const auto own_first = read("record_id,chain_id,chain_n,contact_info\n2,,,b\n1,2,5,a\n");
  REQUIRE(own_first.complaints.size() == 1);
  CHECK(own_first.complaints[0].find("list.csv:3") != std::string::npos);
}

TEST_CASE("bad rows are reported by line and the others go on") {
  const auto all = read("contact_info,contact_info_type,tz_dbid,tz_name\n"
                        "5551,HOME,122,\n"
                        "5552,PHONE,,\n"
                        "5553,1,999,\n"
                        "5554,1,,Nowhere/Land\n"
                        "5555,1\n"
                        ",1,,\n"
                        "55\"56,1,,\n"
                        "5557,,999,Europe/Paris\n"
                        "\xff,,,\n");
  CHECK(all.summary.good == 2);
  CHECK(all.summary.bad == 7);
  REQUIRE(all.complaints.size() == 7);
  CHECK(all.complaints[0] == "contact_info_type is 'PHONE': list.csv:3: "
                             "give a whole number from 0 to 10, or a name such as HOME or MOBILE");
  CHECK(all.complaints[1] ==
        "unknown time zone tz_dbid = 999: list.csv:4: "
        "name its zone under [time-zones] of the configuration, or fill the column tz_name");
  CHECK(all.complaints[2].starts_with("unknown time zone tz_name = 'Nowhere/Land': list.csv:5: "));
  CHECK(all.complaints[3].starts_with("the row has 2 fields, the header 4: list.csv:6: "));
  CHECK(all.complaints[4].starts_with("contact_info is empty: list.csv:7: "));
  CHECK(all.complaints[5].starts_with("a quote inside a field"));
  CHECK(all.complaints[6].starts_with("contact_info is not UTF-8: list.csv:10: "));
  CHECK(all.records[1].contact_info_type == 1);
}

TEST_CASE("an empty field takes the default, or is null where null is legal") {
  const auto all = read(
      "contact_info,daily_from,call_result,treatments,x\n5551,,,,\n5552,\"\",\"\",\"\",\"\"\n");
  REQUIRE(all.records.size() == 2);
  CHECK(all.records[0].daily_from == 28'800);
  CHECK_FALSE(all.records[0].call_result);
  CHECK_FALSE(all.records[0].treatments);
  CHECK_FALSE(all.records[0].user[0]);
  CHECK(all.records[1].daily_from == 28'800);
  CHECK_FALSE(all.records[1].call_result);
  CHECK(all.records[1].treatments == "");
  CHECK(all.records[1].user[0] == "");
}

TEST_CASE("records come in batches, and a sink's error ends the import") {
  std::string text = "contact_info\n";
  for (int i = 0; i < 25; ++i) text += "555\n";
  CHECK(read(text, {"l", "l", 1, 10}).batches == 3);
  std::istringstream in(text);
  auto opened = csv_import::open(in, zones(), {"l", "l", 1, 10});
  int calls = 0;
  const auto ended = (*opened)->run(
      [&](std::vector<record>&) -> result<void> {
        ++calls;
        return error{"disk full", "", ""};
      },
      [](const error&) {});
  REQUIRE_FALSE(ended);
  CHECK(ended.error().what == "disk full");
  CHECK(calls == 1);
}

TEST_CASE("a flood of complaints is counted, not shown") {
  std::string text = "contact_info\n";
  for (int i = 0; i < 1'500; ++i) text += "\"\"\n";
  const auto all = read(text);
  CHECK(all.summary.bad == 1'500);
  CHECK(static_cast<std::int64_t>(all.complaints.size()) == limits::import_problems_shown_max);
}

TEST_CASE("export and import are exact") {
  const calling_list form{"spring", {"customer", "note", "tz_name"}};
  record odd;
  odd.record_id = 9'007'199'254'740'991;
  odd.contact_info = " +49 (0)30 \"x\", y ";
  odd.contact_info_type = 10;
  odd.record_type = record_type::personal_callback;
  odd.record_status = record_status::chain_ready;
  odd.call_result = std::nullopt;
  odd.attempt = 3;
  odd.dial_sched_time = 1'767'625'200;
  odd.call_time = 0;
  odd.daily_from = 0;
  odd.daily_till = 86'400;
  odd.agent_id = "";
  odd.chain_id = 0;
  odd.chain_n = 0;
  odd.treatments = "101@1@2@1";
  odd.email_subject = "Grüße,\r\nzweite Zeile";
  odd.switch_id = 4;
  odd.user = {"O'Neil \"the\" 2nd", std::nullopt, "Asia/Tokyo"};
  record plain;
  plain.record_id = 2;
  plain.chain_id = 2;
  plain.chain_n = 1;
  plain.contact_info = "5551";
  plain.user = {"", "~", std::nullopt};
  const auto writer = csv_export::open(form);
  REQUIRE(writer.ok());
  const auto all = read(writer->header() + writer->row(odd) + writer->row(plain));
  CHECK(all.complaints.empty());
  CHECK(all.form.user_columns == form.user_columns);
  CHECK(all.records == std::vector<record>{odd, plain});
}

TEST_CASE("export writes the columns asked for in their order") {
  const calling_list form{"spring", {"customer"}};
  record row;
  row.contact_info = "5551";
  row.user = {"Ann, Bob"};
  const auto writer =
      csv_export::open(form, {"Customer", "contact_info", "agent_id", "call_result"});
  REQUIRE(writer.ok());
  CHECK(writer->header() == "customer,contact_info,agent_id,call_result\r\n");
  CHECK(writer->row(row) == "\"Ann, Bob\",5551,,28\r\n");
  const auto refused = csv_export::open(form, {"phone"});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().what == "the list has no column 'phone'");
}
