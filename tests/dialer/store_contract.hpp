// store_contract.hpp: what every store promises, as cases that run on any: the test of a store gives the place and runs
// them all.
#pragma once

#include <memory>
#include <vector>

#include "dialer/store/store.hpp"
#include "tests/catch.hpp"

/// Where a store under test lives: empty at first, gone at the end. A case may open it again, one store at a time.
class store_place {
 public:
  virtual ~store_place() = default;
  virtual chainring::result<std::unique_ptr<chainring::dialer::store>> open() = 0;
};

struct contract_case {
  const char* name;
  void (*run)(store_place& place);
};

const std::vector<contract_case>& store_contract();
/// Those of history records.
const std::vector<contract_case>& store_history_contract();
/// Those of chains that were saved.
const std::vector<contract_case>& store_put_away_contract();
/// Those of copies of the whole store.
const std::vector<contract_case>& store_copies_contract();

// -- what the cases, and the tests of single stores, are made of ------------

/// What it holds; fails the test when it is an error.
template <class T>
T good(chainring::result<T> what) {
  if (!what) FAIL(chainring::to_line(what.error()));
  return std::move(*what);
}
inline void good(const chainring::result<void>& what) {
  if (!what) FAIL(chainring::to_line(what.error()));
}

/// Opens it, or fails the test.
std::unique_ptr<chainring::dialer::store> opened(store_place& place);
/// A row with a record_id made of the key: chain_id * 10 + chain_n.
chainring::dialer::record row_of(std::int64_t chain_id, std::int32_t chain_n);
/// The list "people" without user columns, with `chains` chains of two rows each, chain_id from 1.
chainring::dialer::list_id people(chainring::dialer::store& in, std::int64_t chains);
chainring::dialer::write intent_of(chainring::dialer::list_id list, std::int64_t chain_id, std::int32_t chain_n,
                                   std::int32_t n, std::int64_t started_ms = 1'000);
chainring::dialer::write result_of(chainring::dialer::list_id list, std::int64_t chain_id, std::int32_t chain_n,
                                   std::int32_t n, chainring::dialer::call_result result,
                                   std::int64_t ended_ms = 5'000);
