// basic_http.cpp: application/x-www-form-urlencoded, JSON, XML and text.
#include "scxml/basic_http.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "scxml/limits.hpp"

namespace chainring::scxml {

namespace {

constexpr std::string_view event_name_field = "_scxmleventname";
constexpr const char* form_type = "application/x-www-form-urlencoded";
constexpr const char* json_type = "application/json";

// -- URL encoding (RFC 3986 2.1) -------------------------------------------------------------------------------------------

bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
         c == '~';
}

void append_encoded(std::string& to, std::string_view text) {
  constexpr const char* digits = "0123456789ABCDEF";
  for (char c : text) {
    if (is_unreserved(c)) {
      to += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      to += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const int high = i + 1 < text.size() ? digit_of(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? digit_of(text[i + 2]) : -1;
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

// -- forms -----------------------------------------------------------------------------------------------------------------

void append_field(std::string& form, std::string_view name, std::string_view text) {
  if (!form.empty()) form += '&';
  append_encoded(form, name);
  form += '=';
  append_encoded(form, text);
}

std::string form_of(const send_effect& send) {
  std::string form;
  if (!send.what.name.empty()) append_field(form, event_name_field, send.what.name);
  const auto* fields = send.what.data.as<object>();
  if (!fields) return form;
  for (const auto& [name, v] : fields->members) {
    const auto* list = v.as<array>(); // a name that was given several times
    if (!list) append_field(form, name, to_text(v));
    else
      for (const auto& one : *list) append_field(form, name, to_text(one));
  }
  return form;
}

/// A name that comes again makes its member a list.
void add(object& to, std::string name, std::string text) {
  for (auto& [known, v] : to.members) {
    if (known != name) continue;
    if (!v.is<array>()) v = array{std::move(v)};
    v.as<array>()->push_back(std::move(text));
    return;
  }
  to.set(name, std::move(text));
}

error broken_form(std::string why) { return {"the form " + std::move(why), "", "send name=value&name=value, URL-encoded"}; }

result<void> read_form(std::string_view form, object& fields, std::string& event_name) {
  std::size_t count = fields.members.size();
  while (!form.empty()) {
    const auto end = std::min(form.find('&'), form.size());
    const auto field = form.substr(0, end);
    form.remove_prefix(std::min(end + 1, form.size()));
    if (field.empty()) continue;
    if (++count > limits::form_fields_max) return broken_form("has too many fields");
    const auto middle = std::min(field.find('='), field.size());
    auto name = decoded(field.substr(0, middle)), text = decoded(field.substr(std::min(middle + 1, field.size())));
    if (!name || !text) return broken_form("is not URL-encoded");
    if (*name == event_name_field) event_name = *std::move(text);
    else add(fields, *std::move(name), *std::move(text));
  }
  return {};
}

bool has_type(std::string_view content_type, std::string_view wanted) {
  const auto end = std::min(content_type.find_first_of("; \t"), content_type.size());
  return std::equal(content_type.begin(), content_type.begin() + static_cast<std::ptrdiff_t>(end), wanted.begin(), wanted.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

std::string raw_text(const http_message& message, bool is_form) {
  std::string raw{message.method};
  raw.append(" ").append(message.target).append(" HTTP/1.1\r\n");
  if (!message.content_type.empty()) raw.append("Content-Type: ").append(message.content_type).append("\r\n");
  raw += "\r\n";
  if (is_form) raw += message.body;
  else append_encoded(raw, message.body);
  return raw;
}

} // namespace

http_post to_http_post(const send_effect& send) {
  http_post made{send.target, form_type, {}};
  if (!send.content) {
    made.body = form_of(send);
    return made;
  }
  if (!send.what.name.empty()) {
    made.target += made.target.find('?') == std::string::npos ? '?' : '&';
    made.target.append(event_name_field).append("=");
    append_encoded(made.target, send.what.name);
  }
  const value& data = send.what.data;
  if (const auto* markup = data.as<xml>()) {
    made.content_type = "application/xml";
    made.body = markup->text;
  } else if (data.is<array>() || data.is<object>()) {
    made.content_type = json_type;
    made.body = to_json(data);
  } else {
    made.content_type = "text/plain; charset=utf-8";
    made.body = to_text(data);
  }
  return made;
}

event post_failed_event(std::string sendid, const error& why) {
  event e;
  e.name = "error.communication";
  e.type = event_type::platform;
  e.sendid = std::move(sendid);
  e.data = object{{{"tagname", "send"}, {"reason", to_line(why)}}};
  return e;
}

result<event> to_event(const http_message& message) {
  event e;
  object fields;
  const auto question = std::min(message.target.find('?'), message.target.size());
  const auto query = message.target.substr(std::min(question + 1, message.target.size()));
  if (const auto read = read_form(query, fields, e.name); !read) return read.error();
  const bool is_form = has_type(message.content_type, form_type);
  value body;
  if (is_form) {
    if (const auto read = read_form(message.body, fields, e.name); !read) return read.error();
  } else if (has_type(message.content_type, json_type)) {
    if (!message.body.empty() && !from_json(message.body, body))
      return error{"the body is no JSON", "", "send JSON, or another Content-Type"};
  } else if (has_type(message.content_type, "application/xml") || has_type(message.content_type, "text/xml")) {
    body = xml{std::string(message.body)};
  } else if (!message.body.empty()) {
    body = message.body;
  }
  if (!body.is_undefined()) e.data = std::move(body);
  else if (!fields.members.empty()) e.data = std::move(fields);
  if (e.name.empty()) e.name = "HTTP." + std::string(message.method);
  e.origintype = basic_http_event_processor;
  e.raw = raw_text(message, is_form);
  return e;
}

} // namespace chainring::scxml
