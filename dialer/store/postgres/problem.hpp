// problem.hpp: what a server complains of, as one line with a way to mend it; and whose fault it is.
#pragma once

#include <string>
#include <string_view>

#include "scxml/result.hpp"

struct pg_conn;
struct pg_result;

namespace chainring::dialer::postgres {

struct problem {
  error why;
  /// A value of the write itself is wrong: refused however often it is tried. Anything else may pass.
  bool of_the_value = false;
  /// The session has ended with it.
  bool session_lost = false;
};

/// `where`: the URI as it may be shown.
problem problem_of(const pg_result* failed, const std::string& where);
/// A connection that could not be made, or that broke.
error unreachable(pg_conn* failed, const std::string& where);
/// First line of a text of libpq, without "ERROR:  " and the like in front.
std::string first_line(std::string_view text);

} // namespace chainring::dialer::postgres
