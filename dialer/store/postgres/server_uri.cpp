// server_uri.cpp: libpq takes the URI apart, because it alone knows where in it a password may stand.
#include "dialer/store/postgres/server_uri.hpp"

#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <vector>

#include <libpq-fe.h>

namespace chainring::dialer::postgres {

namespace {

constexpr std::string_view scheme = "postgresql://";

std::string encoded(std::string_view text) {
  static constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (plain.find(c) != std::string_view::npos) out += c;
    else out += '%', out += digits[static_cast<unsigned char>(c) >> 4], out += digits[c & 15];
  }
  return out;
}

std::vector<std::string> parts_of(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, ',');) parts.push_back(part);
  return parts;
}

/// host:port, with commas between several.
std::string hosts_of(const std::string& host, const std::string& port) {
  const auto names = parts_of(host), ports = parts_of(port);
  std::string out;
  for (std::size_t i = 0; i < names.size() || i < ports.size(); ++i) {
    if (i > 0) out += ',';
    const bool address = i < names.size() && names[i].find(':') != std::string::npos;
    if (i < names.size()) out += address ? "[" + names[i] + "]" : encoded(names[i]);
    if (i < ports.size() && !ports[i].empty()) out += ":" + ports[i];
    else if (ports.size() == 1 && !ports[0].empty()) out += ":" + ports[0];
  }
  return out;
}

/// What the URI says, by keyword.
std::optional<std::map<std::string, std::string>> said_in(const std::string& uri) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> all(PQconninfoParse(uri.c_str(), nullptr), &PQconninfoFree);
  if (!all) return std::nullopt;
  std::map<std::string, std::string> said;
  for (const auto* one = all.get(); one->keyword != nullptr; ++one)
    if (one->val != nullptr) said.emplace(one->keyword, one->val);
  const auto port = said.find("port"), name = said.find("dbname");
  if (port != said.end() && port->second.find_first_not_of("0123456789,") != std::string::npos) return std::nullopt;
  if (name != said.end() && name->second.find('@') != std::string::npos) return std::nullopt;
  return said;
}

} // namespace

bool is_server_uri(std::string_view where) { return where.starts_with(scheme) || where.starts_with("postgres://"); }

result<void> check_uri(const std::string& uri) {
  if (said_in(uri)) return {};
  return error{"the URI cannot be read", std::string(scheme) + "…",
               "write postgresql://USER@HOST:PORT/DATABASE, special characters as %XX, the password in ~/.pgpass"};
}

std::string without_password(const std::string& uri) {
  auto said = said_in(uri);
  if (!said) return std::string(scheme) + "…";
  std::string shown(scheme);
  if (const auto user = said->extract("user")) shown += encoded(user.mapped()) + '@';
  const auto host = said->extract("host"), port = said->extract("port"), name = said->extract("dbname");
  shown += hosts_of(host ? host.mapped() : "", port ? port.mapped() : "");
  if (name) shown += '/' + encoded(name.mapped());
  char before = '?';
  for (const auto& [key, value] : *said) {
    if (key.find("password") != std::string::npos) continue;
    shown += before + key + '=' + encoded(value);
    before = '&';
  }
  return shown;
}

} // namespace chainring::dialer::postgres
