// performance.cpp: documents of the suites on two sets of runtimes, so that a restored session
// finds a strange one.
#include "tests/conformance/performance.hpp"

#include <fstream>
#include <iterator>

#include "actors/http/runner_http.hpp"
#include "scxml/models/ecmascript/ecmascript.hpp"
#include "scxml/models/models.hpp"
#include "scxml/snapshot.hpp"

namespace chainring::scxml::conformance {

namespace {

/// All on QuickJS but what has the null data model.
class quickjs_models final : public datamodel_source {
 public:
  result<std::shared_ptr<datamodel>> open(const std::shared_ptr<const document>& d) override {
    return d->datamodel == datamodel_kind::null ? usual_->open(d) : quickjs_->open(d);
  }

 private:
  const std::unique_ptr<datamodel_source> usual_ = make_models(), quickjs_ = make_ecmascript_source();
};

datamodel_source& models(engines on, bool second) {
  static const auto first_lane = make_models(), second_lane = make_models();
  static quickjs_models first_quickjs, second_quickjs;
  if (on == engines::quickjs) return second ? second_quickjs : first_quickjs;
  return second ? *second_lane : *first_lane;
}

std::shared_ptr<datamodel> model_for(const std::shared_ptr<const document>& d, engines on, bool second) {
  auto opened = models(on, second).open(d);
  return opened ? *opened : nullptr;
}

/// One endpoint for all: sessions are told apart by their numbers.
actors::runner_http& http() {
  static const auto made = std::move(*actors::runner_http::start("suite"));
  return *made;
}

/// What a document of the suite in `folder` refers to.
result<named_text> load_from(const std::filesystem::path& folder, std::string_view uri) {
  if (uri.starts_with("file:")) uri.remove_prefix(5);
  const auto resource = folder / uri;
  if (!std::filesystem::is_regular_file(resource)) return error{"there is no such file", std::string(uri), ""};
  return named_text{std::string(uri), contents_of(resource)};
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
    auto loaded = load_from(file.parent_path(), uri);
    if (!loaded) return std::nullopt;
    return std::move(loaded->text);
  };
  return compile(bytes, options);
}

std::string joined(const names& words) {
  std::string all;
  for (const auto& word : words) all += (all.empty() ? "" : " ") + word;
  return all;
}

performance::performance(const std::shared_ptr<const document>& d, const std::filesystem::path& folder, bool restoring,
                         engines on)
    : document_(d), folder_(folder), restoring_(restoring), on_(on),
      runner_(std::make_unique<runner>(d, model_for(d, on, second_), callbacks(), setup())) {}

runner_callbacks performance::callbacks() {
  runner_callbacks made;
  made.on_log = [this](const session& s, const log_effect& l) {
    logs.push_back((&s == &runner_->self() ? "" : "invoked ") + l.label + ": " + l.text);
  };
  made.on_stable = [this](runner& r, session& s) {
    if (&s == &r.self()) configurations.push_back(joined(r.configuration(true)));
    if (restoring_ && s.phase == session_phase::stable) save_and_restore(s);
  };
  made.on_post = [](runner& r, const session& s, send_effect& send) { http().post_and_wait(r, s, send); };
  return made;
}

runner_setup performance::setup() const {
  runner_setup made;
  made.models = &models(on_, false);
  made.load = [folder = folder_](const std::string&, std::string_view uri) { return load_from(folder, uri); };
  made.basic_http = http().location();
  return made;
}

void performance::start() {
  runner_->start();
  save_and_restore_all();
}

void performance::deliver(event e) {
  runner_->deliver(std::move(e));
  save_and_restore_all();
}

void performance::advance(std::int64_t ms) {
  runner_->advance(ms);
  save_and_restore_all();
}

void performance::run_on() {
  if (!restoring_) {
    runner_->run();
    return;
  }
  while (runner_->state() == runner::outcome::waiting) {
    const auto due_ms = runner_->next_due_ms();
    if (!due_ms) return;
    advance(*due_ms - runner_->elapsed_ms());
  }
}

void performance::save_and_restore_all() {
  if (!restoring_ || runner_->state() != runner::outcome::waiting) return;
  const auto bytes = runner_->save();
  if (!bytes) return not_saved.push_back(to_line(bytes.error()));
  second_ = !second_;
  std::vector<std::shared_ptr<const document>> known{document_}; // and what was loaded while it ran
  runner_->sessions().for_each([&](const session& s) { known.push_back(s.document); });
  const auto find = [&](std::string_view hash) -> std::shared_ptr<const document> {
    for (const auto& d : known)
      if (auto found = find_document(d, hash)) return found;
    return nullptr;
  };
  auto restored = runner::restore(*bytes, find, models(on_, second_), callbacks(), setup());
  if (!restored) return complaints.push_back(to_line(restored.error()));
  runner_ = std::move(*restored);
}

performance::~performance() = default;

void performance::save_and_restore(session& s) {
  const auto bytes = save(s);
  if (!bytes) return not_saved.push_back(to_line(bytes.error()));
  second_ = !second_;
  auto restored = restore(*bytes, s.document, model_for(s.document, on_, second_));
  if (!restored) return complaints.push_back(to_line(restored.error()));
  s = std::move(*restored);
}

} // namespace chainring::scxml::conformance
