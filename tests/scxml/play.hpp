// play.hpp: what the tests of the interpreter have in common: a document from text, a run of it,
// and its trace.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "scxml/compile.hpp"
#include "scxml/models/null/null.hpp"
#include "scxml/runner.hpp"
#include "tests/catch.hpp"

namespace chainring::scxml::testing {

inline std::shared_ptr<const document> document_from(std::string_view bytes,
                                                     const vocabulary* actions = nullptr) {
  compile_options options;
  options.name = "test.scxml";
  options.actions = actions;
  auto made = compile(bytes, options);
  for (const auto& complaint : made.complaints)
    UNSCOPED_INFO(place_of(complaint) << ": " << complaint.what);
  REQUIRE(made.document);
  return made.document;
}

/// The body of a document with the null data model.
inline std::string null_scxml(std::string_view attributes, std::string_view body) {
  return "<scxml xmlns='http://www.w3.org/2005/07/scxml' version='1.0' datamodel='null' " +
         std::string(attributes) + ">" + std::string(body) + "</scxml>";
}

inline event named(std::string_view name) {
  event e;
  e.name = name;
  return e;
}

/// "+id" entered, "-id" left, "*id" a transition taken from id, "!message" failed, "log text".
class trace final : public observer {
 public:
  std::vector<std::string> lines;

  void entered(const session& s, index state) override {
    lines.push_back("+" + s.document->states[state].id);
  }
  void exited(const session& s, index state) override {
    lines.push_back("-" + s.document->states[state].id);
  }
  void taken(const session& s, index t) override {
    lines.push_back("*" + s.document->states[s.document->transitions[t].source].id);
  }
  void failed(const session&, const verdict& v, position) override {
    lines.push_back("!" + v.message);
  }

  /// The lines since the last call.
  std::vector<std::string> take() { return std::exchange(lines, {}); }
};

using names = std::vector<std::string>;

/// A document with the null data model, running.
class play {
 public:
  explicit play(std::string_view bytes)
      : play(document_from(bytes)) {}
  explicit play(const std::shared_ptr<const document>& d)
      : run(d, *null_source().open(d), callbacks(), setup()) {
    run.start();
  }

  play& operator<<(std::string_view event_name) {
    run.deliver(named(event_name));
    return *this;
  }
  names active() const { return run.configuration(true); }

  trace seen;
  names logs;
  runner run;

 private:
  runner_setup setup() {
    runner_setup made;
    made.watching = &seen;
    made.events_max = 100'000;
    return made;
  }
  runner_callbacks callbacks() {
    runner_callbacks c;
    c.on_log = [this](const session&, const log_effect& l) {
      logs.push_back(l.label);
      seen.lines.push_back("log " + l.label);
    };
    return c;
  }
};

} // namespace chainring::scxml::testing
