// scion.cpp: SCION's tests: a script of events with the active atomic states after each.
#include <algorithm>
#include <iostream>
#include <set>

#include "tests/conformance/suites.hpp"

namespace chainring::scxml::conformance {

namespace {

names sorted(names words) {
  std::sort(words.begin(), words.end());
  return words;
}

names strings_of(const value* list) {
  names strings;
  if (const array* items = list ? list->as<array>() : nullptr)
    for (const auto& item : *items)
      if (const auto* text = item.as<std::string>()) strings.push_back(*text);
  return sorted(std::move(strings));
}

std::string compare(performance& p, const value* wanted, const std::string& when) {
  const names states = strings_of(wanted), active = sorted(p.run().configuration(true));
  if (active == states) return "";
  return when + " in " + joined(active) + ", not " + joined(states);
}

event event_of(const value& step) {
  event e;
  if (const value* described = step.find("event")) {
    if (const value* name = described->find("name")) e.name = to_text(*name);
    if (const value* data = described->find("data")) e.data = *data;
  }
  return e;
}

std::string play_script(performance& p, const value& script) {
  p.start();
  if (auto problem = compare(p, script.find("initialConfiguration"), "at first"); !problem.empty())
    return problem;
  const value* steps = script.find("events");
  if (!steps || !steps->is<array>()) return "the script has no events";
  for (const value& step : *steps->as<array>()) {
    const value* after = step.find("after");
    if (after && after->is<double>())
      p.advance(static_cast<std::int64_t>(*after->as<double>()));
    const event e = event_of(step);
    p.deliver(e);
    if (auto problem = compare(p, step.find("nextConfiguration"), "after " + e.name);
        !problem.empty())
      return problem;
  }
  return p.complaints.empty() ? "" : p.complaints.front();
}

/// The script beside a document. Two documents expect that a transition from a region of a
/// <parallel> to itself does not leave the parallel. SCXML 3.1.5 and findLCCA of Appendix D say
/// that it does: only a compound state can be the domain. For these two the package's second
/// script, called legacySemantics, is the one that agrees with the Recommendation.
bool read_script(const std::filesystem::path& file, value& script) {
  if (!from_json(contents_of(std::filesystem::path(file).replace_extension(".json")), script))
    return false;
  const std::string name = file.parent_path().filename().string() + "/" + file.stem().string();
  if (name != "more-parallel/test10" && name != "more-parallel/test10b") return true;
  const value* other = script.find("legacySemantics");
  if (!other) return false;
  script = value(*other);
  return true;
}

std::string run_test(const std::filesystem::path& file, tally& all) {
  value script;
  if (!read_script(file, script)) return "it has no script in JSON";
  const auto made = compile_file(file, contents_of(file));
  if (!made.document) return "refused: " + to_line(made.first_error());
  performance straight(made.document, file.parent_path(), false), restored(made.document, file.parent_path(), true);
  if (auto problem = play_script(straight, script); !problem.empty()) return problem;
  if (auto problem = play_script(restored, script); !problem.empty())
    return "saved and restored: " + problem;
  if (straight.logs != restored.logs) return "saved and restored: another log";
  if (made.document->program) {
    performance on_quickjs(made.document, file.parent_path(), false, engines::quickjs);
    if (auto problem = play_script(on_quickjs, script); !problem.empty()) return "on QuickJS: " + problem;
    if (!same_seen(straight, on_quickjs)) return "on QuickJS: another log or other configurations";
    ++all.compiled;
  }
  all.restored += restored.not_saved.empty();
  return "";
}

} // namespace

tally run_scion(const std::filesystem::path& suite) {
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(suite))
    if (entry.path().extension() == ".scxml" && entry.path().parent_path().filename() != "w3c-ecma")
      files.insert(entry.path());
  tally all;
  for (const auto& file : files) {
    ++all.judged;
    const std::string problem = run_test(file, all);
    if (problem.empty())
      ++all.passed;
    else
      std::cout << "SCION " << file.lexically_relative(suite).string() << ": " << problem << "\n";
  }
  return all;
}

} // namespace chainring::scxml::conformance
