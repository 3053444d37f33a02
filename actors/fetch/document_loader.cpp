// document_loader.cpp: one object per document that is being loaded; it lives in the callbacks that
// it waits for.
#include "actors/fetch/document_loader.hpp"

#include <algorithm>
#include <optional>

#include "actors/fetch/charset.hpp"
#include "actors/fetch/redirects.hpp"
#include "actors/io_threads.hpp"
#include "actors/limits.hpp"
#include "scxml/digest.hpp"
#include "scxml/document_origin.hpp"

namespace chainring::actors {

std::optional<document_table::known> document_table::find(const std::string& key) {
  const std::lock_guard lock{mutex_};
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return std::nullopt;
  if (auto document = found->second.document.lock()) return known{std::move(document), found->second.warnings};
  return std::nullopt;
}

void document_table::add(const std::string& key, const known& one) {
  const std::lock_guard lock{mutex_};
  std::erase_if(by_key_, [](const auto& entry) { return entry.second.document.expired(); });
  by_key_[key] = {one.document, one.warnings};
}

namespace {

/// Whether what it invokes depends on where it stands.
bool invokes_by_name(const scxml::document& d) {
  return std::any_of(d.invokes.begin(), d.invokes.end(), [](const scxml::invoke& i) {
    return i.src.given || (i.inline_document && invokes_by_name(*i.inline_document));
  });
}

class loading : public std::enable_shared_from_this<loading> {
 public:
  loading(std::shared_ptr<loading_environment> environment, const uri& where, std::shared_ptr<const loaded> before,
          std::function<void(loaded)> done)
      : environment_(std::move(environment))
      , where_(where)
      , before_(std::move(before))
      , done_(std::move(done)) {}

  void start() {
    out_ = {};
    texts_.clear();
    get(where_, &loading::got_document);
  }

 private:
  using step = void (loading::*)(fetched_bytes);

  /// `then` runs on the worker, where decoding and compiling keep nobody waiting.
  void get(const uri& what, step then) {
    document_version known;
    if (const auto n = out_.versions.size(); before_ && n < before_->versions.size()) known = before_->versions[n];
    get_following(environment_, what, std::move(known), [self = shared_from_this(), then](fetched_bytes got) {
      self->environment_->io.compute(
          origin_of(self->where_), [self, then, got = std::move(got)]() mutable { (self.get()->*then)(std::move(got)); });
    });
  }

  void count_freshness(const fetched_bytes& got) {
    const auto fresh = got.fresh_s ? std::chrono::seconds{*got.fresh_s} : environment_->fresh_default;
    out_.fresh = out_.versions.empty() ? fresh : std::min(out_.fresh, fresh);
  }

  /// The version of an answer. A server that answers 304 need not say it again.
  document_version version_of(fetched_bytes& got) const {
    document_version said{std::move(got.etag), std::move(got.last_modified)};
    const auto n = out_.versions.size();
    return got.outcome == fetch_outcome::unchanged && !said.is_known() ? before_->versions[n] : said;
  }

  void got_document(fetched_bytes got) {
    if (got.outcome != fetch_outcome::ok && got.outcome != fetch_outcome::unchanged) return fail(std::move(got.problem));
    count_freshness(got);
    out_.versions.push_back(version_of(got));
    if (got.outcome == fetch_outcome::unchanged) {
      text_ = before_->document->origin->text;
    } else {
      auto text = to_utf8(std::move(got.bytes), got.content_type, where_.text);
      if (!text) return fail(std::move(text).error());
      text_ = *std::move(text);
      if (before_ && text_ != before_->document->origin->text) before_ = nullptr;
    }
    resources_ = scxml::referenced_resources(text_);
    if (resources_.size() > limits::document_resources_max)
      return fail({"the document refers to " + std::to_string(resources_.size()) +
                       " scripts and data, " + std::to_string(limits::document_resources_max) +
                       " are allowed",
                   where_.text, "put them together"});
    next_resource();
  }

  void next_resource() {
    if (texts_.size() == resources_.size()) return compile();
    const std::string& name = resources_[texts_.size()];
    const auto what = resolve(where_, name);
    if (!what) return got_resource({fetch_outcome::refused, {}, {}, what.error()});
    get(*what, &loading::got_resource);
  }

  void got_resource(fetched_bytes got) {
    if (got.outcome == fetch_outcome::unavailable) return fail(std::move(got.problem));
    count_freshness(got);
    const auto& name = resources_[texts_.size()];
    out_.versions.push_back(version_of(got));
    if (got.outcome == fetch_outcome::unchanged) {
      texts_.push_back(text_before(name));
      return next_resource();
    }
    auto text = got.outcome == fetch_outcome::ok ? to_utf8(std::move(got.bytes), got.content_type, name)
                                                 : result<std::string>{std::move(got.problem)};
    if (!text) out_.warnings.push_back(text.error());
    texts_.push_back(text ? std::optional{*std::move(text)} : std::nullopt);
    next_resource();
  }

  std::optional<std::string> text_before(const std::string& name) const {
    for (const auto& [known, text] : before_->document->origin->resources)
      if (known == name) return text;
    return std::nullopt;
  }

  /// What makes two documents one: the bytes, all that they load, and for those that invoke others by relative names the folder
  /// that they stand in.
  std::string key(bool with_folder) const {
    scxml::sha256 digest;
    digest.add(environment_->legacy ? "legacy " : "");
    digest.add(std::to_string(text_.size()) + "\n" + text_);
    for (std::size_t n = 0; n < resources_.size(); ++n) {
      digest.add("\n" + resources_[n] + "\n" + (texts_[n] ? std::to_string(texts_[n]->size()) : "missing") + "\n");
      if (texts_[n]) digest.add(*texts_[n]);
    }
    const auto name = where_.text.substr(0, where_.text.find('?'));
    if (with_folder) digest.add("\n" + name.substr(0, name.rfind('/') + 1));
    return digest.finish();
  }

  void compile() {
    for (const bool with_folder : {false, true})
      if (auto known = environment_->documents.find(key(with_folder))) return finish(*known);
    scxml::compile_options options;
    options.name = where_.text;
    options.actions = environment_->actions;
    options.legacy = environment_->legacy;
    options.load = [this](std::string_view name) -> std::optional<std::string> {
      for (std::size_t at = 0; at < resources_.size(); ++at)
        if (resources_[at] == name) return texts_[at];
      return std::nullopt;
    };
    auto compiled = scxml::compile(text_, options);
    document_table::known made{compiled.document, {}};
    for (const auto& complaint : compiled.complaints)
      if (complaint.severity == scxml::severity::warning) made.warnings.push_back(to_error(complaint));
    if (!made.document) return fail(compiled.first_error());
    environment_->documents.add(key(invokes_by_name(*made.document)), made);
    finish(made);
  }

  void finish(const document_table::known& made) {
    out_.document = made.document;
    out_.unchanged = before_ && before_->document == made.document;
    out_.warnings.insert(out_.warnings.end(), made.warnings.begin(), made.warnings.end());
    done_(std::move(out_));
  }

  void fail(error problem) {
    out_.problem = std::move(problem);
    done_(std::move(out_));
  }

  const std::shared_ptr<loading_environment> environment_;
  const uri where_;
  std::shared_ptr<const loaded> before_; // null: nothing is known, or its text has changed
  const std::function<void(loaded)> done_;
  std::string text_;
  std::vector<std::string> resources_;
  std::vector<std::optional<std::string>> texts_; // of the first resources_, in their order
  loaded out_;
};

} // namespace

void load_document(std::shared_ptr<loading_environment> environment, const uri& where, std::shared_ptr<const loaded> before,
                   std::function<void(loaded)> done) {
  std::make_shared<loading>(std::move(environment), where, std::move(before), std::move(done))->start();
}

} // namespace chainring::actors
