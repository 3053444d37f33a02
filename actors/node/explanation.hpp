// explanation.hpp: why a record is or is not dialed now, from the store and the configuration.
#pragma once

#include <cstdint>
#include <string>

#include "dialer/do_not_call.hpp"
#include "dialer/store/store.hpp"
#include "dialer/time_zones.hpp"
#include "scxml/result.hpp"

namespace chainring::actors {

struct explanation_terms {
  const dialer::time_zones& zones;
  const dialer::do_not_call_list& no_calls;
  std::string customer_column; // of the list: its customer id; empty: none
  std::int64_t redial_gap_ms = 0;
  std::int64_t now_ms = 0;
};

/// Lines for people: row, attempts, and what holds the record; a paragraph per list that has such a record. Errors: no
/// list has it, the store cannot be read. `list_name` empty: every list.
result<std::string> explain_record(dialer::store& s, const std::string& list_name, std::int64_t record_id,
                                   const explanation_terms& terms);

} // namespace chainring::actors
