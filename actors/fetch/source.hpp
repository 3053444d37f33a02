// source.hpp: where the bytes of documents come from: files, or one server. The seam for
// tests.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "actors/fetch/uri.hpp"
#include "scxml/result.hpp"

namespace chainring::actors {

/// How a request ended.
enum class fetch_outcome : std::uint8_t {
  ok,
  refused, // asking again gives the same until somebody mends it: 404, outside the roots, too big
  unavailable, // may be better later: unreachable, timed out, 5xx
  unchanged, // it is the version that is known
  moved,     // is at `location` now; `problem` says so to those who follow nobody
};

/// What kind of failure it was, for metrics.
enum class fetch_failure : std::uint8_t {
  none,
  name,     // the server's name is not known
  connect,  // nobody answers at any of its addresses
  tls,      // no TLS, or a certificate that is not right
  timeout,  // no complete answer in time
  broken,   // closed or reset before the answer was complete
  protocol, // not HTTP/1.1
  too_large,
  status,   // not 200
  encoding, // of the bytes
  redirect, // one that is not followed
  away,     // not asked: the server has failed too often
  file,
  other,
};
inline constexpr std::size_t fetch_failures = 14;
std::string_view name_of(fetch_failure f);

/// What tells two versions of a document apart, as its server has said it; empty: it has not.
struct document_version {
  std::string etag;
  std::string last_modified;
  bool is_known() const { return !etag.empty() || !last_modified.empty(); }
};

/// What else there is to say about a GET.
struct get_terms {
  document_version known;   // may be answered with `unchanged`
  bool public_only = false; // not to addresses of this machine and its networks
  std::int64_t within_ms = 0; // less than the source's own time; 0: that
  bool any_answer = false;    // of a server: a whole answer is ok whatever its status says
  std::string authorization = {}; // the header; empty: none
};

/// What a source answers.
struct fetched_bytes {
  fetch_outcome outcome = fetch_outcome::unavailable;
  std::string bytes;        // as they came, but not compressed
  std::string content_type; // the Content-Type header; empty for files
  error problem;            // when outcome is neither ok nor unchanged
  unsigned status = 0;      // of HTTP; 0: a file, or no answer
  std::string etag;         // the ETag header; empty: none
  std::string last_modified;           // the Last-Modified header
  std::optional<std::int64_t> fresh_s; // how long it is good for from now on, as the server says
  std::string location;                // when moved
  fetch_failure failure = fetch_failure::none;
  std::int64_t took_ms = 0;            // since it was the request's turn
};

class source {
 public:
  using callback = std::function<void(fetched_bytes)>;

  virtual ~source() = default;
  /// Calls `done` once, from an io thread. Thread-safe.
  virtual void get(const uri& where, get_terms terms, callback done) = 0;
  void get(const uri& where, callback done) { get(where, get_terms{}, std::move(done)); }
  /// Answers everything that waits as unavailable and lets go of sockets. Later requests are
  /// answered so, too.
  virtual void close() = 0;
};

} // namespace chainring::actors
