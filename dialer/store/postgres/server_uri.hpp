// server_uri.hpp: where a PostgreSQL server is, as its users write it and as it may be shown.
#pragma once

#include <string>
#include <string_view>

#include "scxml/result.hpp"

namespace chainring::dialer::postgres {

/// postgresql:// or postgres://, libpq's own form.
bool is_server_uri(std::string_view where);
/// The URI without any password in it; of one that cannot be read, nothing but its scheme.
std::string without_password(const std::string& uri);
/// Refuses what libpq cannot read, and what it reads otherwise than it was meant because a password has a '/' in it: libpq itself
/// would say so with parts of the password.
result<void> check_uri(const std::string& uri);

} // namespace chainring::dialer::postgres
