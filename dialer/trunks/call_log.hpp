// call_log.hpp: the witness of what a trunk has dialed: a file with one JSON line per call, written before it can ring.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dialer/trunks/trunk.hpp"
#include "scxml/result.hpp"

namespace chainring::dialer {

/// Appends to a file; each line is one write(2), so that a process that dies leaves whole lines.
class call_log {
 public:
  /// Makes the file when it is absent.
  static result<call_log> open(const std::string& path);
  call_log(call_log&& other) noexcept;
  call_log& operator=(call_log&&) = delete;
  ~call_log();

  /// {"ms":…,"trunk":"…","list":"…","record_id":…,"attempt":…,"number":"…"}, and behind the
  /// number ,"options":{…} and ,"extensions":{…} where a treatment has set any. On an error no part of the line is left.
  result<void> write(std::int64_t ms, std::string_view trunk, const call& c);

 private:
  call_log(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

  std::string path_;
  int descriptor_;
  std::string line_; // kept for its capacity
};

} // namespace chainring::dialer
