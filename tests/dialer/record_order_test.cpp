// record_order_test.cpp: the order of the records of a chain by an ORDER BY clause.
#include "dialer/record_order.hpp"

#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::dialer;

namespace {

const calling_list form{"people", {"priority", "city"}};

/// chain_n of the rows in the order of the clause.
std::string ordered(std::string_view clause, const std::vector<std::pair<const char*, const char*>>& users) {
  std::vector<record> rows;
  for (const auto& [priority, city] : users) {
    record row;
    row.chain_n = static_cast<std::int32_t>(rows.size()) + 1;
    row.contact_info_type = static_cast<std::uint8_t>(10 - rows.size());
    row.user = {priority ? std::optional<std::string>(priority) : std::nullopt, std::string(city)};
    rows.push_back(std::move(row));
  }
  const auto order = record_order::make(clause, form);
  if (!order) return to_line(order.error());
  std::string text;
  for (const auto at : order->positions(rows)) text += std::to_string(rows[at].chain_n);
  return text;
}

} // namespace

TEST_CASE("records are ordered by columns, up and down, and by chain_n among equal ones") {
  const std::vector<std::pair<const char*, const char*>> users = {{"10", "b"}, {"9", "a"}, {"10", "a"}, {nullptr, "c"}};
  CHECK(ordered("", users) == "1234");
  CHECK(ordered("priority", users) == "4213"); // as numbers; what is empty is least
  CHECK(ordered("priority DESC", users) == "1324");
  CHECK(ordered(" Priority\tdesc , city asc", users) == "3124");
  CHECK(ordered("city, priority DESC", users) == "3214");
  CHECK(ordered("contact_info_type", users) == "4321");
  CHECK(ordered("chain_n DESC", users) == "4321");
  CHECK(ordered("priority", {{"x", ""}, {"7", ""}, {"-1", ""}, {" ", ""}}) == "4321");
}

TEST_CASE("a clause that is wrong is refused") {
  CHECK(ordered("urgency", {}) == "the list has no column 'urgency': people: name its columns, parted by commas");
  CHECK(ordered("priority DOWN", {}) == "'DOWN' is no direction: people: write ASC or DESC behind a column, or nothing");
  CHECK(ordered("priority,,city", {}) == "the list has no column '': people: name its columns, parted by commas");
}
