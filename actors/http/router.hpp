// router.hpp: which function answers which path of an HTTP endpoint. Knows no sockets.
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
struct http_request {
  std::string method; // "GET" (HEAD arrives as GET) or "POST"
  std::string path;   // as sent, without the query
  std::string query;  // percent-encoded, without '?'
  std::string content_type;
  std::string body;
  std::vector<std::pair<std::string, std::string>> parameters; // {name} of the pattern, decoded

  /// Of the pattern; empty when it has none of that name.
  std::string_view parameter(std::string_view name) const;
};

struct http_response {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::string allow; // of 405
};

http_response json_response(std::string body);
http_response text_response(std::string body);
/// {"what":…,"where":…,"mend":…}
http_response error_response(unsigned status, const error& problem);

/// Answers one request: once, now or later, from any thread; a second call does nothing. When it is
/// called by nobody in limits::endpoint_answer_timeout, the client gets 503.
using responder = std::function<void(http_response)>;

/// Called on an io thread: it must not wait for anything, but may hand the responder to whoever
/// knows.
using http_handler = std::function<void(const http_request&, responder)>;

/// Who may use a route. On an endpoint that is open to other machines, `anybody` has to show the token as well: a `stranger`
/// has not.
enum class access { stranger, anybody, holder_of_token, knower_of_path };

class router {
 public:
  /// `pattern`: "/api/v1/campaigns/{name}"; {…} stands for one segment.
  void get(std::string pattern, http_handler handler);
  /// What shows nothing of the node: no token is asked for.
  void get_by_strangers(std::string pattern, http_handler handler);
  /// A change: refused unless a token is configured and sent.
  void post(std::string pattern, http_handler handler);
  /// A change whose path itself proves that the client may do it: no token is asked for.
  void post_by_secret_path(std::string pattern, http_handler handler);

  /// The same routes, each with the handler that `around` makes of its pattern and its own. Those of strangers stay as they are:
  /// what is around may show more than they do.
  using wrapping = std::function<http_handler(const std::string& pattern, const http_handler& own)>;
  router wrapped(const wrapping& around) const;

  /// What a request leads to: a handler, with the parameters filled in, or the answer that there is
  /// none (404, 405).
  struct match {
    const http_handler* handler = nullptr;
    access needs = access::anybody;
    http_response otherwise;
  };
  match find(http_request& request) const;

 private:
  struct route {
    std::string method;
    std::string pattern;
    std::vector<std::string> segments;
    http_handler handler;
    access needs = access::anybody;
  };
  std::vector<route> routes_;
};

} // namespace chainring::actors
