// raw_client.hpp: a TCP client that sends exactly what a test says, well-formed or not.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace chainring::tests {

class raw_client {
 public:
  explicit raw_client(std::uint16_t port)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("cannot connect");
  }
  raw_client(raw_client&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)) {}
  raw_client& operator=(raw_client&& other) noexcept {
    std::swap(socket_, other.socket_);
    return *this;
  }
  ~raw_client() {
    if (socket_ >= 0) ::close(socket_);
  }

  void send(std::string_view bytes) {
    if (::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0)
      throw std::runtime_error("cannot send");
  }
  /// All that comes until the server closes.
  std::string until_closed() {
    std::string all;
    char buffer[4096];
    for (ssize_t got; (got = ::recv(socket_, buffer, sizeof buffer, 0)) > 0;)
      all.append(buffer, static_cast<std::size_t>(got));
    return all;
  }
  /// One answer with a Content-Length (none for HEAD).
  std::string answer(bool head = false) {
    char byte;
    std::string all;
    std::size_t wanted = std::string::npos;
    while (all.size() < wanted && ::recv(socket_, &byte, 1, 0) == 1) {
      all += byte;
      if (!all.ends_with("\r\n\r\n") || wanted != std::string::npos) continue;
      const auto at = all.find("Content-Length: ");
      wanted = all.size() + (head || at == std::string::npos ? 0 : std::stoul(all.substr(at + 16)));
    }
    return all;
  }
  std::string ask(std::string_view request) {
    send(request);
    return answer();
  }
  bool readable_within(int ms) {
    pollfd readable{socket_, POLLIN, 0};
    return ::poll(&readable, 1, ms) > 0;
  }

 private:
  int socket_;
};

} // namespace chainring::tests
