// smtp_carrier.cpp: a mail as libcurl sends it. Its dialogue with the server is watched, for the meaning of its end.
#include "actors/media/smtp_carrier.hpp"

#include <utility>

#include "actors/media/transfer.hpp"
#include "dialer/trunks/mail_header.hpp"

namespace chainring::actors {

namespace {

using dialer::smtp_step;

class mail_transfer final : public transfer {
 public:
  mail_transfer(const smtp_terms& terms, const dialer::message& m);
  ~mail_transfer() override {
    // Before the handle: it refers to both.
    if (handle()) curl_easy_setopt(handle(), CURLOPT_MIMEPOST, nullptr);
    curl_mime_free(mail_);
  }

  dialer::delivery ended(CURLcode code) override {
    if (code == CURLE_OK) return {dialer::delivery_end::accepted, place() + words_};
    const auto end = dialer::end_of_smtp(step_, code_, words_.size() > 4 ? std::string_view(words_).substr(4) : "", body_sent_);
    auto said = place() + (code_ >= 400 ? words_ : complaint(code));
    // The same transfer may go again.
    step_ = smtp_step::greeting;
    code_ = 0;
    closing_ = body_sent_ = false;
    words_.clear();
    return {end, std::move(said)};
  }

 private:
  void saw(curl_infotype kind, std::string_view bytes) override {
    if (closing_) return;
    if (kind == CURLINFO_HEADER_OUT) told(bytes);
    if (kind == CURLINFO_HEADER_IN) heard(bytes);
    if (kind != CURLINFO_DATA_OUT) return;
    body_sent_ = true;
    code_ = 0;
  }

  void told(std::string_view command) {
    if (command.starts_with("QUIT")) closing_ = true; // what follows says nothing of the message
    if (closing_) return;
    if (command.starts_with("AUTH")) step_ = smtp_step::login;
    if (command.starts_with("MAIL")) step_ = smtp_step::sender;
    if (command.starts_with("RCPT")) step_ = smtp_step::recipient;
    if (command.starts_with("DATA")) step_ = smtp_step::body;
    code_ = 0;
    words_.clear();
  }

  void heard(std::string_view line) {
    unsigned code = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      if (i >= line.size() || line[i] < '0' || line[i] > '9') return;
      code = code * 10 + static_cast<unsigned>(line[i] - '0');
    }
    code_ = code;
    words_ = server_words(line);
  }

  curl_mime* mail_ = nullptr;
  list recipients_;
  smtp_step step_ = smtp_step::greeting;
  unsigned code_ = 0; // of the answer to the last command
  std::string words_; // of it, with the code
  bool body_sent_ = false, closing_ = false;
};

mail_transfer::mail_transfer(const smtp_terms& terms, const dialer::message& m) : transfer(terms.server) {
  auto* h = handle();
  if (!h) return;
  using tls = smtp_terms::tls;
  if (terms.server.uri.starts_with("smtp:"))
    curl_easy_setopt(h, CURLOPT_USE_SSL,
                     static_cast<long>(terms.starttls == tls::required     ? CURLUSESSL_ALL
                                       : terms.starttls == tls::if_offered ? CURLUSESSL_TRY
                                                                           : CURLUSESSL_NONE));
  if (!terms.user.empty()) {
    curl_easy_setopt(h, CURLOPT_USERNAME, terms.user.c_str());
    curl_easy_setopt(h, CURLOPT_PASSWORD, terms.password.c_str());
  }
  curl_easy_setopt(h, CURLOPT_MAIL_FROM, ("<" + terms.from.address + ">").c_str());
  append(recipients_, "<" + m.to + ">");
  curl_easy_setopt(h, CURLOPT_MAIL_RCPT, recipients_.get());
  const auto host = terms.from.address.substr(terms.from.address.find('@'));
  add_header("From: " + dialer::header_mailbox(terms.from));
  add_header("To: " + m.to);
  if (!terms.reply_to.empty()) add_header("Reply-To: " + terms.reply_to);
  add_header("Subject: " + m.subject);
  add_header("Date: " + dialer::header_date(m.at_ms));
  add_header("Message-ID: <" + m.key + host + ">");
  add_header("Auto-Submitted: auto-generated");
  mail_ = curl_mime_init(h);
  auto* part = curl_mime_addpart(mail_);
  curl_mime_data(part, m.body.data(), m.body.size());
  curl_mime_type(part, m.is_html ? "text/html; charset=utf-8" : "text/plain; charset=utf-8");
  curl_mime_encoder(part, "quoted-printable");
  curl_easy_setopt(h, CURLOPT_MIMEPOST, mail_);
}

class smtp_carrier final : public dialer::message_carrier {
 public:
  smtp_carrier(courier& by, smtp_terms terms) : courier_(by), terms_(std::move(terms)) {}

  void deliver(dialer::message m) override { courier_.send(m.id, std::make_unique<mail_transfer>(terms_, m), box_); }
  void collect(std::vector<std::pair<std::uint64_t, dialer::delivery>>& out) override { box_->take(out); }

 private:
  courier& courier_;
  smtp_terms terms_;
  std::shared_ptr<delivery_box> box_ = std::make_shared<delivery_box>();
};

} // namespace

std::shared_ptr<dialer::message_carrier> make_smtp_carrier(courier& by, smtp_terms terms) {
  return std::make_shared<smtp_carrier>(by, std::move(terms));
}

} // namespace chainring::actors
