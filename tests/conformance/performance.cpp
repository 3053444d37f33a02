// performance.cpp: documents of the suites on two sets of runtimes, so that a restored session
// finds a strange one.
#include "tests/conformance/performance.hpp"

#include <fstream>
#include <iterator>

#include "scxml/models/ecmascript/ecmascript.hpp"
#include "scxml/models/null/null.hpp"
#include "scxml/snapshot.hpp"

namespace chainring::scxml::conformance {

namespace {

std::shared_ptr<datamodel> model_for(const std::shared_ptr<const document>& d, bool second) {
  static null_source without_data;
  static const auto first_lane = make_ecmascript_source(), second_lane = make_ecmascript_source();
  auto& ecmascript = second ? *second_lane : *first_lane;
  auto opened = d->datamodel == datamodel_kind::null ? without_data.open(d) : ecmascript.open(d);
  return opened ? *opened : nullptr;
}

} // namespace

std::string contents_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

compiled compile_file(const std::filesystem::path& file, const std::string& bytes) {
  compile_options options;
  options.name = file.filename().string();
  options.load = [&](std::string_view uri) -> std::optional<std::string> {
    if (uri.starts_with("file:")) uri.remove_prefix(5);
    const auto resource = file.parent_path() / uri;
    if (!std::filesystem::is_regular_file(resource)) return std::nullopt;
    return contents_of(resource);
  };
  return compile(bytes, options);
}

std::string joined(const names& words) {
  std::string all;
  for (const auto& word : words) all += (all.empty() ? "" : " ") + word;
  return all;
}

performance::performance(const std::shared_ptr<const document>& d, bool restoring)
    : restoring_(restoring) {
  runner_callbacks callbacks;
  callbacks.on_log = [this](const log_effect& l) { logs.push_back(l.label + ": " + l.text); };
  callbacks.on_stable = [this](runner& r) {
    configurations.push_back(joined(r.configuration(true)));
    if (restoring_ && r.self().phase == session_phase::stable) save_and_restore();
  };
  runner_ = std::make_unique<runner>(d, model_for(d, second_), std::move(callbacks));
}

performance::~performance() = default;

void performance::save_and_restore() {
  session& s = runner_->self();
  const auto bytes = save(s);
  if (!bytes) return not_saved.push_back(to_line(bytes.error()));
  second_ = !second_;
  auto restored = restore(*bytes, s.document, model_for(s.document, second_));
  if (!restored) return complaints.push_back(to_line(restored.error()));
  s = std::move(*restored);
}

} // namespace chainring::scxml::conformance
