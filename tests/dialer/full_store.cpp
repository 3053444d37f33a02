// full_store.cpp: see full_store.hpp.
#include "tests/dialer/full_store.hpp"

#include <algorithm>
#include <vector>

#include "dialer/chain.hpp"
#include "dialer/saved_chain.hpp"
#include "dialer/store/store_view.hpp"
#include "dialer/store/table_forms.hpp"
#include "scxml/compile.hpp"
#include "scxml/document_origin.hpp"
#include "scxml/models/null/null.hpp"
#include "scxml/runner.hpp"
#include "scxml/tree_snapshot.hpp"
#include "tests/dialer/store_contract.hpp"

using namespace chainring;
using namespace chainring::dialer;

namespace {

constexpr const char* waits =
  "<scxml xmlns='http://www.w3.org/2005/07/scxml' version='1.0' datamodel='null'><state id='waits'/></scxml>";

std::shared_ptr<const scxml::document> waiting_document() {
  static const auto made = [] {
    scxml::compile_options options;
    options.name = "waits.scxml";
    return scxml::compile(waits, options).document;
  }();
  REQUIRE(made);
  return made;
}

/// A chain of two rows whose session is in the state `waits`.
write_instance saved(list_id list, std::int64_t chain_id, std::int64_t due_ms, std::vector<std::int32_t> attempts) {
  const auto d = waiting_document();
  scxml::runner run(d, good(scxml::null_source{}.open(d)), {}, {});
  run.start();
  saved_chain state;
  state.records = good(chain::make({chain_id, {row_of(chain_id, 1), row_of(chain_id, 2)}, {}}, 2)).save();
  state.sessions = good(scxml::save(run.sessions(), {}));
  state.attempts = std::move(attempts);
  write_instance w{list, chain_id, to_bytes(state), 4, {}, 1, {}};
  w.documents = {std::make_shared<kept_document>(kept_document{d->hash, good(scxml::pack(*d))})};
  w.due_ms = due_ms;
  w.listens = due_ms > 0;
  return w;
}

chainring::dialer::write unknown_end(list_id list, std::int64_t chain_id, std::int32_t chain_n, std::int32_t n,
                                     std::int64_t ended_ms) {
  auto end = std::get<write_result>(result_of(list, chain_id, chain_n, n, call_result::unknown, ended_ms));
  end.state = attempt_state::unknown;
  return end;
}

} // namespace

list_id fill(store& in) {
  good(in.own("a node"));
  const auto list = good(in.open_list({"people", {"city"}}));
  std::vector<record> rows;
  for (std::int64_t chain = 1; chain <= 6; ++chain)
    for (std::int32_t n : {1, 2}) {
      rows.push_back(row_of(chain, n));
      rows.back().user = {n == 1 ? std::optional<std::string>("Zürich") : std::nullopt};
    }
  good(in.import_records(list, rows, {"chain_id", "chain_n", "contact_info", "city"}, store::on_existing::keep));
  good(in.take_ready({.list = list, .chains_max = 4}));
  constexpr std::int64_t minute = 60'000;
  const auto at = [&](int n) { return first_attempt_ms + n * 2 * minute; };
  auto told = std::get<write_intent>(intent_of(list, 2, 1, 2, at(3)));
  told.history = std::make_shared<history_post>(history_post{"http://crm/history", "{\"GSW_CALL_RESULT\":28}"});
  good(in.commit({intent_of(list, 1, 1, 1, at(0)), result_of(list, 1, 1, 1, call_result::busy, at(0) + minute),
                  intent_of(list, 1, 1, 2, at(1)), result_of(list, 1, 1, 2, call_result::answer, at(1) + minute),
                  write_chain_end{.list = list, .chain_id = 1, .at_ms = at(1) + minute, .post_processing = "Finalize"},
                  intent_of(list, 2, 1, 1, at(2)), unknown_end(list, 2, 1, 1, at(2) + minute), told, saved(list, 2, 0, {2, 0}),
                  saved(list, 3, passive_due_ms, {0, 0}), saved(list, 4, 0, {0, 0}), write_release{list, 4}}));
  good(in.import_do_not_call({{store::dnc_kind::phone, "+1 555 0100"}, {store::dnc_kind::customer, "C7"}}));
  good(in.set("a fact", "is kept"));
  return list;
}

std::string content_of(store& in) {
  auto view = good(in.view());
  std::string all;
  for (const auto& table : forms_of_store(good(in.lists()))) {
    auto rows = good(view->select(table.select()));
    std::vector<std::string> lines;
    while (good(rows->next())) {
      std::string line;
      for (int c = 0; c < static_cast<int>(table.columns.size()); ++c) {
        const bool is_number = table.columns[static_cast<std::size_t>(c)].content == column_content::integer;
        line += rows->is_null(c) ? "null" : is_number ? std::to_string(rows->integer(c)) : "'" + std::string(rows->text(c)) + "'";
        line += '|';
      }
      lines.push_back(std::move(line));
    }
    std::sort(lines.begin(), lines.end());
    all += table.name + " (" + table.names() + ")\n";
    for (const auto& line : lines) all += line + '\n';
  }
  auto facts = good(
    view->select("SELECT key, value FROM meta WHERE key NOT IN ('epoch', 'owner', 'schema', 'readable_from', 'backup_ms') ORDER BY "
                 "key"));
  while (good(facts->next())) all += std::string(facts->text(0)) + " = " + std::string(facts->text(1)) + '\n';
  return all;
}
