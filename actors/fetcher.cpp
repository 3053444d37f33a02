// fetcher.cpp: the actor keeps who waits; what is known is in the cache of the node; loading itself happens on the io and
// worker threads.
#include "actors/fetcher.hpp"

#include <algorithm>

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

namespace chainring::actors {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using time_point = document_cache::time_point;

fetcher::fetcher(caf::actor_config& cfg, fetch_terms terms, std::shared_ptr<fetch_counters> counters)
    : control_actor(cfg, counters->mailbox)
    , terms_(std::move(terms))
    , counters_(std::move(counters)) {}

caf::behavior fetcher::make_behavior() {
  return counted([this](fetch& request) { return ask(request); }, //
                 [this](load_ended& load) { ended(load); });
}

void fetcher::on_exit() {
  for (auto& [uri, load] : loading_)
    for (auto& w : load.waiters)
      w.promise.deliver(fetched{
          nullptr, {"the document was not fetched: the node stops", uri, "start it again"}, {}});
  loading_.clear();
}

caf::result<fetched> fetcher::ask(fetch& request) {
  ++counters_->requests;
  const auto where = parse_uri(request.uri);
  if (!where) {
    ++counters_->failures;
    return fetched{nullptr, where.error(), {}};
  }
  const auto known = terms_.cache->find(where->text);
  if (known && known->stale_at > terms_.now() && (!request.since || known->validated >= *request.since)) {
    ++counters_->hits;
    return answer_of(*known);
  }
  if (!loading_.contains(where->text)) begin(*where, known);
  auto promise = make_response_promise<fetched>();
  loading_[where->text].waiters.push_back({promise, std::move(request.token)});
  ++counters_->waiting;
  return promise;
}

void fetcher::begin(const uri& where, const std::optional<document_cache::entry>& known) {
  loading_[where.text].begun = terms_.now();
  ++counters_->loads;
  ++counters_->loading;
  if (known) ++counters_->revalidations;
  load_document(terms_.environment, where, known ? known->last : nullptr, [self = caf::actor{this}, uri = where.text](loaded what) {
    caf::anon_send(self, load_ended{uri, std::move(what)});
  });
}

void fetcher::ended(load_ended& load) {
  const auto found = loading_.find(load.uri);
  if (found == loading_.end()) return;
  auto finished = std::move(found->second);
  loading_.erase(found);
  --counters_->loading;
  counters_->waiting -= finished.waiters.size();
  if (load.what.unchanged) ++counters_->unchanged;
  if (!load.what.document) ++counters_->failures;
  if (load.what.document || !terms_.cache->find(load.uri)) waits_.erase(load.uri);
  auto known = terms_.cache->find(load.uri);
  const auto answer = load.what.document ? keep_new(load, finished.begun, known ? known->problem : error{})
                      : known            ? keep_last_good(load, std::move(*known))
                                         : fetched{nullptr, load.what.problem, {}};
  for (auto& w : finished.waiters) w.promise.deliver(answer);
}

fetched fetcher::keep_new(const load_ended& load, time_point begun, const error& problem_before) {
  const auto fresh = std::max(load.what.fresh, limits::document_fresh_min);
  const document_cache::entry entry{std::make_shared<loaded>(load.what), begun,
                                    terms_.time_is_real ? terms_.now() + fresh : time_point::max(), {}};
  terms_.cache->put(load.uri, entry, counters_->cached);
  if (!problem_before.what.empty()) spdlog::info("{} can be had again", load.uri);
  if (terms_.doubt && !load.what.unchanged)
    if (const auto doubt = terms_.doubt(*load.what.document, load.uri)) spdlog::warn("{}", to_line(*doubt));
  return answer_of(entry);
}

/// A server that is away, or a document that is broken, is no reason to stop what goes on.
fetched fetcher::keep_last_good(const load_ended& load, document_cache::entry last) {
  auto& waits = waits_.try_emplace(load.uri, back_off{std::hash<std::string>{}(load.uri)}).first->second;
  const auto wait = milliseconds{waits.next_ms()};
  if (last.problem.what.empty())
    spdlog::error("{}; the last good document is used until that is mended", to_line(load.what.problem));
  last.problem = load.what.problem;
  last.stale_at = terms_.time_is_real ? terms_.now() + wait : time_point::max();
  terms_.cache->put(load.uri, last, counters_->cached);
  return answer_of(last);
}

fetched fetcher::answer_of(const document_cache::entry& known) const {
  fetched out{known.last->document, known.problem, known.last->warnings};
  if (known.stale_at != time_point::max())
    out.fresh = std::max(milliseconds{0}, duration_cast<milliseconds>(known.stale_at - terms_.now()));
  return out;
}

} // namespace chainring::actors
