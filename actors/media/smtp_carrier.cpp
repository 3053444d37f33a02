// smtp_carrier.cpp: a mail as libcurl sends it. Its dialogue with the server is watched, for the meaning of its end.
#include "actors/media/smtp_carrier.hpp"

#include <utility>

#include "actors/media/transfer.hpp"
#include "dialer/trunks/mail_header.hpp"

namespace chainring::actors {

namespace {

using dialer::smtp_step;

constexpr long quit_s_max = 1; // for a server to say good-bye

class mail_transfer final : public transfer {
 public:
  mail_transfer(std::shared_ptr<const smtp_terms> terms, dialer::message m)
      : transfer(terms->server), terms_(std::move(terms)), message_(std::move(m)) {}

 private:
  void set_up(CURL* h) override;

  dialer::delivery ended(CURL* h, CURLcode code) override {
    curl_easy_setopt(h, CURLOPT_MIMEPOST, nullptr);
    mail_.reset();
    if (code == CURLE_OK) return {dialer::delivery_end::accepted, words(reply_, code)};
    const auto text = reply_.size() > 4 ? std::string_view(reply_).substr(4) : std::string_view{};
    const auto end = dialer::end_of_smtp(step_, code_, text, body_sent_);
    return {end, words(code_ >= 400 ? reply_ : "", code)};
  }

  void saw(CURL* h, curl_infotype kind, std::string_view bytes) override {
    if (closing_) return;
    if (kind == CURLINFO_HEADER_OUT) told(h, bytes);
    if (kind == CURLINFO_HEADER_IN) heard(bytes);
    if (kind != CURLINFO_DATA_OUT) return;
    body_sent_ = true;
    code_ = 0;
  }

  void told(CURL* h, std::string_view command) {
    if (command.starts_with("QUIT")) {
      closing_ = true; // what follows says nothing of the message
      curl_easy_setopt(h, CURLOPT_SERVER_RESPONSE_TIMEOUT, quit_s_max);
      return;
    }
    if (command.starts_with("AUTH")) step_ = smtp_step::login;
    if (command.starts_with("MAIL")) step_ = smtp_step::sender;
    if (command.starts_with("RCPT")) step_ = smtp_step::recipient;
    if (command.starts_with("DATA")) step_ = smtp_step::body;
    code_ = 0;
    reply_.clear();
  }

  void heard(std::string_view line) {
    unsigned code = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      if (i >= line.size() || line[i] < '0' || line[i] > '9') return;
      code = code * 10 + static_cast<unsigned>(line[i] - '0');
    }
    code_ = code;
    reply_ = server_words(line);
  }

  struct free_mail {
    void operator()(curl_mime* mail) const { curl_mime_free(mail); }
  };
  const std::shared_ptr<const smtp_terms> terms_;
  const dialer::message message_;
  std::unique_ptr<curl_mime, free_mail> mail_;
  list recipients_;
  smtp_step step_ = smtp_step::greeting;
  unsigned code_ = 0;  // of the answer to the last command
  std::string reply_;  // its last line
  bool body_sent_ = false, closing_ = false;
};

void mail_transfer::set_up(CURL* h) {
  step_ = smtp_step::greeting;
  code_ = 0;
  reply_.clear();
  body_sent_ = closing_ = false;
  using tls = smtp_terms::tls;
  const auto starttls = terms_->starttls == tls::required     ? CURLUSESSL_ALL
                        : terms_->starttls == tls::if_offered ? CURLUSESSL_TRY
                                                             : CURLUSESSL_NONE;
  if (terms_->server.uri.starts_with("smtp:")) curl_easy_setopt(h, CURLOPT_USE_SSL, static_cast<long>(starttls));
  if (!terms_->user.empty()) {
    curl_easy_setopt(h, CURLOPT_USERNAME, terms_->user.c_str());
    curl_easy_setopt(h, CURLOPT_PASSWORD, terms_->password.c_str());
  }
  curl_easy_setopt(h, CURLOPT_MAIL_FROM, ("<" + terms_->from.address + ">").c_str());
  recipients_.reset();
  append(recipients_, "<" + message_.to + ">");
  curl_easy_setopt(h, CURLOPT_MAIL_RCPT, recipients_.get());
  add_header("From: " + dialer::header_mailbox(terms_->from));
  add_header("To: " + message_.to);
  if (!terms_->reply_to.empty()) add_header("Reply-To: " + terms_->reply_to);
  add_header("Subject: " + message_.subject);
  add_header("Date: " + dialer::header_date(message_.at_ms));
  add_header("Message-ID: <" + message_.key + terms_->from.address.substr(terms_->from.address.find('@')) + ">");
  add_header("Auto-Submitted: auto-generated");
  mail_.reset(curl_mime_init(h));
  auto* part = curl_mime_addpart(mail_.get());
  curl_mime_data(part, message_.body.data(), message_.body.size());
  curl_mime_type(part, message_.is_html ? "text/html; charset=utf-8" : "text/plain; charset=utf-8");
  curl_mime_encoder(part, "quoted-printable");
  curl_easy_setopt(h, CURLOPT_MIMEPOST, mail_.get());
}

class smtp_carrier final : public dialer::message_carrier {
 public:
  smtp_carrier(courier& by, smtp_terms terms)
      : courier_(by), terms_(std::make_shared<const smtp_terms>(std::move(terms))) {}

  void deliver(dialer::message m) override {
    const auto id = m.id;
    courier_.send(id, std::make_unique<mail_transfer>(terms_, std::move(m)), box_);
  }
  void collect(std::vector<std::pair<std::uint64_t, dialer::delivery>>& out) override { box_->take(out); }

 private:
  courier& courier_;
  const std::shared_ptr<const smtp_terms> terms_;
  std::shared_ptr<delivery_box> box_ = std::make_shared<delivery_box>();
};

} // namespace

std::shared_ptr<dialer::message_carrier> make_smtp_carrier(courier& by, smtp_terms terms) {
  return std::make_shared<smtp_carrier>(by, std::move(terms));
}

} // namespace chainring::actors
