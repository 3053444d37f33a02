// document_loader.cpp: one object per document that is being loaded; it lives in the callbacks that
// it waits for.
#include "actors/fetch/document_loader.hpp"

#include <optional>

#include "actors/fetch/charset.hpp"
#include "actors/io_threads.hpp"
#include "actors/limits.hpp"

namespace chainring::actors {

std::shared_ptr<const scxml::document>
document_table::unify(std::shared_ptr<const scxml::document> document) {
  const std::lock_guard lock{mutex_};
  std::erase_if(by_hash_, [](const auto& entry) { return entry.second.expired(); });
  auto& known = by_hash_[document->hash];
  if (auto same = known.lock()) return same;
  known = document;
  return document;
}

namespace {

class loading : public std::enable_shared_from_this<loading> {
 public:
  loading(std::shared_ptr<loading_environment> environment, const uri& where,
          std::function<void(fetched)> done)
      : environment_(std::move(environment))
      , where_(where)
      , done_(std::move(done)) {}

  void start() {
    get(where_,
        [self = shared_from_this()](fetched_bytes got) { self->got_document(std::move(got)); });
  }

 private:
  /// `then` runs on the worker, where decoding and compiling keep nobody waiting.
  void get(const uri& what, source::callback then) {
    auto from = environment_->source_of(what);
    if (!from) return then({fetch_outcome::refused, {}, {}, from.error()});
    (*from)->get(what, [environment = environment_, then = std::move(then)](fetched_bytes got) {
      environment->io.compute([then, got = std::move(got)]() mutable { then(std::move(got)); });
    });
  }

  void got_document(fetched_bytes got) {
    if (got.outcome != fetch_outcome::ok) return fail(std::move(got.problem));
    auto text = to_utf8(std::move(got.bytes), got.content_type, where_.text);
    if (!text) return fail(std::move(text).error());
    text_ = *std::move(text);
    resources_ = scxml::referenced_resources(text_);
    if (resources_.size() > limits::document_resources_max)
      return fail({"the document refers to " + std::to_string(resources_.size()) +
                       " scripts and data, " + std::to_string(limits::document_resources_max) +
                       " are allowed",
                   where_.text, "put them together"});
    next_resource();
  }

  void next_resource() {
    if (loaded_.size() == resources_.size()) return compile();
    const std::string& name = resources_[loaded_.size()];
    const auto what = resolve(where_, name);
    if (!what) return got_resource({fetch_outcome::refused, {}, {}, what.error()});
    get(*what,
        [self = shared_from_this()](fetched_bytes got) { self->got_resource(std::move(got)); });
  }

  void got_resource(fetched_bytes got) {
    if (got.outcome == fetch_outcome::unavailable) return fail(std::move(got.problem));
    auto text = got.outcome == fetch_outcome::ok
                    ? to_utf8(std::move(got.bytes), got.content_type, resources_[loaded_.size()])
                    : result<std::string>{std::move(got.problem)};
    if (!text) out_.warnings.push_back(text.error());
    loaded_.push_back(text ? std::optional{*std::move(text)} : std::nullopt);
    next_resource();
  }

  void compile() {
    scxml::compile_options options;
    options.name = where_.text;
    options.actions = environment_->actions;
    options.legacy = environment_->legacy;
    options.load = [this](std::string_view name) -> std::optional<std::string> {
      for (std::size_t at = 0; at < resources_.size(); ++at)
        if (resources_[at] == name) return loaded_[at];
      return std::nullopt;
    };
    auto compiled = scxml::compile(text_, options);
    for (const auto& complaint : compiled.complaints)
      if (complaint.severity == scxml::severity::warning)
        out_.warnings.push_back(to_error(complaint));
    if (!compiled.document) return fail(compiled.first_error());
    out_.document = environment_->documents.unify(std::move(compiled.document));
    done_(std::move(out_));
  }

  void fail(error problem) {
    out_.problem = std::move(problem);
    done_(std::move(out_));
  }

  const std::shared_ptr<loading_environment> environment_;
  const uri where_;
  const std::function<void(fetched)> done_;
  std::string text_;
  std::vector<std::string> resources_;
  std::vector<std::optional<std::string>> loaded_; // of the first resources_, in their order
  fetched out_;
};

} // namespace

void load_document(std::shared_ptr<loading_environment> environment, const uri& where,
                   std::function<void(fetched)> done) {
  std::make_shared<loading>(std::move(environment), where, std::move(done))->start();
}

} // namespace chainring::actors
