// row_changes.cpp: see row_changes.hpp.
#include "dialer/row_changes.hpp"

#include <algorithm>
#include <utility>

namespace chainring::dialer {

void add_change(scxml::rare_list<write_row>& changes, write_row later) {
  const auto same = std::find_if(changes.begin(), changes.end(), [&](const write_row& w) { return w.key == later.key; });
  if (same == changes.end()) {
    changes.push_back(std::move(later));
    return;
  }
  const auto replace = [](auto& what, auto& by) {
    if (by) what = std::move(by);
  };
  replace(same->status, later.status);
  replace(same->type, later.type);
  replace(same->result, later.result);
  replace(same->dial_sched_time, later.dial_sched_time);
  for (auto& column : later.columns) {
    const auto is_it = [&](const auto& c) { return c.first == column.first; };
    const auto known = std::find_if(same->columns.begin(), same->columns.end(), is_it);
    if (known == same->columns.end()) same->columns.push_back(std::move(column));
    else known->second = std::move(column.second);
  }
}

} // namespace chainring::dialer
