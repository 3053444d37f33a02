// router.hpp: which function answers which path of the stats endpoint. Knows no sockets.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scxml/result.hpp"

namespace chainring::actors {

/// A request as a route sees it.
struct stats_request {
  std::string method; // "GET" (HEAD arrives as GET) or "POST"
  std::string path;   // as sent, without the query
  std::string query;  // percent-encoded, without '?'
  std::string body;
  std::vector<std::pair<std::string, std::string>> parameters; // {name} of the pattern, decoded

  /// Of the pattern; empty when it has none of that name.
  std::string_view parameter(std::string_view name) const;
};

struct stats_response {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::string allow; // of 405
};

stats_response json_response(std::string body);
stats_response text_response(std::string body);
/// {"what":…,"where":…,"mend":…}
stats_response error_response(unsigned status, const error& problem);

/// Answers one request: once, now or later, from any thread; a second call does nothing. When it is
/// called by nobody in limits::endpoint_answer_timeout, the client gets 503.
using responder = std::function<void(stats_response)>;

/// Called on an io thread: it must not wait for anything, but may hand the responder to whoever
/// knows.
using stats_handler = std::function<void(const stats_request&, responder)>;

class router {
 public:
  /// `pattern`: "/api/v1/campaigns/{name}"; {…} stands for one segment.
  void get(std::string pattern, stats_handler handler);
  /// A change: refused unless a token is configured and sent.
  void post(std::string pattern, stats_handler handler);

  /// What a request leads to: a handler, with the parameters filled in, or the answer that there is
  /// none (404, 405).
  struct match {
    const stats_handler* handler = nullptr;
    stats_response otherwise;
  };
  match find(stats_request& request) const;

 private:
  struct route {
    std::string method;
    std::vector<std::string> segments;
    stats_handler handler;
  };
  std::vector<route> routes_;
};

} // namespace chainring::actors
