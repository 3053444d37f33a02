// document_cache.hpp: the compiled documents of a node by URI, bounded by their bytes. Time is an argument.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "actors/fetch/document_loader.hpp"

namespace chainring::actors {

/// What the cache holds of one origin, read by the stats endpoint.
struct cache_share {
  std::atomic<std::uint64_t> documents{0};
  std::atomic<std::uint64_t> kept{0}; // of those: newer ones cannot be had, or are broken
};

/// Roughly what the tables of a document and its text take of the heap.
std::size_t bytes_of(const scxml::document& d);

/// Documents that nobody has asked for the longest go first when there are too many bytes; chains that run them keep them.
/// Thread-safe.
class document_cache {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  struct entry {
    std::shared_ptr<const loaded> last; // the last good one
    time_point validated;               // when the request began that has shown it to be the server's own
    time_point stale_at;                // then the server is asked again
    error problem;                      // why a newer one cannot be had; empty: nothing is known of a newer one
  };

  explicit document_cache(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  std::optional<entry> find(const std::string& uri);
  /// In place of what was there. `share`: of the URI's origin.
  void put(const std::string& uri, entry one, std::shared_ptr<cache_share> share);
  /// Of all documents, each once.
  std::size_t bytes() const;
  std::size_t bytes_max() const { return bytes_max_; }

 private:
  struct kept {
    entry what;
    std::shared_ptr<cache_share> share;
    std::uint64_t last_used = 0;
  };
  struct weight {
    std::size_t bytes = 0;
    std::size_t uris = 0;
  };
  void count(const kept& one, bool in);
  void make_room(const std::string& except);

  const std::size_t bytes_max_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, kept> by_uri_;                   // guarded by mutex_
  std::unordered_map<const scxml::document*, weight> by_document_; // guarded by mutex_
  std::size_t bytes_ = 0;                                          // guarded by mutex_
  std::uint64_t uses_ = 0;                                         // guarded by mutex_
};

} // namespace chainring::actors
