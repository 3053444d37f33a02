// transfer.hpp: one message over libcurl; what SMTP and HTTP have in common. Only actors/media knows libcurl.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <curl/curl.h>

#include "actors/media/server_terms.hpp"
#include "dialer/trunks/delivery.hpp"

namespace chainring::actors {

/// Made by the thread that sends, used by the courier's alone.
class transfer {
 public:
  virtual ~transfer();
  transfer(const transfer&) = delete;

  /// Null: no memory for it.
  CURL* handle() const { return handle_.get(); }
  /// How it ended; once.
  virtual dialer::delivery ended(CURLcode code) = 0;
  /// A kept connection turned out to be closed before the server was told anything of the message: once more, over a new one.
  bool goes_again(CURLcode code, const dialer::delivery& how);

 protected:
  explicit transfer(const server_terms& server);
  void add_header(const std::string& line);
  /// What passes over the connection, as libcurl shows it to debug callbacks.
  virtual void saw(curl_infotype kind, std::string_view bytes) = 0;
  /// What libcurl says of a failure.
  std::string complaint(CURLcode code) const;
  std::string place() const { return uri_ + ": "; }

  struct free_list {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };
  using list = std::unique_ptr<curl_slist, free_list>;
  static void append(list& to, const std::string& line);

 private:
  static int on_debug(CURL*, curl_infotype kind, char* bytes, size_t size, void* self);
  struct free_handle {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  };
  std::string uri_;
  list headers_;
  char problem_[CURL_ERROR_SIZE] = {};
  bool was_repeated_ = false;
  std::unique_ptr<CURL, free_handle> handle_; // last: it refers to the others
};

/// One line without control characters, cut at limits::server_words_bytes_max.
std::string server_words(std::string_view text);

} // namespace chainring::actors
