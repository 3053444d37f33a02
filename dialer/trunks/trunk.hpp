// trunk.hpp: what carries calls, messages among them. The dialer actor grants channels and calls per second; a trunk only dials
// what it is given and says how each call ended.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialer/call_result.hpp"
#include "dialer/record.hpp"
#include "scxml/result.hpp"

namespace chainring::dialer {

/// What a trunk carries; it follows from its kind.
enum class medium : std::uint8_t { voice, sms, e_mail };
inline constexpr std::size_t media_count = 3;
constexpr std::string_view name_of(medium m) { return m == medium::voice ? "voice" : m == medium::sms ? "sms" : "e-mail"; }

/// The record behind a call, for trunks that write messages. Its list's form outlives the call.
struct contact {
  record row;
  const calling_list* form = nullptr;
};

/// A call to be made now. Its attempt has been committed as an intent.
struct call {
  std::uint64_t id = 0; // unique on this node while the call lives
  std::string list;
  std::int64_t record_id = 0;
  std::int32_t attempt = 0; // 1 for the first
  std::string number;
  std::vector<std::pair<std::string, std::string>> options;    // flexible attributes, OPTIONS
  std::vector<std::pair<std::string, std::string>> extensions; // flexible attributes, EXTENSIONS
  std::shared_ptr<const contact> about; // null: no trunk of the campaign sends messages
};

struct call_ended {
  std::uint64_t id = 0;
  call_result result = call_result::unknown;
  std::int64_t started_ms = 0;
  std::int64_t ended_ms = 0;
  bool is_known = true; // false: nobody knows how it ended; `result` says nothing
  std::string words;    // for the log: what the far end said; empty: nothing
};

class trunk {
 public:
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
  virtual ~trunk() = default;
  virtual const std::string& name() const = 0;
  virtual medium carries() const { return medium::voice; }
  /// Dials. Writes the line of the call log, if there is one, before the far end can ring.
  virtual result<void> start(const call& c, std::int64_t now_ms) = 0;
  /// When collect() is next worth calling: epoch ms, or never.
  virtual std::int64_t next_due_ms() const = 0;
  /// Appends the calls that have ended by now, in the order (ended_ms, id).
  virtual void collect(std::int64_t now_ms, std::vector<call_ended>& out) = 0;
  /// Calls in progress.
  virtual std::size_t live() const = 0;
  /// So long after its start a call is over, whatever has become of the process that made it.
  virtual std::int64_t longest_call_ms() const = 0;
};

} // namespace chainring::dialer
