// http_client.cpp: resolve, connect, shake hands (TLS), write, read; one deadline over all of them. Everything runs on
// one strand.
#include "actors/fetch/http_client.hpp"

#include <deque>
#include <optional>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "actors/fetch/http_problem.hpp"
#include "actors/fetch/tls.hpp"
#include "actors/io_threads.hpp"
#include "actors/limits.hpp"

namespace chainring::actors {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;

namespace {

/// A connection, and what has been read from it and not been understood yet.
struct link {
  explicit link(const asio::strand<asio::io_context::executor_type>& strand)
      : socket(strand)
      , buffer(limits::http_header_bytes_max + limits::http_body_bytes_max) {}
  /// With what carries the bytes.
  template <class Use>
  void with_stream(Use use) {
    if (secure) use(*secure);
    else use(socket);
  }
  tcp::socket socket;
  tls_refusal refusal;
  std::optional<tls_stream> secure; // of https:
  boost::beast::flat_buffer buffer;
};

/// One request and its answer. Pending operations hold it, so that one that was given up ends
/// harmlessly.
struct exchange {
  uri where;
  source::callback done; // empty once called
  http::request<http::string_body> request;
  std::optional<http::response_parser<http::string_body>> parser;
  std::shared_ptr<link> over;
  bool repeatable = true; // the server may get it twice
  bool is_question = false;
  bool reused = false; // sent over a connection that has served before
};
using exchange_ptr = std::shared_ptr<exchange>;

class client final : public http_client, public std::enable_shared_from_this<client> {
 public:
  client(io_threads& io, const uri& origin, std::chrono::milliseconds response_timeout, std::shared_ptr<tls_trust> trust)
      : strand_(asio::make_strand(io.context()))
      , resolver_(strand_)
      , deadline_(strand_)
      , origin_(origin)
      , timeout_(response_timeout)
      , trust_(std::move(trust)) {}

  void get(const uri& where, callback done) override {
    auto e = std::make_shared<exchange>();
    e->where = where;
    e->done = std::move(done);
    e->request.method(http::verb::get);
    enqueue(std::move(e));
  }

  void post(const uri& where, http_message_out message, callback done) override {
    auto e = std::make_shared<exchange>();
    e->where = where;
    e->done = std::move(done);
    e->request.method(http::verb::post);
    e->is_question = e->repeatable = message.is_question;
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
    if (closed_) return e->done(node_stops(e->where));
    if (queue_.size() >= limits::fetch_queue_max)
      return e->done(unavailable(
          {std::to_string(queue_.size()) + " requests wait for the server", e->where.text, "look at the server's load"}));
    queue_.push_back(std::move(e));
    if (!current_) next();
  }

  void next() {
    if (queue_.empty() || closed_) return;
    current_ = std::move(queue_.front());
    queue_.pop_front();
    auto& request = current_->request;
    request.version(11);
    request.target(target_of(current_->where));
    request.set(http::field::host, authority_of(current_->where));
    request.set(http::field::user_agent, "chainring");
    request.set(http::field::accept, "*/*");
    request.set(http::field::accept_encoding, "identity");
    request.prepare_payload();
    deadline_.expires_after(timeout_);
    deadline_.async_wait([self = shared_from_this(), e = current_](error_code cancelled) {
      if (!cancelled && e->done) self->finish(e, timeout_problem(e->where, self->timeout_));
    });
    attempt(exchange_ptr{current_}); // which may end at once
  }

  void attempt(const exchange_ptr& e) {
    e->parser.emplace();
    e->parser->header_limit(limits::http_header_bytes_max);
    e->parser->body_limit(limits::http_body_bytes_max);
    e->reused = link_ && is_quiet(*link_) && e->repeatable;
    if (e->reused) return write(e);
    link_ = std::make_shared<link>(strand_);
    if (origin_.scheme == "https") {
      if (!trust_) return finish(e, unavailable({"nobody vouches for servers of https: here", e->where.text, "write http:"}));
      link_->secure.emplace(link_->socket, trust_->context());
      expect_server(*link_->secure, origin_.host, link_->refusal);
    }
    resolver_.async_resolve(
        origin_.host, std::to_string(origin_.port),
        [self = shared_from_this(), e](error_code failed, tcp::resolver::results_type found) {
          if (!e->done) return;
          if (failed) return self->finish(e, resolve_problem(e->where, failed));
          self->connect(e, found);
        });
  }

  /// Nothing has come that nobody asked for: neither the end of the connection nor bytes that would
  /// be taken for the next answer.
  static bool is_quiet(link& l) {
    if (!l.socket.is_open() || l.buffer.size() > 0) return false;
    char byte;
    error_code nothing;
    l.socket.non_blocking(true, nothing);
    l.socket.receive(asio::buffer(&byte, 1), tcp::socket::message_peek, nothing);
    return nothing == asio::error::would_block;
  }

  void connect(const exchange_ptr& e, const tcp::resolver::results_type& found) {
    e->over = link_;
    asio::async_connect(e->over->socket, found,
                        [self = shared_from_this(), e](error_code failed, const tcp::endpoint&) {
                          if (!e->done) return;
                          if (failed) return self->finish(e, connect_problem(e->where, failed));
                          error_code ignored;
                          e->over->socket.set_option(tcp::no_delay(true), ignored);
                          if (e->over->secure) self->shake_hands(e);
                          else self->write(e);
                        });
  }

  void shake_hands(const exchange_ptr& e) {
    e->over->secure->async_handshake(asio::ssl::stream_base::client, [self = shared_from_this(), e](error_code failed) {
      if (!e->done) return;
      if (failed) return self->finish(e, tls_problem(e->where, failed, e->over->refusal));
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
    if (e->reused && !e->parser->got_some()) {
      drop_link();
      return attempt(e);
    }
    finish(e, read_problem(e->where, failed));
  }

  void answered(const exchange_ptr& e) {
    auto& parser = *e->parser;
    const bool stays =
        parser.keep_alive() && e->over->buffer.size() == 0 && parser.get().result_int() >= 200;
    auto response = parser.release();
    if (!stays) drop_link();
    const bool right = e->is_question ||
                       (e->request.method() == http::verb::get ? response.result() == http::status::ok
                                                               : response.result_int() / 100 == 2);
    if (!right)
      return finish(
          e, status_problem(e->where, response.result_int(), response[http::field::location]),
          stays);
    if (const auto encoding = response[http::field::content_encoding];
        !encoding.empty() && encoding != "identity")
      return finish(e, encoding_problem(e->where, encoding), stays);
    fetched_bytes got{fetch_outcome::ok,
                      std::move(response.body()),
                      std::string{response[http::field::content_type]},
                      {},
                      response.result_int(),
                      std::string{response[http::field::etag]}};
    finish(e, std::move(got), stays);
  }

  /// Answers and goes on with the next request. The connection is kept only after a whole answer.
  void finish(const exchange_ptr& e, fetched_bytes got, bool keep_link = false) {
    deadline_.cancel();
    resolver_.cancel();
    if (!keep_link) drop_link();
    if (current_ == e) current_.reset();
    std::exchange(e->done, nullptr)(std::move(got));
    if (!current_) next();
  }

  void drop_link() {
    if (!link_) return;
    error_code ignored;
    link_->socket.close(ignored);
    link_.reset();
  }

  void shut() {
    closed_ = true;
    auto waiting = std::move(queue_);
    queue_.clear();
    if (current_) waiting.push_front(current_);
    for (auto& e : waiting)
      finish(e, node_stops(e->where));
    drop_link();
  }

  static fetched_bytes node_stops(const uri& where) {
    return unavailable({"the request was not sent: the node stops", where.text, "start it again"});
  }

  asio::strand<asio::io_context::executor_type> strand_;
  tcp::resolver resolver_;
  asio::steady_timer deadline_;
  const uri origin_;
  const std::chrono::milliseconds timeout_;
  const std::shared_ptr<tls_trust> trust_; // null: the server speaks plain HTTP
  std::deque<exchange_ptr> queue_;
  exchange_ptr current_;
  std::shared_ptr<link> link_;
  bool closed_ = false;
};

} // namespace

std::shared_ptr<http_client> make_http_client(io_threads& io, const uri& origin,
                                              std::chrono::milliseconds response_timeout, std::shared_ptr<tls_trust> trust) {
  return std::make_shared<client>(io, origin, response_timeout, origin.scheme == "https" ? std::move(trust) : nullptr);
}

} // namespace chainring::actors
