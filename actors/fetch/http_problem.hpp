// http_problem.hpp: what is said when a server does not give a document, and whether asking again
// may help.
#pragma once

#include <chrono>
#include <string_view>

#include <boost/system/error_code.hpp>

#include "actors/fetch/source.hpp"

namespace chainring::actors {

fetched_bytes unavailable(error problem, fetch_failure kind = fetch_failure::other);
fetched_bytes resolve_problem(const uri& where, boost::system::error_code failed);
fetched_bytes connect_problem(const uri& where, boost::system::error_code failed);
/// Writing the request or reading the answer failed.
fetched_bytes read_problem(const uri& where, boost::system::error_code failed);
fetched_bytes timeout_problem(const uri& where, std::chrono::milliseconds timeout);
/// Any status but 200. `location`: of a redirection, as the server gave it; then the outcome is `moved`.
fetched_bytes status_problem(const uri& where, unsigned status, std::string_view location);
/// An answer in an encoding that was not asked for.
fetched_bytes encoding_problem(const uri& where, std::string_view encoding);
/// The answer is, or becomes, longer than a document may be.
fetched_bytes length_problem(const uri& where);
/// The answer says that it is gzip, and is not.
fetched_bytes gzip_problem(const uri& where);
/// Nobody but this machine's own networks is there, and they are not for whoever a server has sent.
fetched_bytes address_problem(const uri& where);
/// The server has failed too often and is not asked; `last` is how.
fetched_bytes away_problem(const uri& where, error last, std::chrono::milliseconds again_in);

} // namespace chainring::actors
