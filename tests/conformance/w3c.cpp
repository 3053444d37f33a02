// w3c.cpp: the W3C's own tests: a document passes by reaching the final state `pass`; the few that
// the W3C leaves to a human eye are judged by what their comments tell the tester to look for.
#include <algorithm>
#include <iostream>
#include <map>
#include <optional>
#include <set>

#include "tests/conformance/suites.hpp"

namespace chainring::scxml::conformance {

namespace {

/// Left to a human eye by the W3C; judged here by what their comments tell the tester to look for.
const std::set<std::string> manual{"178", "230", "250", "301", "307", "313", "314", "415"};

/// "150" of "test150.txml.scxml" and "test288.scxml"; nothing for helpers of other documents, and for 303-1 and 303-2, which
/// the package has added to the W3C's.
std::optional<std::string> test_id(const std::filesystem::path& file) {
  std::string name = file.filename().string();
  if (!name.starts_with("test") || !name.ends_with(".scxml") ||
      name.find("sub") != std::string::npos || name.find('-') != std::string::npos)
    return std::nullopt;
  name = name.substr(4);
  return name.substr(0, name.find('.'));
}

std::string last_configuration(performance& p) {
  return (p.run().state() == runner::outcome::done ? "done in " : "stopped in ") +
         joined(p.run().configuration(true));
}

std::string reached(performance& p, const char* final_state) {
  const std::string wanted = std::string("done in ") + final_state;
  return last_configuration(p) == wanted ? "" : last_configuration(p) + ", not " + wanted;
}

bool logged(const performance& p, const std::string& part) {
  return std::any_of(p.logs.begin(), p.logs.end(),
                     [&](const auto& l) { return l.find(part) != std::string::npos; });
}

/// Test 178 prints _event.raw, whose format no specification gives, for people to look at. Here it
/// prints the data.
void show_event_data(std::string& bytes) {
  const std::string raw = "_event.raw";
  if (const auto at = bytes.rfind(raw); at != std::string::npos)
    bytes.replace(at, raw.size(), "_event.data");
}

/// Both values of the repeated parameter are in the log.
std::string judge_178(performance& p) {
  if (!logged(p, "2") || !logged(p, "3"))
    return "the log lacks a value of the parameter: " + joined(p.logs);
  return reached(p, "final");
}

/// The unborn variable and the missing member give the same: no error, and undefined.
std::string judge_307(performance& p) {
  if (logged(p, "error in state")) return "reading gave an error";
  if (!logged(p, "no error in s0") || !logged(p, "No error in s1"))
    return "a log line is missing: " + joined(p.logs);
  if (p.logs.size() < 3 ||
      p.logs[0].substr(p.logs[0].rfind(' ')) != p.logs[2].substr(p.logs[2].rfind(' ')))
    return "the two values differ: " + joined(p.logs);
  return reached(p, "final");
}

/// The same five fields are printed by the parent, and by the child that gets the event back.
std::string judge_230(performance& p) {
  const std::string invoked = "invoked ";
  names seen[2];
  for (const auto& line : p.logs) {
    const bool of_child = line.starts_with(invoked);
    seen[of_child].push_back(line.substr(of_child ? invoked.size() : 0));
  }
  if (seen[0].size() != 7 || seen[0] != seen[1]) return "the logs of parent and child differ: " + joined(p.logs);
  return reached(p, "final");
}

/// The child was cancelled, and its <onexit> has run.
std::string judge_250(performance& p) {
  if (!logged(p, "Exiting sub01") || !logged(p, "Exiting sub0")) return "<onexit> of the child has not run: " + joined(p.logs);
  if (logged(p, "entering final state")) return "the child was not cancelled";
  return reached(p, "final");
}

/// The raised event1 was not processed: nothing happened after the initial configuration.
std::string judge_415(performance& p) {
  if (p.configurations.size() != 1) return "something happened after the final state was entered";
  return reached(p, "final");
}

/// Empty: passed; else what went wrong.
std::string judge(const std::string& id, performance& p) {
  if (!p.complaints.empty()) return p.complaints.front();
  if (id == "178") return judge_178(p);
  if (id == "230") return judge_230(p);
  if (id == "250") return judge_250(p);
  if (id == "307") return judge_307(p);
  if (id == "415") return judge_415(p);
  return reached(p, "pass");
}

std::string run_once(const std::string& id, performance& p) {
  p.start();
  p.run_on();
  return judge(id, p);
}

std::string run_test(const std::string& id, const std::filesystem::path& file, tally& all) {
  std::string bytes = contents_of(file);
  if (id == "178") show_event_data(bytes);
  const auto made = compile_file(file, bytes);
  if (id == "301") return made.document ? "a document whose script cannot be had was accepted" : "";
  if (!made.document) return "refused: " + to_line(made.first_error());
  performance straight(made.document, file.parent_path(), false), restored(made.document, file.parent_path(), true);
  if (auto problem = run_once(id, straight); !problem.empty()) return problem;
  if (auto problem = run_once(id, restored); !problem.empty())
    return "saved and restored: " + problem;
  if (straight.logs != restored.logs) return "saved and restored: another log";
  if (made.document->program) {
    performance on_quickjs(made.document, file.parent_path(), false, engines::quickjs);
    if (auto problem = run_once(id, on_quickjs); !problem.empty()) return "on QuickJS: " + problem;
    if (!same_seen(straight, on_quickjs)) return "on QuickJS: another log or other configurations";
    ++all.compiled;
  }
  all.restored += restored.not_saved.empty();
  return "";
}

} // namespace

w3c_tally run_w3c(const std::filesystem::path& suite, const std::filesystem::path& own) {
  std::map<std::string, std::filesystem::path> tests;
  for (const auto& folder : {suite / "w3c-ecma", own})
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      if (const auto id = test_id(entry.path())) tests[*id] = entry.path();
  w3c_tally all;
  for (const auto& [id, file] : tests) {
    tally& kind = manual.contains(id) ? all.manual : all.automatic;
    ++kind.judged;
    const std::string problem = run_test(id, file, kind);
    if (problem.empty())
      ++kind.passed;
    else
      std::cout << "W3C " << id << ": " << problem << "\n";
  }
  return all;
}

} // namespace chainring::scxml::conformance
