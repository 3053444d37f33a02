// message_settings.hpp: what the configuration says of a trunk that sends messages.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "dialer/limits.hpp"
#include "dialer/trunks/trunk.hpp"

namespace chainring::actors {

/// [[trunk]] kind = "e-mail" or "sms".
struct message_trunk_settings {
  std::string name;
  dialer::medium carries = dialer::medium::e_mail;
  std::int32_t capacity = 20;    // messages on their way at once
  double calls_per_second = 100; // messages a second
  std::string log_path;
  std::int32_t response_timeout_s = 60; // until it has left; for a mail as long again for the answer
  std::string ca_file;                  // PEM: authorities besides those of the system; empty: none
  std::string text;                     // path of the standard text; empty: none
  std::map<std::int64_t, std::string> texts; // others, by id

  // e-mail
  std::string server;         // smtp://host:port, smtps://host:port
  std::string starttls = "required"; // required, if-offered, none
  std::string user, password; // empty: no login
  std::string from, reply_to;
  std::string subject;        // of records without email_subject

  // sms
  std::string gateway; // http: or https: URI
  std::vector<std::string> headers; // "Name: value"
  std::string body_type = "json";   // json, form
  std::string body = R"({"to":"{number}","text":"{text}","id":"{message_id}"})";
  std::pair<std::int32_t, std::int32_t> accepted{200, 299}; // statuses
  std::int32_t text_length_max = dialer::limits::sms_text_length_max_default; // characters

  friend bool operator==(const message_trunk_settings&, const message_trunk_settings&) = default;
};

} // namespace chainring::actors
