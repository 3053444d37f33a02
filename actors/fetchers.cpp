// fetchers.cpp: which source and which fetcher serve a URI.
#include <caf/actor_system.hpp>
#include <caf/send.hpp>

#include "actors/fetch/file_source.hpp"
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

  result<std::shared_ptr<source>> of(const uri& where) {
    const std::lock_guard lock{mutex};
    auto& known = by_origin[origin_of(where)];
    if (known) return known;
    auto made = make(where);
    if (made)
      known = *made;
    else
      by_origin.erase(origin_of(where));
    return made;
  }

  result<std::shared_ptr<source>> make(const uri& where) {
    if (closed)
      return error{"the document was not fetched: the node stops", where.text, "start it again"};
    if (by_origin.size() > limits::fetch_origins_max)
      return error{"documents come from more than " + std::to_string(limits::fetch_origins_max) +
                       " servers",
                   where.text, "put treatments on fewer servers"};
    if (where.is_file()) return make_file_source(io, settings.roots);
    return std::shared_ptr<source>{make_http_client(io, where, settings.response_timeout, settings.trust)};
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
  bool closed = false;                                      // guarded by mutex
};

fetchers::fetchers(caf::actor_system& system, io_threads& io, fetch_settings settings)
    : system_(system)
    , sources_(std::make_shared<sources>(io, std::move(settings))) {
  environment_ = std::make_shared<loading_environment>(
      io, sources_->settings.actions,
      [from = sources_](const uri& where) { return from->of(where); });
  environment_->legacy = sources_->settings.legacy;
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
    known.counters = std::make_shared<fetch_counters>();
    known.actor = system_.spawn<fetcher>(environment_, known.counters);
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

void fetchers::stop() {
  sources_->close();
  const std::lock_guard lock{mutex_};
  for (auto& [origin, known] : by_origin_)
    caf::anon_send_exit(known.actor, caf::exit_reason::user_shutdown);
}

} // namespace chainring::actors
