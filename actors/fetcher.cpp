// fetcher.cpp: the actor keeps who waits and what is known; loading itself happens on the io and
// worker threads.
#include "actors/fetcher.hpp"

#include <algorithm>

#include <caf/actor_system.hpp>
#include <caf/send.hpp>

namespace chainring::actors {

fetcher::fetcher(caf::actor_config& cfg, std::shared_ptr<loading_environment> environment,
                 std::shared_ptr<fetch_counters> counters)
    : control_actor(cfg, counters->mailbox)
    , environment_(std::move(environment))
    , counters_(std::move(counters)) {}

caf::behavior fetcher::make_behavior() {
  return counted([this](fetch& request) { return ask(request); }, //
                 [this](load_ended& load) { ended(load); });
}

void fetcher::on_exit() {
  for (auto& [uri, waiters] : loading_)
    for (auto& w : waiters)
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
  if (const auto known = cache_.find(where->text); known != cache_.end()) {
    known->second.last_used = ++uses_;
    return fetched{known->second.document, {}, known->second.warnings};
  }
  auto promise = make_response_promise<fetched>();
  auto [load, first] = loading_.try_emplace(where->text);
  load->second.push_back({promise, std::move(request.token)});
  ++counters_->waiting;
  if (first) {
    ++counters_->loads;
    ++counters_->loading;
    load_document(environment_, *where, [self = caf::actor{this}, uri = where->text](fetched what) {
      caf::anon_send(self, load_ended{uri, std::move(what)});
    });
  }
  return promise;
}

void fetcher::ended(load_ended& load) {
  const auto found = loading_.find(load.uri);
  if (found == loading_.end()) return;
  auto waiters = std::move(found->second);
  loading_.erase(found);
  --counters_->loading;
  counters_->waiting -= waiters.size();
  if (load.what.document)
    remember(load.uri, load.what);
  else
    ++counters_->failures;
  for (auto& w : waiters) w.promise.deliver(load.what);
}

void fetcher::remember(const std::string& uri, const fetched& what) {
  if (cache_.size() >= limits::documents_cached_max)
    cache_.erase(std::min_element(cache_.begin(), cache_.end(), [](const auto& a, const auto& b) {
      return a.second.last_used < b.second.last_used;
    }));
  cache_[uri] = {what.document, what.warnings, ++uses_};
  counters_->documents_cached = cache_.size();
}

} // namespace chainring::actors
