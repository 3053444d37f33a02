// event_lines.hpp: the JSON lines that `chainring scxml --events` reads, from a file descriptor, so that a run in real
// time can wait for a line and for a delay at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "scxml/event.hpp"
#include "scxml/result.hpp"

namespace chainring::actors {

/// {"event":"e","data":{…},"after_ms":n}
struct event_line {
  scxml::event what;
  std::int64_t after_ms = 0; // after the line before
};

/// One line without its end, or what is wrong with it; `where` is FILE:LINE.
result<event_line> parse_event_line(std::string_view text, const std::string& where);

class event_lines {
 public:
  /// Does not own the descriptor. `name` is for complaints.
  event_lines(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {}

  enum class outcome { line, end, nothing_yet };
  /// The next line that is not blank. Waits at most `wait_ms` for it, as long as it takes when negative; no longer when
  /// `other` (-1: none) is readable.
  result<outcome> next(event_line& out, std::int64_t wait_ms, int other = -1);

 private:
  result<bool> fill();

  int descriptor_;
  std::string name_;
  std::string buffer_;
  std::size_t at_ = 0;
  std::size_t line_ = 0;
  bool ended_ = false;
};

} // namespace chainring::actors
