// answer.hpp: the rows that a statement gave, in libpq's binary form.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

struct pg_result;

namespace chainring::dialer::postgres {

class answer {
 public:
  explicit answer(pg_result* owned);

  int rows() const;
  /// Rows that the statement has inserted, updated or deleted.
  std::int64_t affected() const;
  /// "COMMIT", "ROLLBACK", "UPDATE 3", …
  std::string_view command() const;
  // Rows and columns count from 0.
  bool is_null(int row, int column) const;
  /// smallint, integer, bigint and boolean; 0 for null.
  std::int64_t integer(int row, int column) const;
  /// Text or bytes; they live as long as the answer. Empty for null.
  std::string_view text(int row, int column) const;

 private:
  struct clear {
    void operator()(pg_result* owned) const;
  };
  std::unique_ptr<pg_result, clear> owned_;
};

} // namespace chainring::dialer::postgres
