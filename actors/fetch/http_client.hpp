// http_client.hpp: one persistent HTTP/1.1 connection to one server.
#pragma once

#include <chrono>
#include <memory>

#include "actors/fetch/source.hpp"

namespace chainring::actors {

class io_threads;

/// Requests are sent one after the other (no pipelining), at most limits::fetch_queue_max wait.
/// Each has `response_timeout` from the moment it is its turn to the last byte of its answer,
/// whatever the server does in between. A connection that the server closed between two requests is
/// opened again without a word, once per request. `origin` is any http: URI of the server.
std::shared_ptr<source> make_http_client(io_threads& io, const uri& origin,
                                         std::chrono::milliseconds response_timeout);

} // namespace chainring::actors
