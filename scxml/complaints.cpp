// complaints.cpp: keeping complaints within their bound and in source order.
#include "scxml/complaints.hpp"

#include <algorithm>

#include "scxml/limits.hpp"

namespace chainring::scxml {

void complaints::error(position where, std::string what, std::string mend) {
  ++errors_;
  add(severity::error, where, std::move(what), std::move(mend));
}

void complaints::warning(position where, std::string what, std::string mend) {
  add(severity::warning, where, std::move(what), std::move(mend));
}

bool complaints::full() const {
  return list_.size() == limits::complaints_max && errors_ >= limits::complaints_max;
}

void complaints::add(severity s, position where, std::string what, std::string mend) {
  if (list_.size() == limits::complaints_max) {
    ++left_out_;
    if (s == severity::warning) return;
    auto victim = std::find_if(list_.rbegin(), list_.rend(),
                               [](auto& d) { return d.severity == severity::warning; });
    if (victim == list_.rend()) return;
    list_.erase(std::next(victim).base());
  }
  list_.push_back({s, source_, where, std::move(what), std::move(mend)});
}

bool complaints::may_suggest(std::string_view name) {
  return name.size() <= limits::suggested_length_max && suggestions_++ < limits::suggestions_max;
}

std::vector<diagnostic> complaints::take() {
  std::stable_sort(list_.begin(), list_.end(), [](const diagnostic& a, const diagnostic& b) {
    return std::pair(a.where.line, a.where.column) < std::pair(b.where.line, b.where.column);
  });
  if (left_out_ > 0) {
    const severity s = errors_ > 0 ? severity::error : severity::warning;
    const position last = list_.back().where;
    list_.push_back({s, source_, last, std::to_string(left_out_) + " more complaints",
                     "mend the ones above first"});
  }
  return std::move(list_);
}

} // namespace chainring::scxml
