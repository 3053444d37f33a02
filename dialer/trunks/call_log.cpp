// call_log.cpp: one write(2) per line, in append mode.
#include "dialer/trunks/call_log.hpp"

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace chainring::dialer {

namespace {

std::string text_of(int error_number) { return std::generic_category().message(error_number); }

void append_json_string(std::string& line, std::string_view text) {
  line += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      (line += '\\') += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(c));
      line += escaped;
    } else {
      line += c;
    }
  }
  line += '"';
}

/// Nothing when there are none.
void append_pairs(std::string& line, std::string_view name, const std::vector<std::pair<std::string, std::string>>& pairs) {
  if (pairs.empty()) return;
  line.append(",\"").append(name).append("\":{");
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (i > 0) line += ',';
    append_json_string(line, pairs[i].first);
    append_json_string(line += ':', pairs[i].second);
  }
  line += '}';
}

// A line that a power cut left torn must not swallow the first one of this process.
bool ends_amid_a_line(int descriptor) {
  struct stat file {};
  if (::fstat(descriptor, &file) != 0 || !S_ISREG(file.st_mode) || file.st_size == 0) return false;
  char last = '\n';
  return ::pread(descriptor, &last, 1, file.st_size - 1) == 1 && last != '\n';
}

} // namespace

result<call_log> call_log::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor < 0)
    return error{"the call log cannot be opened (" + text_of(errno) + ")", path, "name a file that can be written"};
  call_log opened(path, descriptor);
  if (ends_amid_a_line(descriptor) && ::write(descriptor, "\n", 1) != 1)
    return error{"the call log cannot be written (" + text_of(errno) + ")", path, "free space on its disk"};
  return opened;
}

call_log::call_log(call_log&& other) noexcept
  : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)), line_(std::move(other.line_)) {}

call_log::~call_log() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

result<void> call_log::write(std::int64_t ms, std::string_view trunk, const call& c) {
  line_.assign("{\"ms\":").append(std::to_string(ms)).append(",\"trunk\":");
  append_json_string(line_, trunk);
  append_json_string(line_ += ",\"list\":", c.list);
  line_.append(",\"record_id\":").append(std::to_string(c.record_id));
  line_.append(",\"attempt\":").append(std::to_string(c.attempt));
  append_json_string(line_ += ",\"number\":", c.number);
  append_pairs(line_, "options", c.options);
  append_pairs(line_, "extensions", c.extensions);
  line_ += "}\n";

  ssize_t written = 0;
  do written = ::write(descriptor_, line_.data(), line_.size());
  while (written < 0 && errno == EINTR);
  if (written == static_cast<ssize_t>(line_.size())) return {};
  const std::string reason = written < 0 ? text_of(errno) : "no space for a whole line";
  struct stat file {};
  if (written > 0 && ::fstat(descriptor_, &file) == 0) (void)!::ftruncate(descriptor_, file.st_size - written);
  return error{"the call log cannot be written (" + reason + "), so the trunk does not dial", path_,
               "free space on its disk or name another file"};
}

} // namespace chainring::dialer
