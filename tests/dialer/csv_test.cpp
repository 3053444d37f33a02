// csv_test.cpp: RFC 4180 in and out, and bytes that are not.
#include "dialer/csv.hpp"

#include <sstream>
#include <string>

#include "dialer/limits.hpp"
#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::dialer;

namespace {

/// Rows as "LINE:a|b|~" (~ is null), complaints as "LINE!what".
std::vector<std::string> read(const std::string& text) {
  std::istringstream in(text);
  csv_reader reader(in);
  std::vector<std::string> seen;
  for (;;) {
    csv_row row;
    error problem;
    const auto outcome = reader.next(row, problem);
    if (outcome == csv_reader::outcome::end) return seen;
    std::string shown = std::to_string(row.line);
    if (outcome == csv_reader::outcome::bad) {
      seen.push_back(shown + "!" + problem.what);
      continue;
    }
    char separator = ':';
    for (const auto& field : row.fields) {
      shown += separator + field.value_or("~");
      separator = '|';
    }
    seen.push_back(shown);
  }
}

using rows = std::vector<std::string>;

} // namespace

TEST_CASE("rows end in LF, CRLF, CR or with the input") {
  CHECK(read("a,b\nc,d\r\ne,f\rg,h") == rows{"1:a|b", "2:c|d", "3:e|f", "4:g|h"});
  CHECK(read("") == rows{});
  CHECK(read("\n\r\n\r") == rows{});
  CHECK(read("a\n\n\nb\n") == rows{"1:a", "4:b"});
}

TEST_CASE("a byte order mark is passed over") {
  CHECK(read("\xef\xbb\xbf"
             "a,b\n") == rows{"1:a|b"});
  CHECK(read("\xef\xbb\xbf"
             "\"a\"\n") == rows{"1:a"});
  CHECK(read("\xef\xbb\xbf") == rows{});
}

TEST_CASE("quoted fields hold commas, quotes and line ends") {
  CHECK(read("\"a,b\",\"c\"\"d\",\"e\nf\"\ng") == rows{"1:a,b|c\"d|e\nf", "3:g"});
  CHECK(read("\"a\r\nb\"\nc") == rows{"1:a\r\nb", "3:c"});
}

TEST_CASE("an empty field is null, a quoted empty one is text") {
  CHECK(read(",\"\",\n") == rows{"1:~||~"});
  CHECK(read(",") == rows{"1:~|~"});
  CHECK(read("\"\"\n") == rows{"1:"});
}

TEST_CASE("bad rows are told apart by line, and reading goes on") {
  CHECK(read("a\nb\"c,d\ne\n") ==
        rows{"1:a", "2!a quote inside a field that does not start with one", "3:e"});
  CHECK(read("\"a\"b,c\nd\n") == rows{"1!text after a closing quote", "2:d"});
  CHECK(read("a\n\"b\nc,d\ne") == rows{"1:a", "2!a quote is never closed", "3:c|d", "4:e"});
}

TEST_CASE("columns are bounded") {
  const std::string most(limits::csv_columns_max - 1, ',');
  CHECK(read(most + "\n").front().substr(0, 2) == "1:");
  CHECK(read(most + ",\nb\n") == rows{"1!more than 512 columns", "2:b"});
}

TEST_CASE("a row is bounded whatever it holds, and the next one is read") {
  const std::string most(limits::csv_row_bytes_max - 1, 'x');
  CHECK(read(most + "\nb\n") == rows{"1:" + most, "2:b"});
  CHECK(read(most + "xx\nb\n") == rows{"1!the row has more than 1048576 bytes", "2:b"});
  CHECK(read(std::string(3 * limits::csv_row_bytes_max, 'x') + "\nb\n").back() == "2:b");
  CHECK(read("a\n\"" + most + most + "\nb\n") == rows{"1:a", "2!a quote is never closed", "3:b"});
}

TEST_CASE("rows across the blocks of the stream are whole") {
  std::string text;
  rows expected;
  for (int i = 1; i <= 5'000; ++i) {
    const std::string field(static_cast<std::size_t>(i % 97), 'y');
    text += std::to_string(i) + ",\"" + field + "\"\r\n";
    expected.push_back(std::to_string(i) + ":" + std::to_string(i) + "|" + field);
  }
  REQUIRE(text.size() > 2 * limits::csv_block_bytes);
  CHECK(read(text) == expected);
}

TEST_CASE("what is written reads back the same") {
  const std::vector<std::optional<std::string>> fields = {
      "plain", std::nullopt, "",     "a,b",          "say \"hi\"",
      "x\ny",  " padded ",   "\r\n", "\xef\xbb\xbf", "\""};
  std::istringstream in(to_csv(fields));
  csv_reader reader(in);
  csv_row row;
  error problem;
  REQUIRE(reader.next(row, problem) == csv_reader::outcome::row);
  CHECK(row.fields == fields);
  CHECK(to_csv({"a", std::nullopt, ""}) == "a,,\"\"\r\n");
}
