// chain.hpp: what a chain of records remembers besides its SCXML session: the records, the cursor
// of next_record, the flexible attributes, the flag PostProcessing, the pending timeout. Small,
// because there are a million of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialer/flex_attributes.hpp"
#include "dialer/record.hpp"
#include "scxml/result.hpp"
#include "scxml/value.hpp"

namespace chainring::dialer {

/// What follows when the treatment ends (OCS guide, set_exec_flag).
enum class post_processing : std::uint8_t { finalize, switch_to_traditional };
/// "Finalize", "Switch".
std::string_view name_of(post_processing flag);

class chain {
 public:
  /// Records are numbered for scripts from handle_base (1 or more) on, by position. Records: at
  /// least one, at most limits::records_per_chain_max.
  static result<chain> make(const chain_of_records& records, std::uint64_t handle_base);

  std::int64_t chain_id() const { return chain_id_; }
  std::size_t size() const { return count_; }

  // -- records, by position: ascending chain_n ----------------------------------------------------------------------
  record at(std::size_t position) const;
  void put(std::size_t position, const record& row);
  std::uint64_t handle_base() const { return handle_base_; }
  std::uint64_t handle_of(std::size_t position) const { return handle_base_ + position; }
  /// Of a handle as scripts write it: a number or its text.
  std::optional<std::size_t> position_of(const scxml::value& handle) const;

  /// A call of the record has been asked for; false: one is in progress already.
  bool begin_call(std::size_t position);
  /// Positions of the records whose call is in progress.
  std::vector<std::size_t> calls() const;
  /// An attempt at the record has been committed: column attempt becomes n.
  void note_attempt(std::size_t position, std::int32_t n);
  /// The call has ended: columns call_result and call_time.
  void note_result(std::size_t position, call_result result, std::int64_t ended_ms);

  // -- what actions change ------------------------------------------------------------------------------------------
  std::int64_t timeout_due_ms = 0; // epoch ms; 0: none is pending
  flex_attributes flex;
  std::uint32_t cursor = 0; // how far next_record has come, in the order of the pass
  std::uint32_t current =
      0; // position of the record that next_record gave last; the first before that
  post_processing after = post_processing::finalize;

  /// All but the records, which the store keeps. At most limits::chain_bytes_max bytes come back
  /// in.
  std::string save() const;
  /// A chain as it was saved, over the records as the store has them now. Handles stay what they
  /// were, because scripts have kept them: the host must give new chains bases beyond.
  static result<chain> restore(std::string_view bytes, const chain_of_records& records);

 private:
  chain() = default;
  std::optional<std::size_t> find_call(std::size_t position) const;

  /// The records, one after the other; behind them the positions of those whose call is in progress, two bytes each. A
  /// restored chain has no calls.
  std::uint32_t count_ = 0;
  exact_bytes packed_;
  std::int64_t chain_id_ = 0;
  std::uint64_t handle_base_ = 1;
};

} // namespace chainring::dialer
