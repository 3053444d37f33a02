// process.cpp: see process.hpp.
#include "actors/node/commands/process.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace chainring::actors {

result<configuration> configuration_of(const std::string& file) {
  if (file.empty()) return configuration{};
  auto read = load_configuration(file);
  for (const auto& warning : read.warnings) std::fprintf(stderr, "chainring: warning: %s\n", to_line(warning).c_str());
  for (std::size_t i = 1; i < read.errors.size(); ++i) print_error(read.errors[i]);
  if (!read.errors.empty()) return read.errors.front();
  return std::move(*read.settings);
}

result<dialer::time_zones> mapped_zones(const configuration& settings) {
  auto zones = dialer::time_zones::open();
  if (!zones) return zones;
  for (const auto& [dbid, name] : settings.time_zones)
    if (auto mapped = zones->map(dbid, name); !mapped) return std::move(mapped).error();
  return zones;
}

void print_error(const error& problem) { std::fprintf(stderr, "chainring: %s\n", to_line(problem).c_str()); }

int failed(const error& problem) {
  print_error(problem);
  return 1;
}

void set_up_log(const node_settings& settings, const std::string& level) {
  std::shared_ptr<spdlog::logger> logger;
  try {
    if (!settings.log_file.empty()) logger = spdlog::basic_logger_mt("chainring", settings.log_file);
  } catch (const spdlog::spdlog_ex& e) {
    print_error({"the log file cannot be opened", settings.log_file, e.what()});
  }
  if (!logger) logger = spdlog::stderr_logger_mt("chainring");
  logger->set_pattern("chainring: %Y-%m-%dT%H:%M:%S.%eZ %l: %v", spdlog::pattern_time_type::utc);
  logger->set_level(spdlog::level::from_str(level.empty() ? settings.log_level : level));
  logger->flush_on(spdlog::level::warn);
  spdlog::set_default_logger(std::move(logger));
}

std::int64_t steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

namespace {

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

} // namespace

void block_signals() {
  const auto set = stop_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

bool wait_for_signal(std::int64_t most_ms) {
  const auto set = stop_signals();
  const timespec most{most_ms / 1000, most_ms % 1000 * 1'000'000};
  return ::sigtimedwait(&set, nullptr, &most) > 0;
}

} // namespace chainring::actors
