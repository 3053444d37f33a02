// uri.cpp: Boost.URL does the grammar; this file says what chainring accepts of it.
#include "actors/fetch/uri.hpp"

#include <algorithm>
#include <boost/url.hpp>
#include <charconv>
#include <optional>
#include <vector>

#include "actors/limits.hpp"

namespace chainring::actors {

namespace urls = boost::urls;

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool has_drive(std::string_view path) {
  return path.size() >= 2 && is_letter(path[0]) && path[1] == ':' &&
         (path.size() == 2 || path[2] == '/');
}

/// `file:///C|/x` is not RFC 3986 ('|' is not allowed), but it is written: 'C|' means 'C:'.
std::string without_bar(std::string_view text) {
  std::string copy{text};
  const auto letter = copy.find_first_not_of('/', 5);
  if (letter != std::string::npos && letter > 5 && letter + 1 < copy.size() &&
      is_letter(copy[letter]) && copy[letter + 1] == '|')
    copy[letter + 1] = ':';
  return copy;
}

bool starts_with_file(std::string_view text) {
  constexpr std::string_view file = "file:";
  return text.size() >= file.size() && std::equal(file.begin(), file.end(), text.begin(),
                                                  [](char a, char b) { return a == (b | 0x20); });
}

/// Why the grammar refused, for the mistakes that people make.
error grammar_error(std::string_view text) {
  const std::string where{text.substr(0, limits::uri_bytes_max)};
  if (text.find('\\') != std::string_view::npos)
    return {"a URI has no backslashes", where,
            "write / instead, for example file:///C:/folder/treatment.scxml"};
  if (text.find(' ') != std::string_view::npos)
    return {"a URI has no spaces", where, "write each as %20"};
  if (text.find(':') == std::string_view::npos || text.substr(0, 1) == "/")
    return {"the URI has no scheme", where,
            "write http://host/path, or file:///path with the absolute path of the document"};
  return {"this is not a URI", where,
          "write http://host/path or file:///path, other characters as %XX"};
}

/// RFC 3986 section 5.2.4, for absolute paths. (Boost 1.81's own normalize() goes wrong on "/../"
/// and on empty paths.)
std::string without_dots(std::string_view path) {
  std::vector<std::string_view> kept;
  bool folder = true; // does the result end in '/'?
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at + 1), path.size());
    const std::string_view segment = path.substr(at + 1, end - at - 1);
    folder = segment == "." || segment == "..";
    if (segment == ".." && !kept.empty()) kept.pop_back();
    if (!folder) kept.push_back(segment);
    at = end;
  }
  std::string out;
  for (std::string_view segment : kept) out.append("/").append(segment);
  return folder ? out + "/" : out;
}

std::string lower(std::string_view text) {
  std::string out{text};
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c |= 0x20;
  return out;
}

result<uri> file_part(const urls::url_view& parsed, std::string_view path, std::string_view query) {
  const std::string text{parsed.buffer()};
  if (parsed.has_authority() && !parsed.encoded_host().empty() &&
      lower(parsed.encoded_host()) != "localhost")
    return error{"a file: URI names a file of this machine, not of '" +
                     std::string{parsed.encoded_host()} + "'",
                 text, "write file:///path, or http:// for a document on a server"};
  if (path.empty() || path[0] != '/')
    return error{"a file: URI needs an absolute path", text, "write file:///path"};
  uri out;
  out.scheme = "file";
  const std::string encoded = without_dots(path);
  out.path = urls::pct_string_view{encoded}.decode();
  if (std::any_of(out.path.begin(), out.path.end(),
                  [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
    return error{"the path has control characters", text, "rename the file"};
  if (has_drive(std::string_view{out.path}.substr(1))) out.path.erase(0, 1);
  out.query = query;
  out.text = "file://" + encoded + (query.empty() ? "" : "?" + out.query);
  return out;
}

/// The port as written, or the scheme's own. (Boost's port_number() wraps past 65535.)
std::optional<std::uint16_t> port_of(std::string_view written, std::uint16_t usual) {
  if (written.empty()) return usual;
  std::uint16_t port = 0;
  const auto [end, failed] = std::from_chars(written.data(), written.data() + written.size(), port);
  if (failed != std::errc{} || end != written.data() + written.size() || port == 0)
    return std::nullopt;
  return port;
}

/// Decoded host names must not smuggle line ends or separators into the Host header.
bool is_host(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == ':';
  });
}

result<uri> http_part(const urls::url_view& parsed, std::string_view path, std::string_view query) {
  const std::string text{parsed.buffer()};
  uri out;
  out.scheme = lower(parsed.scheme());
  out.host = lower(parsed.host_address());
  if (out.host.empty())
    return error{"the URI names no host", text, "write " + out.scheme + "://host/path"};
  if (!is_host(out.host))
    return error{"the host has characters that no host name has", text, "correct the host"};
  if (parsed.has_userinfo())
    return error{"user names and passwords in a URI are not accepted",
                 out.scheme + "://" + out.host, "take them out: URIs are logged and stored"};
  const auto port = port_of(parsed.port(), out.scheme == "https" ? 443 : 80);
  if (!port) return error{"the port is not a number from 1 to 65535", text, "correct the port"};
  out.port = *port;
  out.path = without_dots(path.empty() ? "/" : path);
  out.query = query;
  out.text = origin_of(out) + target_of(out);
  return out;
}

/// `path` and `query` take the place of those of `parsed`, which gives scheme and authority.
result<uri> checked(const urls::url_view& parsed, std::string_view path, std::string_view query) {
  const std::string scheme = lower(parsed.scheme());
  if (scheme == "file") return file_part(parsed, path, query);
  if (scheme == "http" || scheme == "https") return http_part(parsed, path, query);
  return error{"the scheme '" + scheme + "' is not known", std::string{parsed.buffer()},
               "use http:, https: or file:"};
}

/// RFC 3986 section 5.2.3.
std::string merged(std::string_view base, std::string_view relative) {
  return std::string{base.substr(0, base.rfind('/') + 1)}.append(relative);
}

error too_long(std::string_view text) {
  return {"the URI is longer than " + std::to_string(limits::uri_bytes_max) + " bytes",
          std::string{text.substr(0, 64)}, "shorten it"};
}

} // namespace

result<uri> parse_uri(std::string_view text) {
  if (text.empty()) return error{"the URI is empty", "", "write http://host/path or file:///path"};
  if (text.size() > limits::uri_bytes_max) return too_long(text);
  const std::string copy = starts_with_file(text) ? without_bar(text) : std::string{text};
  const auto parsed = urls::parse_uri(copy);
  if (!parsed) return grammar_error(text);
  return checked(*parsed, parsed->encoded_path(), parsed->encoded_query());
}

result<uri> resolve(const uri& base, std::string_view reference) {
  if (reference.size() > limits::uri_bytes_max) return too_long(reference);
  const std::string copy =
      starts_with_file(reference) ? without_bar(reference) : std::string{reference};
  const auto relative = urls::parse_uri_reference(copy);
  const auto absolute = urls::parse_uri(base.text);
  if (!relative || !absolute) return grammar_error(reference);
  if (relative->has_scheme()) {
    auto out = checked(*relative, relative->encoded_path(), relative->encoded_query());
    if (out && out->is_file() && !base.is_file())
      return error{"a document from a server must not read files of this machine",
                   base.text + " names " + copy, "put what it needs on a server"};
    return out;
  }
  if (relative->has_authority()) return parse_uri(base.scheme + ":" + copy);
  const std::string_view path = relative->encoded_path();
  if (path.empty())
    return checked(*absolute, absolute->encoded_path(),
                   relative->has_query() ? relative->encoded_query() : absolute->encoded_query());
  return checked(*absolute,
                 path[0] == '/' ? std::string{path} : merged(absolute->encoded_path(), path),
                 relative->encoded_query());
}

std::string authority_of(const uri& where) {
  if (where.is_file()) return {};
  const bool brackets = where.host.find(':') != std::string::npos;
  std::string out = brackets ? "[" + where.host + "]" : where.host;
  if (where.port != (where.scheme == "https" ? 443 : 80)) out += ":" + std::to_string(where.port);
  return out;
}

std::string origin_of(const uri& where) {
  return where.is_file() ? "file:" : where.scheme + "://" + authority_of(where);
}

std::string target_of(const uri& where) {
  return where.query.empty() ? where.path : where.path + "?" + where.query;
}

std::string file_uri(const std::filesystem::path& path) {
  std::error_code failed;
  const auto absolute = std::filesystem::absolute(path, failed).lexically_normal();
  urls::url out;
  out.set_scheme("file");
  out.set_encoded_authority("");
  out.set_path((failed ? path : absolute).string());
  return std::string{out.buffer()};
}

} // namespace chainring::actors
