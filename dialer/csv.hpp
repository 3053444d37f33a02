// csv.hpp: RFC 4180 text, read row by row from a stream and written row by row. An unquoted empty
// field and a quoted empty one are told apart: the first is null.
#pragma once

#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scxml/result.hpp"

namespace chainring::dialer {

struct csv_row {
  std::int64_t line = 0;                          // where the row starts, 1 for the first
  std::vector<std::optional<std::string>> fields; // null: empty and not quoted
};

/// Reads comma-separated rows ended by CRLF, LF or CR. A UTF-8 byte order mark at the start is
/// passed over, and so are empty lines. Memory is bounded by limits::csv_row_bytes_max whatever the
/// bytes are.
class csv_reader {
 public:
  explicit csv_reader(std::istream& in);
  csv_reader(const csv_reader&) = delete;
  csv_reader& operator=(const csv_reader&) = delete;

  enum class outcome : std::uint8_t { row, end, bad };
  /// The next row. bad: `complaint` says why this row is not one (its `line` is set); reading goes
  /// on with the next line.
  outcome next(csv_row& row, error& complaint);

 private:
  static constexpr int end_of_input = -1;
  int peek();
  int take();
  void restart_row_marks();
  bool read_row(csv_row& row, error& complaint);
  bool read_field(std::optional<std::string>& field, error& complaint);
  bool read_quoted(std::string& text, error& complaint);
  bool at_row_end();
  void take_line_end();
  void skip_bad_row();

  std::istream& in_;
  std::string buffer_;        // the current row is in it whole
  std::size_t at_ = 0;        // of the next byte in buffer_
  std::size_t row_start_ = 0; // in buffer_
  bool exhausted_ = false;    // the stream has no more
  bool too_long_ = false;     // the current row passed its bound
  std::int64_t line_ = 1;     // of the next byte
  std::int64_t row_line_ = 1;
  std::int64_t rows_ = 0;
};

/// One field, quoted where RFC 4180 wants it; null is nothing at all, empty text is "".
void append_csv_field(std::string& out, const std::optional<std::string>& field);
/// A row with its line end (CRLF, as the RFC has it).
std::string to_csv(const std::vector<std::optional<std::string>>& fields);

} // namespace chainring::dialer
