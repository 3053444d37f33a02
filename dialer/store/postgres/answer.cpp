// answer.cpp: the thin layer over PQgetvalue and its kin.
#include "dialer/store/postgres/answer.hpp"

#include <cstdlib>

#include <libpq-fe.h>

namespace chainring::dialer::postgres {

void answer::clear::operator()(pg_result* owned) const { PQclear(owned); }

answer::answer(pg_result* owned) : owned_(owned) {}

int answer::rows() const { return PQntuples(owned_.get()); }

std::int64_t answer::affected() const { return std::strtoll(PQcmdTuples(owned_.get()), nullptr, 10); }

std::string_view answer::command() const { return PQcmdStatus(owned_.get()); }

bool answer::is_null(int row, int column) const { return PQgetisnull(owned_.get(), row, column) == 1; }

std::int64_t answer::integer(int row, int column) const {
  const auto bytes = text(row, column);
  if (bytes.empty()) return 0;
  std::uint64_t value = (bytes.front() & 0x80) != 0 ? ~std::uint64_t{0} : 0; // the sign goes on to the left
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return static_cast<std::int64_t>(value);
}

std::string_view answer::text(int row, int column) const {
  return {PQgetvalue(owned_.get(), row, column), static_cast<std::size_t>(PQgetlength(owned_.get(), row, column))};
}

} // namespace chainring::dialer::postgres
