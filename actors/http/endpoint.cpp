// endpoint.cpp: listens, counts its connections, and hands each to a session (session.hpp).
#include "actors/http/endpoint.hpp"

#include <atomic>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include "actors/io_threads.hpp"
#include "actors/http/http_session.hpp"

namespace chainring::actors {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

namespace {

error cannot_listen(const endpoint_settings& wanted, error_code failed) {
  return {"the HTTP endpoint cannot listen (" + failed.message() + ")", wanted.address + ":" + std::to_string(wanted.port),
          "see whether this node runs already, or choose another port, 0 for a free one"};
}

/// All but listening, which two that are bound to the same address cannot both.
result<void> bind(tcp::acceptor& acceptor, const endpoint_settings& wanted) {
  const std::string where = wanted.address + ":" + std::to_string(wanted.port);
  error_code failed;
  const auto address = asio::ip::make_address(wanted.address, failed);
  if (failed)
    return error{"the address to listen on is not an IP address", where, "write 127.0.0.1 or ::1"};
  if (!address.is_loopback() && wanted.token.empty())
    return error{"the HTTP endpoint would be open to other machines", where,
                 "configure a token, or listen on 127.0.0.1"};
  const tcp::endpoint at{address, wanted.port};
  acceptor.open(at.protocol(), failed);
  if (!failed) acceptor.set_option(asio::socket_base::reuse_address(true), failed);
  if (!failed) acceptor.bind(at, failed);
  return failed ? cannot_listen(wanted, failed) : result<void>{};
}

} // namespace

/// Runs on its strand; sessions have strands of their own.
class endpoint::server : public std::enable_shared_from_this<endpoint::server> {
 public:
  server(io_threads& io, endpoint_settings settings, router routes)
      : io_(io)
      , strand_(asio::make_strand(io.context()))
      , acceptor_(strand_)
      , pause_(strand_)
      , terms_(std::make_shared<session_terms>()) {
    terms_->settings = std::move(settings);
    terms_->routes = std::move(routes);
  }

  result<void> listen() {
    const auto& wanted = terms_->settings;
    if (auto bound = bind(acceptor_, wanted); !bound) return bound;
    error_code failed;
    acceptor_.listen(asio::socket_base::max_listen_connections, failed);
    if (failed) return cannot_listen(wanted, failed);
    local_ = acceptor_.local_endpoint(failed);
    terms_->reads_need_token = !local_.address().is_loopback();
    return {};
  }

  void accept() {
    asio::post(strand_, [self = shared_from_this()] { self->accept_next(); });
  }

  void stop() {
    asio::post(strand_, [self = shared_from_this()] {
      error_code ignored;
      self->acceptor_.close(ignored);
      self->pause_.cancel();
      for (auto& weak : self->sessions_)
        if (auto session = weak.lock()) session->close();
    });
  }

  const tcp::endpoint& local() const { return local_; }
  std::size_t connections() const { return open_; }
  std::uint64_t requests() const { return terms_->requests; }

 private:
  void accept_next() {
    // Who comes when all are taken waits in the listen queue: the deadlines of the others make
    // room.
    if (accepting_ || !acceptor_.is_open() || open_ >= terms_->settings.connections_max) return;
    accepting_ = true;
    acceptor_.async_accept(asio::make_strand(io_.context()),
                           [self = shared_from_this()](error_code failed, tcp::socket socket) {
                             self->accepting_ = false;
                             self->accepted(failed, std::move(socket));
                           });
  }

  void accepted(error_code failed, tcp::socket socket) {
    if (failed == asio::error::operation_aborted) return;
    if (failed) { // no descriptors left, for example: trying again at once would spin
      pause_.expires_after(std::chrono::milliseconds{100});
      pause_.async_wait([self = shared_from_this()](error_code cancelled) {
        if (!cancelled) self->accept_next();
      });
      return;
    }
    ++open_;
    auto ended = [self = shared_from_this()] {
      asio::post(self->strand_, [self] {
        --self->open_;
        std::erase_if(self->sessions_, [](const auto& weak) { return weak.expired(); });
        self->accept_next();
      });
    };
    auto session = std::make_shared<http_session>(std::move(socket), terms_, std::move(ended));
    sessions_.push_back(session);
    session->start();
    accept_next();
  }

  io_threads& io_;
  asio::strand<asio::io_context::executor_type> strand_;
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  const std::shared_ptr<session_terms> terms_;
  tcp::endpoint local_;
  std::vector<std::weak_ptr<http_session>> sessions_;
  bool accepting_ = false;
  std::atomic<std::size_t> open_{0};
};

result<void> endpoint::can_listen(const endpoint_settings& settings) {
  asio::io_context unused;
  tcp::acceptor acceptor{unused};
  return bind(acceptor, settings);
}

result<std::unique_ptr<endpoint>> endpoint::listen(io_threads& io, endpoint_settings settings,
                                                   router routes) {
  auto made = std::make_shared<server>(io, std::move(settings), std::move(routes));
  if (auto listening = made->listen(); !listening) return std::move(listening).error();
  return std::unique_ptr<endpoint>{new endpoint{std::move(made)}};
}

void endpoint::serve() { server_->accept(); }
endpoint::~endpoint() { stop(); }
std::uint16_t endpoint::port() const { return server_->local().port(); }
std::string endpoint::url() const {
  const auto address = server_->local().address();
  const std::string host = address.is_v6() ? "[" + address.to_string() + "]" : address.to_string();
  return "http://" + host + ":" + std::to_string(port());
}
std::size_t endpoint::connections() const { return server_->connections(); }
std::uint64_t endpoint::requests() const { return server_->requests(); }
void endpoint::stop() { server_->stop(); }

} // namespace chainring::actors
