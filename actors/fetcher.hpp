// fetcher.hpp: treatments by URI. One fetcher per origin: one connection, one fetch and one compile
// for however many ask, and a cache of what has been compiled.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <caf/allowed_unsafe_message_type.hpp>

#include "actors/back_off.hpp"
#include "actors/control_actor.hpp"
#include "actors/fetch/document_cache.hpp"
#include "actors/fetch/document_loader.hpp"
#include "actors/fetch/file_source.hpp"
#include "actors/fetch/http_counters.hpp"
#include "actors/limits.hpp"
#include "actors/work.hpp"

namespace chainring::actors {

class tls_trust;

/// What a fetcher answers: a document, or why there is none.
struct fetched {
  std::shared_ptr<const scxml::document> document; // null: see problem
  error problem; // with a document: it is the last good one, and this is why no newer one can be had
  std::vector<error> warnings; // of the compiler, and about resources that could not be had
  /// Its server is to be asked again after this time; none: it need not be.
  std::optional<std::chrono::milliseconds> fresh = std::nullopt;
};

/// Asks a fetcher for a document. Answered with `fetched`, within a bounded time, whatever the
/// server does.
struct fetch {
  std::string uri;
  work token; // held until the answer is on its way
  /// The server must have been asked since; none: while the document is fresh it need not be.
  std::optional<std::chrono::steady_clock::time_point> since = std::nullopt;
};

/// The fetcher tells itself that a document has come, or has not.
struct load_ended {
  std::string uri;
  loaded what;
};

/// Read by the stats endpoint from other threads.
struct fetch_counters {
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> hits{0};     // answered from the cache
  std::atomic<std::uint64_t> loads{0};    // what neither the cache nor a running load could answer
  std::atomic<std::uint64_t> revalidations{0}; // of those: of a document that is known
  std::atomic<std::uint64_t> unchanged{0};     // of those: it is the same
  std::atomic<std::uint64_t> failures{0};
  std::atomic<std::uint64_t> loading{0};
  std::atomic<std::uint64_t> waiting{0}; // requests that wait for a load
  std::shared_ptr<cache_share> cached = std::make_shared<cache_share>();
  std::shared_ptr<http_counters> server = std::make_shared<http_counters>();
  mailbox_count mailbox;
};

/// What the fetchers of a node share.
struct fetch_terms {
  std::shared_ptr<loading_environment> environment;
  std::shared_ptr<document_cache> cache;
  std::function<std::chrono::steady_clock::time_point()> now;
  bool time_is_real = true;
  std::function<std::optional<error>(const scxml::document&, const std::string& uri)> doubt; // empty: there are none
};

class fetcher final : public control_actor {
 public:
  fetcher(caf::actor_config& cfg, fetch_terms terms, std::shared_ptr<fetch_counters> counters);
  const char* name() const override { return "fetcher"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

 private:
  struct waiting {
    caf::typed_response_promise<fetched> promise;
    work token;
  };
  struct running_load {
    std::vector<waiting> waiters;
    std::chrono::steady_clock::time_point begun;
  };

  caf::result<fetched> ask(fetch& request);
  void begin(const uri& where, const std::optional<document_cache::entry>& known);
  void ended(load_ended& load);
  fetched keep_new(const load_ended& load, std::chrono::steady_clock::time_point begun, const error& problem_before);
  fetched keep_last_good(const load_ended& load, document_cache::entry last);
  fetched answer_of(const document_cache::entry& known) const;

  const fetch_terms terms_;
  const std::shared_ptr<fetch_counters> counters_;
  std::unordered_map<std::string, running_load> loading_;    // by normalized URI
  std::unordered_map<std::string, back_off> waits_;  // of documents of which the last good one is used
};

struct fetch_settings {
  file_places files; // where file: documents may lie
  std::chrono::milliseconds response_timeout =
      limits::http_response_timeout_default;  // http-response-timeout
  std::shared_ptr<tls_trust> trust;           // null: no document comes over https:
  const scxml::vocabulary* actions = nullptr; // outlives every document
  bool legacy = false;                        // expressions are those of OCS 8.0
  std::set<std::string> redirect_to = {};     // origins at private addresses that servers may send us to
  std::size_t cache_bytes = limits::document_cache_bytes_default;
  std::chrono::seconds fresh_default = limits::document_fresh_default;
  /// False: a server is asked when a campaign is loaded and not again, because its clock does not go with ours; nor is one that
  /// has failed left alone for a time that passes at once.
  bool time_is_real = true;
  std::uint64_t seed = 1; // of the jitter between two tries
  std::function<std::chrono::steady_clock::time_point()> now = std::chrono::steady_clock::now;
  /// What is wrong with a document in this configuration, though it can run; logged when it comes, and when it has changed.
  std::function<std::optional<error>(const scxml::document&, const std::string& uri)> doubt = {};
};

/// The fetchers of a node, by origin. Thread-safe. Ends before its actor system and its io threads
/// do.
class fetchers {
 public:
  fetchers(caf::actor_system& system, io_threads& io, fetch_settings settings);
  ~fetchers();
  fetchers(const fetchers&) = delete;
  fetchers& operator=(const fetchers&) = delete;

  /// The fetcher that serves `uri`, made when there is none yet. For a URI that nobody can serve,
  /// one that says so.
  caf::actor at(std::string_view uri);

  /// By origin, for metrics: of those that documents come from, and with servers() of those too that these lead to.
  std::vector<std::pair<std::string, std::shared_ptr<const fetch_counters>>> servers() const;
  std::vector<std::pair<std::string, std::shared_ptr<const fetch_counters>>> counters() const;

  const document_cache& cache() const { return *terms_.cache; }

  /// Answers what waits, closes connections, ends the actors. Before io_threads::stop().
  /// Idempotent.
  void stop();

 private:
  struct entry {
    caf::actor actor;
    std::shared_ptr<fetch_counters> counters;
  };
  struct sources;

  caf::actor_system& system_;
  std::shared_ptr<sources> sources_;
  fetch_terms terms_;
  mutable std::mutex mutex_;
  std::map<std::string, entry> by_origin_; // guarded by mutex_; "" serves what has no origin
};

} // namespace chainring::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::fetch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::fetched)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::load_ended)
