// progress.cpp: a bar, a line, a summary.
#include "actors/node/progress.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace chainring::actors {

namespace {

constexpr std::int64_t terminal_interval_ms = 100;
constexpr std::int64_t plain_interval_ms = 2'000;

int columns_of(std::FILE* out) {
  winsize size{};
  if (::ioctl(::fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 20) return size.ws_col;
  return 80;
}

std::string bar(double share, int width) {
  const int full = std::clamp(static_cast<int>(share * width), 0, width);
  return std::string(static_cast<std::size_t>(full), '#') + std::string(static_cast<std::size_t>(width - full), '.');
}

} // namespace

campaign_progress progress_of(const std::string& name, const campaign_counters& n) {
  campaign_progress p;
  p.name = name;
  p.done = n.done; // first: what is read after it is final
  p.all_admitted = n.all_admitted;
  p.chains = n.chains, p.ended = n.chains_ended, p.admitted = n.chains_admitted, p.live = n.chains_live;
  p.idle = n.chains_idle, p.faulted = n.chains_faulted, p.switched = n.chains_switched, p.attempts = n.attempts;
  for (const auto& entry : dialer::all_call_results())
    if (const auto count = n.results[static_cast<std::size_t>(entry.code)].load()) p.results.emplace_back(entry.code, count);
  p.state = n.state;
  p.passive = n.chains_passive;
  p.ended_before = n.chains_ended_before;
  p.agents = n.agents;
  p.restored = n.chains_restored, p.put_away = n.chains_put_away, p.not_saved = n.chains_not_saved;
  p.without_treatment = n.chains_without_treatment;
  p.treatment_failures = n.treatment_failures;
  if (p.treatment_failures > 0) p.last_treatment_failure = n.last_treatment_failure();
  return p;
}

progress_display::progress_display(std::FILE* out, std::int64_t wall_ms)
    : out_(out), terminal_(::isatty(::fileno(out)) != 0), columns_(columns_of(out)), began_ms_(wall_ms) {}

std::string progress_display::line(const campaign_progress& p, const dialer::switchboard_counts& calls,
                                   std::int64_t wall_ms) const {
  const double share = p.chains ? static_cast<double>(p.ended) / static_cast<double>(p.chains) : 0;
  const auto done_here = p.ended - std::min(p.ended, ended_at_start_);
  std::string eta = "-";
  if (done_here > 0 && p.chains > p.ended)
    eta = duration_text(static_cast<std::int64_t>(static_cast<double>(wall_ms - began_ms_) *
                                                  static_cast<double>(p.chains - p.ended) /
                                                  static_cast<double>(done_here)));
  else if (p.chains == p.ended)
    eta = "0 s";
  return fmt::format("{:3.0f} %  {} of {} chains  {} live  {} in call  {:.0f} calls/s  ETA {}", share * 100, p.ended,
                     p.chains, p.live, calls.live, calls_per_second_, eta);
}

void progress_display::show(const campaign_progress& p, const dialer::switchboard_counts& calls, std::int64_t wall_ms) {
  if (ended_at_start_ == UINT64_MAX) ended_at_start_ = p.ended;
  const auto interval_ms = terminal_ ? terminal_interval_ms : plain_interval_ms;
  if (shown_ms_ != INT64_MIN && wall_ms - shown_ms_ < interval_ms) return;
  if (shown_ms_ != INT64_MIN) {
    const double rate = static_cast<double>(calls.started - started_before_) * 1000 / static_cast<double>(wall_ms - shown_ms_);
    calls_per_second_ = drawn_ ? calls_per_second_ * 0.7 + rate * 0.3 : rate; // a rate that a person can read
  }
  started_before_ = calls.started;
  shown_ms_ = wall_ms;
  const auto text = line(p, calls, wall_ms);
  if (terminal_) {
    const int width = std::clamp(columns_ - static_cast<int>(text.size()) - 5, 0, 40);
    std::fprintf(
        out_, "\r[%s] %s\033[K",
        bar(p.chains ? static_cast<double>(p.ended) / static_cast<double>(p.chains) : 0, width)
            .c_str(),
        text.c_str());
  } else {
    std::fprintf(out_, "%s\n", text.c_str());
  }
  std::fflush(out_);
  drawn_ = true;
}

void progress_display::finish() {
  if (terminal_ && drawn_) std::fprintf(out_, "\n");
  std::fflush(out_);
}

campaign_progress sum(const std::vector<campaign_progress>& all) {
  campaign_progress s;
  s.all_admitted = s.done = true;
  for (const auto& p : all) {
    s.chains += p.chains, s.ended += p.ended, s.admitted += p.admitted, s.live += p.live, s.idle += p.idle;
    s.passive += p.passive;
    s.faulted += p.faulted, s.switched += p.switched, s.attempts += p.attempts;
    s.all_admitted = s.all_admitted && p.all_admitted;
    s.done = s.done && p.done;
    for (const auto& [result, count] : p.results) {
      auto same = std::find_if(s.results.begin(), s.results.end(), [&, r = result](const auto& e) { return e.first == r; });
      if (same == s.results.end()) s.results.emplace_back(result, count);
      else same->second += count;
    }
  }
  std::sort(s.results.begin(), s.results.end());
  return s;
}

std::string summary(const campaign_progress& p, const node::history_progress& told, std::int64_t wall_ms, std::int64_t virtual_ms,
                    const std::string& store) {
  std::string text = fmt::format("chains    {} ended of {}", p.ended, p.chains);
  if (p.faulted) text += fmt::format(", {} with a fault", p.faulted);
  if (p.switched) text += fmt::format(", {} switched to the traditional treatment", p.switched);
  text += fmt::format("\nattempts  {}\n", p.attempts);
  auto by_count = p.results;
  std::stable_sort(by_count.begin(), by_count.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  for (const auto& [result, count] : by_count) text += fmt::format("  {:<18} {:>9}\n", dialer::name_of(result), count);
  if (told.sent + told.waiting > 0) text += fmt::format("history   {} records sent, {} wait\n", told.sent, told.waiting);
  text += "duration  " + duration_text(wall_ms);
  if (virtual_ms > 0) text += " for " + duration_text(virtual_ms) + " of virtual time";
  return text + "\nrows      " + store + "\n";
}

std::string duration_text(std::int64_t ms) {
  const auto s = ms / 1000;
  if (s < 60) return fmt::format("{:.1f} s", static_cast<double>(ms) / 1000);
  if (s < 3'600) return fmt::format("{} min {} s", s / 60, s % 60);
  if (s < 86'400) return fmt::format("{} h {} min", s / 3'600, s % 3'600 / 60);
  return fmt::format("{} d {} h", s / 86'400, s % 86'400 / 3'600);
}

} // namespace chainring::actors
