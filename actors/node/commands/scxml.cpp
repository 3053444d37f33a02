// scxml.cpp: feeds a runner with events and time.
#include "actors/node/commands/scxml.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <memory>
#include <random>

#include <fmt/format.h>

#include "actors/http/runner_http.hpp"
#include "actors/node/commands/common.hpp"
#include "actors/node/commands/event_lines.hpp"
#include "actors/node/commands/ocs_stand_in.hpp"
#include "actors/node/commands/trace.hpp"
#include "actors/node/configuration.hpp"
#include "scxml/diagnostic.hpp"
#include "scxml/models/models.hpp"
#include "scxml/runner.hpp"

namespace chainring::actors {

namespace {

using steady = std::chrono::steady_clock;

/// The file of --events: standard input, a file, or none.
class event_input {
 public:
  ~event_input() {
    if (owned_ >= 0) ::close(owned_);
  }
  result<void> open(const std::string& name) {
    if (name.empty()) return {};
    if (name == "-") return lines_.emplace(STDIN_FILENO, "standard input"), result<void>{};
    owned_ = ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
    if (owned_ < 0)
      return error{std::string{"the events cannot be read: "} + std::strerror(errno), name,
                   "give a file of JSON lines"};
    lines_.emplace(owned_, name);
    return {};
  }
  result<event_lines::outcome> next(event_line& out, std::int64_t wait_ms, int other) {
    if (!lines_) return event_lines::outcome::end;
    return lines_->next(out, wait_ms, other);
  }

 private:
  int owned_ = -1;
  std::optional<event_lines> lines_;
};

scxml::value configuration_of(const scxml::runner& run) {
  scxml::array ids;
  for (auto& id : run.configuration()) ids.emplace_back(std::move(id));
  return ids;
}

void show_stable(const scxml::runner& run, std::ostream& out) {
  scxml::object line;
  line.set("configuration", configuration_of(run));
  line.set("time_ms", run.elapsed_ms());
  out << scxml::to_json(line) << '\n' << std::flush;
}

bool is_running(const scxml::runner& run) { return run.state() == scxml::runner::outcome::waiting; }

/// The clock jumps: lines come one after the other, then what is still delayed.
result<void> feed(scxml::runner& run, event_input& input) {
  event_line line;
  while (is_running(run)) {
    const auto got = input.next(line, -1, -1);
    if (!got) return got.error();
    if (*got == event_lines::outcome::nothing_yet) continue;
    if (*got == event_lines::outcome::end) break;
    run.advance(line.after_ms);
    if (is_running(run)) run.deliver(std::move(line.what));
  }
  run.run();
  return {};
}

void wait_for(int descriptor, std::int64_t most_ms) {
  pollfd waiting{descriptor, POLLIN, 0};
  ::poll(&waiting, 1, most_ms < 0 ? -1 : static_cast<int>(std::min<std::int64_t>(most_ms, 60'000)));
}

/// The clock is the machine's: waits for the next line, the time of a line, delays, and events by HTTP, whichever comes
/// first.
result<void> feed_in_real_time(scxml::runner& run, event_input& input, runner_http& http, bool serves) {
  const auto begin = steady::now();
  const auto now_ms = [&] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(steady::now() - begin).count();
  };
  event_line line;
  std::optional<std::int64_t> line_due_ms; // of `line`, if one has been read
  std::int64_t before_ms = 0;              // when the line before was due
  bool ended = false;
  while (is_running(run)) {
    run.advance(std::max<std::int64_t>(now_ms() - run.elapsed_ms(), 0));
    http.deliver(run);
    if (!is_running(run)) break;
    if (line_due_ms && *line_due_ms <= run.elapsed_ms()) {
      line_due_ms.reset();
      run.deliver(std::move(line.what));
      continue;
    }
    const auto due_ms = run.next_due_ms();
    if (ended && !line_due_ms && !due_ms && !serves && http.is_quiet()) break;
    std::int64_t wait_ms = due_ms ? std::max<std::int64_t>(*due_ms - now_ms(), 0) : -1;
    if (line_due_ms || ended) {
      const std::int64_t line_ms = line_due_ms ? std::max<std::int64_t>(*line_due_ms - now_ms(), 0) : wait_ms;
      wait_for(http.wake_descriptor(), wait_ms < 0 ? line_ms : std::min(wait_ms, line_ms));
      continue;
    }
    const auto got = input.next(line, wait_ms, http.wake_descriptor());
    if (!got) return got.error();
    ended = *got == event_lines::outcome::end;
    if (*got == event_lines::outcome::line) {
      line_due_ms = std::max(before_ms + line.after_ms, line.after_ms == 0 ? now_ms() : 0);
      before_ms = *line_due_ms;
    }
  }
  return {};
}

/// So that nobody can guess where events are taken.
std::string random_secret() {
  std::random_device entropy;
  std::string secret;
  for (int i = 0; i < 4; ++i) secret += fmt::format("{:08x}", entropy());
  return secret;
}

int conclude(const scxml::runner& run, const std::string& path, std::ostream& out, std::ostream& err) {
  const auto outcome = run.state();
  scxml::object last;
  last.set("done", outcome == scxml::runner::outcome::done);
  last.set("configuration", configuration_of(run));
  out << scxml::to_json(last) << '\n' << std::flush;
  switch (outcome) {
  case scxml::runner::outcome::done: return exit_done;
  case scxml::runner::outcome::waiting: return exit_waits;
  case scxml::runner::outcome::faulted:
    complain(err, {std::string{"the document was stopped: "} + scxml::to_text(run.self().fault), path,
                   "mend what it does there"});
    return exit_failed;
  case scxml::runner::outcome::limit: break;
  }
  complain(err, {"the document was stopped: too many events without one from outside", path, "mend its loop of sends"});
  return exit_failed;
}

} // namespace

int run_scxml(const scxml_command& options, std::ostream& out, std::ostream& err) {
  const auto compiled = compile_file(options.document, options.legacy);
  if (!compiled) return complain(err, compiled.error()), exit_failed;
  for (const auto& complaint : compiled->complaints) {
    error problem = scxml::to_error(complaint);
    if (complaint.severity == scxml::severity::warning) problem.what = "warning: " + problem.what;
    complain(err, problem);
  }
  if (!compiled->document) return exit_failed;
  const auto models = scxml::make_models();
  auto model = models->open(compiled->document);
  if (!model) return complain(err, model.error()), exit_failed;
  event_input input;
  if (const auto opened = input.open(options.events); !opened) return complain(err, opened.error()), exit_usage;
  const auto dialer = ocs_stand_in::make(options, err);
  if (!dialer) return complain(err, dialer.error()), exit_usage;
  const auto http = runner_http::start(random_secret());
  if (!http) return complain(err, http.error()), exit_failed;

  scxml::runner_callbacks callbacks;
  callbacks.on_stable = [&](scxml::runner& run, scxml::session& s) {
    if (&s == &run.self()) show_stable(run, out);
  };
  callbacks.on_log = [&](const scxml::session&, const scxml::log_effect& log) { err << log.label << ": " << log.text << '\n'; };
  callbacks.on_action = [&](auto& run, const auto& from, const auto& action) { (*dialer)->perform(run, from, action); };
  callbacks.on_action_failed = [&](auto& run, const auto& from, const auto& failed) { (*dialer)->perform(run, from, failed); };
  callbacks.on_post = [&](auto& run, const auto& from, const auto& send) {
    if (options.real_time) (*http)->post(from, send);
    else (*http)->post_and_wait(run, from, send);
  };
  trace tracing(err);
  scxml::runner_setup setup;
  setup.start_ms = virtual_time_start_ms_default;
  setup.models = models.get();
  setup.load = [folder = std::filesystem::absolute(options.document).parent_path()](const std::string& base, std::string_view uri) {
    return load_beside(folder, base, uri);
  };
  setup.basic_http = (*http)->location();
  if (options.trace) setup.watching = &tracing;
  scxml::runner run(compiled->document, *std::move(model), std::move(callbacks), std::move(setup));
  run.start();
  const auto fed = options.real_time ? feed_in_real_time(run, input, **http, options.wait) : feed(run, input);
  if (!fed) return complain(err, fed.error()), exit_usage;
  return conclude(run, options.document, out, err);
}

} // namespace chainring::actors
