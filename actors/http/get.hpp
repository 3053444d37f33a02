// get.hpp: one request that waits for its answer: for commands that ask a running node.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "actors/limits.hpp"
#include "scxml/result.hpp"

namespace chainring::actors {

/// The body of a 200 answer. `uri` is http:; `token`: of who may read there, empty: none. Errors are what the node says in its
/// answer, or that another one has come.
result<std::string> http_get(std::string_view uri, std::string_view token = {},
                             std::chrono::milliseconds timeout = limits::http_response_timeout_default);

/// {"what":…,"where":…,"mend":…}, as a node says why it does not do what it was asked: fit for a line, whatever another program has
/// sent. Nothing: it is something else. `status` is that of the answer when a command asks: with 401 it hears how to give a token.
std::optional<error> error_told(const boost::json::value& body, unsigned status = 0);
/// The same in the bytes of an answer.
std::optional<error> error_told_in(std::string_view body, unsigned status = 0);

struct http_answer {
  unsigned status = 0;
  std::string body;
};
/// Any whole answer to a POST without a body. `token`: of who may change things there; empty: none. What is asked for must be
/// the same when it is asked for twice.
result<http_answer> http_post(std::string_view uri, std::string_view token,
                              std::chrono::milliseconds timeout = limits::http_response_timeout_default);

} // namespace chainring::actors
