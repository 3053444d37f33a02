// uri.hpp: the URIs that name treatments and what they refer to: file: and http:, with Genesys'
// Windows spellings.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "scxml/result.hpp"

namespace chainring::actors {

/// An absolute URI, checked and normalized (RFC 3986 section 6.2.2). The fragment is dropped: it is
/// never sent.
struct uri {
  std::string scheme;     // "file", "http" or "https"
  std::string host;       // lower case, without the brackets of IPv6; empty for file:
  std::uint16_t port = 0; // the scheme's own when none is written; 0 for file:
  std::string
      path; // http: percent-encoded, at least "/"; file: decoded, "C:/…" for a Windows spelling
  std::string query; // percent-encoded, without '?'; the domain reads start parameters from it
  std::string text;  // the whole, normalized: the key of caches

  bool is_file() const { return scheme == "file"; }
};

/// Understands http://host[:port]/path?query, file:///path, file:/path, file://localhost/path, and
/// the Windows spellings file:///C:/path and file:///C|/path. Refuses other schemes, user names and
/// passwords, and hosts in file:.
result<uri> parse_uri(std::string_view text);

/// `reference` as it stands in a document that was fetched from `base` (RFC 3986 section 5). A
/// document from a server must not name files of this machine.
result<uri> resolve(const uri& base, std::string_view reference);

/// What one connection and one fetcher serve: "http://host:port", or "file:" for all files.
std::string origin_of(const uri& where);

/// The request target of HTTP: path and query.
std::string target_of(const uri& where);

/// "host" or "host:port" as the Host header and messages show it.
std::string authority_of(const uri& where);

/// The file: URI of a path; a relative one is taken from the working directory.
std::string file_uri(const std::filesystem::path& path);

} // namespace chainring::actors
