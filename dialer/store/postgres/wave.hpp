// wave.hpp: at most one write of each chain of a batch, as statements: queued together, read together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "dialer/store/postgres/work.hpp"

namespace chainring::dialer::postgres {

class wave {
 public:
  explicit wave(std::int64_t epoch) : epoch_(epoch) {}

  /// An error: the write can never be done.
  result<void> add(const list_table& table, const write& what);
  /// Queues all its statements but the rows that stand with instances.
  void queue(connection& on);
  /// The answers to what is queued; those of earlier waves have been read. An error: see is_refused().
  result<void> read(connection& on);
  /// Are there rows that stand with instances? read() shows which of these were stored; then they can be queued.
  bool has_attached_rows() const { return !attached_.empty(); }
  void queue_attached_rows(connection& on);
  /// After an error: an answer shows that a write can never be done.
  bool is_refused() const { return refused_; }

 private:
  /// Rows that are written if the instance with them is.
  struct attached_rows {
    const list_table* table;
    std::vector<std::pair<record_key, row_values>> rows;
    bool wanted = false;
  };

  result<void> add(const list_table& table, const write_intent& w);
  result<void> add(const list_table& table, const write_result& w);
  result<void> add(const list_table& table, const write_row& w);
  result<void> add(const list_table& table, const write_chain_end& w);
  result<void> add(const list_table& table, const write_instance& w);
  result<void> add(const list_table& table, const write_release& w);
  result<void> put(const list_table& table, const write_instance& w, const std::string& sql);
  void forget(const list_table& table, std::int64_t chain_id);
  void tell(const list_table& table, std::int64_t chain_id, const history_post* post);

  std::int64_t epoch_;
  statements first_;
  std::map<std::pair<std::int64_t, std::int64_t>, attached_rows> attached_; // by list and chain
  std::vector<statements> then_; // of attached rows: those that come first in their instance, then the second, …
  std::vector<const work*> unread_;
  bool refused_ = false;
};

} // namespace chainring::dialer::postgres
