// transfer.cpp: see transfer.hpp.
#include "actors/media/transfer.hpp"

#include <algorithm>

#include "dialer/limits.hpp"

namespace chainring::actors {

namespace {

/// Answers of HTTP have a body, which says nothing that the status does not.
size_t drop(char*, size_t size, size_t count, void*) { return size * count; }

/// The connection was an older one, and broke.
bool was_kept(CURL* handle, CURLcode code) {
  long connections = 1;
  curl_easy_getinfo(handle, CURLINFO_NUM_CONNECTS, &connections);
  return connections == 0 && (code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING);
}

} // namespace

dialer::delivery transfer::run(CURL* handle, const std::function<void(CURL*)>& prepare) {
  auto code = try_once(handle, prepare, false);
  auto how = ended(handle, code);
  if (how.end == dialer::delivery_end::away && was_kept(handle, code)) {
    code = try_once(handle, prepare, true);
    how = ended(handle, code);
  }
  curl_easy_reset(handle); // it refers to this
  return how;
}

CURLcode transfer::try_once(CURL* handle, const std::function<void(CURL*)>& prepare, bool over_new_connection) {
  curl_easy_reset(handle);
  headers_.reset();
  problem_[0] = 0;
  const auto timeout = server_.response_timeout;
  curl_easy_setopt(handle, CURLOPT_URL, server_.uri.c_str());
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_PROXY, ""); // none of the environment
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps,http,https");
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  // The answer to a whole mail is waited for outside of that.
  curl_easy_setopt(handle, CURLOPT_SERVER_RESPONSE_TIMEOUT,
                   static_cast<long>(std::chrono::ceil<std::chrono::seconds>(timeout).count()));
  curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!server_.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, server_.ca_file.c_str());
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, problem_);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &drop);
  curl_easy_setopt(handle, CURLOPT_VERBOSE, 1L); // for on_debug
  curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, &transfer::on_debug);
  curl_easy_setopt(handle, CURLOPT_DEBUGDATA, this);
  if (over_new_connection) curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, 1L);
  prepare(handle);
  set_up(handle);
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers_.get()); // of a mail, too
  return curl_easy_perform(handle);
}

int transfer::on_debug(CURL* handle, curl_infotype kind, char* bytes, size_t size, void* self) {
  if (kind == CURLINFO_HEADER_IN || kind == CURLINFO_HEADER_OUT || kind == CURLINFO_DATA_OUT)
    static_cast<transfer*>(self)->saw(handle, kind, {bytes, size});
  return 0;
}

void transfer::append(list& to, const std::string& line) {
  if (auto* longer = curl_slist_append(to.get(), line.c_str())) {
    (void)to.release(); // the same list, or its first node
    to.reset(longer);
  }
}

std::string transfer::words(std::string_view said, CURLcode code) const {
  if (!said.empty()) return server_.uri + ": " + server_words(said);
  return server_.uri + ": " + (problem_[0] != 0 ? problem_ : curl_easy_strerror(code));
}

std::string server_words(std::string_view text) {
  std::string line(text.substr(0, dialer::limits::server_words_bytes_max));
  while (!line.empty() && static_cast<unsigned char>(line.back()) <= 0x20) line.pop_back();
  std::replace_if(line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return line;
}

} // namespace chainring::actors
