// message_trunks.cpp: see message_trunks.hpp.
#include "actors/node/message_trunks.hpp"

#include <fstream>
#include <iterator>

#include "actors/limits.hpp"
#include "actors/media/sms_gateway.hpp"
#include "actors/media/smtp_carrier.hpp"
#include "dialer/trunks/message_trunk.hpp"

namespace chainring::actors {

namespace {

using dialer::medium;
using dialer::text_syntax;

/// The text of a mail whose file ends so is HTML.
constexpr std::string_view html_suffix = ".html";

result<dialer::message_template> read_text(const std::string& path, medium carries) {
  std::ifstream in(path, std::ios::binary);
  std::string text(dialer::limits::message_template_bytes_max + 1, '\0'); // one byte past the limit is enough to know
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in && !in.eof()) return error{"the text of a message cannot be read", path, "name a text file that can be read"};
  text.resize(static_cast<std::size_t>(in.gcount()));
  const bool is_html = carries == medium::e_mail && path.ends_with(html_suffix);
  return dialer::message_template::parse(text, path, is_html ? text_syntax::html : text_syntax::plain);
}

result<dialer::message_texts> read_texts(const message_trunk_settings& trunk) {
  dialer::message_texts all;
  if (!trunk.text.empty()) {
    auto text = read_text(trunk.text, trunk.carries);
    if (!text) return std::move(text).error();
    all.standard = std::move(*text);
  }
  for (const auto& [id, path] : trunk.texts) {
    auto text = read_text(path, trunk.carries);
    if (!text) return std::move(text).error();
    all.by_id.emplace(id, std::move(*text));
  }
  return all;
}

server_terms server_of(const message_trunk_settings& trunk) {
  server_terms server;
  server.uri = trunk.carries == medium::e_mail ? trunk.server : trunk.gateway;
  server.ca_file = trunk.ca_file;
  server.response_timeout = std::chrono::seconds(trunk.response_timeout_s);
  return server;
}

result<std::shared_ptr<dialer::message_carrier>> carrier_of(const message_trunk_settings& trunk, courier& by) {
  if (trunk.carries == medium::sms) {
    const char* type = trunk.body_type == "json" ? "application/json" : "application/x-www-form-urlencoded";
    return make_sms_gateway(by, {server_of(trunk), type, trunk.headers, trunk.accepted});
  }
  auto from = dialer::mailbox_from_text(trunk.from);
  if (!from) return std::move(from).error();
  using tls = smtp_terms::tls;
  const auto starttls = trunk.starttls == "none" ? tls::none : trunk.starttls == "if-offered" ? tls::if_offered : tls::required;
  return make_smtp_carrier(by, {server_of(trunk), starttls, trunk.user, trunk.password, std::move(*from), trunk.reply_to});
}

} // namespace

result<std::shared_ptr<const dialer::message_composer>> make_composer(const message_trunk_settings& trunk) {
  auto texts = read_texts(trunk);
  if (!texts) return std::move(texts).error();
  const bool is_sms = trunk.carries == medium::sms;
  const auto syntax = !is_sms ? text_syntax::plain : trunk.body_type == "json" ? text_syntax::json : text_syntax::form;
  auto line = dialer::message_template::parse(is_sms ? trunk.body : trunk.subject,
                                              (is_sms ? "body" : "subject") + std::string(" of trunk ") + trunk.name, syntax);
  if (!line) return std::move(line).error();
  auto made = is_sms ? dialer::make_sms_composer({std::move(*line), std::move(*texts), trunk.text_length_max})
                     : dialer::make_email_composer({std::move(*line), std::move(*texts)});
  return std::shared_ptr<const dialer::message_composer>(std::move(made));
}

result<std::unique_ptr<dialer::trunk>> make_message_trunk(const message_trunk_settings& trunk,
                                                          std::shared_ptr<const dialer::message_composer> composer, courier& by,
                                                          bool virtual_time) {
  if (!trunk.ca_file.empty() && !std::ifstream{trunk.ca_file})
    return error{"the authorities of trunk \"" + trunk.name + "\" cannot be read", trunk.ca_file,
                 "name a PEM file that can be read"};
  auto carrier = carrier_of(trunk, by);
  if (!carrier) return std::move(carrier).error();
  dialer::message_trunk_options options;
  options.name = trunk.name;
  options.carries = trunk.carries;
  options.capacity = trunk.capacity;
  // The answer to a whole mail has a time-out of its own.
  options.deadline_ms = 2 * std::int64_t{trunk.response_timeout_s} * 1'000 + limits::message_deadline_slack_ms;
  options.virtual_ms = virtual_time ? dialer::limits::message_virtual_ms : 0;
  options.log_path = trunk.log_path;
  return dialer::make_message_trunk(std::move(options), std::move(composer), std::move(*carrier));
}

} // namespace chainring::actors
