// later_calls.hpp: calls that were made after a backup, from logs that have outlived the store: a restore takes them in, so that
// nobody is called for them again.
#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <map>
#include <string>
#include <utility>

#include "dialer/store/store.hpp"
#include "scxml/result.hpp"

namespace chainring::dialer {

/// Of one record, by the number of the attempt: when it was made, and by which trunk.
struct later_call {
  std::int64_t ms = 0;
  std::string trunk;
};
/// By (name of the list, record_id).
using later_calls = std::map<std::pair<std::string, std::int64_t>, std::map<std::int32_t, later_call>>;

/// Adds the calls of a trunk's log (JSON lines) or of chainring export --attempts (CSV): the first byte tells which. Lines that are
/// wrong are reported with FILE:LINE and left out. Error: nothing of it can be read, or limits::later_calls_max are passed.
result<void> read_later_calls(std::istream& in, const std::string& file, later_calls& to,
                              const std::function<void(const error&)>& each_complaint);

struct taken_calls {
  std::int64_t added = 0;     // attempts that the store did not have
  std::int64_t known = 0;     // those that it had
  std::int64_t strangers = 0; // calls of records that it does not have
  std::int64_t begin_anew = 0; // chains that had gone on since they were saved: what was saved of them is forgotten
};
/// What the store does not have becomes attempts of the result Unknown, the last of each record in flight, so that the next start
/// treats it as after a crash. Calls that never left have no line: their numbers are filled up. Nobody else works on the store.
result<taken_calls> take_in(store& to, const later_calls& calls);

} // namespace chainring::dialer
