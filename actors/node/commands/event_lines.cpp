// event_lines.cpp: reading and checking event lines.
#include "actors/node/commands/event_lines.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <limits>

#include "actors/node/limits.hpp"

namespace chainring::actors {

namespace {

constexpr const char* example = R"(write {"event":"name","data":{},"after_ms":0}; data and after_ms may be left out)";

std::optional<std::int64_t> whole_ms(const scxml::value& v) {
  const double* number = v.as<double>();
  if (!number || !(*number >= 0) || *number > limits::event_after_ms_max || *number != std::floor(*number))
    return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

} // namespace

result<event_line> parse_event_line(std::string_view text, const std::string& where) {
  scxml::value parsed;
  if (!scxml::from_json(text, parsed) || !parsed.is<scxml::object>())
    return error{"the line is no JSON object", where, example};
  event_line line;
  for (const auto& [key, v] : parsed.as<scxml::object>()->members) {
    if (key == "event" && v.is<std::string>()) {
      line.what.name = *v.as<std::string>();
    } else if (key == "data") {
      line.what.data = v;
    } else if (const auto ms = key == "after_ms" ? whole_ms(v) : std::nullopt) {
      line.after_ms = *ms;
    } else {
      return error{"the member \"" + key + "\" is not right", where, example};
    }
  }
  if (line.what.name.empty()) return error{"the line names no event", where, example};
  return line;
}

result<event_lines::outcome> event_lines::next(event_line& out, std::int64_t wait_ms, int other) {
  for (;;) {
    const std::size_t end = buffer_.find('\n', at_);
    if (end != std::string::npos || (ended_ && at_ < buffer_.size())) {
      const std::string text = buffer_.substr(at_, end == std::string::npos ? end : end - at_);
      at_ = end == std::string::npos ? buffer_.size() : end + 1;
      ++line_;
      if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
      auto line = parse_event_line(text, name_ + ':' + std::to_string(line_));
      if (!line) return std::move(line).error();
      out = *std::move(line);
      return outcome::line;
    }
    if (ended_) return outcome::end;
    if (buffer_.size() - at_ > limits::event_line_bytes_max)
      return error{"the line is too long", name_ + ':' + std::to_string(line_ + 1),
                   "keep it below " + std::to_string(limits::event_line_bytes_max) + " bytes"};
    pollfd waiting[] = {{descriptor_, POLLIN, 0}, {other, POLLIN, 0}};
    const int timeout_ms = wait_ms < 0 ? -1 : static_cast<int>(std::min<std::int64_t>(wait_ms, 60'000));
    const int ready = ::poll(waiting, 2, timeout_ms);
    if (ready == 0 || (ready < 0 && errno == EINTR) || waiting[0].revents == 0) return outcome::nothing_yet;
    if (auto filled = fill(); !filled) return std::move(filled).error();
  }
}

result<bool> event_lines::fill() {
  buffer_.erase(0, at_);
  at_ = 0;
  char chunk[1 << 14];
  const ssize_t got = ::read(descriptor_, chunk, sizeof chunk);
  if (got < 0 && errno != EINTR)
    return error{"the events cannot be read: " + std::string{std::strerror(errno)}, name_, "give a file of JSON lines"};
  if (got == 0) ended_ = true;
  if (got > 0) buffer_.append(chunk, static_cast<std::size_t>(got));
  return true;
}

} // namespace chainring::actors
