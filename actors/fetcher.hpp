// fetcher.hpp: treatments by URI. One fetcher per origin: one connection, one fetch and one compile
// for however many ask, and a cache of what has been compiled.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <caf/allowed_unsafe_message_type.hpp>

#include "actors/control_actor.hpp"
#include "actors/fetch/document_loader.hpp"
#include "actors/limits.hpp"
#include "actors/work.hpp"

namespace chainring::actors {

class tls_trust;

/// Asks a fetcher for a document. Answered with `fetched`, within a bounded time, whatever the
/// server does.
struct fetch {
  std::string uri;
  work token; // held until the answer is on its way
};

/// The fetcher tells itself that a document has come, or has not.
struct load_ended {
  std::string uri;
  fetched what;
};

/// Read by the stats endpoint from other threads.
struct fetch_counters {
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> loads{0}; // what neither the cache nor a running load could answer
  std::atomic<std::uint64_t> failures{0};
  std::atomic<std::uint64_t> loading{0};
  std::atomic<std::uint64_t> waiting{0}; // requests that wait for a load
  std::atomic<std::uint64_t> documents_cached{0};
  mailbox_count mailbox;
};

class fetcher final : public control_actor {
 public:
  fetcher(caf::actor_config& cfg, std::shared_ptr<loading_environment> environment,
          std::shared_ptr<fetch_counters> counters);
  const char* name() const override { return "fetcher"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

 private:
  struct cached {
    std::shared_ptr<const scxml::document> document;
    std::vector<error> warnings;
    std::uint64_t last_used = 0;
  };
  struct waiting {
    caf::typed_response_promise<fetched> promise;
    work token;
  };

  caf::result<fetched> ask(fetch& request);
  void ended(load_ended& load);
  void remember(const std::string& uri, const fetched& what);

  const std::shared_ptr<loading_environment> environment_;
  const std::shared_ptr<fetch_counters> counters_;
  std::unordered_map<std::string, std::vector<waiting>> loading_; // by normalized URI
  std::unordered_map<std::string, cached> cache_;                 // by normalized URI
  std::uint64_t uses_ = 0;
};

struct fetch_settings {
  std::vector<std::filesystem::path> roots; // of file: documents
  std::chrono::milliseconds response_timeout =
      limits::http_response_timeout_default;  // http-response-timeout
  std::shared_ptr<tls_trust> trust;           // null: no document comes over https:
  const scxml::vocabulary* actions = nullptr; // outlives every document
  bool legacy = false;                        // expressions are those of OCS 8.0
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

  /// By origin, for metrics.
  std::vector<std::pair<std::string, std::shared_ptr<const fetch_counters>>> counters() const;

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
  std::shared_ptr<loading_environment> environment_;
  mutable std::mutex mutex_;
  std::map<std::string, entry> by_origin_; // guarded by mutex_; "" serves what has no origin
};

} // namespace chainring::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::fetch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::fetched)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chainring::actors::load_ended)
