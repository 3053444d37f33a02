// source.hpp: where the bytes of documents come from: files, or one server. The seam for
// tests.
#pragma once

#include <functional>
#include <string>

#include "actors/fetch/uri.hpp"
#include "scxml/result.hpp"

namespace chainring::actors {

/// How a request ended.
enum class fetch_outcome : std::uint8_t {
  ok,
  refused, // asking again gives the same until somebody mends it: 404, outside the roots, too big
  unavailable, // may be better later: unreachable, timed out, 5xx
};

/// What a source answers.
struct fetched_bytes {
  fetch_outcome outcome = fetch_outcome::unavailable;
  std::string bytes;        // as they came
  std::string content_type; // the Content-Type header; empty for files
  error problem;            // when outcome is not ok
  unsigned status = 0;      // of HTTP; 0: a file, or no answer
  std::string etag;         // the ETag header; empty: none
};

class source {
 public:
  using callback = std::function<void(fetched_bytes)>;

  virtual ~source() = default;
  /// Calls `done` once, from an io thread. Thread-safe.
  virtual void get(const uri& where, callback done) = 0;
  /// Answers everything that waits as unavailable and lets go of sockets. Later requests are
  /// answered so, too.
  virtual void close() = 0;
};

} // namespace chainring::actors
