// writes.hpp: what a batch of writes comes down to, the same for every database: the order of its writes, the values of a
// row, and why a write is refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "dialer/calling_list.hpp"
#include "dialer/store/store.hpp"

namespace chainring::dialer {

inline constexpr std::int64_t ms_per_second = 1'000;

template <class Code>
std::int64_t code_of(Code code) {
  return static_cast<std::int64_t>(code);
}

/// (list, chain_id) that a write belongs to.
std::pair<list_id, std::int64_t> chain_of(const write& what);

/// With it a history record is stored.
bool leaves_history(const write& what);

/// Positions in the batch by list and chain; what belongs to one chain stays in the given order.
struct ordered_write {
  std::pair<list_id, std::int64_t> chain;
  std::size_t at = 0; // in the batch
  friend auto operator<=>(const ordered_write&, const ordered_write&) = default;
};
std::vector<ordered_write> by_chain(std::span<const write> batch);

/// Above all record handles that instances of the batch hold; 0 without any.
std::uint64_t handles_end_of(std::span<const write> batch);

/// The values of a write_row in a record, so that a column by name is checked and spelt as everywhere else.
struct row_values {
  record values;
  std::vector<std::size_t> columns; // those that are written
};
result<row_values> values_of(const write_row& w, const calling_list& form);

// -- why a write is refused ------------

/// Must be the intent of an attempt, or the end of one.
result<void> check_intent(const write_intent& w, const calling_list& form);
result<void> check_end(const write_result& w, const calling_list& form);
error attempt_made_before(const calling_list& form, std::int64_t record_id, std::int32_t n);
error no_attempt_in_flight(const calling_list& form, std::int64_t record_id, std::int32_t n);
error no_such_row(const calling_list& form, std::int64_t chain_id, std::int32_t chain_n);

} // namespace chainring::dialer
