// http_problem.hpp: what is said when a server does not give a document, and whether asking again
// may help.
#pragma once

#include <chrono>
#include <string_view>

#include <boost/system/error_code.hpp>

#include "actors/fetch/source.hpp"

namespace chainring::actors {

fetched_bytes unavailable(error problem);
fetched_bytes resolve_problem(const uri& where, boost::system::error_code failed);
fetched_bytes connect_problem(const uri& where, boost::system::error_code failed);
/// Writing the request or reading the answer failed.
fetched_bytes read_problem(const uri& where, boost::system::error_code failed);
fetched_bytes timeout_problem(const uri& where, std::chrono::milliseconds timeout);
/// Any status but 200. `location`: of a redirection, as the server gave it.
fetched_bytes status_problem(const uri& where, unsigned status, std::string_view location);
/// An answer in an encoding that was not asked for.
fetched_bytes encoding_problem(const uri& where, std::string_view encoding);

} // namespace chainring::actors
