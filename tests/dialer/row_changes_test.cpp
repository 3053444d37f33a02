// row_changes_test.cpp: changes of rows that have not been stored yet, as if each had been.
#include "tests/catch.hpp"

#include "dialer/row_changes.hpp"

using namespace chainring::dialer;

TEST_CASE("a later change of a row stands in the place of an earlier one, column by column", "[row_changes]") {
  chainring::scxml::rare_list<write_row> all;
  const record_key one{1, 7, 1}, two{1, 7, 2};
  add_change(all, {.key = one, .type = record_type::general, .dial_sched_time = 60, .columns = {{"a", "1"}, {"b", "2"}}});
  add_change(all, {.key = two, .columns = {{"a", "9"}}});
  add_change(all, {.key = one, .type = record_type::no_call, .columns = {{"b", std::nullopt}, {"c", "3"}}});
  REQUIRE(all.size() == 2);
  CHECK(all[0].type == record_type::no_call);
  CHECK(all[0].dial_sched_time == 60);
  CHECK_FALSE(all[0].status);
  using columns = decltype(write_row::columns);
  CHECK(all[0].columns == columns{{"a", "1"}, {"b", std::nullopt}, {"c", "3"}});
  CHECK(all[1].columns == columns{{"a", "9"}});
}
