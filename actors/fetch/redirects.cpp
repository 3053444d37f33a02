// redirects.cpp: each hop is judged before it is made; its address, when that is known, by the connection.
#include "actors/fetch/redirects.hpp"

#include <utility>

#include "actors/limits.hpp"

namespace chainring::actors {

namespace {

fetched_bytes not_followed(const uri& from, std::string what, std::string mend) {
  fetched_bytes out{fetch_outcome::refused, {}, {}, {std::move(what), from.text, std::move(mend)}};
  out.failure = fetch_failure::redirect;
  return out;
}

class following : public std::enable_shared_from_this<following> {
 public:
  following(std::shared_ptr<const loading_environment> environment, const uri& where, document_version known,
            source::callback done)
      : environment_(std::move(environment)), first_(where), where_(where), known_(std::move(known)), done_(std::move(done)) {}

  void go() {
    auto from = environment_->source_of(where_, hops_ > 0);
    if (!from) return done_({fetch_outcome::refused, {}, {}, from.error()});
    const auto origin = origin_of(where_);
    const bool trusted = origin == origin_of(first_) || environment_->redirect_to.contains(origin);
    const auto left_ms = environment_->response_timeout.count() - took_ms_;
    if (hops_ > 0 && left_ms <= 0)
      return done_(not_followed(first_, "the redirections took longer than a request may", "name " + where_.text + " itself"));
    (*from)->get(where_, {.known = known_, .public_only = !trusted, .within_ms = left_ms},
                 [self = shared_from_this()](fetched_bytes got) { self->arrived(std::move(got)); });
  }

 private:
  void arrived(fetched_bytes got) {
    took_ms_ += got.took_ms;
    if (got.outcome != fetch_outcome::moved) return done_(std::move(got));
    auto next = resolve(where_, got.location);
    if (!next)
      return done_(not_followed(where_, "the server sends us to what is no place: " + next.error().what, "correct that"));
    if (where_.scheme == "https" && next->scheme != "https")
      return done_(not_followed(where_, "the server sends us from https: to " + next->scheme + ":", "let it stay with https:"));
    if (++hops_ > limits::redirects_max)
      return done_(not_followed(first_, "there are more than " + std::to_string(limits::redirects_max) + " redirections",
                                "look whether they go in a circle, or name the place itself"));
    where_ = std::move(*next);
    go();
  }

  const std::shared_ptr<const loading_environment> environment_;
  const uri first_;
  uri where_;
  const document_version known_;
  const source::callback done_;
  std::size_t hops_ = 0;
  std::int64_t took_ms_ = 0;
};

} // namespace

void get_following(std::shared_ptr<const loading_environment> environment, const uri& where, document_version known,
                   source::callback done) {
  std::make_shared<following>(std::move(environment), where, std::move(known), std::move(done))->go();
}

} // namespace chainring::actors
