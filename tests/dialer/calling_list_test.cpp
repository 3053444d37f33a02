// calling_list_test.cpp: columns by name: defaults, types, ranges, tolerant spellings.
#include "dialer/calling_list.hpp"

#include <string>

#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::dialer;

namespace {

const calling_list form{"spring", {"customer", "tz_name"}};

/// The complaint about setting a column, or "" when it was set.
std::string refusal(record& row, std::string_view column, std::optional<std::string_view> text) {
  const auto set = set_column(row, form, find_column(form, column).value(), text);
  return set ? "" : set.error().what;
}

std::optional<std::string> text_after(std::string_view column,
                                      std::optional<std::string_view> text) {
  record row;
  REQUIRE(refusal(row, column, text) == "");
  return column_text(row, find_column(form, column).value());
}

} // namespace

TEST_CASE("the 23 mandatory columns stand in the order of the OCS format") {
  const char* const names[] = {"record_id",         "contact_info",    "contact_info_type",
                               "record_type",       "record_status",   "call_result",
                               "attempt",           "dial_sched_time", "call_time",
                               "daily_from",        "daily_till",      "tz_dbid",
                               "campaign_id",       "agent_id",        "chain_id",
                               "chain_n",           "group_id",        "app_id",
                               "treatments",        "media_ref",       "email_subject",
                               "email_template_id", "switch_id"};
  std::size_t i = 0;
  for (const auto* name : names) CHECK(mandatory_columns()[i++].name == name);
  CHECK(i == mandatory_columns_count);
}

TEST_CASE("a new record has the defaults that the table names") {
  const record row;
  for (std::size_t column = 0; column < mandatory_columns_count; ++column) {
    const auto& description = mandatory_columns()[column];
    INFO(description.name);
    if (description.default_value)
      CHECK(column_text(row, column) == std::to_string(*description.default_value));
    if (description.nullable && !description.default_value) CHECK_FALSE(column_text(row, column));
  }
}

TEST_CASE("every column reads back what was written") {
  for (std::size_t column = 0; column < columns_count(form); ++column) {
    record row;
    INFO(column_name(form, column));
    REQUIRE(set_column(row, form, column, "7"));
    CHECK(column_text(row, column) == "7");
    const scxml::value shown = column_value(row, column);
    CHECK((shown.is<double>() ? *shown.as<double>() == 7 : *shown.as<std::string>() == "7"));
  }
}

TEST_CASE("names of columns are found without case; user columns follow the mandatory ones") {
  CHECK(find_column(form, "CONTACT_INFO") == column_contact_info);
  CHECK(find_column(form, "Customer") == mandatory_columns_count);
  CHECK(find_column(form, "tz_name") == mandatory_columns_count + 1);
  CHECK_FALSE(find_column(form, "phone"));
}

TEST_CASE("codes may be given by name") {
  CHECK(text_after("call_result", "NoAnswer") == "7");
  CHECK(text_after("call_result", "Answering Machine") == "9");
  CHECK(text_after("call_result", std::nullopt) == std::nullopt);
  CHECK(text_after("contact_info_type", "MOBILE") == "4");
  CHECK(text_after("contact_info_type", "e-mail") == "10");
  CHECK(text_after("record_type", "General") == "2");
  CHECK(text_after("record_status", "agent_error") == "6");
  CHECK(text_after("daily_from", "08:30") == "30600");
  CHECK(text_after("daily_till", "24:00") == "86400");
  CHECK(text_after("daily_till", "20:00:01") == "72001");
  CHECK(text_after("attempt", " 3 ") == "3");
}

TEST_CASE("what is out of type or range is refused and changes nothing") {
  record row;
  const record untouched = row;
  CHECK(refusal(row, "call_result", "Bussy") == "call_result is 'Bussy'");
  CHECK(refusal(row, "call_result", "1") ==
        "call_result is '1'"); // Transferred: reserved for T-Server
  CHECK(refusal(row, "contact_info_type", "11") == "contact_info_type is '11'");
  CHECK(refusal(row, "contact_info_type", "FAX") != "");
  CHECK(refusal(row, "record_type", "8") != "");
  CHECK(refusal(row, "record_status", "10") != "");
  CHECK(refusal(row, "daily_from", "86401") != "");
  CHECK(refusal(row, "daily_from", "8:60") != "");
  CHECK(refusal(row, "daily_from", "25:00") != "");
  CHECK(refusal(row, "attempt", "-1") != "");
  CHECK(refusal(row, "attempt", "1.5") != "");
  CHECK(refusal(row, "attempt", "2147483648") != "");
  CHECK(refusal(row, "record_id", "9007199254740992") != "");
  CHECK(refusal(row, "chain_id", std::nullopt) == "chain_id is empty");
  CHECK(refusal(row, "contact_info", "") == "contact_info is empty");
  CHECK(refusal(row, "contact_info", "555\r\nVia: x") == "contact_info holds a control character");
  CHECK(refusal(row, "contact_info", std::string(129, '5')) != "");
  CHECK(refusal(row, "agent_id", std::string(33, 'a')) != "");
  CHECK(refusal(row, "email_subject", "\xff") == "email_subject is not UTF-8");
  CHECK(refusal(row, "customer", std::string_view("a\0b", 3)) == "customer is not UTF-8");
  row.user.clear();
  CHECK(row == untouched);
}

TEST_CASE("scripts see numbers, text and null") {
  record row;
  row.record_id = 12;
  row.contact_info = "0044";
  CHECK(*column_value(row, column_record_id).as<double>() == 12);
  CHECK(*column_value(row, column_contact_info).as<std::string>() == "0044");
  CHECK(column_value(row, column_agent_id).is<scxml::null>());
  CHECK(*column_value(row, column_call_result).as<double>() == 28);
  CHECK(column_value(row, mandatory_columns_count).is<scxml::null>()); // a short row of user values
}

TEST_CASE("user columns are identifiers with no meaning of their own") {
  CHECK(check_user_column("customer_name"));
  CHECK(check_user_column("_x9"));
  for (const char* name : {"", "9lives", "two words", "a-b", "naïve", "record_id", "Contact_Info",
                           "tz_offset", "gsw_list_name", "db_record_id", "__proto__"}) {
    INFO(name);
    CHECK_FALSE(check_user_column(name));
  }
  CHECK_FALSE(check_user_column(std::string(64, 'a')));
}
