// http_client.cpp: one request after the other: connect if need be, write, read; one deadline over all of them. Everything
// runs on one strand.
#include "actors/fetch/http_client.hpp"

#include <ctime>
#include <deque>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/http.hpp>

#include "actors/fetch/addresses.hpp"
#include "actors/fetch/breaker.hpp"
#include "actors/fetch/freshness.hpp"
#include "actors/fetch/gzip.hpp"
#include "actors/fetch/http_counters.hpp"
#include "actors/fetch/http_link.hpp"
#include "actors/fetch/http_problem.hpp"
#include "actors/io_threads.hpp"
#include "actors/limits.hpp"

namespace chainring::actors {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

/// One request and its answer. Pending operations hold it, so that one that was given up ends
/// harmlessly.
struct exchange {
  uri where;
  get_terms terms;
  source::callback done; // empty once called
  http::request<http::string_body> request;
  std::optional<http::response_parser<http::string_body>> parser;
  std::shared_ptr<http_link> over;
  steady_clock::time_point begun;
  std::size_t interim_answers = 0;
  bool repeatable = true; // the server may get it twice
  bool is_question = false;
  bool reused = false; // sent over a connection that has served before
};
using exchange_ptr = std::shared_ptr<exchange>;
using answer = http::response<http::string_body>;

std::int64_t now_ms() { return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count(); }

/// A header that is of a size to be kept; empty otherwise.
std::string kept_header(const answer& a, http::field name) {
  const auto text = a[name];
  return text.size() > limits::header_text_bytes_max ? std::string{} : std::string{text};
}

void read_versions(const answer& a, fetched_bytes& into) {
  into.content_type = kept_header(a, http::field::content_type);
  into.etag = kept_header(a, http::field::etag);
  into.last_modified = kept_header(a, http::field::last_modified);
  std::string cache_control; // which may stand in several lines
  for (auto [line, end] = a.equal_range(http::field::cache_control); line != end; ++line)
    cache_control += (cache_control.empty() ? "" : ",") + std::string{line->value()};
  into.fresh_s = fresh_seconds({.cache_control = cache_control,
                                .expires = a[http::field::expires],
                                .date = a[http::field::date],
                                .age = a[http::field::age],
                                .pragma = a[http::field::pragma]},
                               std::time(nullptr));
}

/// Servers make both validators of a time in whole seconds, so a document may be another one and have the same (RFC 9110 section
/// 8.8.2.2): those of one that has just changed are not kept, and it is fetched whole the next time.
void forget_young_version(const answer& a, fetched_bytes& got) {
  const auto modified = http_date(got.last_modified);
  if (!modified) return;
  const auto answered = http_date(a[http::field::date]).value_or(std::time(nullptr));
  if (answered - *modified >= document_settled_s_min) return;
  got.etag.clear();
  got.last_modified.clear();
}

class client final : public http_client, public std::enable_shared_from_this<client> {
 public:
  client(io_threads& io, const uri& origin, http_client_terms terms)
      : strand_(asio::make_strand(io.context()))
      , deadline_(strand_)
      , timeout_(terms.response_timeout)
      , counters_(terms.counters)
      , connector_(std::make_shared<http_connector>(io, strand_, origin, terms)) {
    if (terms.breaker_seed) breaker_.emplace(*terms.breaker_seed);
  }

  void get(const uri& where, get_terms terms, callback done) override {
    auto e = std::make_shared<exchange>();
    e->where = where;
    e->done = std::move(done);
    e->request.method(http::verb::get);
    e->request.set(http::field::accept_encoding, "gzip");
    if (!terms.known.etag.empty()) e->request.set(http::field::if_none_match, terms.known.etag);
    if (!terms.known.last_modified.empty()) e->request.set(http::field::if_modified_since, terms.known.last_modified);
    if (!terms.authorization.empty()) e->request.set(http::field::authorization, terms.authorization);
    e->is_question = terms.any_answer;
    e->terms = std::move(terms);
    enqueue(std::move(e));
  }

  void post(const uri& where, http_message_out message, callback done) override {
    auto e = std::make_shared<exchange>();
    e->where = where;
    e->done = std::move(done);
    e->request.method(http::verb::post);
    e->is_question = e->repeatable = message.is_question;
    e->request.set(http::field::accept_encoding, "identity");
    e->request.set(http::field::content_type, message.content_type);
    if (!message.authorization.empty()) e->request.set(http::field::authorization, message.authorization);
    e->request.body() = std::move(message.body);
    enqueue(std::move(e));
  }

  void close() override {
    asio::post(strand_, [self = shared_from_this()] { self->shut(); });
  }

 private:
  void enqueue(exchange_ptr e) {
    asio::post(strand_, [self = shared_from_this(), e = std::move(e)]() mutable { self->take(std::move(e)); });
  }

  void take(exchange_ptr e) {
    if (closed_) return answer_unasked(e, node_stops(e->where));
    if (breaker_ && !breaker_->allows(now_ms())) return answer_unasked(e, away(e->where));
    if (breaker_) counters_->breaker = breaker_->state();
    if (queue_.size() >= limits::fetch_queue_max)
      return answer_unasked(e, unavailable({std::to_string(queue_.size()) + " requests wait for the server", e->where.text,
                                            "look at the server's load"}));
    queue_.push_back(std::move(e));
    ++counters_->waiting;
    if (!current_) next();
  }

  void next() {
    if (queue_.empty() || closed_) return;
    current_ = std::move(queue_.front());
    queue_.pop_front();
    --counters_->waiting;
    ++counters_->in_flight;
    auto& request = current_->request;
    request.version(11);
    request.target(target_of(current_->where));
    request.set(http::field::host, authority_of(current_->where));
    request.set(http::field::user_agent, "chainring");
    request.set(http::field::accept, "*/*");
    request.prepare_payload();
    current_->begun = steady_clock::now();
    const auto within = time_of(*current_);
    deadline_.expires_after(within);
    deadline_.async_wait([self = shared_from_this(), e = current_, within](error_code cancelled) {
      if (!cancelled && e->done) self->finish(e, timeout_problem(e->where, within));
    });
    attempt(exchange_ptr{current_}); // which may end at once
  }

  milliseconds time_of(const exchange& e) const {
    return e.terms.within_ms > 0 ? std::min(timeout_, milliseconds{e.terms.within_ms}) : timeout_;
  }

  void attempt(const exchange_ptr& e) {
    e->reused = link_ && e->repeatable && link_->is_quiet() && (!e->terms.public_only || is_public(link_->address));
    if (e->reused) return write(e);
    drop_link();
    const auto left = time_of(*e) - duration_cast<milliseconds>(steady_clock::now() - e->begun);
    connector_->open(e->where, e->terms.public_only, left,
                     [self = shared_from_this(), e](std::shared_ptr<http_link> made, fetched_bytes problem) {
                       if (!e->done) return;
                       if (!made) return self->finish(e, std::move(problem));
                       self->link_ = std::move(made);
                       self->write(e);
                     });
  }

  void write(const exchange_ptr& e) {
    e->over = link_;
    e->over->with_stream([&](auto& stream) {
      http::async_write(stream, e->request, [self = shared_from_this(), e](error_code failed, std::size_t) {
        if (!e->done) return;
        if (failed) return self->broken(e, failed);
        self->read(e);
      });
    });
  }

  void read(const exchange_ptr& e) {
    e->parser.emplace();
    e->parser->header_limit(limits::http_header_bytes_max);
    e->parser->body_limit(limits::http_body_bytes_max);
    e->over->with_stream([&](auto& stream) {
      http::async_read(stream, e->over->buffer, *e->parser, [self = shared_from_this(), e](error_code failed, std::size_t) {
        if (!e->done) return;
        if (failed) return self->broken(e, failed);
        self->answered(e);
      });
    });
  }

  void broken(const exchange_ptr& e, error_code failed) {
    // The server may close an idle connection at any moment, also while the request is on its way.
    // A GET may be repeated.
    if (e->reused && !(e->parser && e->parser->got_some())) {
      drop_link();
      return attempt(e);
    }
    finish(e, read_problem(e->where, failed));
  }

  void answered(const exchange_ptr& e) {
    auto& parser = *e->parser;
    const auto status = parser.get().result_int();
    // 100 Continue and its like announce the answer (RFC 9110 section 15.2); nobody has asked for them.
    if (status < 200 && status != 101 && ++e->interim_answers <= limits::interim_answers_max) return read(e);
    connector_->keep_session(*e->over);
    const bool stays = parser.keep_alive() && e->over->buffer.size() == 0 && status >= 200;
    auto response = parser.release();
    ++counters_->answers;
    counters_->bytes += response.body().size();
    auto got = outcome_of(*e, response);
    const bool decent = got.failure != fetch_failure::encoding && got.failure != fetch_failure::too_large;
    finish(e, std::move(got), stays && decent);
  }

  fetched_bytes outcome_of(const exchange& e, answer& response) {
    const bool is_get = e.request.method() == http::verb::get;
    fetched_bytes got;
    got.outcome = fetch_outcome::ok;
    got.status = response.result_int();
    read_versions(response, got);
    if (is_get && e.terms.known.is_known() && response.result() == http::status::not_modified) {
      got.outcome = fetch_outcome::unchanged;
      ++counters_->unchanged;
      return got;
    }
    if (is_get) forget_young_version(response, got);
    const bool right = e.is_question || (is_get ? response.result() == http::status::ok : got.status / 100 == 2);
    if (!right) return status_problem(e.where, got.status, kept_header(response, http::field::location));
    const auto encoding = response[http::field::content_encoding];
    if (encoding.empty() || boost::beast::iequals(encoding, "identity")) {
      got.bytes = std::move(response.body());
      return got;
    }
    if (!is_get || !(boost::beast::iequals(encoding, "gzip") || boost::beast::iequals(encoding, "x-gzip")))
      return encoding_problem(e.where, encoding);
    switch (gunzip(response.body(), limits::http_body_bytes_max, got.bytes)) {
    case gzip_end::done: return got;
    case gzip_end::too_long: return length_problem(e.where);
    case gzip_end::damaged: break;
    }
    return gzip_problem(e.where);
  }

  /// Answers and goes on with the next request. The connection is kept only after a whole answer.
  void finish(const exchange_ptr& e, fetched_bytes got, bool keep_link = false) {
    deadline_.cancel();
    connector_->cancel();
    if (link_ && e->over == link_) connector_->judge(*link_, got.outcome != fetch_outcome::unavailable);
    if (!keep_link) drop_link();
    const auto took = steady_clock::now() - e->begun;
    current_.reset();
    --counters_->in_flight;
    counters_->latency.observe_us(static_cast<std::uint64_t>(duration_cast<microseconds>(took).count()));
    got.took_ms = duration_cast<milliseconds>(took).count();
    if (got.failure != fetch_failure::none) counters_->failed(got.failure);
    judge_server(got);
    std::exchange(e->done, nullptr)(std::move(got));
    if (!current_) next();
  }

  /// Whether it will be asked again soon: an answer, of whatever kind, is a sign of life, but not 5xx.
  void judge_server(const fetched_bytes& got) {
    if (!breaker_ || closed_) return;
    if (got.outcome != fetch_outcome::unavailable) {
      breaker_->succeeded();
    } else {
      last_problem_ = got.problem;
      breaker_->failed(now_ms());
    }
    counters_->breaker = breaker_->state();
    if (breaker_->state() != breaker_state::open) return;
    counters_->waiting -= queue_.size();
    for (auto& waiting : std::exchange(queue_, {})) answer_unasked(waiting, away(waiting->where));
  }

  void answer_unasked(const exchange_ptr& e, fetched_bytes got) {
    counters_->failed(got.failure);
    std::exchange(e->done, nullptr)(std::move(got));
  }

  fetched_bytes away(const uri& where) const {
    return away_problem(where, last_problem_, milliseconds{breaker_->until_ms() - now_ms()});
  }

  void drop_link() {
    if (!link_) return;
    link_->close();
    link_.reset();
  }

  void shut() {
    closed_ = true;
    auto waiting = std::move(queue_);
    queue_.clear();
    counters_->waiting -= waiting.size();
    if (current_) finish(exchange_ptr{current_}, node_stops(current_->where));
    for (auto& e : waiting) answer_unasked(e, node_stops(e->where));
    drop_link();
  }

  static fetched_bytes node_stops(const uri& where) {
    return unavailable({"the request was not sent: the node stops", where.text, "start it again"});
  }

  http_strand strand_;
  asio::steady_timer deadline_;
  const milliseconds timeout_;
  const std::shared_ptr<http_counters> counters_;
  const std::shared_ptr<http_connector> connector_;
  std::optional<breaker> breaker_;
  error last_problem_; // of the server
  std::deque<exchange_ptr> queue_;
  exchange_ptr current_;
  std::shared_ptr<http_link> link_;
  bool closed_ = false;
};

} // namespace

std::shared_ptr<http_client> make_http_client(io_threads& io, const uri& origin, http_client_terms terms) {
  if (!terms.counters) terms.counters = std::make_shared<http_counters>();
  return std::make_shared<client>(io, origin, std::move(terms));
}

std::shared_ptr<http_client> make_http_client(io_threads& io, const uri& origin, milliseconds response_timeout,
                                              std::shared_ptr<tls_trust> trust) {
  return make_http_client(io, origin, http_client_terms{.response_timeout = response_timeout, .trust = std::move(trust)});
}

} // namespace chainring::actors
