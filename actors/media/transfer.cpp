// transfer.cpp: see transfer.hpp.
#include "actors/media/transfer.hpp"

#include <algorithm>

#include "dialer/limits.hpp"

namespace chainring::actors {

namespace {

/// Answers of HTTP have a body, which says nothing that the status does not.
size_t drop(char*, size_t size, size_t count, void*) { return size * count; }

} // namespace

transfer::transfer(const server_terms& server) : uri_(server.uri), handle_(curl_easy_init()) {
  if (!handle_) return;
  auto* h = handle();
  curl_easy_setopt(h, CURLOPT_URL, server.uri.c_str());
  curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(h, CURLOPT_PROXY, ""); // none of the environment
  curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "smtp,smtps,http,https");
  curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, static_cast<long>(server.response_timeout.count()));
  // A connection that is let go after a refusal says QUIT, and the thread waits for the answer to that.
  curl_easy_setopt(h, CURLOPT_SERVER_RESPONSE_TIMEOUT,
                   static_cast<long>(std::chrono::ceil<std::chrono::seconds>(server.response_timeout).count()));
  curl_easy_setopt(h, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!server.ca_file.empty()) curl_easy_setopt(h, CURLOPT_CAINFO, server.ca_file.c_str());
  curl_easy_setopt(h, CURLOPT_ERRORBUFFER, problem_);
  curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, &drop);
  curl_easy_setopt(h, CURLOPT_VERBOSE, 1L); // for on_debug
  curl_easy_setopt(h, CURLOPT_DEBUGFUNCTION, &transfer::on_debug);
  curl_easy_setopt(h, CURLOPT_DEBUGDATA, this);
}

transfer::~transfer() {
  if (handle()) curl_easy_setopt(handle(), CURLOPT_VERBOSE, 0L); // saw() is gone
}

int transfer::on_debug(CURL*, curl_infotype kind, char* bytes, size_t size, void* self) {
  if (kind == CURLINFO_HEADER_IN || kind == CURLINFO_HEADER_OUT || kind == CURLINFO_DATA_OUT)
    static_cast<transfer*>(self)->saw(kind, {bytes, size});
  return 0;
}

void transfer::append(list& to, const std::string& line) {
  if (auto* longer = curl_slist_append(to.get(), line.c_str())) {
    (void)to.release(); // the same list, or its first node
    to.reset(longer);
  }
}

void transfer::add_header(const std::string& line) {
  append(headers_, line);
  if (handle()) curl_easy_setopt(handle(), CURLOPT_HTTPHEADER, headers_.get());
}

bool transfer::goes_again(CURLcode code, const dialer::delivery& how) {
  long connections = 1;
  curl_easy_getinfo(handle(), CURLINFO_NUM_CONNECTS, &connections);
  const bool broken = code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING;
  if (was_repeated_ || connections > 0 || !broken || how.end != dialer::delivery_end::away) return false;
  was_repeated_ = true;
  curl_easy_setopt(handle(), CURLOPT_FRESH_CONNECT, 1L);
  return true;
}

std::string transfer::complaint(CURLcode code) const { return problem_[0] != 0 ? problem_ : curl_easy_strerror(code); }

std::string server_words(std::string_view text) {
  std::string line(text.substr(0, dialer::limits::server_words_bytes_max));
  while (!line.empty() && static_cast<unsigned char>(line.back()) <= 0x20) line.pop_back();
  std::replace_if(line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return line;
}

} // namespace chainring::actors
