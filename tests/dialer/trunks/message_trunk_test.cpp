// message_trunk_test.cpp: messages are composed from records and handed to a carrier that does as told; what comes of them.
#include "dialer/trunks/message_trunk.hpp"

#include <fstream>

#include "dialer/limits.hpp"
#include "tests/catch.hpp"
#include "tests/dialer/scratch.hpp"

using namespace chainring;
using namespace chainring::dialer;

namespace {

const calling_list& form() {
  static const calling_list made{"people", {"name"}};
  return made;
}

call call_of(std::uint64_t id, std::string number, std::string name = "Ann") {
  auto about = std::make_shared<contact>();
  about->row.contact_info = number;
  about->row.user = {std::move(name)};
  about->form = &form();
  call c;
  c.id = id;
  c.list = "people";
  c.record_id = static_cast<std::int64_t>(id) * 10;
  c.attempt = 1;
  c.number = std::move(number);
  c.about = std::move(about);
  return c;
}

contact& of(call& c) { return const_cast<contact&>(*c.about); }

message_template text(std::string_view written, text_syntax syntax = text_syntax::plain) {
  return *message_template::parse(written, "here", syntax);
}

email_terms mail_terms() {
  email_terms terms;
  terms.subject = text("News for {name}");
  terms.texts.standard = text("Dear {name},\nhello");
  terms.texts.by_id.emplace(7, text("<b>{name}</b>", text_syntax::html));
  return terms;
}

struct told_carrier final : message_carrier {
  std::vector<message> sent;
  std::vector<std::pair<std::uint64_t, delivery>> ends;
  void deliver(message m) override { sent.push_back(std::move(m)); }
  void collect(std::vector<std::pair<std::uint64_t, delivery>>& out) override {
    out.insert(out.end(), ends.begin(), ends.end());
    ends.clear();
  }
};

struct bench {
  std::shared_ptr<told_carrier> carrier = std::make_shared<told_carrier>();
  std::unique_ptr<trunk> mail;

  explicit bench(message_trunk_options options = {}) {
    options.name = "mail";
    auto made = make_message_trunk(std::move(options), make_email_composer(mail_terms()), carrier);
    REQUIRE(made.ok());
    mail = std::move(*made);
  }
  std::vector<call_ended> collect(std::int64_t now_ms) {
    std::vector<call_ended> ended;
    mail->collect(now_ms, ended);
    return ended;
  }
};

const delivery& problem(const std::variant<message, delivery>& composed) { return std::get<delivery>(composed); }

} // namespace

TEST_CASE("a mail is made of a record", "[message_trunk]") {
  const auto composer = make_email_composer(mail_terms());
  auto c = call_of(3, "ann@example.com");
  auto m = std::get<message>(composer->compose(c));
  CHECK(m.id == 3);
  CHECK(m.to == "ann@example.com");
  CHECK(m.subject == "News for Ann");
  CHECK(m.body == "Dear Ann,\r\nhello");
  CHECK_FALSE(m.is_html);
  CHECK(m.key == "people.30.1");

  of(c).row.email_subject = "Subject\r\nBcc: eve@example.com";
  of(c).row.email_template_id = 7;
  of(c).row.user = {"<i>"};
  m = std::get<message>(composer->compose(c));
  CHECK(m.subject == "Subject  Bcc: eve@example.com");
  CHECK(m.body == "<b>&lt;i&gt;</b>");
  CHECK(m.is_html);

  of(c).row.email_template_id = 0; // none
  of(c).row.media_ref = 7;
  CHECK(std::get<message>(composer->compose(c)).is_html);
  of(c).row.email_template_id = 8;
  CHECK(problem(composer->compose(c)).end == delivery_end::message_refused);
  CHECK(problem(composer->compose(call_of(1, "ann@example.com, eve@example.com"))).end == delivery_end::recipient_refused);
  CHECK(problem(composer->compose(call_of(1, "ann@example.com", std::string(300, 'x')))).end == delivery_end::message_refused);
  CHECK(composer->check(form()).ok());
  CHECK_FALSE(composer->check({"others", {}}).ok());
}

TEST_CASE("a message for a gateway is made of a record", "[message_trunk]") {
  sms_terms terms;
  terms.body = text(R"({"to":"{number}","text":"{text}","id":"{message_id}","crm":"{name}"})", text_syntax::json);
  terms.texts.standard = text("Hi {name}");
  terms.texts.by_id.emplace(2, text("Two"));
  terms.text_length_max = 10;
  const auto composer = make_sms_composer(std::move(terms));
  auto c = call_of(4, "+1 (555) 01-00", "\"\xc3\xbc\"");
  const auto m = std::get<message>(composer->compose(c));
  CHECK(m.to == "+15550100");
  CHECK(m.body == "{\"to\":\"+15550100\",\"text\":\"Hi \\\"\xc3\xbc\\\"\",\"id\":\"people.40.1\",\"crm\":\"\\\"\xc3\xbc\\\"\"}");
  of(c).row.media_ref = 2;
  CHECK(std::get<message>(composer->compose(c)).body.find("\"Two\"") != std::string::npos);
  of(c).row.media_ref = 3;
  CHECK(problem(composer->compose(c)).end == delivery_end::message_refused);
  CHECK(problem(composer->compose(call_of(1, "ann@example.com"))).end == delivery_end::recipient_refused);
  // Ten characters are ten, however many bytes they have.
  const std::string umlauts = "\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc";
  CHECK(std::holds_alternative<message>(composer->compose(call_of(1, "1", umlauts))));
  CHECK(problem(composer->compose(call_of(1, "1", "12345678"))).end == delivery_end::message_refused);
  CHECK(composer->check(form()).ok());
}

TEST_CASE("messages end when the carrier says so", "[message_trunk]") {
  bench b({.capacity = 2, .deadline_ms = 1'000});
  CHECK(b.mail->carries() == medium::e_mail);
  CHECK(b.mail->next_due_ms() == trunk::never);
  REQUIRE(b.mail->start(call_of(1, "a@b.d"), 100).ok());
  REQUIRE(b.mail->start(call_of(2, "a@b.d"), 200).ok());
  CHECK_FALSE(b.mail->start(call_of(3, "a@b.d"), 200).ok()); // it has room for two
  CHECK(b.mail->live() == 2);
  CHECK(b.mail->next_due_ms() == 1'100);
  CHECK(b.carrier->sent[0].at_ms == 100);
  CHECK(b.collect(300).empty());
  b.carrier->ends = {{2, {delivery_end::recipient_refused, "550 who"}}, {1, {delivery_end::accepted, "250"}}};
  const auto ended = b.collect(400);
  REQUIRE(ended.size() == 2);
  CHECK(ended[0].id == 1);
  CHECK(ended[0].result == call_result::ok);
  CHECK(ended[0].started_ms == 100);
  CHECK(ended[0].ended_ms == 400);
  CHECK(ended[0].is_known);
  CHECK(ended[1].result == call_result::wrong_number);
  CHECK(ended[1].words == "550 who");
  CHECK(b.mail->live() == 0);
  CHECK(b.mail->next_due_ms() == trunk::never);
}

TEST_CASE("a message whose end is not heard of in time is of unknown end, and its carrier may come late", "[message_trunk]") {
  bench b({.deadline_ms = 1'000});
  CHECK(b.mail->longest_call_ms() == 1'000);
  REQUIRE(b.mail->start(call_of(1, "a@b.d"), 100).ok());
  REQUIRE(b.mail->start(call_of(2, "a@b.d"), 500).ok());
  CHECK(b.collect(1'099).empty());
  auto ended = b.collect(1'100);
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].id == 1);
  CHECK_FALSE(ended[0].is_known);
  CHECK(b.mail->next_due_ms() == 1'500);
  b.carrier->ends = {{1, {delivery_end::accepted, ""}}, {2, {delivery_end::unknown, "cut off"}}};
  ended = b.collect(1'200);
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].id == 2);
  CHECK_FALSE(ended[0].is_known);
  CHECK(b.carrier->sent.size() == 2); // none was sent again
}

TEST_CASE("what cannot be composed ends at once and does not leave", "[message_trunk]") {
  scratch_folder folder;
  bench b({.log_path = folder.file("log")});
  REQUIRE(b.mail->start(call_of(1, "nobody"), 100).ok());
  REQUIRE(b.mail->start(call_of(2, "a@b.d"), 100).ok());
  CHECK(b.mail->next_due_ms() == 100);
  const auto ended = b.collect(100);
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].id == 1);
  CHECK(ended[0].result == call_result::wrong_number);
  CHECK(ended[0].words.find("no mail address") != std::string::npos);
  CHECK(b.carrier->sent.size() == 1);
  std::string line;
  std::ifstream log(folder.file("log"));
  std::getline(log, line);
  CHECK(line == R"({"ms":100,"trunk":"mail","list":"people","record_id":20,"attempt":1,"number":"a@b.d"})");
  CHECK_FALSE(std::getline(log, line));
}

TEST_CASE("in virtual time messages end in one order, whichever answer came first", "[message_trunk]") {
  std::vector<std::vector<std::uint64_t>> orders;
  for (const bool backwards : {false, true}) {
    bench b({.virtual_ms = 1'000});
    for (std::uint64_t id = 1; id <= 4; ++id) REQUIRE(b.mail->start(call_of(id, "a@b.d"), id == 4 ? 600 : 100).ok());
    CHECK(b.mail->next_due_ms() == 1'100);
    for (std::uint64_t n = 1; n <= 4; ++n) b.carrier->ends.push_back({backwards ? 5 - n : n, {delivery_end::accepted, ""}});
    if (backwards) CHECK(b.collect(700).empty()); // they are there, their time has not come
    CHECK(b.mail->live() == 4);
    auto ended = b.collect(1'100);
    REQUIRE(ended.size() == 3);
    CHECK(b.mail->next_due_ms() == 1'600);
    b.mail->collect(1'600, ended);
    orders.emplace_back();
    for (const auto& e : ended) {
      CHECK(e.ended_ms == e.started_ms + 1'000);
      orders.back().push_back(e.id);
    }
  }
  CHECK(orders[0] == std::vector<std::uint64_t>{1, 2, 3, 4});
  CHECK(orders[0] == orders[1]);
}

TEST_CASE("a message trunk refuses what it cannot be", "[message_trunk]") {
  const auto make = [](message_trunk_options options) {
    return make_message_trunk(std::move(options), make_email_composer(mail_terms()), std::make_shared<told_carrier>()).ok();
  };
  CHECK(make({.name = "m"}));
  CHECK_FALSE(make({}));
  CHECK_FALSE(make({.name = "m", .capacity = 0}));
  CHECK_FALSE(make({.name = "m", .capacity = limits::messages_at_once_max + 1}));
  CHECK_FALSE(make({.name = "m", .log_path = "/nowhere/log"}));
}
