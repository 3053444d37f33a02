// script_server.cpp: plain blocking sockets, one thread per connection: nothing that could hide
// what the client does.
#include "tests/actors/script_server.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace chainring::tests {

std::optional<std::string> script_connection::read_until(std::string_view end) {
  for (;;) {
    if (const auto at = pending_.find(end); at != std::string::npos) {
      std::string before = pending_.substr(0, at);
      pending_.erase(0, at + end.size());
      return before;
    }
    char buffer[4096];
    const auto got = ::recv(socket_, buffer, sizeof buffer, 0);
    if (got <= 0) return std::nullopt;
    pending_.append(buffer, static_cast<std::size_t>(got));
  }
}

bool script_connection::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void script_connection::close() { ::shutdown(socket_, SHUT_RDWR); }

void script_connection::reset() {
  sockaddr nobody{};
  nobody.sa_family = AF_UNSPEC;
  ::connect(socket_, &nobody, sizeof nobody);
}

bool script_connection::closed_within(int ms) {
  pollfd readable{socket_, POLLIN, 0};
  if (::poll(&readable, 1, ms) <= 0) return false;
  char byte;
  return ::recv(socket_, &byte, 1, MSG_PEEK) <= 0;
}

void script_connection::wait_until_closed() {
  while (read_request()) {
  }
}

script_server::script_server(std::function<void(script_connection&)> serve, const char* at, std::uint16_t port)
    : serve_(std::move(serve)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::inet_addr(at);
  address.sin_port = htons(port);
  socklen_t size = sizeof address;
  if (listener_ < 0 || ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(listener_, 128) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("no test server");
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread{[this] { accept_all(); }};
}

script_server::~script_server() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
    for (auto& c : clients_) c.connection.close();
  }
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  for (auto& c : clients_) {
    c.thread.join();
    ::close(c.connection.socket_);
  }
}

std::string script_server::uri(std::string_view path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + std::string{path};
}

std::size_t script_server::connections() const {
  const std::lock_guard lock{mutex_};
  return clients_.size();
}

void script_server::accept_all() {
  for (;;) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    const std::lock_guard lock{mutex_};
    auto& c = clients_.emplace_back(client{script_connection{socket}, {}});
    if (stopping_) c.connection.close();
    c.thread = std::thread{[this, &c] {
      serve_(c.connection);
      c.connection.close();
    }};
  }
}

std::string http_answer(int status, std::string_view body, std::string_view headers) {
  return "HTTP/1.1 " + std::to_string(status) +
         " Whatever\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string{headers} + "\r\n" + std::string{body};
}

std::string target_in(std::string_view head) {
  const auto begin = head.find(' ') + 1;
  return std::string{head.substr(begin, head.find(' ', begin) - begin)};
}

void document_server::put(const std::string& target, std::string body, std::string content_type) {
  const std::lock_guard lock{mutex_};
  std::erase_if(pages_, [&](const page& p) { return p.target == target; });
  pages_.push_back({target, std::move(body), std::move(content_type)});
}

std::size_t document_server::asked(const std::string& target) const {
  const std::lock_guard lock{mutex_};
  return static_cast<std::size_t>(std::count(asked_.begin(), asked_.end(), target));
}

void document_server::serve(script_connection& c) {
  while (const auto head = c.read_request()) {
    std::string answer = http_answer(404, "");
    {
      const std::lock_guard lock{mutex_};
      asked_.push_back(target_in(*head));
      for (const page& p : pages_)
        if (p.target == asked_.back())
          answer = http_answer(200, p.body, "Content-Type: " + p.content_type + "\r\n");
    }
    if (!c.write(answer)) return;
  }
}

} // namespace chainring::tests
