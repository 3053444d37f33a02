// http_session.hpp: one client's connection to an endpoint: request, answer, again. Included
// by two files only.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "actors/http/endpoint.hpp"

namespace chainring::actors {

/// What all sessions of an endpoint share. Not changed once it listens.
struct session_terms {
  endpoint_settings settings;
  router routes;
  bool reads_need_token = false;
  std::atomic<std::uint64_t> requests{0};
};

/// Everything runs on the socket's strand.
class http_session : public std::enable_shared_from_this<http_session> {
 public:
  /// `ended` is called once, when the connection is closed.
  http_session(boost::asio::ip::tcp::socket socket, std::shared_ptr<session_terms> terms,
               std::function<void()> ended);

  void start();
  /// Any thread.
  void close();

 private:
  /// One answer, and the client's wish for it.
  struct turn {
    bool head = false;
    bool keep_alive = false;
    bool answered = false;
  };

  void read_request();
  void got_request(boost::system::error_code failed);
  void refuse(boost::system::error_code failed);
  void dispatch(http_request request);
  std::optional<http_response> refusal(const http_request& request, bool token_needed) const;
  void answer(const std::shared_ptr<turn>& now, http_response response);
  void send(http_response response, bool head, bool keep_alive);
  void linger();
  void arm(std::chrono::milliseconds timeout, std::function<void()> late);
  void end();

  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer deadline_;
  const std::shared_ptr<session_terms> terms_;
  std::function<void()> ended_; // empty once called
  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
  boost::beast::http::response<boost::beast::http::string_body> response_;
  std::uint64_t armed_ = 0;
  bool reading_ = false;  // an operation fills buffer_
  bool given_up_ = false; // what is being read came too late
};

} // namespace chainring::actors
