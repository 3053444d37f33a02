// http_get.cpp: the fetchers' client, for one request.
#include "actors/http/get.hpp"

#include <future>

#include "actors/fetch/http_client.hpp"
#include "actors/io_threads.hpp"

namespace chainring::actors {

result<std::string> http_get(std::string_view uri, std::chrono::milliseconds timeout) {
  const auto where = parse_uri(uri);
  if (!where) return where.error();
  if (where->scheme != "http")
    return error{"only http: is understood here", where->text, "write http://host:port/path"};
  io_threads io;
  const auto client = make_http_client(io, *where, timeout);
  std::promise<fetched_bytes> answer;
  client->get(*where, [&](fetched_bytes got) { answer.set_value(std::move(got)); });
  auto got = answer.get_future().get();
  client->close();
  io.stop();
  if (got.outcome != fetch_outcome::ok) return std::move(got.problem);
  return std::move(got.bytes);
}

} // namespace chainring::actors
