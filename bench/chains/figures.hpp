// figures.hpp: what a run of `chainring-bench chains` measures of itself.
#pragma once

#include <cstdarg>
#include <cstdint>
#include <string>
#include <vector>

namespace chainring::bench {

struct moment {
  double cpu_s = 0, wall_s = 0; // of the process, every thread; of the clock on the wall
};
moment now();
inline moment operator-(const moment& a, const moment& b) { return {a.cpu_s - b.cpu_s, a.wall_s - b.wall_s}; }

/// Resident memory of the process, without what its malloc holds free at the top.
std::int64_t rss_bytes();

double median(std::vector<double> of);

/// A line on stderr, as it goes.
void say(const char* format, ...) __attribute__((format(printf, 1, 2)));

/// One JSON object, in the order of adding.
class json_line {
 public:
  void add(const char* name, std::int64_t n) { put(name, std::to_string(n)); }
  void add(const char* name, double x);
  void add(const char* name, const std::string& text) { put(name, '"' + text + '"'); } // nothing in it to be escaped
  /// On stdout.
  void print() const;

 private:
  void put(const char* name, const std::string& what);
  std::string line_;
};

} // namespace chainring::bench
