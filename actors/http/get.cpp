// get.cpp: the fetchers' client, for one request.
#include "actors/http/get.hpp"

#include <future>

#include "actors/fetch/http_client.hpp"
#include "actors/io_threads.hpp"

namespace chainring::actors {

namespace {

template <class Send>
result<fetched_bytes> ask(std::string_view uri, std::chrono::milliseconds timeout, Send send) {
  const auto where = parse_uri(uri);
  if (!where) return where.error();
  if (where->scheme != "http")
    return error{"only http: is understood here", where->text, "write http://host:port/path"};
  io_threads io;
  const auto client = make_http_client(io, *where, timeout);
  std::promise<fetched_bytes> answer;
  send(*client, *where, [&](fetched_bytes got) { answer.set_value(std::move(got)); });
  auto got = answer.get_future().get();
  client->close();
  io.stop();
  if (got.outcome != fetch_outcome::ok) return std::move(got.problem);
  return got;
}

} // namespace

result<std::string> http_get(std::string_view uri, std::chrono::milliseconds timeout) {
  auto got = ask(uri, timeout, [](http_client& c, const actors::uri& where, auto done) { c.get(where, std::move(done)); });
  if (!got) return std::move(got).error();
  return std::move(got->bytes);
}

result<http_answer> http_post(std::string_view uri, std::string_view token, std::chrono::milliseconds timeout) {
  http_message_out message{.content_type = "application/json", .body = {}, .is_question = true};
  if (!token.empty()) message.authorization = "Bearer " + std::string{token};
  auto got = ask(uri, timeout, [&](http_client& c, const actors::uri& where, auto done) {
    c.post(where, std::move(message), std::move(done));
  });
  if (!got) return std::move(got).error();
  return http_answer{got->status, std::move(got->bytes)};
}

} // namespace chainring::actors
