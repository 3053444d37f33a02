// get.hpp: one request that waits for its answer: for commands that ask a running node.
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

struct http_answer {
  unsigned status = 0;
  std::string body;
};
/// Any whole answer to a POST without a body. `token`: of who may change things there; empty: none. What is asked for must be
/// the same when it is asked for twice.
result<http_answer> http_post(std::string_view uri, std::string_view token,
                              std::chrono::milliseconds timeout = limits::http_response_timeout_default);

} // namespace chainring::actors
