// faulty_store.cpp: see faulty_store.hpp.
#include "tests/actors/node/faulty_store.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <optional>

namespace chainring::actors::testing {

namespace {

const error away{"the disk is full", "people.db", "make space"};

std::int64_t number_behind(std::string_view line, std::string_view name) {
  std::int64_t value = -1;
  if (const auto at = line.find(name); at != line.npos)
    std::from_chars(line.data() + at + name.size(), line.data() + line.size(), value);
  return value;
}

std::string named(std::string_view kind, std::int64_t id, std::int64_t n) {
  return std::string{kind} + ' ' + std::to_string(id) + '/' + std::to_string(n);
}

struct described {
  std::string operator()(const dialer::write_intent& w) const { return named("intent", w.what.record_id, w.what.n); }
  std::string operator()(const dialer::write_result& w) const { return named("result", w.record_id, w.n); }
  std::string operator()(const dialer::write_row& w) const { return named("row", w.key.chain_id, w.key.chain_n); }
  std::string operator()(const dialer::write_chain_end& w) const { return named("end", w.chain_id, w.at_ms); }
  std::string operator()(const dialer::write_instance& w) const { return named("save", w.chain_id, w.version); }
  std::string operator()(const dialer::write_release& w) const { return named("release", w.chain_id, 0); }
};

struct chain_named {
  std::int64_t operator()(const dialer::write_intent& w) const { return w.what.chain_id; }
  std::int64_t operator()(const dialer::write_row& w) const { return w.key.chain_id; }
  template <class Write>
  std::int64_t operator()(const Write& w) const {
    return w.chain_id;
  }
};

/// The chain that all of the writes are of, or 0.
std::int64_t only_chain(const std::vector<dialer::write>& batch) {
  const auto first = std::visit(chain_named{}, batch.front());
  const auto is_of_it = [&](const dialer::write& w) { return std::visit(chain_named{}, w) == first; };
  return std::all_of(batch.begin(), batch.end(), is_of_it) ? first : 0;
}

/// Calls that are the same done twice, so that their callers may be left in the dark.
constexpr std::string_view repeatable[] = {"open_list", "import_records", "own", "recover", "remove_history",
                                           "set",       "documents",      "import_do_not_call"};

} // namespace

std::vector<attempt_name> dialed_in(const std::filesystem::path& call_log) {
  std::vector<attempt_name> dialed;
  std::ifstream in(call_log);
  for (std::string line; std::getline(in, line);)
    dialed.emplace_back(number_behind(line, "\"record_id\":"),
                        static_cast<std::int32_t>(number_behind(line, "\"attempt\":")));
  return dialed;
}

std::string_view faulty_store::name_of(way w) {
  switch (w) {
  case way::not_done: return "not done";
  case way::done_untold: return "done, but not told";
  case way::refused: return "refused";
  case way::fenced: return "fenced";
  case way::crash_before: return "crash before it";
  case way::crash_after: return "crash after it";
  }
  return "";
}

bool faulty_store::may_be(way w, std::string_view call) {
  const bool is_commit = call == "commit";
  switch (w) {
  case way::refused:
  case way::fenced: return is_commit;
  case way::done_untold: return is_commit || std::find(std::begin(repeatable), std::end(repeatable), call) != std::end(repeatable);
  default: return true;
  }
}

void faulty_store::come_back() {
  dead_ = fenced_ = false;
  fails_after_ = {};
  untold_.clear(); // whatever is stored is what the process finds
}

bool faulty_store::fails_now(std::string_view call) {
  calls_.emplace_back(call);
  if (static_cast<std::int64_t>(calls_.size()) != fails_at_ || !may_be(how_, call)) return false;
  return failed_ = true;
}

std::optional<error> faulty_store::before(std::string_view call) {
  const bool fails = fails_now(call);
  if (fails && how_ == way::crash_before) dead_ = true;
  if (dead_ || (fails && how_ == way::not_done)) return away;
  if (fails) fails_after_ = call;
  return {};
}

std::optional<error> faulty_store::after(std::string_view call) {
  if (fails_after_ != call) return {};
  fails_after_ = {};
  if (how_ == way::crash_after) dead_ = true;
  return away;
}

dialer::commit_result faulty_store::commit(const std::vector<dialer::write>& batch, dialer::store& go_on) {
  using enum dialer::commit_outcome;
  const bool fails = fails_now("commit");
  look_for_early_calls(batch);
  if (fails && how_ == way::crash_before) dead_ = true;
  if (dead_ || (fails && how_ == way::not_done)) return {unknown, away};
  if (fails && how_ == way::fenced) fenced_ = true;
  if (fenced_) return {fenced, {"the store has another owner now", "people.db", "let one node alone work on a store"}};
  if (fails && how_ == way::refused) {
    refused_chain_ = only_chain(batch);
    return {refused, {"a value is out of range", "people.db", "write another one"}};
  }
  auto stored = pass_on(batch, go_on);
  if (!fails || !stored) return stored;
  if (how_ == way::crash_after) dead_ = true;
  else for (const auto& w : batch) untold_.push_back(std::visit(described{}, w));
  return {unknown, away};
}

/// A store passes over what it has already.
dialer::commit_result faulty_store::pass_on(const std::vector<dialer::write>& batch, dialer::store& go_on) {
  const auto stored_before = std::min(untold_.size(), batch.size());
  for (std::size_t n = 0; n < stored_before; ++n)
    if (const auto now = std::visit(described{}, batch[n]); now != untold_[n])
      complain("a batch that was tried before begins with " + now + " and not with " + untold_[n]);
  if (stored_before == batch.size()) {
    untold_.erase(untold_.begin(), untold_.begin() + static_cast<std::ptrdiff_t>(stored_before));
    return {};
  }
  const std::vector<dialer::write> rest(batch.begin() + static_cast<std::ptrdiff_t>(stored_before), batch.end());
  auto stored = go_on.commit(rest);
  if (!stored) return stored;
  untold_.clear();
  note(rest);
  return stored;
}

void faulty_store::note(const std::vector<dialer::write>& stored) {
  const std::lock_guard guard{mutex_};
  for (const auto& w : stored) {
    if (const auto* intent = std::get_if<dialer::write_intent>(&w)) intents_.emplace(intent->what.record_id, intent->what.n);
    if (const auto* result = std::get_if<dialer::write_result>(&w)) results_[result->record_id] = result->result;
  }
}

void faulty_store::look_for_early_calls(const std::vector<dialer::write>& batch) {
  const auto dialed = dialed_in(call_log_);
  for (const auto& w : batch) {
    const auto* intent = std::get_if<dialer::write_intent>(&w);
    if (!intent) continue;
    const attempt_name one{intent->what.record_id, intent->what.n};
    if (!intents_.contains(one) && std::find(dialed.begin(), dialed.end(), one) != dialed.end())
      complain(named("called before its intent was stored:", one.first, one.second));
  }
}

void faulty_store::heard(std::int64_t record_id, std::string_view result, bool is_known) {
  if (!is_known) return; // of an earlier process: recover() has said so
  std::string stored = "nothing";
  {
    const std::lock_guard guard{mutex_};
    if (const auto found = results_.find(record_id); found != results_.end()) stored = dialer::name_of(found->second);
  }
  if (stored != result)
    complain("record " + std::to_string(record_id) + " hears " + std::string{result} + ", the store has " + stored);
}

void faulty_store::complain(std::string what) {
  const std::lock_guard guard{mutex_};
  complaints_.push_back(std::move(what));
}

std::vector<std::string> faulty_store::complaints() const {
  const std::lock_guard guard{mutex_};
  return complaints_;
}

} // namespace chainring::actors::testing
