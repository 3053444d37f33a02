// configuration_messages_test.cpp: trunks of mail and SMS as a file has them, and every mistake with its place.
#include "actors/node/configuration.hpp"
#include "actors/node/message_trunks.hpp"
#include "tests/actors/scratch.hpp"
#include "tests/actors/node/complaints.hpp"
#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::actors;
using namespace chainring::tests;

namespace {

const std::string mail = R"([[trunk]]
name = "mail"
kind = "e-mail"
server = "smtps://mail.example.com:465"
from = "Shop <shop@example.com>"
)";
const std::string sms = R"([[trunk]]
name = "sms"
kind = "sms"
gateway = "https://sms.example.com/send"
)";

} // namespace

TEST_CASE("trunks of messages are read with all that they say", "[configuration]") {
  const auto outcome = read_configuration(mail + R"(capacity = 5
calls-per-second = 2
log = "mail.jsonl"
response-timeout = 9
starttls = "if-offered"
user = "me"
password = "secret"
ca-file = "ca.pem"
reply-to = "answers@example.com"
subject = "News for {name}"
template = "hello.txt"
templates = { 7 = "seven.html", 9 = "/abs/nine.txt" }
)" + sms + R"(headers = ["Authorization: Bearer x"]
body-type = "form"
body = "to={number}"
accepted = [202, 202]
text-length-max = 160
)", "/etc/c.toml");
  REQUIRE(outcome.settings);
  message_trunk_settings m;
  m.name = "mail";
  m.server = "smtps://mail.example.com:465";
  m.from = "Shop <shop@example.com>";
  m.capacity = 5;
  m.calls_per_second = 2;
  m.log_path = "/etc/mail.jsonl";
  m.response_timeout_s = 9;
  m.starttls = "if-offered";
  m.user = "me";
  m.password = "secret";
  m.ca_file = "/etc/ca.pem";
  m.reply_to = "answers@example.com";
  m.subject = "News for {name}";
  m.text = "/etc/hello.txt";
  m.texts = {{7, "/etc/seven.html"}, {9, "/abs/nine.txt"}};
  message_trunk_settings s;
  s.name = "sms";
  s.carries = dialer::medium::sms;
  s.gateway = "https://sms.example.com/send";
  s.headers = {"Authorization: Bearer x"};
  s.body_type = "form";
  s.body = "to={number}";
  s.accepted = {202, 202};
  s.text_length_max = 160;
  CHECK(outcome.settings->message_trunks == std::vector<message_trunk_settings>{m, s});
  CHECK(outcome.settings->trunk_names() == std::vector<std::string>{"mail", "sms"});
}

TEST_CASE("mistakes in a trunk of messages are named", "[configuration]") {
  CHECK(complaints(mail + sms).empty());
  CHECK(complaints("[[trunk]]\nname = \"m\"\nkind = \"e-mail\"\n") ==
        std::vector<std::string>{"[trunk] server is missing: /etc/c.toml:1:1: add server = \"…\"",
                                 "[trunk] from is missing: /etc/c.toml:1:1: add from = \"…\""});
  CHECK(complaints("[[trunk]]\nname = \"s\"\nkind = \"sms\"\n") ==
        one("[trunk] gateway is missing: /etc/c.toml:1:1: add gateway = \"…\""));
  for (const auto* server :
       {"mail.example.com", "http://mail.example.com", "smtp://", "smtp://me:x@h", "smtp://h/path", "smtp://h?x"})
    CHECK(complaints("[[trunk]]\nname = \"m\"\nkind = \"e-mail\"\nfrom = \"a@b.d\"\nserver = \"" + std::string(server) + "\"\n") ==
          one("[trunk] server is \"" + std::string(server) + "\": /etc/c.toml:5:10: write smtp://host:587, or smtps://host:465"));
  CHECK(complaints("[[trunk]]\nname = \"s\"\nkind = \"sms\"\ngateway = \"sms.example.com\"\n").size() == 1);
  CHECK(complaints("[[trunk]]\nname = \"s\"\nkind = \"sms\"\ngateway = \"file:///etc/passwd\"\n").size() == 1);
  CHECK(complaints("[[trunk]]\nname = \"m\"\nkind = \"e-mail\"\nserver = \"smtp://h\"\nfrom = \"a b\"\n") ==
        one("[trunk] from: this is no mail address: it has no @: /etc/c.toml:5:8: write \"name@example.com\", or \"Name "
            "<name@example.com>\""));
  CHECK(complaints(mail + "reply-to = \"x\"\n").size() == 1);
  CHECK(complaints(mail + "starttls = \"yes\"\n").size() == 1);
  CHECK(complaints(mail + "templates = { seven = \"x\" }\n") ==
        one("\"seven\" in [trunk.templates] is no id: /etc/c.toml:6:15: give the number that records have in email_template_id or "
            "media_ref, from 1"));
  CHECK(complaints(mail + "templates = { 0 = \"x\", 1 = 2 }\n").size() == 2);
  CHECK(complaints(mail + "gateway = \"http://h\"\n") == // an option of the other kind
        one("unknown option \"gateway\" in [trunk]: /etc/c.toml:6:1: give one of name, kind, capacity, calls-per-second, log, "
            "response-timeout, ca-file, template, templates, server, starttls, user, password, from, reply-to, subject"));
  CHECK(complaints(sms + "headers = [\"Authorization\"]\n") ==
        one("[trunk] headers has a line that is no header: /etc/c.toml:5:11: write \"Name: value\""));
  CHECK(complaints(sms + "headers = [\"A: b\\r\\nC: d\"]\n").size() == 1);
  CHECK(complaints(sms + "accepted = [200, 300]\n").size() == 1);
  CHECK(complaints(sms + "capacity = 201\n").size() == 1);
  CHECK(complaints(sms + "text-length-max = 0\n").size() == 1);
}

TEST_CASE("the dialing mode of a campaign, and what belongs to it", "[configuration]") {
  const std::string campaign = sms + "[[list]]\nname = \"l\"\ntreatment-uri = \"http://h/a.scxml\"\n"
                                     "[[campaign]]\nname = \"c\"\nlists = [\"l\"]\n";
  const auto read = [&](const std::string& options) { return read_configuration(campaign + options, "/etc/c.toml"); };
  const auto power = read("dialing-mode = \"Power\"\ncalls-per-minute = 90\nchannels = 7\n");
  REQUIRE(power.settings);
  CHECK(power.warnings.empty());
  CHECK(power.settings->campaigns[0].mode == dialer::dialing_mode::power);
  CHECK(power.settings->campaigns[0].calls_per_minute == 90);
  CHECK(power.settings->campaigns[0].channels == 7);
  CHECK(power.settings->campaigns[0].trunks == std::vector<std::string>{"sms"});
  const auto progressive = read("dialing-mode = \"Progressive\"\nagents = 12\nlines-per-agent = 1.5\n");
  REQUIRE(progressive.settings);
  CHECK(progressive.warnings.empty());
  CHECK(progressive.settings->campaigns[0].mode == dialer::dialing_mode::progressive);
  CHECK(progressive.settings->campaigns[0].agents == 12);
  CHECK(progressive.settings->campaigns[0].lines_per_agent == 1.5);
  const auto preview = read("dialing-mode = \"Preview\"\ncalls-per-minute = 1\n");
  REQUIRE(preview.settings);
  CHECK(preview.settings->campaigns[0].mode == dialer::dialing_mode::preview);
  REQUIRE(preview.warnings.size() == 1);
  const std::string line = "[campaign] calls-per-minute has no effect in the mode Preview: /etc/c.toml:12:20: remove it, or let "
                           "dialing-mode be Power";
  CHECK(to_line(preview.warnings[0]) == line);
  CHECK(complaints(campaign + "dialing-mode = \"Predict\"\n").size() == 1);
  CHECK(complaints(campaign + "agents = -1\n").size() == 1);
  CHECK(complaints(campaign + "lines-per-agent = 0.0\n").size() == 1);
}

TEST_CASE("the texts of a trunk are files in UTF-8, and fit the list", "[configuration]") {
  const tests::scratch folder;
  folder.write("hello.txt", "Dear {name}");
  folder.write("bad.txt", "\xff");
  message_trunk_settings trunk;
  trunk.name = "mail";
  trunk.subject = "For {crm_id}";
  trunk.text = (folder.path / "hello.txt").string();
  const auto made = make_composer(trunk);
  REQUIRE(made.ok());
  CHECK((*made)->check({"people", {"name", "crm_id"}}).ok());
  CHECK(to_line((*made)->check({"people", {"crm_id"}}).error()) ==
        "{name} is no column of list people: " + trunk.text + ": name a column of the list, or write {{ for a brace");
  CHECK(to_line((*made)->check({"people", {"name"}}).error()) ==
        "{crm_id} is no column of list people: subject of trunk mail: name a column of the list, or write {{ for a brace");
  for (const auto* name : {"bad.txt", "absent.txt", "."}) {
    trunk.texts = {{1, (folder.path / name).string()}};
    CHECK_FALSE(make_composer(trunk).ok());
  }
}
