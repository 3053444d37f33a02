// trunk.hpp: what carries calls. The dialer actor grants channels and calls per second; a trunk only dials what it is
// given and says how each call ended.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "dialer/call_result.hpp"
#include "scxml/result.hpp"

namespace chainring::dialer {

/// A call to be made now. Its attempt has been committed as an intent.
struct call {
  std::uint64_t id = 0; // unique on this node while the call lives
  std::string list;
  std::int64_t record_id = 0;
  std::int32_t attempt = 0; // 1 for the first
  std::string number;
  std::vector<std::pair<std::string, std::string>> options;    // flexible attributes, OPTIONS
  std::vector<std::pair<std::string, std::string>> extensions; // flexible attributes, EXTENSIONS
};

struct call_ended {
  std::uint64_t id = 0;
  call_result result = call_result::unknown;
  std::int64_t started_ms = 0;
  std::int64_t ended_ms = 0;
};

class trunk {
 public:
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
  virtual ~trunk() = default;
  virtual const std::string& name() const = 0;
  /// Dials. Writes the line of the call log, if there is one, before the far end can ring.
  virtual result<void> start(const call& c, std::int64_t now_ms) = 0;
  /// When collect() is next worth calling: epoch ms, or never.
  virtual std::int64_t next_due_ms() const = 0;
  /// Appends the calls that have ended by now, in the order (ended_ms, id).
  virtual void collect(std::int64_t now_ms, std::vector<call_ended>& out) = 0;
  /// Calls in progress.
  virtual std::size_t live() const = 0;
};

} // namespace chainring::dialer
