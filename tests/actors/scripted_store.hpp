// scripted_store.hpp: a store that takes, refuses or is away as a test tells it, and remembers what it has taken.
#pragma once

#include <functional>
#include <set>
#include <vector>

#include "dialer/store/store.hpp"
#include "dialer/store/store_copy.hpp"
#include "dialer/store/store_view.hpp"

namespace chainring::actors::testing {

/// Only commit() does anything. What it is asked is kept outside, because the keeper owns its store.
struct store_script {
  std::set<std::int64_t> refused_chains; // a batch with a write of one of these is refused
  std::function<bool()> away = [] { return false; };
  std::vector<std::int64_t> taken; // chain ids, in order, of the committed writes
  int commits = 0;                 // asked for
};

class scripted_store final : public dialer::store {
 public:
  explicit scripted_store(store_script& script) : script_(script) {}

  dialer::commit_result commit(const std::vector<dialer::write>& batch) override {
    ++script_.commits;
    if (script_.away()) return {dialer::commit_outcome::unknown, {"the disk is full", "people.db", "make space"}};
    for (const auto& w : batch)
      if (script_.refused_chains.contains(chain_of(w)))
        return {dialer::commit_outcome::refused, {"no such row", "chain " + std::to_string(chain_of(w)), ""}};
    for (const auto& w : batch) script_.taken.push_back(chain_of(w));
    return {};
  }
  result<dialer::ready_page> take_ready(const dialer::ready_query&) override { return dialer::ready_page{}; }
  result<dialer::passive_page> activate(const dialer::passive_query&) override { return dialer::passive_page{}; }
  result<std::int64_t> own(std::string_view) override { return nothing(); }

  result<dialer::list_id> open_list(const dialer::calling_list&) override { return nothing(); }
  result<std::optional<dialer::list_id>> find_list(std::string_view) override { return nothing(); }
  result<std::vector<std::pair<dialer::list_id, dialer::calling_list>>> lists() override { return nothing(); }
  result<import_counts> import_records(dialer::list_id, const std::vector<dialer::record>&, const std::vector<std::string>&,
                                       on_existing) override {
    return nothing();
  }
  result<void> export_records(dialer::list_id, const std::function<bool(const dialer::record&)>&) override {
    return nothing();
  }
  result<dialer::list_counts> counts(dialer::list_id) override { return nothing(); }
  result<std::optional<dialer::chain_of_records>> find_chain(dialer::list_id, std::int64_t) override { return nothing(); }
  result<std::optional<dialer::record>> find_record(dialer::list_id, std::int64_t) override { return nothing(); }
  result<std::vector<dialer::attempt>> recover(dialer::list_id, std::int64_t, const history_of_end&) override {
    return nothing();
  }
  result<std::vector<std::pair<std::string, std::int64_t>>> history_receivers() override { return nothing(); }
  result<std::vector<dialer::waiting_post>> waiting_history(std::string_view, std::int32_t,
                                                            const std::vector<std::int64_t>&) override {
    return nothing();
  }
  result<void> remove_history(const std::vector<std::int64_t>&) override { return nothing(); }
  result<void> export_attempts(const std::function<bool(const dialer::attempt&, std::string_view)>&) override {
    return nothing();
  }
  result<std::vector<dialer::attempt>> attempts_of(dialer::list_id, std::int64_t) override { return nothing(); }
  result<std::vector<dialer::attempt>> unknown_attempts(dialer::list_id, std::int64_t) override { return nothing(); }
  result<std::int64_t> latest_attempt_ms() override { return nothing(); }
  result<std::vector<dialer::kept_document>> documents() override { return nothing(); }
  result<std::uint64_t> handles_end() override { return nothing(); }
  result<std::optional<std::string>> get(std::string_view) override { return nothing(); }
  result<void> set(std::string_view, std::string_view) override { return nothing(); }
  result<std::int64_t> import_do_not_call(const std::vector<std::pair<dnc_kind, std::string>>&) override {
    return nothing();
  }
  result<void> do_not_call(const std::function<void(dnc_kind, std::string_view)>&) override { return nothing(); }
  result<std::unique_ptr<dialer::store_copy>> begin_copy(const std::string&) override { return nothing(); }
  result<std::unique_ptr<dialer::store_view>> view() override { return nothing(); }

 private:
  static std::int64_t chain_of(const dialer::write& w) { return std::get<dialer::write_chain_end>(w).chain_id; }
  static error nothing() { return {"the script has no answer", "", ""}; }

  store_script& script_;
};

/// The ends of these chains; two for a chain that is named twice.
inline std::vector<dialer::write> ends_of(const std::vector<std::int64_t>& chains) {
  std::vector<dialer::write> writes;
  for (const auto chain : chains) writes.push_back(dialer::write_chain_end{.list = 1, .chain_id = chain});
  return writes;
}

} // namespace chainring::actors::testing
