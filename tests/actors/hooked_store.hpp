// hooked_store.hpp: a store around another one: a test sees every call and decides what becomes of it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialer/store/store.hpp"
#include "dialer/store/store_copy.hpp"
#include "dialer/store/store_view.hpp"

namespace chainring::actors::testing {

/// What a test does about calls. On the thread of the caller: one at a time, but a callback of recover() may call again.
class store_hooks {
 public:
  virtual ~store_hooks() = default;
  /// Before the call of that name. An error is its answer: nothing is done.
  virtual std::optional<error> before(std::string_view) { return {}; }
  /// It has been done. An error is its answer all the same.
  virtual std::optional<error> after(std::string_view) { return {}; }
  /// `go_on` commits.
  virtual dialer::commit_result commit(const std::vector<dialer::write>& batch, dialer::store& go_on) {
    return go_on.commit(batch);
  }
  /// Of what waiting_history() has found: what is another node's is left out.
  virtual bool is_ours(const dialer::waiting_post&) { return true; }
};

/// `hooks` outlives it.
class hooked_store final : public dialer::store {
 public:
  hooked_store(std::unique_ptr<dialer::store> inner, store_hooks& hooks) : inner_(std::move(inner)), hooks_(hooks) {}

  result<dialer::list_id> open_list(const dialer::calling_list& form) override {
    return through("open_list", [&] { return inner_->open_list(form); });
  }
  result<std::optional<dialer::list_id>> find_list(std::string_view name) override {
    return through("find_list", [&] { return inner_->find_list(name); });
  }
  result<std::vector<std::pair<dialer::list_id, dialer::calling_list>>> lists() override {
    return through("lists", [&] { return inner_->lists(); });
  }
  result<import_counts> import_records(dialer::list_id list, const std::vector<dialer::record>& rows,
                                       const std::vector<std::string>& given, on_existing policy) override {
    return through("import_records", [&] { return inner_->import_records(list, rows, given, policy); });
  }
  result<void> export_records(dialer::list_id list, const std::function<bool(const dialer::record&)>& each) override {
    return through("export_records", [&] { return inner_->export_records(list, each); });
  }
  result<dialer::list_counts> counts(dialer::list_id list) override {
    return through("counts", [&] { return inner_->counts(list); });
  }
  result<std::optional<dialer::chain_of_records>> find_chain(dialer::list_id list, std::int64_t chain_id) override {
    return through("find_chain", [&] { return inner_->find_chain(list, chain_id); });
  }
  result<std::optional<dialer::record>> find_record(dialer::list_id list, std::int64_t record_id) override {
    return through("find_record", [&] { return inner_->find_record(list, record_id); });
  }
  result<dialer::ready_page> take_ready(const dialer::ready_query& query) override {
    return through("take_ready", [&] { return inner_->take_ready(query); });
  }
  result<dialer::passive_page> activate(const dialer::passive_query& query) override {
    return through("activate", [&] { return inner_->activate(query); });
  }
  result<std::int64_t> own(std::string_view node) override {
    return through("own", [&] { return inner_->own(node); });
  }
  using store::recover;
  result<std::vector<dialer::attempt>> recover(dialer::list_id list, std::int64_t at_ms, const history_of_end& history) override {
    return through("recover", [&] { return inner_->recover(list, at_ms, history); });
  }
  dialer::commit_result commit(const std::vector<dialer::write>& batch) override { return hooks_.commit(batch, *inner_); }
  result<std::int64_t> latest_attempt_ms() override {
    return through("latest_attempt_ms", [&] { return inner_->latest_attempt_ms(); });
  }
  result<void> export_attempts(const std::function<bool(const dialer::attempt&, std::string_view)>& each) override {
    return through("export_attempts", [&] { return inner_->export_attempts(each); });
  }
  result<std::vector<dialer::attempt>> attempts_of(dialer::list_id list, std::int64_t record_id) override {
    return through("attempts_of", [&] { return inner_->attempts_of(list, record_id); });
  }
  result<std::vector<dialer::attempt>> unknown_attempts(dialer::list_id list, std::int64_t since_ms) override {
    return through("unknown_attempts", [&] { return inner_->unknown_attempts(list, since_ms); });
  }
  result<std::vector<std::pair<std::string, std::int64_t>>> history_receivers() override {
    return through("history_receivers", [&] { return inner_->history_receivers(); });
  }
  result<std::vector<dialer::waiting_post>> waiting_history(std::string_view uri, std::int32_t most,
                                                            const std::vector<std::int64_t>& passed_over) override {
    return through("waiting_history", [&] {
      auto found = inner_->waiting_history(uri, most, passed_over);
      if (found) std::erase_if(*found, [&](const auto& post) { return !hooks_.is_ours(post); });
      return found;
    });
  }
  result<void> remove_history(const std::vector<std::int64_t>& ids) override {
    return through("remove_history", [&] { return inner_->remove_history(ids); });
  }
  result<std::vector<dialer::kept_document>> documents() override {
    return through("documents", [&] { return inner_->documents(); });
  }
  result<std::uint64_t> handles_end() override {
    return through("handles_end", [&] { return inner_->handles_end(); });
  }
  result<std::optional<std::string>> get(std::string_view key) override {
    return through("get", [&] { return inner_->get(key); });
  }
  result<void> set(std::string_view key, std::string_view value) override {
    return through("set", [&] { return inner_->set(key, value); });
  }
  result<std::int64_t> import_do_not_call(const std::vector<std::pair<dnc_kind, std::string>>& entries) override {
    return through("import_do_not_call", [&] { return inner_->import_do_not_call(entries); });
  }
  result<void> do_not_call(const std::function<void(dnc_kind, std::string_view)>& each) override {
    return through("do_not_call", [&] { return inner_->do_not_call(each); });
  }
  result<std::unique_ptr<dialer::store_copy>> begin_copy(const std::string& path) override {
    return through("begin_copy", [&] { return inner_->begin_copy(path); });
  }
  result<std::unique_ptr<dialer::store_view>> view() override {
    return through("view", [&] { return inner_->view(); });
  }

 private:
  template <class Call>
  auto through(std::string_view name, Call call) -> decltype(call()) {
    if (auto no = hooks_.before(name)) return std::move(*no);
    auto answer = call();
    if (auto no = hooks_.after(name)) return std::move(*no);
    return answer;
  }

  std::unique_ptr<dialer::store> inner_;
  store_hooks& hooks_;
};

} // namespace chainring::actors::testing
