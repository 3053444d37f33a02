// fsck.cpp: what is looked at, in this order: the database, its tables, its lists, what is saved.
#include "dialer/store/fsck.hpp"

#include <algorithm>
#include <utility>

#include "dialer/limits.hpp"
#include "dialer/store/fsck_saved.hpp"
#include "dialer/store/fsck_tables.hpp"
#include "dialer/store/store_copy.hpp"
#include "dialer/store/store_view.hpp"
#include "dialer/text.hpp"

namespace chainring::dialer {

namespace {

using namespace fsck;

class checker {
 public:
  checker(store& s, store_view& in, const fsck_terms& terms, findings& out, fsck_report& report)
    : store_(s), in_(in), terms_(terms), out_(out), report_(report) {}

  result<void> run() {
    for (auto step : {&checker::look_for_damage, &checker::look_for_objects, &checker::look_at_facts, &checker::look_at_lists,
                      &checker::count})
      if (auto done = (this->*step)(); !done) return done;
    return {};
  }

 private:
  result<void> look_for_damage() {
    auto told = in_.damage(limits::findings_shown_max);
    if (!told) return std::move(told).error();
    for (auto& one : *told) out_.add(kind::damage, std::move(one));
    auto lists = store_.lists();
    if (!lists) return std::move(lists).error();
    lists_ = std::move(*lists);
    return {};
  }

  result<void> look_for_objects() {
    auto there = in_.objects();
    if (!there) return std::move(there).error();
    auto wanted = in_.objects_wanted();
    for (const auto& [id, form] : lists_) {
      wanted.push_back("list_" + std::to_string(id));
      wanted.push_back(wanted.back() + "_record_id");
    }
    for (const auto& name : wanted)
      if (std::find(there->begin(), there->end(), name) == there->end()) out_.add(kind::missing_object, name);
    for (const auto& name : *there) {
      const bool is_of_rows = name.starts_with("list_") && to_integer(name.substr(5));
      if (is_of_rows && std::find(wanted.begin(), wanted.end(), name) == wanted.end()) out_.add(kind::table_of_no_list, name);
    }
    return {};
  }

  /// The number of that key, `otherwise` when there is none.
  result<std::int64_t> fact(const char* key, std::int64_t otherwise) {
    auto text = store_.get(key);
    if (!text) return std::move(text).error();
    if (!*text) return otherwise;
    const auto number = to_integer(**text);
    if (!number) out_.add(kind::fact, std::string("meta, ") + key + " is " + quoted(**text));
    return number.value_or(otherwise);
  }

  result<void> look_at_facts() {
    auto epoch = fact("epoch", 0);
    if (!epoch) return std::move(epoch).error();
    if (epoch = in_.epoch(); !epoch) return std::move(epoch).error();
    epoch_ = *epoch;
    auto handles = fact("handles_end", 1), virtual_now = fact("virtual_now_ms", 0), backup = fact(backup_ms_key, 0);
    for (auto* one : {&handles, &virtual_now, &backup})
      if (!*one) return std::move(*one).error();
    handles_end_ = *handles;
    due_ms_max_ = std::max(terms_.now_ms, *virtual_now) + 1'000 * limits::timeout_seconds_max;
    return {};
  }

  result<void> look_at_lists() {
    if (auto done = check_common_tables(in_, out_); !done) return done;
    auto documents = check_documents(in_, out_);
    if (!documents) return std::move(documents).error();
    const saved_terms saved{*documents, epoch_, due_ms_max_, handles_end_};
    for (const auto& [id, form] : lists_) {
      if (auto done = check_list(in_, id, form, terms_, epoch_, out_); !done) return done;
      if (auto done = check_saved(in_, id, form, saved, out_); !done) return done;
    }
    return {};
  }

  result<void> count() {
    const auto add = [this](const std::string& table, std::int64_t& to) -> result<void> {
      auto rows = in_.select("SELECT count(*) FROM " + table);
      if (!rows) return std::move(rows).error();
      if (auto one = (*rows)->next(); !one) return std::move(one).error();
      to += (*rows)->integer(0);
      return {};
    };
    report_.lists = std::ssize(lists_);
    for (const auto& [id, form] : lists_)
      if (auto done = add("list_" + std::to_string(id), report_.records); !done) return done;
    for (const auto& [table, to] : {std::pair{"attempts", &report_.attempts}, {"instances", &report_.saved},
                                    {"documents", &report_.documents}, {"history", &report_.posts}})
      if (auto done = add(table, *to); !done) return done;
    return {};
  }

  store& store_;
  store_view& in_;
  const fsck_terms& terms_;
  findings& out_;
  fsck_report& report_;
  std::vector<std::pair<list_id, calling_list>> lists_;
  std::int64_t epoch_ = 0, handles_end_ = 1, due_ms_max_ = 0;
};

} // namespace

std::int64_t fsck_report::findings() const {
  std::int64_t all = 0;
  for (const auto& [kind, count] : found) all += count;
  return all;
}

std::vector<std::string_view> fsck_kinds() {
  std::vector<std::string_view> names;
  for (std::size_t k = 0; k < static_cast<std::size_t>(kind::count); ++k)
    names.push_back(description_of(static_cast<kind>(k)).name);
  return names;
}

result<fsck_report> check_store(store& s, const fsck_terms& terms, const std::function<void(const finding&)>& each) {
  fsck_report report;
  findings out(each);
  auto in = s.view();
  if (!in) return std::move(in).error();
  // What cannot be read is a finding too, and the last: nobody knows what is behind it.
  if (auto done = checker(s, **in, terms, out, report).run(); !done) out.add(kind::unreadable, done.error().what);
  for (std::size_t k = 0; k < static_cast<std::size_t>(kind::count); ++k)
    if (const auto one = static_cast<kind>(k); out.of(one) > 0) report.found.emplace_back(description_of(one).name, out.of(one));
  return report;
}

std::string summary_of(const fsck_report& report) {
  std::string text = "sound";
  if (!report.sound()) {
    text = std::to_string(report.findings()) + (report.findings() == 1 ? " finding: " : " findings: ");
    for (const auto& [kind, count] : report.found)
      text += (&kind == &report.found.front().first ? "" : ", ") + std::string(kind) + " " + std::to_string(count);
  }
  const char* before = "; ";
  for (const auto& [n, what] : {std::pair{report.lists, " list"}, {report.records, " record"}, {report.attempts, " attempt"},
                                {report.saved, " saved chain"}, {report.documents, " document"}, {report.posts, " history record"}})
    text += std::exchange(before, ", ") + std::to_string(n) + what + (n == 1 ? "" : "s");
  return text;
}

} // namespace chainring::dialer
