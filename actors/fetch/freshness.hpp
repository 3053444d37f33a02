// freshness.hpp: how long an answer is good for, as its server says (RFC 9111 section 4.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace chainring::actors {

/// Since a document has changed: from then on its server's ETag and Last-Modified, made of whole seconds, tell it from others.
inline constexpr std::int64_t document_settled_s_min = 2;

/// What an answer says of its time, as its headers have it; empty: it has no such header.
struct freshness_headers {
  std::string_view cache_control, expires, date, age, pragma;
};

/// The seconds that are left, 0 and more; none: the server does not say. no-store is taken like no-cache: a compiled document
/// is not a copy of the answer. `received_s`: the Unix time of the answer, for a server without a Date.
std::optional<std::int64_t> fresh_seconds(const freshness_headers& said, std::int64_t received_s);

/// The Unix time of an HTTP date in any of its three forms (RFC 9110 section 5.6.7).
std::optional<std::int64_t> http_date(std::string_view text);

} // namespace chainring::actors
