// csv.cpp: see csv.hpp. The current row stays in the buffer until it is whole, so that a quote
// nobody closed costs one row.
#include "dialer/csv.hpp"

#include "dialer/limits.hpp"

namespace chainring::dialer {

namespace {
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
} // namespace

csv_reader::csv_reader(std::istream& in)
    : in_(in) {
  peek();
  if (std::string_view(buffer_).starts_with(byte_order_mark)) at_ = byte_order_mark.size();
}

int csv_reader::peek() {
  if (at_ - row_start_ >= limits::csv_row_bytes_max) {
    too_long_ = true;
    return end_of_input;
  }
  if (at_ < buffer_.size()) return static_cast<unsigned char>(buffer_[at_]);
  if (exhausted_) return end_of_input;
  const std::size_t had = buffer_.size();
  buffer_.resize(had + limits::csv_block_bytes);
  in_.read(buffer_.data() + had, static_cast<std::streamsize>(limits::csv_block_bytes));
  buffer_.resize(had + static_cast<std::size_t>(in_.gcount()));
  if (in_.gcount() == 0) exhausted_ = true;
  return exhausted_ ? end_of_input : peek();
}

int csv_reader::take() {
  const int byte = peek();
  if (byte != end_of_input) ++at_;
  return byte;
}

bool csv_reader::at_row_end() {
  const int byte = peek();
  return byte == end_of_input || byte == '\n' || byte == '\r';
}

void csv_reader::take_line_end() {
  const int byte = take();
  if (byte == end_of_input) return;
  ++line_;
  if (byte == '\r' && peek() == '\n') take();
}

/// Drops what is behind the cursor once it is worth the move.
void csv_reader::restart_row_marks() {
  if (at_ >= limits::csv_block_bytes || at_ == buffer_.size()) {
    buffer_.erase(0, at_);
    at_ = 0;
  }
  too_long_ = false;
  row_start_ = at_;
  row_line_ = line_;
}

csv_reader::outcome csv_reader::next(csv_row& row, error& complaint) {
  row.fields.clear();
  for (;;) {
    restart_row_marks();
    const int byte = peek();
    if (byte == '\n' || byte == '\r') {
      take_line_end();
      continue;
    }
    if (byte == end_of_input && !too_long_) return outcome::end;
    break;
  }
  row.line = row_line_;
  if (++rows_ > limits::csv_rows_max) {
    complaint = {"more than " + std::to_string(limits::csv_rows_max) + " rows", "",
                 "split the file"};
    exhausted_ = true;
    at_ = buffer_.size();
    return outcome::bad;
  }
  if (read_row(row, complaint)) return outcome::row;
  at_ = row_start_;
  line_ = row_line_;
  skip_bad_row();
  return outcome::bad;
}

bool csv_reader::read_row(csv_row& row, error& complaint) {
  for (;;) {
    std::optional<std::string> field;
    if (!read_field(field, complaint)) return false;
    if (row.fields.size() == limits::csv_columns_max) {
      complaint = {"more than " + std::to_string(limits::csv_columns_max) + " columns", "",
                   "leave the columns out that the list does not need"};
      return false;
    }
    row.fields.push_back(std::move(field));
    if (at_row_end()) break;
    take(); // read_field stops only at a comma or the end of the row
  }
  if (too_long_) {
    complaint = {"the row has more than " + std::to_string(limits::csv_row_bytes_max) + " bytes",
                 "", "shorten it, and close every quote"};
    return false;
  }
  take_line_end();
  return true;
}

bool csv_reader::read_field(std::optional<std::string>& field, error& complaint) {
  if (peek() == '"') return read_quoted(field.emplace(), complaint);
  std::string text;
  while (!at_row_end() && peek() != ',') {
    if (peek() == '"') {
      complaint = {"a quote inside a field that does not start with one", "",
                   "quote the whole field and double the quote"};
      return false;
    }
    text += static_cast<char>(take());
  }
  if (!text.empty()) field = std::move(text);
  return true;
}

bool csv_reader::read_quoted(std::string& text, error& complaint) {
  take();
  for (;;) {
    const int byte = take();
    if (byte == end_of_input) {
      complaint = {"a quote is never closed", "", "close it"};
      return false;
    }
    if (byte == '"') {
      if (peek() != '"') break;
      take();
    } else if (byte == '\n' || (byte == '\r' && peek() != '\n')) {
      ++line_;
    }
    text += static_cast<char>(byte);
  }
  if (at_row_end() || peek() == ',') return true;
  complaint = {"text after a closing quote", "", "put a comma after it, or double the quote"};
  return false;
}

/// Over the rest of the physical line at which the bad row started; forgets it as it goes, however
/// long it is.
void csv_reader::skip_bad_row() {
  for (;;) {
    too_long_ = false;
    const int byte = peek();
    if (byte == '\n' || byte == '\r') return take_line_end();
    if (byte != end_of_input) {
      ++at_;
    } else if (too_long_) {
      buffer_.erase(0, at_);
      at_ = row_start_ = 0;
    } else {
      return;
    }
  }
}

void append_csv_field(std::string& out, const std::optional<std::string>& field) {
  if (!field) return;
  const bool plain = !field->empty() && field->find_first_of(",\"\r\n") == std::string::npos &&
                     field->front() != ' ' && field->back() != ' ' &&
                     !field->starts_with(byte_order_mark);
  if (plain) {
    out += *field;
    return;
  }
  out += '"';
  for (char c : *field) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

std::string to_csv(const std::vector<std::optional<std::string>>& fields) {
  std::string line;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) line += ',';
    append_csv_field(line, fields[i]);
  }
  return line += "\r\n";
}

} // namespace chainring::dialer
