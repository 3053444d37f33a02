// runner_http.cpp: an inbox between the io thread and the runner's.
#include "actors/http/runner_http.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "actors/fetch/http_client.hpp"
#include "actors/fetch/tls.hpp"
#include "actors/http/secret.hpp"

namespace chainring::actors {

result<std::unique_ptr<runner_http>> runner_http::start(const std::string& secret) {
  const int wake = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake < 0)
    return error{"no descriptor is left (" + std::string{std::strerror(errno)} + ")", "eventfd", "raise ulimit -n"};
  std::unique_ptr<runner_http> made{new runner_http(wake)};
  router routes;
  routes.post_by_secret_path("/scxml/{secret}/{session}",
                             [self = made.get()](const http_request& request, const responder& answer) {
                               self->receive(request, answer);
                             });
  auto listening = endpoint::listen(made->io_, {}, std::move(routes));
  if (!listening) return std::move(listening).error();
  made->endpoint_ = std::move(*listening);
  made->secret_ = secret;
  made->location_ = made->endpoint_->url() + "/scxml/" + secret + "/";
  made->endpoint_->serve();
  return made;
}

runner_http::~runner_http() {
  if (endpoint_) endpoint_->stop();
  {
    const std::lock_guard lock{mutex_};
    posts_.clear();
    if (client_) client_->close();
  }
  io_.stop();
  ::close(wake_);
}

// -- on an io thread -------------------------------------------------------------------------------------------------------

void runner_http::receive(const http_request& request, const responder& answer) {
  const auto session = request.parameter("session");
  arrival got;
  const auto read = std::from_chars(session.data(), session.data() + session.size(), got.session_id);
  const error nobody{"no session listens there", request.path, "post to the location of _ioprocessors"};
  if (!same_secret(request.parameter("secret"), secret_) || read.ec != std::errc{} ||
      read.ptr != session.data() + session.size())
    return answer(error_response(404, nobody));
  const std::string target = request.path + (request.query.empty() ? "" : "?" + request.query);
  auto event = scxml::to_event({request.method, target, request.content_type, request.body});
  if (!event) return answer(error_response(400, event.error()));
  got.what = std::move(*event);
  {
    const std::lock_guard lock{mutex_};
    if (arrivals_.size() >= scxml::limits::external_events_max)
      return answer(error_response(503, {"too many events wait", request.path, "send them more slowly"}));
  }
  got.answer = [answer, nobody](bool delivered) { answer(delivered ? text_response("") : error_response(404, nobody)); };
  arrived(std::move(got));
}

void runner_http::arrived(arrival what) {
  const std::lock_guard lock{mutex_};
  arrivals_.push_back(std::move(what));
  changed_.notify_all();
  wake();
}

void runner_http::wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one); // fails only when it is set already
}

/// Called with mutex_ held.
void runner_http::post_next() {
  if (posts_.empty()) return;
  const outgoing& next = posts_.front();
  const auto where = parse_uri(next.what.target);
  const error unknown{"only servers can be posted to", next.what.target, "write http://host:port/path"};
  if (!where || where->is_file()) {
    io_.post([this, post = next, why = where ? unknown : where.error()] { ended(post, &why); });
    return;
  }
  if (client_origin_ != origin_of(*where)) {
    if (client_) client_->close();
    const auto trust = tls_trust::make(""); // null when OpenSSL does not work: then the client says so
    client_ = make_http_client(io_, *where, limits::http_response_timeout_default, trust ? *trust : nullptr);
    client_origin_ = origin_of(*where);
  }
  client_->post(*where, {next.what.content_type, next.what.body}, [this, post = next](const fetched_bytes& got) {
    ended(post, got.outcome == fetch_outcome::ok ? nullptr : &got.problem);
  });
}

void runner_http::ended(const outgoing& post, const error* problem) {
  if (problem) {
    arrived({post.session_id, scxml::post_failed_event(post.sendid, *problem), {}});
  }
  const std::lock_guard lock{mutex_};
  if (posts_.empty()) return; // it ends
  posts_.pop_front();
  changed_.notify_all();
  wake();
  post_next();
}

// -- on the runner's thread ------------------------------------------------------------------------------------------------

void runner_http::post(const scxml::session& from, const scxml::send_effect& send) {
  const std::lock_guard lock{mutex_};
  posts_.push_back({from.id, send.sendid, scxml::to_http_post(send)});
  if (posts_.size() == 1) post_next();
}

void runner_http::post_and_wait(scxml::runner& run, const scxml::session& from, const scxml::send_effect& send) {
  post(from, send);
  for (;;) {
    {
      std::unique_lock lock{mutex_};
      changed_.wait(lock, [this] { return posts_.empty() || !arrivals_.empty(); });
      if (arrivals_.empty()) return;
    }
    deliver(run);
  }
}

bool runner_http::is_quiet() {
  const std::lock_guard lock{mutex_};
  return arrivals_.empty() && posts_.empty();
}

void runner_http::deliver(scxml::runner& run) {
  std::deque<arrival> arrivals;
  {
    const std::lock_guard lock{mutex_};
    arrivals.swap(arrivals_);
    std::uint64_t seen = 0;
    [[maybe_unused]] const auto read = ::read(wake_, &seen, sizeof seen);
  }
  for (auto& one : arrivals) {
    const bool there = run.sessions().find(one.session_id) != nullptr;
    if (there) run.deliver(one.session_id, std::move(one.what));
    if (one.answer) one.answer(there);
  }
}

} // namespace chainring::actors
