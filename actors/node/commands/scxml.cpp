// scxml.cpp: feeds a runner with events and time.
#include "actors/node/commands/scxml.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <thread>

#include "actors/node/commands/common.hpp"
#include "actors/node/commands/event_lines.hpp"
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
  result<event_lines::outcome> next(event_line& out, std::int64_t wait_ms) {
    if (!lines_) return event_lines::outcome::end;
    return lines_->next(out, wait_ms);
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
    const auto got = input.next(line, -1);
    if (!got) return got.error();
    if (*got == event_lines::outcome::nothing_yet) continue;
    if (*got == event_lines::outcome::end) break;
    run.advance(line.after_ms);
    if (is_running(run)) run.deliver(std::move(line.what));
  }
  run.run();
  return {};
}

/// The clock is the machine's: waits for the next line, the time of a line, and delays, whichever comes first.
result<void> feed_in_real_time(scxml::runner& run, event_input& input) {
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
    if (!is_running(run)) break;
    if (line_due_ms && *line_due_ms <= run.elapsed_ms()) {
      line_due_ms.reset();
      run.deliver(std::move(line.what));
      continue;
    }
    const auto due_ms = run.next_due_ms();
    if (ended && !line_due_ms && !due_ms) break;
    std::int64_t wait_ms = due_ms ? std::max<std::int64_t>(*due_ms - now_ms(), 0) : -1;
    if (line_due_ms || ended) {
      const std::int64_t line_ms = line_due_ms ? std::max<std::int64_t>(*line_due_ms - now_ms(), 0) : wait_ms;
      std::this_thread::sleep_for(std::chrono::milliseconds(wait_ms < 0 ? line_ms : std::min(wait_ms, line_ms)));
      continue;
    }
    const auto got = input.next(line, wait_ms);
    if (!got) return got.error();
    ended = *got == event_lines::outcome::end;
    if (*got == event_lines::outcome::line) {
      line_due_ms = std::max(before_ms + line.after_ms, line.after_ms == 0 ? now_ms() : 0);
      before_ms = *line_due_ms;
    }
  }
  return {};
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
  const auto compiled = compile_file(options.document);
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

  scxml::runner_callbacks callbacks;
  callbacks.on_stable = [&](scxml::runner& run, scxml::session& s) {
    if (&s == &run.self()) show_stable(run, out);
  };
  callbacks.on_log = [&](const scxml::session&, const scxml::log_effect& log) { err << log.label << ": " << log.text << '\n'; };
  const auto& vocabulary = *compiled->document->actions_known;
  callbacks.on_action = [&](scxml::runner&, const scxml::session&, const scxml::action_effect& action) {
    err << vocabulary.actions[action.spec].name << ": nobody carries it out here\n";
  };
  scxml::runner_setup setup;
  setup.start_ms = virtual_time_start_ms_default;
  setup.models = models.get();
  scxml::runner run(compiled->document, *std::move(model), std::move(callbacks), setup);
  run.start();
  const auto fed = options.real_time ? feed_in_real_time(run, input) : feed(run, input);
  if (!fed) return complain(err, fed.error()), exit_usage;
  return conclude(run, options.document, out, err);
}

} // namespace chainring::actors
