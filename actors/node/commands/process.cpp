// process.cpp: see process.hpp.
#include "actors/node/commands/process.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "actors/node/commands/common.hpp"

namespace chainring::actors {

int failed(const error& problem) {
  complain(std::cerr, problem);
  return exit_failed;
}

void set_up_log(const node_settings& settings) {
  std::shared_ptr<spdlog::logger> logger;
  try {
    if (!settings.log_file.empty()) logger = spdlog::basic_logger_mt("chainring", settings.log_file);
  } catch (const spdlog::spdlog_ex& e) {
    complain(std::cerr, {"the log file cannot be opened", settings.log_file, e.what()});
  }
  if (!logger) logger = spdlog::stderr_logger_mt("chainring");
  logger->set_pattern("chainring: %Y-%m-%dT%H:%M:%S.%eZ %l: %v", spdlog::pattern_time_type::utc);
  logger->set_level(spdlog::level::from_str(settings.log_level));
  logger->flush_on(spdlog::level::warn);
  spdlog::set_default_logger(std::move(logger));
}

void leave_process(int status) {
  spdlog::default_logger()->flush();
  std::fflush(nullptr);
  std::_Exit(status);
}

std::int64_t wall_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
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

void unblock_signals() {
  const auto set = stop_signals();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

bool wait_for_signal(std::int64_t most_ms) {
  const auto set = stop_signals();
  const timespec most{most_ms / 1000, most_ms % 1000 * 1'000'000};
  return ::sigtimedwait(&set, nullptr, &most) > 0;
}

} // namespace chainring::actors
