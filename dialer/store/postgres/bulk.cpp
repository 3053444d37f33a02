// bulk.cpp: see bulk.hpp.
#include "dialer/store/postgres/bulk.hpp"

namespace chainring::dialer::postgres {

std::string unnested(const std::vector<bulk_column>& columns, std::size_t first) {
  std::string arrays, names;
  for (const auto& one : columns) {
    const std::string_view type = one.kind == element::integer ? "bigint[]" : one.kind == element::text ? "text[]" : "bytea[]";
    if (!arrays.empty()) arrays += ", ";
    arrays += "$" + std::to_string(first++) + "::" + std::string(type);
    names += std::string(one.name) + ", ";
  }
  return "(SELECT * FROM unnest(" + arrays + ") WITH ORDINALITY LIMIT $" + std::to_string(first) + ") AS u (" + names + "at)";
}

bulk::bulk(const std::vector<bulk_column>& columns) {
  for (const auto& one : columns) arrays_.emplace_back(one.kind);
}

std::size_t bulk::bytes() const {
  std::size_t all = 0;
  for (const auto& one : arrays_) all += one.bytes();
  return all;
}

parameters bulk::values(std::initializer_list<std::int64_t> before) const {
  parameters all;
  for (const auto one : before) all.add(one);
  for (const auto& one : arrays_) all.add(one);
  all.add(static_cast<std::int64_t>(rows()));
  return all;
}

} // namespace chainring::dialer::postgres
