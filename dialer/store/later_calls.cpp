// later_calls.cpp: see later_calls.hpp.
#include "dialer/store/later_calls.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>
#include <string_view>

#include "dialer/csv.hpp"
#include "dialer/limits.hpp"
#include "dialer/saved_chain.hpp"
#include "dialer/text.hpp"
#include "scxml/value.hpp"

namespace chainring::dialer {

namespace {

struct logged_call {
  std::string list, trunk;
  std::int64_t record_id = 0, attempt = 0, ms = 0;
};

error no_call(const std::string& file, std::int64_t line, std::string why) {
  return {"no call: " + std::move(why), file + ":" + std::to_string(line), "it is left out; look whether it was one"};
}

class call_reader {
 public:
  call_reader(std::istream& in, const std::string& file, later_calls& to, const std::function<void(const error&)>& complain)
    : in_(in), file_(file), to_(to), complain_(complain) {
    for (const auto& [record, calls] : to) calls_ += calls.size();
  }

  result<void> read_json_lines() {
    std::string text;
    for (std::int64_t line = 1; std::getline(in_, text); ++line) {
      if (trimmed(text).empty()) continue;
      const auto call = of_json(text);
      if (!call) complain_(no_call(file_, line, "not a line of a trunk's log"));
      else if (auto kept = keep(*call, line); !kept) return kept;
    }
    return {};
  }

  result<void> read_csv() {
    csv_reader rows(in_);
    csv_row row;
    error problem;
    if (rows.next(row, problem) != csv_reader::outcome::row) return not_a_log();
    constexpr std::array<std::string_view, 5> wanted = {"list", "record_id", "attempt", "started_ms", "trunk"};
    std::array<std::size_t, 5> at{};
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const auto found = std::find(row.fields.begin(), row.fields.end(), wanted[i]);
      if (found == row.fields.end()) return not_a_log();
      at[i] = static_cast<std::size_t>(found - row.fields.begin());
    }
    for (;;) {
      const auto outcome = rows.next(row, problem);
      if (outcome == csv_reader::outcome::end) return {};
      const auto field = [&](std::size_t i) { return at[i] < row.fields.size() ? row.fields[at[i]].value_or("") : std::string(); };
      const auto record = to_integer(field(1)), attempt = to_integer(field(2)), ms = to_integer(field(3));
      if (outcome == csv_reader::outcome::bad || !record || !attempt || !ms)
        complain_(no_call(file_, row.line, "not a line of export --attempts"));
      else if (auto kept = keep({field(0), field(4), *record, *attempt, *ms}, row.line); !kept) return kept;
    }
  }

 private:
  error not_a_log() const {
    return {"neither a trunk's log nor an export of attempts", file_,
            "name a file of [[trunk]] log, or of chainring export --attempts"};
  }

  static std::optional<logged_call> of_json(std::string_view text) {
    scxml::value line;
    if (text.size() > limits::csv_row_bytes_max || !scxml::from_json(text, line)) return std::nullopt;
    logged_call call;
    for (const auto& [name, to] : {std::pair{"record_id", &call.record_id}, {"attempt", &call.attempt}, {"ms", &call.ms}}) {
      const auto* member = line.find(name);
      const auto* number = member ? member->as<double>() : nullptr;
      if (!number || std::trunc(*number) != *number || std::abs(*number) > static_cast<double>(limits::integer_max))
        return std::nullopt;
      *to = static_cast<std::int64_t>(*number);
    }
    const auto* list = line.find("list");
    const auto* trunk = line.find("trunk");
    if (!list || !list->as<std::string>() || !trunk || !trunk->as<std::string>()) return std::nullopt;
    call.list = *list->as<std::string>();
    call.trunk = *trunk->as<std::string>();
    return call;
  }

  result<void> keep(const logged_call& call, std::int64_t line) {
    if (call.attempt < 1 || call.attempt > INT32_MAX || call.ms < 1) {
      complain_(no_call(file_, line, "a number is out of range"));
      return {};
    }
    const auto added = to_[{call.list, call.record_id}].emplace(static_cast<std::int32_t>(call.attempt),
                                                                later_call{call.ms, call.trunk});
    if (!added.second || ++calls_ <= limits::later_calls_max) return {};
    return error{"there are more than " + std::to_string(limits::later_calls_max) + " calls", file_,
                 "leave out what was before the backup"};
  }

  std::istream& in_;
  const std::string& file_;
  later_calls& to_;
  const std::function<void(const error&)>& complain_;
  std::size_t calls_ = 0;
};

/// What is committed at once.
class batches {
 public:
  explicit batches(store& to) : to_(to) {}
  result<void> add(write what) {
    writes_.push_back(std::move(what));
    return writes_.size() < limits::import_batch_records ? result<void>{} : commit();
  }
  result<void> commit() {
    auto done = to_.commit(std::exchange(writes_, {}));
    return done ? result<void>{} : std::move(done).error();
  }

 private:
  store& to_;
  std::vector<write> writes_;
};

/// One behind which another was made: it had ended, as what nobody knows.
write end_of(const attempt& a, std::int64_t ended_ms) {
  return write_result{a.list, a.record_id, a.chain_id, a.chain_n, a.n, attempt_state::done, call_result::unknown, a.started_ms,
                      std::max(ended_ms, a.started_ms), {}};
}

/// Those above the last that the row knows, the last one left in flight.
result<std::int64_t> add_calls(store& to, list_id list, const record& row, const std::map<std::int32_t, later_call>& calls,
                               batches& out) {
  auto next = calls.upper_bound(row.attempt);
  if (next == calls.end()) return 0;
  const auto last_n = calls.rbegin()->first;
  if (last_n - row.attempt > limits::later_calls_of_record_max)
    return error{"attempt " + std::to_string(last_n) + " is far above " + std::to_string(row.attempt) + ", the backup's last",
                 "record " + std::to_string(row.record_id), "look whether the log is of this store"};
  auto before = to.attempts_of(list, row.record_id);
  if (!before) return std::move(before).error();
  if (!before->empty() && before->back().state < attempt_state::done)
    if (auto ended = out.add(end_of(before->back(), next->second.ms)); !ended) return std::move(ended).error();
  for (auto n = row.attempt + 1; n <= last_n; ++n) {
    if (next->first < n) ++next;
    attempt a;
    a.list = list;
    a.record_id = row.record_id;
    a.chain_id = row.chain_id;
    a.chain_n = row.chain_n;
    a.n = n;
    a.contact_info = row.contact_info;
    a.trunk = next->second.trunk;
    a.started_ms = next->second.ms;
    if (auto made = out.add(write_intent{a}); !made) return std::move(made).error();
    if (n == last_n) break;
    if (auto ended = out.add(end_of(a, a.started_ms)); !ended) return std::move(ended).error();
  }
  return std::int64_t{last_n - row.attempt};
}

/// A saved script would ask for calls that have been made: it begins anew, as after a crash.
result<std::int64_t> forget_outdated(store& to, const std::set<std::pair<list_id, std::int64_t>>& chains, batches& out) {
  std::int64_t forgotten = 0;
  for (const auto& [list, chain_id] : chains) {
    auto chain = to.find_chain(list, chain_id);
    if (!chain) return std::move(chain).error();
    if (!*chain || !(*chain)->saved) continue;
    const auto saved = saved_chain_from((*chain)->saved->bytes, (*chain)->records.size());
    if (!saved || saved->sessions.empty() || !is_outdated(*saved, **chain)) continue;
    if (auto done = out.add(write_release{list, chain_id, true}); !done) return std::move(done).error();
    ++forgotten;
  }
  return forgotten;
}

} // namespace

result<void> read_later_calls(std::istream& in, const std::string& file, later_calls& to,
                              const std::function<void(const error&)>& each_complaint) {
  call_reader reader(in, file, to, each_complaint);
  const auto first = in.peek();
  if (first == std::istream::traits_type::eof()) return {}; // a log in which nothing was called
  return first == '{' ? reader.read_json_lines() : reader.read_csv();
}

result<taken_calls> take_in(store& to, const later_calls& calls) {
  taken_calls taken;
  batches out(to);
  std::set<std::pair<list_id, std::int64_t>> called; // chains
  for (const auto& [key, of_record] : calls) {
    const auto list = to.find_list(key.first);
    if (!list) return list.error();
    auto row = *list ? to.find_record(**list, key.second) : std::optional<record>{};
    if (!row) return std::move(row).error();
    if (!*row) {
      taken.strangers += std::ssize(of_record);
      continue;
    }
    const auto known = std::distance(of_record.begin(), of_record.upper_bound((*row)->attempt));
    auto added = add_calls(to, **list, **row, of_record, out);
    if (!added) return std::move(added).error();
    taken.known += known;
    taken.added += *added;
    if (*added > 0) called.emplace(**list, (*row)->chain_id);
  }
  if (auto stored = out.commit(); !stored) return std::move(stored).error();
  auto forgotten = forget_outdated(to, called, out);
  if (!forgotten) return std::move(forgotten).error();
  taken.begin_anew = *forgotten;
  if (auto stored = out.commit(); !stored) return std::move(stored).error();
  return taken;
}

} // namespace chainring::dialer
