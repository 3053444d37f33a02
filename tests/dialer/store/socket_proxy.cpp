// socket_proxy.cpp: one connection at a time is enough for a store; the next one waits in the socket's queue.
#include "tests/dialer/store/socket_proxy.hpp"

#include <cstring>
#include <string_view>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace {

constexpr std::string_view commit("COMMIT\0", 7); // in a Parse message, and in the tag of a CommandComplete
constexpr int look_ms = 20;                       // how soon the proxy sees that it is to end

sockaddr_un address_in(const std::string& folder) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, (folder + "/.s.PGSQL.5432").c_str(), sizeof(address.sun_path) - 1);
  return address;
}

bool send_all(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

} // namespace

socket_proxy::socket_proxy(const std::string& target) : target_(target) {
  folder_ = (std::filesystem::temp_directory_path() / "chainring-px-XXXXXX").string();
  if (::mkdtemp(folder_.data()) == nullptr) std::abort();
  const auto address = address_in(folder_);
  listening_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
  if (::bind(listening_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 || ::listen(listening_, 8) != 0)
    std::abort();
  thread_ = std::thread([this] { serve(); });
}

socket_proxy::~socket_proxy() {
  ending_ = true;
  thread_.join();
  ::close(listening_);
  std::filesystem::remove_all(folder_);
}

void socket_proxy::serve() {
  while (!ending_) {
    pollfd asked{listening_, POLLIN, 0};
    if (::poll(&asked, 1, look_ms) <= 0) continue;
    const int client = ::accept(listening_, nullptr, nullptr);
    pass_on(client);
    ::close(client);
  }
}

void socket_proxy::pass_on(int client) {
  const auto address = address_in(target_);
  const int server = ::socket(AF_UNIX, SOCK_STREAM, 0);
  bool open = ::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  while (open && !ending_) {
    pollfd both[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    if (::poll(both, 2, look_ms) <= 0) continue;
    for (int i = 0; i < 2 && open; ++i) {
      if (both[i].revents == 0) continue;
      char bytes[65'536];
      const auto got = ::recv(both[i].fd, bytes, sizeof(bytes), 0);
      const std::string_view said(bytes, got > 0 ? static_cast<std::size_t>(got) : 0);
      const auto here = i == 0 ? cut::request : cut::answer;
      const bool cuts = where_ == here && said.find(commit) != std::string_view::npos;
      if (cuts) where_ = cut::nowhere;
      open = !said.empty() && !cuts && send_all(both[1 - i].fd, said);
    }
  }
  ::close(server);
}
