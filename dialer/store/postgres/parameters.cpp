// parameters.cpp: numbers in network order; the object ids are those of the server's catalogue, pg_type.dat.
#include "dialer/store/postgres/parameters.hpp"

#include <array>

namespace chainring::dialer::postgres {

namespace {

struct type_ids {
  unsigned one, array;
};
constexpr type_ids ids_of(element kind) {
  switch (kind) {
  case element::integer: return {20, 1016}; // int8
  case element::text: return {25, 1009};
  case element::bytes: break;
  }
  return {17, 1001}; // bytea
}

template <class Number>
std::array<char, sizeof(Number)> in_network_order(Number value) {
  std::array<char, sizeof(Number)> bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<char>(static_cast<std::uint64_t>(value) >> 8 * (bytes.size() - 1 - i));
  return bytes;
}

template <class Number>
void put(std::string& to, Number value) {
  const auto bytes = in_network_order(value);
  to.append(bytes.data(), bytes.size());
}

// Behind the number of dimensions, whether there are nulls, and the type of the elements.
constexpr std::size_t size_offset = 12;

} // namespace

array::array(element kind) : kind_(kind) {
  // One dimension, nulls, the type, no element yet, the first of which is number 1.
  for (const std::uint32_t word : {1U, 1U, ids_of(kind).one, 0U, 1U}) put(wire_, word);
}

void array::count_one() {
  const auto bytes = in_network_order(static_cast<std::uint32_t>(++size_));
  wire_.replace(size_offset, bytes.size(), bytes.data(), bytes.size());
}

void array::add(std::int64_t value) {
  put<std::uint32_t>(wire_, 8);
  put(wire_, static_cast<std::uint64_t>(value));
  count_one();
}

void array::add(std::string_view text_or_bytes) {
  put(wire_, static_cast<std::uint32_t>(text_or_bytes.size()));
  wire_ += text_or_bytes;
  count_one();
}

void array::add_null() {
  put(wire_, ~std::uint32_t{0});
  count_one();
}

void parameters::add(std::int64_t value) {
  types_.push_back(ids_of(element::integer).one);
  put(integers_.emplace_back(), static_cast<std::uint64_t>(value));
  values_.push_back(integers_.back());
}

void parameters::add(std::string_view text) {
  types_.push_back(ids_of(element::text).one);
  values_.push_back(text.data() == nullptr ? std::string_view("") : text); // a null pointer would be NULL
}

void parameters::add(const array& values) {
  types_.push_back(ids_of(values.kind()).array);
  values_.push_back(values.wire());
}

void parameters::add(const std::optional<array>& integers) {
  if (integers) return add(*integers);
  types_.push_back(ids_of(element::integer).array);
  values_.emplace_back(); // a null pointer is NULL
}

std::vector<const char*> parameters::values() const {
  std::vector<const char*> all;
  for (const auto& one : values_) all.push_back(one.data());
  return all;
}

std::vector<int> parameters::lengths() const {
  std::vector<int> all;
  for (const auto& one : values_) all.push_back(static_cast<int>(one.size()));
  return all;
}

} // namespace chainring::dialer::postgres
