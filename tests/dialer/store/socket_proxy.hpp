// socket_proxy.hpp: stands between a store and its server, both on Unix sockets, and cuts the connection where a test wants it.
#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>

class socket_proxy {
 public:
  enum class cut : unsigned char {
    nowhere,
    request, // a COMMIT does not reach the server, the first of a connection
    answer,  // the server commits, and nobody hears of it
  };

  /// `target`: folder of the server's socket.
  explicit socket_proxy(const std::string& target);
  socket_proxy(const socket_proxy&) = delete;
  socket_proxy& operator=(const socket_proxy&) = delete;
  ~socket_proxy();

  /// What libpq calls the host.
  const std::string& folder() const { return folder_; }
  /// Once; then it passes everything on again.
  void cut_at(cut where) { where_ = where; }
  bool has_cut() const { return where_ == cut::nowhere; }

 private:
  void serve();
  void pass_on(int client);

  std::string folder_, target_;
  int listening_ = -1;
  std::atomic<cut> where_{cut::nowhere};
  std::atomic<bool> ending_{false};
  std::thread thread_;
};
