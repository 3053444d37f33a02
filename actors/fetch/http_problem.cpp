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

fetched_bytes refused(error problem) {
  return {fetch_outcome::refused, {}, {}, std::move(problem)};
}

std::string mend_of_status(unsigned status, std::string_view location) {
  if (status >= 300 && status < 400 && !location.empty())
    return "redirections are not followed; name the place itself: " +
           std::string{location.substr(0, quoted_bytes_max)};
  if (status == 401 || status == 403)
    return "let the server give the document without authentication";
  if (status == 404 || status == 410) return "put the document there, or correct the URI";
  if (status == 429 || status == 503) return "look at the server's load";
  if (status >= 500) return "look into the server's log";
  return "let the server answer GET with 200 and the document";
}

} // namespace

fetched_bytes unavailable(error problem) {
  return {fetch_outcome::unavailable, {}, {}, std::move(problem)};
}

fetched_bytes resolve_problem(const uri& where, boost::system::error_code failed) {
  return unavailable({"the server's name is not known (" + failed.message() + ")", where.text,
                      "correct the host, or look at this machine's name service"});
}

fetched_bytes connect_problem(const uri& where, boost::system::error_code failed) {
  return unavailable({"the server cannot be reached (" + failed.message() + ")", where.text,
                      "start the server, or correct host and port"});
}

fetched_bytes read_problem(const uri& where, boost::system::error_code failed) {
  if (failed == http::error::header_limit)
    return refused({"the header of the answer is longer than " +
                        std::to_string(limits::http_header_bytes_max) + " bytes",
                    where.text, "look at what the server sends"});
  if (failed == http::error::body_limit || failed == http::error::buffer_overflow)
    return refused({"the answer is longer than " +
                        std::to_string(scxml::limits::document_bytes_max) + " bytes",
                    where.text, "make the document smaller"});
  if (failed == http::error::partial_message || failed == http::error::end_of_stream ||
      failed == boost::asio::ssl::error::stream_truncated ||
      failed == boost::asio::error::connection_reset || failed == boost::asio::error::broken_pipe)
    return unavailable({"the server closed the connection before the answer was complete",
                        where.text, "look into the server's log"});
  if (failed.category() == make_error_code(http::error::bad_version).category())
    return unavailable({"the answer is not HTTP/1.1 (" + failed.message() + ")", where.text,
                        "look at which server listens at this port"});
  return unavailable(
      {"the connection failed (" + failed.message() + ")", where.text, "look at the network"});
}

fetched_bytes timeout_problem(const uri& where, std::chrono::milliseconds timeout) {
  return unavailable({"no complete answer within " + std::to_string(timeout.count()) + " ms",
                      where.text, "look at the server's load, or raise http-response-timeout"});
}

fetched_bytes status_problem(const uri& where, unsigned status, std::string_view location) {
  const std::string reason{http::obsolete_reason(http::int_to_status(status))};
  error problem{"the server answered " + std::to_string(status) + " " + reason, where.text,
                mend_of_status(status, location)};
  const bool later = status >= 500 || status == 408 || status == 425 || status == 429;
  return later ? unavailable(std::move(problem)) : refused(std::move(problem));
}

fetched_bytes encoding_problem(const uri& where, std::string_view encoding) {
  return refused(
      {"the answer is encoded as '" + std::string{encoding.substr(0, quoted_bytes_max)} + "'",
       where.text, "let the server send the document as it is: nothing else was asked for"});
}

} // namespace chainring::actors
