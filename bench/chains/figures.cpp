// figures.cpp: see figures.hpp.
#include "bench/chains/figures.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>

#include <malloc.h>
#include <unistd.h>

#include "bench/micro/support.hpp"

namespace chainring::bench {

moment now() {
  return {static_cast<double>(cpu_ns()) / 1e9, static_cast<double>(cpu_ns(CLOCK_MONOTONIC)) / 1e9};
}

std::int64_t rss_bytes() {
  ::malloc_trim(0);
  std::ifstream in("/proc/self/statm");
  std::int64_t all = 0, resident = 0;
  in >> all >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

double median(std::vector<double> of) {
  if (of.empty()) return 0;
  std::sort(of.begin(), of.end());
  return (of[(of.size() - 1) / 2] + of[of.size() / 2]) / 2;
}

void say(const char* format, ...) {
  va_list values;
  va_start(values, format);
  std::fputs("chains: ", stderr);
  std::vfprintf(stderr, format, values);
  std::fputc('\n', stderr);
  va_end(values);
}

void json_line::add(const char* name, double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", x);
  put(name, text);
}

void json_line::put(const char* name, const std::string& what) {
  line_ += (line_.empty() ? "{\"" : ", \"") + std::string(name) + "\": " + what;
}

void json_line::print() const {
  std::printf("%s}\n", line_.c_str());
  std::fflush(stdout);
}

} // namespace chainring::bench
