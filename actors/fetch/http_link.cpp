// http_link.cpp: resolve, connect, shake hands.
#include "actors/fetch/http_link.hpp"

#include <algorithm>

#include <boost/asio/post.hpp>
#include <openssl/ssl.h>

#include "actors/blocking_calls.hpp"
#include "actors/fetch/addresses.hpp"
#include "actors/fetch/http_problem.hpp"
#include "actors/io_threads.hpp"
#include "actors/limits.hpp"

namespace chainring::actors {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::steady_clock;

http_link::http_link(const http_strand& strand, std::shared_ptr<http_counters> counters_of_server)
    : socket(strand)
    , buffer(limits::http_header_bytes_max + limits::http_body_bytes_max)
    , counters(std::move(counters_of_server)) {}

http_link::~http_link() { close(); }

void http_link::close() {
  error_code ignored;
  // A connection that ends without a word spoils its session for the next one; what was kept of it has been verified.
  if (secure) SSL_set_shutdown(secure->native_handle(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  socket.close(ignored);
  if (std::exchange(counted, false)) --counters->connections;
}

bool http_link::is_quiet() {
  if (!socket.is_open() || buffer.size() > 0) return false;
  char byte;
  error_code nothing;
  socket.non_blocking(true, nothing);
  // Over TLS 1.3 tickets may come behind an answer, which are read here and are no data.
  if (secure) secure->read_some(asio::buffer(&byte, 1), nothing);
  else socket.receive(asio::buffer(&byte, 1), asio::ip::tcp::socket::message_peek, nothing);
  return nothing == asio::error::would_block;
}

/// One connection on its way. Pending operations hold it, so that one that was given up ends harmlessly.
struct http_connector::opening {
  opening(const http_strand& strand, const uri& wanted, bool only_public, steady_clock::time_point deadline, callback then)
      : where(wanted), public_only(only_public), until(deadline), done(std::move(then)), address_timer(strand) {}
  const uri where;
  const bool public_only;
  const steady_clock::time_point until;
  callback done; // empty: cancelled, or called
  std::vector<asio::ip::address> addresses; // the next one last
  error_code last_failure;
  std::shared_ptr<http_link> link;
  asio::steady_timer address_timer;
};

http_connector::http_connector(io_threads& io, const http_strand& strand, const uri& origin, const http_client_terms& terms)
    : io_(io)
    , strand_(strand)
    , origin_(origin)
    , trust_(origin.scheme == "https" ? terms.trust : nullptr)
    , counters_(terms.counters)
    , look_up_(terms.look_up) {}

void http_connector::open(const uri& where, bool public_only, std::chrono::milliseconds within, callback done) {
  current_ = std::make_shared<opening>(strand_, where, public_only, steady_clock::now() + within, std::move(done));
  const auto o = current_;
  if (origin_.scheme == "https" && !trust_)
    return end(o, unavailable({"nobody vouches for servers of https: here", where.text, "write http:"}, fetch_failure::tls));
  error_code no_address;
  const auto literal = asio::ip::make_address(origin_.host, no_address);
  if (!no_address) return resolved(o, {{}, {literal}}); // needs no name service
  io_.names().run(
      origin_.host, [host = origin_.host, ask = look_up_] { return ask(host); },
      [self = shared_from_this(), o](const host_addresses& found) {
        asio::post(self->strand_, [self, o, found] { self->resolved(o, found); });
      });
}

void http_connector::resolved(const std::shared_ptr<opening>& o, const host_addresses& found) {
  if (!o->done) return;
  if (found.failed) return end(o, resolve_problem(o->where, found.failed));
  auto all = found.all;
  if (o->public_only) {
    std::erase_if(all, [](const asio::ip::address& a) { return !is_public(a); });
    if (all.empty()) return end(o, address_problem(o->where));
  }
  std::stable_partition(all.begin(), all.end(), [this](const asio::ip::address& a) { return !bad_addresses_.contains(a); });
  if (all.size() > limits::addresses_tried_max) all.resize(limits::addresses_tried_max);
  o->addresses.assign(all.rbegin(), all.rend());
  try_next(o);
}

void http_connector::judge(const http_link& link, bool good) {
  if (good) bad_addresses_.erase(link.address);
  else if (bad_addresses_.size() < limits::bad_addresses_max) bad_addresses_.insert(link.address);
}

void http_connector::try_next(const std::shared_ptr<opening>& o) {
  if (o->addresses.empty()) return end(o, connect_problem(o->where, o->last_failure));
  const auto address = o->addresses.back();
  const auto share = (o->until - steady_clock::now()) / static_cast<int>(o->addresses.size());
  o->addresses.pop_back();
  o->link = std::make_shared<http_link>(strand_, counters_);
  auto* link = o->link.get();
  o->address_timer.expires_after(share);
  o->address_timer.async_wait([o, tried = o->link](error_code cancelled) {
    if (!cancelled && o->link == tried) tried->close(); // which ends the connecting
  });
  link->address = address;
  link->socket.async_connect({address, origin_.port}, [self = shared_from_this(), o, tried = o->link](error_code failed) {
    o->address_timer.cancel();
    if (!o->done) return;
    if (failed || !tried->socket.is_open()) {
      self->judge(*tried, false);
      o->last_failure = failed == asio::error::operation_aborted ? error_code{asio::error::timed_out} : failed;
      return self->try_next(o);
    }
    ++self->counters_->connects;
    ++self->counters_->connections;
    tried->counted = true;
    error_code ignored;
    tried->socket.set_option(tcp::no_delay(true), ignored);
    if (self->origin_.scheme == "https") self->shake_hands(o);
    else self->end(o, {});
  });
}

void http_connector::shake_hands(const std::shared_ptr<opening>& o) {
  auto& link = *o->link;
  link.context = trust_->context();
  link.secure.emplace(link.socket, *link.context);
  expect_server(*link.secure, origin_.host, trust_->settings(), link.refusal);
  session_.offer(*link.secure, link.context);
  link.secure->async_handshake(asio::ssl::stream_base::client, [self = shared_from_this(), o](error_code failed) {
    if (!o->done) return;
    if (failed) return self->end(o, tls_problem(o->where, failed, o->link->refusal));
    if (tls_session::was_resumed(*o->link->secure)) ++self->counters_->resumed;
    self->end(o, {});
  });
}

void http_connector::end(const std::shared_ptr<opening>& o, fetched_bytes problem) {
  if (current_ == o) current_.reset();
  auto link = std::move(o->link);
  if (link && problem.failure != fetch_failure::none) {
    judge(*link, false);
    link.reset();
  }
  std::exchange(o->done, nullptr)(std::move(link), std::move(problem));
}

void http_connector::cancel() {
  if (!current_) return;
  current_->done = nullptr;
  current_->address_timer.cancel();
  if (current_->link) {
    judge(*current_->link, false);
    current_->link->close();
  }
  current_.reset();
}

void http_connector::keep_session(http_link& of) {
  if (of.secure) session_.keep(*of.secure, of.context);
}

} // namespace chainring::actors
