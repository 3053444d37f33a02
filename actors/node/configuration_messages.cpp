// configuration_messages.cpp: [[trunk]] of the kinds "e-mail" and "sms".
#include <algorithm>
#include <charconv>

#include <boost/url/parse.hpp>

#include "actors/fetch/uri.hpp"
#include "actors/node/configuration_parts.hpp"
#include "actors/node/limits.hpp"
#include "dialer/limits.hpp"
#include "dialer/trunks/contact_address.hpp"
#include "dialer/trunks/message_template.hpp"

namespace chainring::actors {

namespace {

using dialer::medium;

constexpr std::int32_t statuses_min = 200, statuses_max = 299; // what a gateway can accept a message with

/// smtp://host[:port] or smtps://…, nothing behind it, no user: those have options of their own.
bool is_mail_server(const std::string& text) {
  const auto parsed = boost::urls::parse_uri(text);
  if (!parsed) return false;
  const bool is_smtp = parsed->scheme() == "smtp" || parsed->scheme() == "smtps";
  const bool bare = !parsed->has_userinfo() && !parsed->has_query() && !parsed->has_fragment();
  return is_smtp && bare && !parsed->encoded_host().empty() && (parsed->encoded_path().empty() || parsed->encoded_path() == "/");
}

bool is_gateway(const std::string& text) {
  const auto parsed = parse_uri(text);
  return parsed && !parsed->is_file();
}

/// "Name: value" on one line.
bool is_header(const std::string& line) {
  const auto colon = line.find(':');
  const auto is_token = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  return colon != std::string::npos && colon > 0 &&
         std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(colon), is_token) &&
         std::none_of(line.begin(), line.end(), is_control);
}

void read_texts(const toml_value& table, message_trunk_settings& trunk, settings_report& report) {
  for (const auto& member : table.members) {
    std::int64_t id = 0;
    const char* end = member.key.data() + member.key.size();
    const auto [stop, problem] = std::from_chars(member.key.data(), end, id);
    if (problem != std::errc{} || stop != end || id < 1)
      report.complain("\"" + member.key + "\" in [trunk.templates] is no id", member.where,
                      "give the number that records have in " +
                          std::string(trunk.carries == medium::sms ? "media_ref" : "email_template_id or media_ref") + ", from 1");
    else if (member.value.kind != toml_kind::text || member.value.text.empty())
      report.complain("[trunk.templates] " + member.key + " is " + to_text(member.value.kind), member.value.where,
                      "give the path of a text file");
    else trunk.texts[id] = beside(report.file, member.value.text);
  }
  if (trunk.texts.size() > dialer::limits::message_templates_max)
    report.complain("[trunk.templates] has " + std::to_string(trunk.texts.size()) + " texts", table.where,
                    "give at most " + std::to_string(dialer::limits::message_templates_max));
}

/// A text of the configuration itself: its placeholders are checked when there are lists.
void check_text(settings_reader& reader, std::string_view key, const std::string& text, settings_report& report) {
  if (const auto parsed = dialer::message_template::parse(text, {}); !parsed)
    report.complain(reader.option(key) + ": " + parsed.error().what, reader.place(key), parsed.error().mend);
}

void read_email(settings_reader& reader, message_trunk_settings& trunk, settings_report& report) {
  if (reader.require("server", trunk.server) && !is_mail_server(trunk.server))
    report.complain(reader.option("server") + " is \"" + trunk.server + '"', reader.place("server"),
                    "write smtp://host:587, or smtps://host:465");
  reader.read_word("starttls", trunk.starttls, {"required", "if-offered", "none"});
  reader.read("user", trunk.user);
  reader.read("password", trunk.password);
  if (reader.require("from", trunk.from))
    if (const auto from = dialer::mailbox_from_text(trunk.from); !from)
      report.complain(reader.option("from") + ": " + from.error().what, reader.place("from"),
                      "write \"name@example.com\", or \"Name <name@example.com>\"");
  if (reader.read("reply-to", trunk.reply_to) && !trunk.reply_to.empty())
    if (const auto right = dialer::check_mail_address(trunk.reply_to); !right)
      report.complain(reader.option("reply-to") + ": " + right.error().what, reader.place("reply-to"), right.error().mend);
  reader.read("subject", trunk.subject);
  check_text(reader, "subject", trunk.subject, report);
}

void read_sms(settings_reader& reader, message_trunk_settings& trunk, settings_report& report) {
  if (reader.require("gateway", trunk.gateway) && !is_gateway(trunk.gateway))
    report.complain(reader.option("gateway") + " is \"" + trunk.gateway + '"', reader.place("gateway"),
                    "write https://host:port/path");
  if (reader.read("headers", trunk.headers))
    for (const auto& line : trunk.headers)
      if (!is_header(line)) // its value is a secret
        report.complain(reader.option("headers") + " has a line that is no header", reader.place("headers"),
                        "write \"Name: value\"");
  reader.read_word("body-type", trunk.body_type, {"json", "form"});
  reader.read("body", trunk.body);
  check_text(reader, "body", trunk.body, report);
  reader.read("accepted", trunk.accepted, statuses_min, statuses_max);
  reader.read("text-length-max", trunk.text_length_max, 1, dialer::limits::sms_text_length_max);
}

} // namespace

std::optional<medium> message_medium_of(const toml_value& table) {
  for (const auto& member : table.members) {
    if (member.key != "kind" || member.value.kind != toml_kind::text) continue;
    for (const auto m : {medium::sms, medium::e_mail})
      if (member.value.text == name_of(m)) return m;
  }
  return std::nullopt;
}

message_trunk_settings read_message_trunk(const toml_value& table, medium carries, settings_report& report) {
  message_trunk_settings trunk;
  trunk.carries = carries;
  settings_reader reader(table, "trunk", report);
  reader.find("name");
  reader.find("kind");
  reader.read("capacity", trunk.capacity, 1, dialer::limits::messages_at_once_max);
  reader.read("calls-per-second", trunk.calls_per_second, 0.001, dialer::limits::calls_per_second_max);
  if (reader.read("log", trunk.log_path)) trunk.log_path = beside(report.file, trunk.log_path);
  reader.read("response-timeout", trunk.response_timeout_s, 1, limits::http_response_timeout_s_max);
  if (reader.read("ca-file", trunk.ca_file)) trunk.ca_file = beside(report.file, trunk.ca_file);
  if (reader.read("template", trunk.text)) trunk.text = beside(report.file, trunk.text);
  if (const auto* texts = reader.table("templates")) read_texts(*texts, trunk, report);
  if (carries == medium::e_mail) read_email(reader, trunk, report);
  else read_sms(reader, trunk, report);
  reader.finish();
  return trunk;
}

} // namespace chainring::actors
