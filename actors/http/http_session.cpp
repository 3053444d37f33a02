// http_session.cpp: every step has a deadline, so that a client that does nothing costs one
// connection for seconds.
#include "actors/http/http_session.hpp"

#include <boost/asio/post.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include "actors/http/secret.hpp"

namespace chainring::actors {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

/// Nothing of another server's, nothing that stands in the page itself, and no other page around it.
constexpr const char* policy_of_pages =
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";

} // namespace

http_session::http_session(asio::ip::tcp::socket socket, std::shared_ptr<session_terms> terms,
                           std::function<void()> ended)
    : socket_(std::move(socket))
    , deadline_(socket_.get_executor())
    , terms_(std::move(terms))
    , ended_(std::move(ended))
    , buffer_(limits::endpoint_header_bytes_max + limits::endpoint_body_bytes_max) {}

void http_session::start() {
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    error_code ignored;
    self->socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    self->read_request();
  });
}

void http_session::close() {
  asio::post(socket_.get_executor(), [self = shared_from_this()] { self->end(); });
}

void http_session::read_request() {
  parser_.emplace();
  parser_->header_limit(limits::endpoint_header_bytes_max);
  parser_->body_limit(limits::endpoint_body_bytes_max);
  arm(terms_->settings.request_timeout, [this] {
    if (!parser_->got_some() && buffer_.size() == 0) return end();
    given_up_ = true;
    send(error_response(408, {"the request did not come in time", "", "send it at once"}), false,
         false);
  });
  reading_ = true;
  http::async_read(socket_, buffer_, *parser_,
                   [self = shared_from_this()](error_code failed, std::size_t) {
                     self->reading_ = false;
                     if (self->ended_ && !self->given_up_) self->got_request(failed);
                   });
}

void http_session::got_request(error_code failed) {
  if (failed) return refuse(failed);
  const auto& message = parser_->get();
  const std::string_view target = message.target();
  const auto query = std::min(target.find('?'), target.size());
  http_request request;
  request.method =
      message.method() == http::verb::head ? "GET" : std::string{message.method_string()};
  request.path = target.substr(0, query);
  if (query < target.size()) request.query = target.substr(query + 1);
  request.content_type = message[http::field::content_type];
  request.body = message.body();
  dispatch(std::move(request));
}

void http_session::refuse(error_code failed) {
  if (failed == http::error::header_limit || failed == http::error::buffer_overflow)
    return send(error_response(431, {"the header is too long", "", "send less of it"}), false,
                false);
  if (failed == http::error::body_limit)
    return send(error_response(413, {"the body is too long", "", "send less of it"}), false, false);
  const bool gone = failed == http::error::end_of_stream ||
                    failed == http::error::partial_message ||
                    failed.category() != make_error_code(http::error::bad_method).category();
  if (gone) return end();
  send(error_response(
           400, {"this is not HTTP/1.1 (" + failed.message() + ")", "", "send GET /path HTTP/1.1"}),
       false, false);
}

void http_session::dispatch(http_request request) {
  const auto& message = parser_->get();
  auto now = std::make_shared<turn>();
  now->head = message.method() == http::verb::head;
  now->keep_alive = message.keep_alive();
  auto found = terms_->routes.find(request);
  const bool token_needed =
      found.needs == access::holder_of_token || (found.needs == access::anybody && terms_->reads_need_token);
  if (auto refused = refusal(request, token_needed)) return answer(now, *std::move(refused));
  if (!found.handler) return answer(now, std::move(found.otherwise));
  arm(terms_->settings.answer_timeout, [this, now] {
    answer(now, error_response(503, {"the node is too busy to answer", "", "ask again later"}));
  });
  (*found.handler)(request, [weak = weak_from_this(), now](http_response response) {
    if (const auto self = weak.lock())
      asio::post(self->socket_.get_executor(),
                 [self, now, response = std::move(response)]() mutable {
                   self->answer(now, std::move(response));
                 });
  });
}

/// Whether the client may do this at all.
std::optional<http_response> http_session::refusal(const http_request& request,
                                                    bool token_needed) const {
  if (!token_needed) return std::nullopt;
  const std::string_view authorization = parser_->get()[http::field::authorization];
  const std::string& token = terms_->settings.token;
  if (token.empty())
    return error_response(
        403, {"changes are refused: no token is configured", request.path, "configure a token"});
  constexpr std::string_view scheme = "Bearer ";
  if (authorization.starts_with(scheme) && same_secret(authorization.substr(scheme.size()), token))
    return std::nullopt;
  return error_response(
      401, {"the token is missing or wrong", request.path, "send Authorization: Bearer TOKEN"});
}

void http_session::answer(const std::shared_ptr<turn>& now, http_response response) {
  if (std::exchange(now->answered, true) || !ended_) return;
  ++terms_->requests;
  send(std::move(response), now->head, now->keep_alive);
}

void http_session::send(http_response response, bool head, bool keep_alive) {
  response_ = {static_cast<http::status>(response.status), 11};
  response_.set(http::field::server, "chainring");
  response_.set(http::field::content_type, response.content_type);
  response_.set(http::field::cache_control, "no-store");
  response_.set("X-Content-Type-Options", "nosniff");
  if (response.content_type.starts_with("text/html")) response_.set("Content-Security-Policy", policy_of_pages);
  if (!response.allow.empty()) response_.set(http::field::allow, response.allow);
  if (response.status == 401) response_.set(http::field::www_authenticate, "Bearer");
  response_.keep_alive(keep_alive);
  response_.content_length(response.body.size());
  if (!head) response_.body() = std::move(response.body);
  arm(limits::endpoint_write_timeout, [this] { end(); });
  http::async_write(socket_, response_,
                    [self = shared_from_this(), keep_alive](error_code failed, std::size_t) {
                      if (!self->ended_) return;
                      if (failed) return self->end();
                      if (!keep_alive) return self->linger();
                      self->read_request();
                    });
}

/// Lets the client read the answer: closing a socket that has unread bytes would take it away again
/// (RFC 9112 section 9.6). The deadline of the answer bounds it.
void http_session::linger() {
  if (reading_) return end(); // it has taken what there was
  error_code failed;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, failed);
  buffer_.clear();
  socket_.async_read_some(buffer_.prepare(limits::endpoint_header_bytes_max),
                          [self = shared_from_this()](error_code ended, std::size_t) {
                            if (!self->ended_) return;
                            if (ended) return self->end();
                            self->linger();
                          });
}

/// Takes the place of the deadline before.
void http_session::arm(std::chrono::milliseconds timeout, std::function<void()> late) {
  deadline_.expires_after(timeout);
  deadline_.async_wait(
      [self = shared_from_this(), number = ++armed_, late = std::move(late)](error_code cancelled) {
        if (!cancelled && number == self->armed_ && self->ended_) late();
      });
}

void http_session::end() {
  if (!ended_) return;
  deadline_.cancel();
  error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
  std::exchange(ended_, nullptr)();
}

} // namespace chainring::actors
