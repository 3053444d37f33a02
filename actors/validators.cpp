// validators.cpp: see validators.hpp.
#include "actors/validators.hpp"

#include <utility>

#include "actors/fetch/http_client.hpp"
#include "actors/io_threads.hpp"

namespace chainring::actors {

validators::validators(io_threads& io, std::size_t connections_per_server, std::chrono::milliseconds response_timeout,
                       std::shared_ptr<tls_trust> trust)
    : io_(io), connections_(connections_per_server), timeout_(response_timeout), trust_(std::move(trust)) {}

validators::~validators() { stop(); }

void validators::ask(const std::string& where, std::string question, callback done) {
  const auto parsed = parse_uri(where);
  if (!parsed || parsed->is_file())
    return io_.post([done = std::move(done), why = parsed ? where + " is no http: or https: URI" : to_line(parsed.error())] {
      done({.problem = why});
    });
  const std::lock_guard lock{mutex_};
  if (stopped_) return io_.post([done = std::move(done)] { done({.problem = "the node stops"}); });
  auto& s = server_of(*parsed);
  s.queue.push_back({*parsed, std::move(question), std::move(done)});
  ask_next(s);
}

/// Called with mutex_ held.
validators::server& validators::server_of(const uri& where) {
  auto& s = servers_[origin_of(where)];
  while (s.all.size() < connections_) {
    s.all.push_back(make_http_client(io_, where, timeout_, trust_));
    s.idle.push_back(s.all.back());
  }
  return s;
}

/// Called with mutex_ held. A connection that was busy last is open still: it is taken first.
void validators::ask_next(server& s) {
  while (!s.idle.empty() && !s.queue.empty()) {
    auto next = std::move(s.queue.front());
    s.queue.pop_front();
    auto by = std::move(s.idle.back());
    s.idle.pop_back();
    auto& client = *by;
    client.post(next.where, {"application/json", std::move(next.question), true},
                [this, &s, by = std::move(by), done = std::move(next.done)](fetched_bytes got) mutable {
                  answered(s, by);
                  by.reset();
                  if (got.outcome == fetch_outcome::ok) done({got.status, std::move(got.etag), std::move(got.bytes), {}});
                  else done({.problem = to_line(got.problem)});
                });
  }
}

void validators::answered(server& s, const std::shared_ptr<http_client>& by) {
  const std::lock_guard lock{mutex_};
  s.idle.push_back(by);
  if (!stopped_) ask_next(s);
}

void validators::stop() {
  std::deque<waiting> left;
  {
    const std::lock_guard lock{mutex_};
    stopped_ = true;
    for (auto& [origin, s] : servers_) {
      for (auto& client : s.all) client->close();
      for (auto& one : s.queue) left.push_back(std::move(one));
      s.queue.clear();
    }
  }
  for (auto& one : left) one.done({.problem = "the node stops"});
}

} // namespace chainring::actors
