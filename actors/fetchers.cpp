// fetchers.cpp: which source and which fetcher serve a URI.
#include <caf/actor_system.hpp>
#include <caf/send.hpp>

#include "actors/fetch/http_client.hpp"
#include "actors/fetcher.hpp"
#include "actors/io_threads.hpp"

namespace chainring::actors {

/// One source per origin; documents of one origin may refer to another, so loading asks here and
/// not its fetcher.
struct fetchers::sources {
  sources(io_threads& threads, fetch_settings terms)
      : io(threads)
      , settings(std::move(terms)) {}

  /// Of a server, which its source and its fetcher share.
  std::shared_ptr<fetch_counters> counters_of(const std::string& origin) {
    auto& known = counters[origin];
    if (!known) known = std::make_shared<fetch_counters>();
    return known;
  }

  result<std::shared_ptr<source>> of(const uri& where, bool of_redirect) {
    const std::lock_guard lock{mutex};
    if (const auto known = by_origin.find(origin_of(where)); known != by_origin.end()) return known->second;
    auto made = make(where);
    // A server that sends us to ever other ones must not use up what there is for those that somebody has named.
    const bool stays = !of_redirect || by_origin.size() < limits::fetch_origins_max / 2;
    if (made && stays) by_origin.emplace(origin_of(where), *made);
    return made;
  }

  result<std::shared_ptr<source>> make(const uri& where) {
    if (closed)
      return error{"the document was not fetched: the node stops", where.text, "start it again"};
    if (by_origin.size() >= limits::fetch_origins_max)
      return error{"documents come from more than " + std::to_string(limits::fetch_origins_max) +
                       " servers",
                   where.text, "put treatments on fewer servers"};
    if (where.is_file()) return make_file_source(io, settings.files, settings.response_timeout);
    const auto origin = origin_of(where);
    http_client_terms terms;
    terms.response_timeout = settings.response_timeout;
    terms.trust = settings.trust;
    if (by_origin.size() < limits::fetch_origins_max / 2 || counters.contains(origin)) terms.counters = counters_of(origin)->server;
    if (settings.time_is_real) terms.breaker_seed = settings.seed + std::hash<std::string>{}(origin);
    return std::shared_ptr<source>{make_http_client(io, where, std::move(terms))};
  }

  void close() {
    std::map<std::string, std::shared_ptr<source>> closing;
    {
      const std::lock_guard lock{mutex};
      closed = true;
      closing.swap(by_origin);
    }
    for (auto& [origin, source] : closing) source->close();
  }

  io_threads& io;
  const fetch_settings settings;
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<source>> by_origin; // guarded by mutex
  std::map<std::string, std::shared_ptr<fetch_counters>> counters; // guarded by mutex
  bool closed = false;                                      // guarded by mutex
};

fetchers::fetchers(caf::actor_system& system, io_threads& io, fetch_settings settings)
    : system_(system)
    , sources_(std::make_shared<sources>(io, std::move(settings))) {
  const auto& wanted = sources_->settings;
  terms_.environment = std::make_shared<loading_environment>(
      io, wanted.actions, [from = sources_](const uri& where, bool of_redirect) { return from->of(where, of_redirect); });
  terms_.environment->legacy = wanted.legacy;
  terms_.environment->redirect_to = wanted.redirect_to;
  terms_.environment->response_timeout = wanted.response_timeout;
  terms_.environment->fresh_default = wanted.fresh_default;
  terms_.cache = std::make_shared<document_cache>(wanted.cache_bytes);
  terms_.now = wanted.now;
  terms_.time_is_real = wanted.time_is_real;
  terms_.doubt = wanted.doubt;
}

fetchers::~fetchers() { stop(); }

caf::actor fetchers::at(std::string_view uri) {
  const auto where = parse_uri(uri);
  std::string origin = where ? origin_of(*where) : std::string{};
  const std::lock_guard lock{mutex_};
  // A fetcher does not depend on its origin's source being there: it answers with the reason why it
  // is not.
  if (by_origin_.size() > limits::fetch_origins_max && !by_origin_.contains(origin)) origin.clear();
  auto& known = by_origin_[origin];
  if (!known.actor) {
    const std::lock_guard of_sources{sources_->mutex};
    known.counters = sources_->counters_of(origin);
    known.actor = system_.spawn<fetcher>(terms_, known.counters);
  }
  return known.actor;
}

std::vector<std::pair<std::string, std::shared_ptr<const fetch_counters>>>
fetchers::counters() const {
  const std::lock_guard lock{mutex_};
  std::vector<std::pair<std::string, std::shared_ptr<const fetch_counters>>> out;
  for (const auto& [origin, known] : by_origin_) out.emplace_back(origin, known.counters);
  return out;
}

std::vector<std::pair<std::string, std::shared_ptr<const fetch_counters>>> fetchers::servers() const {
  const std::lock_guard lock{sources_->mutex};
  return {sources_->counters.begin(), sources_->counters.end()};
}

void fetchers::stop() {
  sources_->close();
  const std::lock_guard lock{mutex_};
  for (auto& [origin, known] : by_origin_)
    caf::anon_send_exit(known.actor, caf::exit_reason::user_shutdown);
}

} // namespace chainring::actors
