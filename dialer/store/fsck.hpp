// fsck.hpp: is everything in a store as it has to be? Each invariant that a store can be held against is looked at, row by row, at
// one instant; nothing is changed. What a crash leaves behind (attempts in flight, rows Retrieved) is not wrong: the next start
// settles it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialer/store/store.hpp"
#include "scxml/result.hpp"

namespace chainring::dialer {

struct fsck_terms {
  std::int64_t now_ms = 0; // no chain can be due ever so long after it
  std::map<std::string, std::int64_t> redial_gaps_ms; // by list; a list that is not here: its gap is not known, and not checked
};

/// Something that is not as it has to be.
struct finding {
  std::string_view kind; // one of fsck_kinds()
  error problem;         // what it means, where it is, how to mend it
};

struct fsck_report {
  std::vector<std::pair<std::string_view, std::int64_t>> found; // by kind, those that occurred, in the order of fsck_kinds()
  std::int64_t lists = 0, records = 0, attempts = 0, saved = 0, documents = 0, posts = 0; // looked at

  bool sound() const { return found.empty(); }
  std::int64_t findings() const;
};

/// `each` hears of limits::findings_shown_max of a kind at most; all are counted. Error: the store cannot be looked through at all.
result<fsck_report> check_store(store& s, const fsck_terms& terms, const std::function<void(const finding&)>& each);

/// Every kind of finding.
std::vector<std::string_view> fsck_kinds();
/// "2 findings: attempt-orphan 1, record-twice 1", or "sound"; then what was looked at.
std::string summary_of(const fsck_report& report);

} // namespace chainring::dialer
