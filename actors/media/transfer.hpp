// transfer.hpp: one message over libcurl; what SMTP and HTTP have in common. Only actors/media knows libcurl.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <curl/curl.h>

#include "actors/media/server_terms.hpp"
#include "dialer/trunks/delivery.hpp"

namespace chainring::actors {

/// Made by the thread that sends, run by one of the courier's.
class transfer {
 public:
  virtual ~transfer() = default;
  transfer(const transfer&) = delete;

  /// Blocks until the message is taken, or not, over one of the connections that `handle` keeps, or a new one. A kept one that
  /// turns out to be closed before anything of the message was said costs nothing: once more, over a new one.
  /// `prepare` sets the options of whoever owns the handle.
  dialer::delivery run(CURL* handle, const std::function<void(CURL*)>& prepare);

 protected:
  explicit transfer(const server_terms& server) : server_(server) {}

  /// The options of this message; what they refer to lives until ended().
  virtual void set_up(CURL* handle) = 0;
  /// What passes over the connection, as libcurl shows it to debug callbacks.
  virtual void saw(CURL* handle, curl_infotype kind, std::string_view bytes) = 0;
  virtual dialer::delivery ended(CURL* handle, CURLcode code) = 0;

  void add_header(const std::string& line) { append(headers_, line); }
  struct free_list {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };
  using list = std::unique_ptr<curl_slist, free_list>;
  static void append(list& to, const std::string& line);
  /// For the log: the server, and what it has said, or else what libcurl says of a failure.
  std::string words(std::string_view said, CURLcode code) const;

 private:
  static int on_debug(CURL* handle, curl_infotype kind, char* bytes, size_t size, void* self);
  CURLcode try_once(CURL* handle, const std::function<void(CURL*)>& prepare, bool over_new_connection);

  const server_terms server_;
  list headers_;
  char problem_[CURL_ERROR_SIZE] = {};
};

/// One line without control characters, cut at limits::server_words_bytes_max.
std::string server_words(std::string_view text);

} // namespace chainring::actors
