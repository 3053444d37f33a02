// batches.hpp: what both sides of the bench of the store write: calls to every record of a list, each as a node stores it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "dialer/store/store.hpp"
#include "scxml/result.hpp"

namespace chainring::bench {

/// One call: its intent, the save of its chain beside it, and its end. In rows: the attempt, the record's counter and the
/// instance; then the attempt and the record's result.
inline constexpr std::int64_t rows_of_intent = 3, rows_of_result = 2;
inline constexpr std::size_t instance_bytes = 256; // of a saved chain of the sample treatments

struct call {
  std::int64_t record = 0; // record_id, and chain_id; chain_n is 1
  bool ended = false;      // its end is written, or its intent
};
/// Intents and ends of `records` calls, in the order in which a node would store them: chains in random order, ends a while later.
std::vector<call> calls_of(std::int64_t records);

dialer::write write_of(dialer::list_id list, const call& what);
/// A list of so many chains of one record with 23 columns and a user column, all of them Retrieved.
result<dialer::list_id> make_list(dialer::store& in, const std::string& name, std::int64_t records);

/// What is measured: rows of the batches per second of wall time, and how large the batches were.
struct pace {
  double rows_per_s = 0;
  std::int64_t writes_per_batch = 0;
};
std::int64_t rows_of(const std::vector<call>& calls);

/// The pace at which `write` takes the calls in batches, each sorted by key.
result<pace> pace_of(const std::vector<call>& calls, std::int64_t writes_per_batch,
                     const std::function<result<void>(const std::vector<call>&)>& write);
/// Bare loops: the batches, each sorted by key, by prepared statements in a transaction each, on the tables of a list that
/// make_list() has made. Nothing is checked but errors. The store is closed while they run.
result<pace> write_bare_sqlite(const std::string& path, dialer::list_id list, const std::vector<call>& calls,
                               std::int64_t writes_per_batch);
result<pace> write_bare_postgres(const std::string& uri, dialer::list_id list, const std::vector<call>& calls,
                                 std::int64_t writes_per_batch);

} // namespace chainring::bench
