// http_get.hpp: one GET that waits for its answer: for commands that ask a running node.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "actors/limits.hpp"
#include "scxml/result.hpp"

namespace chainring::actors {

/// The body of a 200 answer. `uri` is http:; errors say what came instead.
result<std::string>
http_get(std::string_view uri,
         std::chrono::milliseconds timeout = limits::http_response_timeout_default);

} // namespace chainring::actors
