// delivery_test.cpp: what servers answer, as call results.
#include "dialer/trunks/delivery.hpp"

#include "tests/catch.hpp"

using namespace chainring::dialer;

TEST_CASE("an SMTP server's replies are ends of a delivery, by the command that they answer", "[delivery]") {
  using enum delivery_end;
  const auto at = [](smtp_step step, unsigned code, std::string_view words = "", bool body_sent = false) {
    return end_of_smtp(step, code, words, body_sent);
  };
  CHECK(at(smtp_step::body, 250, "2.0.0 queued", true) == accepted);
  CHECK(at(smtp_step::recipient, 550, "5.1.1 no such user") == recipient_refused);
  CHECK(at(smtp_step::recipient, 550, "no such user") == recipient_refused);
  CHECK(at(smtp_step::recipient, 554, "5.7.1 relaying denied") == message_refused);
  CHECK(at(smtp_step::sender, 553, "5.1.8 who is that") == message_refused);
  CHECK(at(smtp_step::body, 554, "5.6.0 spam", true) == message_refused);
  CHECK(at(smtp_step::body, 554, "no valid recipients", false) == message_refused);
  CHECK(at(smtp_step::recipient, 451, "greylisted") == refused_for_now);
  CHECK(at(smtp_step::recipient, 452, "4.2.2 mailbox full") == refused_for_now);
  CHECK(at(smtp_step::body, 451, "later", true) == refused_for_now);
  CHECK(at(smtp_step::greeting, 554, "go away") == away);
  CHECK(at(smtp_step::greeting, 0) == away);
  CHECK(at(smtp_step::login, 535, "5.7.8 no") == away);
  CHECK(at(smtp_step::sender, 421, "closing") == away);
  CHECK(at(smtp_step::sender, 530, "must issue STARTTLS first") == away);
  CHECK(at(smtp_step::body, 421, "closing", true) == away);
  CHECK(at(smtp_step::recipient, 0) == away);
  CHECK(at(smtp_step::body, 354) == away);       // broken off before the body
  CHECK(at(smtp_step::body, 0, "", true) == unknown);
  CHECK(at(smtp_step::body, 354, "", true) == unknown);
}

TEST_CASE("the enhanced code of a reply is found when there is one", "[delivery]") {
  CHECK(enhanced_code("5.7.1 relaying denied") == "5.7.1");
  CHECK(enhanced_code("5.1.1") == "5.1.1");
  CHECK(enhanced_code("no such user").empty());
  CHECK(enhanced_code("5 users").empty());
  CHECK(enhanced_code("").empty());
}

TEST_CASE("a gateway's statuses are ends of a delivery", "[delivery]") {
  using enum delivery_end;
  const auto end = [](unsigned status, bool sent = true) { return end_of_http(status, sent, {200, 299}); };
  CHECK(end(200) == accepted);
  CHECK(end(202) == accepted);
  for (const unsigned status : {400u, 404u, 410u, 422u}) CHECK(end(status) == recipient_refused);
  for (const unsigned status : {301u, 402u, 405u, 413u, 415u}) CHECK(end(status) == message_refused);
  for (const unsigned status : {408u, 425u, 429u, 503u}) CHECK(end(status) == refused_for_now);
  for (const unsigned status : {401u, 403u, 407u}) CHECK(end(status) == away);
  for (const unsigned status : {500u, 502u, 504u}) CHECK(end(status) == unknown);
  CHECK(end(0, true) == unknown);
  CHECK(end(0, false) == away);
  CHECK(end_of_http(202, true, {202, 202}) == accepted);
  CHECK(end_of_http(200, true, {202, 202}) == unknown); // it has done something with it
}

TEST_CASE("each end of a delivery is a call result", "[delivery]") {
  CHECK(result_of(delivery_end::accepted) == call_result::ok);
  CHECK(result_of(delivery_end::recipient_refused) == call_result::wrong_number);
  CHECK(result_of(delivery_end::message_refused) == call_result::general_error);
  CHECK(result_of(delivery_end::refused_for_now) == call_result::busy);
  CHECK(result_of(delivery_end::away) == call_result::switch_error);
  CHECK(result_of(delivery_end::unknown) == call_result::system_error);
}
