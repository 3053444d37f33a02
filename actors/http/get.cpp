// get.cpp: the fetchers' client, for one request.
#include "actors/http/get.hpp"

#include <future>

#include <boost/json.hpp>

#include "actors/fetch/http_client.hpp"
#include "actors/fetch/http_problem.hpp"
#include "actors/io_threads.hpp"

namespace chainring::actors {

namespace {

namespace json = boost::json;

constexpr std::size_t told_bytes_max = 500; // of each part of an error that a node tells

/// Without control characters, those of two bytes among them, and no longer than a message bears. JSON is UTF-8 already.
std::string told_text(std::string_view text) {
  const auto byte = [&](std::size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u; };
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool is_long = byte(at) == 0xc2 && byte(at + 1) < 0xa0;
    const bool is_control = byte(at) < 0x20 || byte(at) == 0x7f || is_long;
    if (out.size() >= told_bytes_max && (byte(at) & 0xc0) != 0x80) return out + "…";
    out += is_control ? ' ' : text[at];
    if (is_long) ++at;
  }
  return out;
}

/// The header of who holds the token.
std::string bearer(std::string_view token) { return token.empty() ? std::string{} : "Bearer " + std::string{token}; }

/// Why an answer other than 200 has come.
error refusal_in(const fetched_bytes& got, const uri& from) {
  if (auto told = error_told_in(got.bytes, got.status)) return *std::move(told);
  auto other = status_problem(from, got.status, {}).problem;
  other.mend = "see whether a chainring node listens there";
  return other;
}

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

result<std::string> http_get(std::string_view uri, std::string_view token, std::chrono::milliseconds timeout) {
  get_terms terms{.any_answer = true, .authorization = bearer(token)};
  auto got = ask(uri, timeout, [&](http_client& c, const actors::uri& where, auto done) {
    c.get(where, std::move(terms), std::move(done));
  });
  if (!got) return std::move(got).error();
  if (got->status != 200) return refusal_in(*got, *parse_uri(uri));
  return std::move(got->bytes);
}

std::optional<error> error_told(const json::value& body, unsigned status) {
  const auto* told = body.if_object();
  const auto part = [&](std::string_view name) {
    const auto* text = told ? told->if_contains(name) : nullptr;
    return text && text->is_string() ? told_text(text->get_string()) : std::string();
  };
  error out{part("what"), part("where"), part("mend")};
  if (out.what.empty()) return std::nullopt;
  if (status == 401) out.mend = "give --token TOKEN, the one of [stats] of that node";
  return out;
}

std::optional<error> error_told_in(std::string_view body, unsigned status) {
  boost::system::error_code failed;
  const auto told = json::parse(body, failed);
  return failed ? std::nullopt : error_told(told, status);
}

result<http_answer> http_post(std::string_view uri, std::string_view token, std::chrono::milliseconds timeout) {
  http_message_out message{.content_type = "application/json", .body = {}, .is_question = true, .authorization = bearer(token)};
  auto got = ask(uri, timeout, [&](http_client& c, const actors::uri& where, auto done) {
    c.post(where, std::move(message), std::move(done));
  });
  if (!got) return std::move(got).error();
  return http_answer{got->status, std::move(got->bytes)};
}

} // namespace chainring::actors
