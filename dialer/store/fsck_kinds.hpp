// fsck_kinds.hpp: the kinds of findings with their texts, and who counts them.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "dialer/store/fsck.hpp"

namespace chainring::dialer::fsck {

enum class kind : std::uint8_t {
  damage, unreadable, missing_object, table_of_no_list, fact, rows_of_no_list, row_value, record_twice, attempt_column,
  attempt_orphan, attempt_gap, attempt_in_flight, attempt_state, attempt_times, attempt_result, attempt_epoch, redial_gap,
  chain_end_orphan, saved_orphan, saved_ended, passive_not_retrieved, saved_unreadable, saved_document, saved_epoch, saved_due,
  handles_end, document_damaged, history_post, do_not_call_empty,
  count
};

struct kind_description {
  std::string_view name, means, mend;
};
const kind_description& description_of(kind k);

/// Counts findings, and hands on the first of each kind.
class findings {
 public:
  explicit findings(const std::function<void(const finding&)>& each) : each_(each) {}
  void add(kind k, std::string where);
  std::int64_t of(kind k) const { return counts_[static_cast<std::size_t>(k)]; }

 private:
  const std::function<void(const finding&)>& each_;
  std::array<std::int64_t, static_cast<std::size_t>(kind::count)> counts_{};
};

} // namespace chainring::dialer::fsck
