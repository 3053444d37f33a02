// script_server.hpp: a TCP server whose every byte the test decides: good answers, bad ones, late
// ones, none.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace chainring::tests {

/// One accepted connection, on a thread of its own. Calls block, and end when the server is
/// destroyed.
class script_connection {
 public:
  explicit script_connection(int socket)
      : socket_(socket) {}

  /// The head of the next request, without its empty line; nothing when the client has closed.
  std::optional<std::string> read_request() { return read_until("\r\n\r\n"); }
  /// What comes before the next `end`, which is taken too; nothing when the client has closed.
  std::optional<std::string> read_until(std::string_view end);
  /// False: the client has closed.
  bool write(std::string_view bytes);
  /// Ends our side.
  void close();
  /// Breaks the connection off, in both directions (RST).
  void reset();
  /// Waits at most `ms` for the client to close; true: it has.
  bool closed_within(int ms);
  /// Waits until the client closes.
  void wait_until_closed();

 private:
  friend class script_server;
  int socket_;
  std::string pending_;
};

/// Listens on a free port of 127.0.0.1, or where it is told to.
class script_server {
 public:
  explicit script_server(std::function<void(script_connection&)> serve, const char* address = "127.0.0.1", std::uint16_t port = 0);
  ~script_server();
  script_server(const script_server&) = delete;
  script_server& operator=(const script_server&) = delete;

  std::uint16_t port() const { return port_; }
  std::string uri(std::string_view path) const;
  std::size_t connections() const;

 private:
  struct client {
    script_connection connection;
    std::thread thread;
  };
  void accept_all();

  std::function<void(script_connection&)> serve_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::list<client> clients_; // guarded by mutex_
  bool stopping_ = false;     // guarded by mutex_
  std::thread acceptor_;
};

/// A well-formed answer.
std::string http_answer(int status, std::string_view body, std::string_view headers = "");
/// "/path?query" of a request's head.
std::string target_in(std::string_view head);

/// A server that knows some paths and counts what it is asked; everything else is 404.
class document_server {
 public:
  void put(const std::string& target, std::string body,
           std::string content_type = "application/xml");
  std::string uri(std::string_view path) const { return server_.uri(path); }
  /// How often each target was asked for.
  std::size_t asked(const std::string& target) const;
  std::size_t connections() const { return server_.connections(); }

 private:
  struct page {
    std::string target, body, content_type;
  };
  void serve(script_connection& c);

  mutable std::mutex mutex_;
  std::vector<page> pages_;        // guarded by mutex_
  std::vector<std::string> asked_; // guarded by mutex_
  script_server server_{[this](script_connection& c) { serve(c); }};
};

} // namespace chainring::tests
