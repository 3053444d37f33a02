// http_problem.cpp: one sentence per way in which a server can fail.
#include "actors/fetch/http_problem.hpp"

#include <string>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/status.hpp>

#include "actors/limits.hpp"

namespace chainring::actors {

namespace http = boost::beast::http;

namespace {

constexpr std::size_t quoted_bytes_max = 200; // of what a server sent, in a message

fetched_bytes refused(error problem, fetch_failure kind) {
  fetched_bytes out{fetch_outcome::refused, {}, {}, std::move(problem)};
  out.failure = kind;
  return out;
}

std::string mend_of_status(unsigned status, std::string_view location) {
  if (status >= 300 && status < 400 && !location.empty())
    return "name the place itself: " + std::string{location.substr(0, quoted_bytes_max)};
  if (status == 401 || status == 403)
    return "let the server give the document without authentication";
  if (status == 404 || status == 410) return "put the document there, or correct the URI";
  if (status == 429 || status == 503) return "look at the server's load";
  if (status >= 500) return "look into the server's log";
  return "let the server answer GET with 200 and the document";
}

} // namespace

std::string_view name_of(fetch_failure f) {
  constexpr std::string_view names[]{"none",      "name",   "connect",  "tls",      "timeout", "broken", "protocol",
                                     "too_large", "status", "encoding", "redirect", "away",    "file",   "other"};
  static_assert(std::size(names) == fetch_failures);
  return names[static_cast<std::size_t>(f)];
}

fetched_bytes unavailable(error problem, fetch_failure kind) {
  fetched_bytes out{fetch_outcome::unavailable, {}, {}, std::move(problem)};
  out.failure = kind;
  return out;
}

fetched_bytes resolve_problem(const uri& where, boost::system::error_code failed) {
  return unavailable({"the server's name is not known (" + failed.message() + ")", where.text,
                      "correct the host, or look at this machine's name service"},
                     fetch_failure::name);
}

fetched_bytes connect_problem(const uri& where, boost::system::error_code failed) {
  return unavailable({"the server cannot be reached (" + failed.message() + ")", where.text,
                      "start the server, or correct host and port"},
                     fetch_failure::connect);
}

fetched_bytes read_problem(const uri& where, boost::system::error_code failed) {
  if (failed == http::error::header_limit)
    return refused({"the header of the answer is longer than " +
                        std::to_string(limits::http_header_bytes_max) + " bytes",
                    where.text, "look at what the server sends"},
                   fetch_failure::too_large);
  if (failed == http::error::body_limit || failed == http::error::buffer_overflow) return length_problem(where);
  if (failed == http::error::partial_message || failed == http::error::end_of_stream ||
      failed == boost::asio::ssl::error::stream_truncated ||
      failed == boost::asio::error::connection_reset || failed == boost::asio::error::broken_pipe)
    return unavailable({"the server closed the connection before the answer was complete",
                        where.text, "look into the server's log"},
                       fetch_failure::broken);
  if (failed.category() == make_error_code(http::error::bad_version).category())
    return unavailable({"the answer is not HTTP/1.1 (" + failed.message() + ")", where.text,
                        "look at which server listens at this port"},
                       fetch_failure::protocol);
  return unavailable(
      {"the connection failed (" + failed.message() + ")", where.text, "look at the network"}, fetch_failure::broken);
}

fetched_bytes timeout_problem(const uri& where, std::chrono::milliseconds timeout) {
  return unavailable({"no complete answer within " + std::to_string(timeout.count()) + " ms",
                      where.text, "look at the server's load, or raise http-response-timeout"},
                     fetch_failure::timeout);
}

fetched_bytes status_problem(const uri& where, unsigned status, std::string_view location) {
  const std::string reason{http::obsolete_reason(http::int_to_status(status))};
  error problem{"the server answered " + std::to_string(status) + " " + reason, where.text,
                mend_of_status(status, location)};
  const bool later = status >= 500 || status == 408 || status == 425 || status == 429;
  auto out = later ? unavailable(std::move(problem), fetch_failure::status) : refused(std::move(problem), fetch_failure::status);
  out.status = status;
  const bool points_elsewhere = status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
  if (points_elsewhere && !location.empty()) {
    out.outcome = fetch_outcome::moved;
    out.failure = fetch_failure::redirect;
    out.location = location;
  }
  return out;
}

fetched_bytes encoding_problem(const uri& where, std::string_view encoding) {
  return refused(
      {"the answer is encoded as '" + std::string{encoding.substr(0, quoted_bytes_max)} + "'",
       where.text, "let the server send the document as it is, or as gzip: nothing else was asked for"},
      fetch_failure::encoding);
}

fetched_bytes length_problem(const uri& where) {
  return refused({"the answer is longer than " + std::to_string(scxml::limits::document_bytes_max) + " bytes", where.text,
                  "make the document smaller"},
                 fetch_failure::too_large);
}

fetched_bytes gzip_problem(const uri& where) {
  return unavailable({"the answer says that it is gzip, and is not", where.text, "look at what the server sends"},
                     fetch_failure::encoding);
}

fetched_bytes address_problem(const uri& where) {
  return refused({"a server has sent us to " + authority_of(where) + ", which is of this machine or of a private network",
                  where.text, "name the server of the document itself, or allow that one in redirect-to of [http]"},
                 fetch_failure::redirect);
}

fetched_bytes away_problem(const uri& where, error last, std::chrono::milliseconds again_in) {
  const auto seconds = std::to_string((again_in.count() + 999) / 1000);
  return unavailable({last.what + ", and again and again: it is asked again in " + seconds + " s",
                      where.text, std::move(last.mend)},
                     fetch_failure::away);
}

} // namespace chainring::actors
