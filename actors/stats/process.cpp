// process.cpp: what the kernel knows about this process.
#include <algorithm>
#include <dirent.h>
#include <fstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

#include "actors/stats/metrics.hpp"

namespace chainring::actors {

namespace {

double seconds(const timeval& t) {
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
}

double open_descriptors() {
  DIR* folder = ::opendir("/proc/self/fd");
  if (!folder) return 0;
  double count = -3; // ".", ".." and the folder itself
  while (::readdir(folder)) ++count;
  ::closedir(folder);
  return count;
}

/// The fields of /proc/self/stat behind the name, which may hold anything (proc(5): field 3 is the
/// first).
struct process_fields {
  double threads = 0, start_ticks = 0, resident_pages = 0;
};

process_fields read_fields() {
  std::ifstream file{"/proc/self/stat"};
  std::string line;
  std::getline(file, line);
  process_fields out;
  const auto name_end = line.rfind(')');
  if (name_end == std::string::npos) return out;
  std::size_t at = name_end + 2;
  for (int field = 3; field <= 24 && at < line.size(); ++field) {
    const auto end = std::min(line.find(' ', at), line.size());
    const std::string text = line.substr(at, end - at);
    if (field == 20) out.threads = std::stod(text);
    if (field == 22) out.start_ticks = std::stod(text);
    if (field == 24) out.resident_pages = std::stod(text);
    at = end + 1;
  }
  return out;
}

double boot_time() {
  std::ifstream file{"/proc/stat"};
  for (std::string word; file >> word;)
    if (word == "btime") {
      double at = 0;
      file >> at;
      return at;
    }
  return 0;
}

} // namespace

void gather_process(samples& out) {
  rusage use{};
  if (::getrusage(RUSAGE_SELF, &use) == 0)
    out.add(families::process_cpu_seconds_total, seconds(use.ru_utime) + seconds(use.ru_stime));
  const auto fields = read_fields();
  out.add(families::process_resident_memory_bytes,
          fields.resident_pages * static_cast<double>(::sysconf(_SC_PAGESIZE)));
  out.add(families::process_threads, fields.threads);
  out.add(families::process_start_time_seconds,
          boot_time() + fields.start_ticks / static_cast<double>(::sysconf(_SC_CLK_TCK)));
  out.add(families::process_open_fds, open_descriptors());
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0)
    out.add(families::process_max_fds, static_cast<double>(files.rlim_cur));
}

} // namespace chainring::actors
