// carriers_test.cpp: mail and gateway carriers against servers whose every byte is decided: whatever they do, the end of a
// delivery is known for what it is, and nothing is sent twice.
#include <condition_variable>
#include <map>
#include <mutex>

#include "actors/media/sms_gateway.hpp"
#include "actors/media/smtp_carrier.hpp"
#include "actors/virtual_clock.hpp"
#include "tests/actors/script_server.hpp"
#include "tests/actors/support.hpp"
#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::actors;
using namespace chainring::tests;
using dialer::delivery_end;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds patience{60'000}; // of tests that are not about time-outs
constexpr auto silence = "silence";      // as a reply: none, and the connection stays
constexpr auto cut = "";                 // as a reply: the end of the connection

/// Speaks SMTP. Replies by command, "220" for the greeting, "." for the end of a mail; those that are not given are good ones.
class mail_server {
 public:
  explicit mail_server(std::map<std::string, std::string> replies) : replies_(std::move(replies)) {}

  std::string uri() const { return "smtp://127.0.0.1:" + std::to_string(server_.port()); }
  std::size_t connections() const { return server_.connections(); }
  std::vector<std::string> mails() const {
    const std::lock_guard lock{mutex_};
    return mails_;
  }
  /// From the second mail of a connection on.
  bool cuts_kept_connections = false;

 private:
  void serve(script_connection& c) {
    if (!answer(c, "220", "220 here")) return;
    for (int mails = 0; const auto command = c.read_until("\r\n");) {
      const auto verb = command->substr(0, 4);
      if (verb == "MAIL" && mails > 0 && cuts_kept_connections) return;
      if (verb == "DATA") {
        if (!answer(c, verb, "354 go on")) return;
        if (replies_.contains(verb)) continue;
        auto mail = c.read_until("\r\n.\r\n");
        if (!mail) return;
        ++mails;
        {
          const std::lock_guard lock{mutex_};
          mails_.push_back(std::move(*mail));
        }
        if (!answer(c, ".", "250 2.0.0 taken")) return;
      } else if (!answer(c, verb, "250 ok")) {
        return;
      }
    }
  }
  bool answer(script_connection& c, const std::string& verb, std::string reply) {
    if (const auto given = replies_.find(verb); given != replies_.end()) reply = given->second;
    if (reply == silence) return c.wait_until_closed(), false;
    return !reply.empty() && c.write(reply + "\r\n");
  }

  std::map<std::string, std::string> replies_;
  mutable std::mutex mutex_;
  std::vector<std::string> mails_;
  script_server server_{[this](script_connection& c) { serve(c); }};
};

/// A courier and what it has told.
class post_office {
 public:
  explicit post_office(actors::clock& time, std::size_t threads_max = 2) : courier(time, threads_max) {
    courier.on_end([this] {
      const std::lock_guard lock{mutex_};
      told_ = true;
      changed_.notify_all();
    });
  }
  /// Sends it and waits for its end.
  dialer::delivery send(dialer::message_carrier& by, dialer::message m) {
    by.deliver(std::move(m));
    for (;;) {
      std::vector<std::pair<std::uint64_t, dialer::delivery>> ends;
      {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [this] { return told_; });
        told_ = false;
      }
      by.collect(ends);
      if (!ends.empty()) return ends.front().second;
    }
  }

  actors::courier courier;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool told_ = false;
};

dialer::message mail() {
  dialer::message m;
  m.id = 7;
  m.to = "ann@example.com";
  m.subject = "=?UTF-8?B?w7w=?=";
  m.body = "Dear \xc3\xbc,\r\n.\r\nbye\r\n";
  m.key = "people.17.1";
  m.at_ms = 1'767'625'200'000;
  return m;
}

smtp_terms terms_of(const std::string& uri, milliseconds timeout = patience) {
  smtp_terms terms;
  terms.server = {uri, "", timeout};
  terms.starttls = smtp_terms::tls::none;
  terms.from = {"Shop", "shop@example.org"};
  return terms;
}

/// How a mail to a server with these replies ends.
dialer::delivery against(std::map<std::string, std::string> replies, milliseconds timeout = patience) {
  mail_server server{std::move(replies)};
  actors::testing::still_clock time;
  post_office office{time};
  const auto carrier = make_smtp_carrier(office.courier, terms_of(server.uri(), timeout));
  auto how = office.send(*carrier, mail());
  CHECK(server.mails().size() <= 1);
  CHECK(how.words.find(server.uri()) == 0);
  return how;
}

std::function<void(script_connection&)> answering(std::string bytes) {
  return [bytes](script_connection& c) {
    if (c.read_request()) c.write(bytes);
  };
}

gateway_terms gateway_at(const std::string& uri, milliseconds timeout = patience) {
  gateway_terms terms;
  terms.server = {uri, "", timeout};
  terms.content_type = "application/json";
  terms.headers = {"Authorization: Bearer x"};
  return terms;
}

delivery_end end_at_gateway(std::function<void(script_connection&)> serve, milliseconds timeout = patience) {
  script_server server{std::move(serve)};
  actors::testing::still_clock time;
  post_office office{time};
  const auto carrier = make_sms_gateway(office.courier, gateway_at(server.uri("/send"), timeout));
  return office.send(*carrier, mail()).end;
}

} // namespace

TEST_CASE("a mail is what was composed, and its bytes are MIME", "[media]") {
  mail_server server{{}};
  actors::testing::still_clock time;
  post_office office{time};
  auto terms = terms_of(server.uri());
  terms.reply_to = "answers@example.org";
  const auto carrier = make_smtp_carrier(office.courier, terms);
  CHECK(office.send(*carrier, mail()).end == delivery_end::accepted);
  REQUIRE(server.mails().size() == 1);
  const auto text = server.mails().front();
  for (const auto* line : {"From: Shop <shop@example.org>\r\n", "To: ann@example.com\r\n", "Reply-To: answers@example.org\r\n",
                           "Subject: =?UTF-8?B?w7w=?=\r\n", "Date: Mon, 05 Jan 2026 15:00:00 +0000\r\n",
                           "Message-ID: <people.17.1@example.org>\r\n", "Auto-Submitted: auto-generated\r\n",
                           "Content-Type: text/plain; charset=utf-8\r\n", "Content-Transfer-Encoding: quoted-printable\r\n",
                           "Dear =C3=BC,\r\n..\r\nbye\r\n"})
    CHECK(text.find(line) != std::string::npos);
}

TEST_CASE("what a mail server answers, and where it breaks off, is the end of the delivery", "[media]") {
  CHECK(against({}).end == delivery_end::accepted);
  CHECK(against({{"RCPT", "550-5.1.1 no\r\n550 5.1.1 such user"}}).end == delivery_end::recipient_refused);
  CHECK(against({{"RCPT", "550 5.7.1 not from you"}}).end == delivery_end::message_refused);
  CHECK(against({{"RCPT", "451 later"}}).end == delivery_end::refused_for_now);
  CHECK(against({{"MAIL", "552 too big"}}).end == delivery_end::message_refused);
  CHECK(against({{"DATA", "554 no"}}).end == delivery_end::message_refused);
  CHECK(against({{".", "554 spam"}}).end == delivery_end::message_refused);
  CHECK(against({{".", "452 full"}}).end == delivery_end::refused_for_now);
  CHECK(against({{"220", "554 go away"}}).end == delivery_end::away);
  CHECK(against({{"MAIL", "421 closing"}}).end == delivery_end::away);
  for (const auto* command : {"220", "EHLO", "MAIL", "RCPT", "DATA"}) CHECK(against({{command, cut}}).end == delivery_end::away);
  CHECK(against({{".", cut}}).end == delivery_end::unknown);
  CHECK(against({{".", "what?"}, {"QUIT", cut}}, milliseconds{200}).end == delivery_end::unknown);
  CHECK(against({{"RCPT", "550 no \x1b[2Jsuch user"}}).words.find('\x1b') == std::string::npos);
}

TEST_CASE("a mail server that says nothing ends at the time-out", "[media]") {
  CHECK(against({{"220", silence}}, milliseconds{100}).end == delivery_end::away);
  CHECK(against({{"RCPT", silence}}, milliseconds{100}).end == delivery_end::away);
  CHECK(against({{".", silence}}, milliseconds{100}).end == delivery_end::unknown);
}

TEST_CASE("a mail server that does not say good-bye keeps nobody waiting for long", "[media]") {
  const auto began = std::chrono::steady_clock::now();
  CHECK(against({{"RCPT", "550 no"}, {"QUIT", silence}}).end == delivery_end::recipient_refused);
  CHECK(std::chrono::steady_clock::now() - began < patience / 4);
}

TEST_CASE("mails share a kept connection; when it turns out to be closed a new one is opened", "[media]") {
  for (const bool cuts : {false, true}) {
    mail_server server{{}};
    server.cuts_kept_connections = cuts;
    actors::testing::still_clock time;
    post_office office{time, 1}; // a connection belongs to a thread
    const auto carrier = make_smtp_carrier(office.courier, terms_of(server.uri()));
    for (int n = 0; n < 3; ++n) CHECK(office.send(*carrier, mail()).end == delivery_end::accepted);
    CHECK(server.mails().size() == 3);
    CHECK(server.connections() == (cuts ? 3 : 1));
  }
}

TEST_CASE("a server that nobody listens for is away", "[media]") {
  std::string mail_uri, post_uri;
  {
    mail_server gone{{}};
    script_server also_gone{answering("")};
    mail_uri = gone.uri();
    post_uri = also_gone.uri("/");
  }
  actors::testing::still_clock time;
  post_office office{time};
  CHECK(office.send(*make_smtp_carrier(office.courier, terms_of(mail_uri)), mail()).end == delivery_end::away);
  CHECK(office.send(*make_sms_gateway(office.courier, gateway_at(post_uri)), mail()).end == delivery_end::away);
}

TEST_CASE("a gateway gets one POST, and its status is the end of the delivery", "[media]") {
  std::mutex mutex;
  std::vector<std::string> heads, bodies;
  script_server server{[&](script_connection& c) {
    while (const auto head = c.read_request()) {
      const auto body = c.read_until("bye\r\n"); // where this one ends
      const std::lock_guard lock{mutex};
      heads.push_back(*head);
      bodies.push_back(body.value_or(""));
      c.write(http_answer(heads.size() == 1 ? 202 : 404, "{}"));
    }
  }};
  actors::testing::still_clock time;
  post_office office{time};
  const auto carrier = make_sms_gateway(office.courier, gateway_at(server.uri("/send?x=1")));
  CHECK(office.send(*carrier, mail()).end == delivery_end::accepted);
  CHECK(office.send(*carrier, mail()).end == delivery_end::recipient_refused);
  const std::lock_guard lock{mutex};
  REQUIRE(heads.size() == 2);
  CHECK(heads[0].find("POST /send?x=1 HTTP/1.1\r\n") == 0);
  CHECK(heads[0].find("\r\nContent-Type: application/json") != std::string::npos);
  CHECK(heads[0].find("\r\nAuthorization: Bearer x") != std::string::npos);
  CHECK(heads[0].find("Expect") == std::string::npos);
  CHECK(bodies[0] == "Dear \xc3\xbc,\r\n.\r\n");
  CHECK(server.connections() == 2);
}

TEST_CASE("a gateway that breaks off, is silent or redirects", "[media]") {
  CHECK(end_at_gateway(answering("")) == delivery_end::unknown);
  CHECK(end_at_gateway(answering("HTTP/1.1 2")) == delivery_end::unknown);
  CHECK(end_at_gateway(answering("nonsense\r\n\r\n")) != delivery_end::accepted);
  CHECK(end_at_gateway(answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhal")) == delivery_end::accepted);
  CHECK(end_at_gateway(answering(http_answer(302, "", "Location: http://127.0.0.1:1/\r\n"))) == delivery_end::message_refused);
  CHECK(end_at_gateway([](script_connection& c) { c.wait_until_closed(); }, milliseconds{100}) == delivery_end::unknown);
}

TEST_CASE("a server that takes its time keeps the next message waiting as little as the end of the node", "[media]") {
  mail_server slow{{{".", silence}}}, quick{{}};
  actors::testing::still_clock time;
  const auto began = std::chrono::steady_clock::now();
  {
    post_office office{time};
    const auto by_slow = make_smtp_carrier(office.courier, terms_of(slow.uri()));
    const auto by_quick = make_smtp_carrier(office.courier, terms_of(quick.uri()));
    by_slow->deliver(mail());
    while (slow.mails().empty()) CHECK(office.send(*by_quick, mail()).end == delivery_end::accepted);
  }
  CHECK(std::chrono::steady_clock::now() - began < patience / 4);
}

TEST_CASE("virtual time stands still while a message is on its way", "[media]") {
  std::promise<void> asked, go_on;
  auto may_go_on = go_on.get_future().share();
  script_server server{[&](script_connection& c) {
    if (!c.read_request()) return;
    asked.set_value();
    may_go_on.wait();
    c.write(http_answer(200, ""));
  }};
  virtual_clock time;
  {
    post_office office{time};
    const auto carrier = make_sms_gateway(office.courier, gateway_at(server.uri("/")));
    auto sent = std::async(std::launch::async, [&] { return office.send(*carrier, mail()).end; });
    asked.get_future().wait();
    CHECK(time.work_in_flight() == 1);
    go_on.set_value();
    CHECK(sent.get() == delivery_end::accepted);
  }
  CHECK(time.work_in_flight() == 0);
}

TEST_CASE("a courier that stops gives up what is on its way", "[media]") {
  std::promise<void> asked;
  script_server server{[&](script_connection& c) {
    if (c.read_request()) asked.set_value();
    c.wait_until_closed();
  }};
  virtual_clock time;
  courier office{time, 2};
  std::atomic<int> told{0};
  office.on_end([&] { ++told; });
  const auto carrier = make_sms_gateway(office, gateway_at(server.uri("/")));
  carrier->deliver(mail());
  asked.get_future().wait();
  office.stop();
  office.stop();
  carrier->deliver(mail()); // to nobody
  std::vector<std::pair<std::uint64_t, dialer::delivery>> ends;
  carrier->collect(ends);
  CHECK(ends.empty());
  CHECK(told == 0);
  CHECK(time.work_in_flight() == 0);
  CHECK(server.connections() == 1);
}
