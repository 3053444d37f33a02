// sms_gateway.cpp: see sms_gateway.hpp.
#include "actors/media/sms_gateway.hpp"

#include "actors/media/transfer.hpp"

namespace chainring::actors {

namespace {

class post_transfer final : public transfer {
 public:
  post_transfer(std::shared_ptr<const gateway_terms> terms, dialer::message m)
      : transfer(terms->server), terms_(std::move(terms)), body_(std::move(m.body)) {}

 private:
  void set_up(CURL* h) override {
    sent_ = false;
    curl_easy_setopt(h, CURLOPT_POSTFIELDS, body_.c_str());
    curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE, static_cast<long>(body_.size()));
    curl_easy_setopt(h, CURLOPT_USERAGENT, "chainring");
    // libcurl sends a request again whose kept connection turns out to be closed.
    curl_easy_setopt(h, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(h, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(h, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    add_header("Content-Type: " + terms_->content_type);
    add_header("Expect:"); // none
    for (const auto& line : terms_->headers) add_header(line);
  }

  void saw(CURL*, curl_infotype kind, std::string_view) override { sent_ = sent_ || kind != CURLINFO_HEADER_IN; }

  dialer::delivery ended(CURL* h, CURLcode code) override {
    long status = 0;
    curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status);
    const auto end = dialer::end_of_http(static_cast<unsigned>(status), sent_, terms_->accepted);
    return {end, words(status > 0 ? "status " + std::to_string(status) : "", code)};
  }

  const std::shared_ptr<const gateway_terms> terms_;
  const std::string body_;
  bool sent_ = false;
};

class sms_gateway final : public dialer::message_carrier {
 public:
  sms_gateway(courier& by, gateway_terms terms)
      : courier_(by), terms_(std::make_shared<const gateway_terms>(std::move(terms))) {}

  void deliver(dialer::message m) override {
    const auto id = m.id;
    courier_.send(id, std::make_unique<post_transfer>(terms_, std::move(m)), box_);
  }
  void collect(std::vector<std::pair<std::uint64_t, dialer::delivery>>& out) override { box_->take(out); }

 private:
  courier& courier_;
  const std::shared_ptr<const gateway_terms> terms_;
  std::shared_ptr<delivery_box> box_ = std::make_shared<delivery_box>();
};

} // namespace

std::shared_ptr<dialer::message_carrier> make_sms_gateway(courier& by, gateway_terms terms) {
  return std::make_shared<sms_gateway>(by, std::move(terms));
}

} // namespace chainring::actors
