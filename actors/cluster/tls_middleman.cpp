// tls_middleman.cpp: accepting is done on the multiplexer's thread, step by step; connecting on the middleman actor's own.
#include "actors/cluster/tls_middleman.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/io/basp_broker.hpp>
#include <caf/io/middleman.hpp>
#include <caf/io/middleman_actor_impl.hpp>
#include <caf/io/network/default_multiplexer.hpp>
#include <caf/io/network/doorman_impl.hpp>
#include <caf/io/network/stream_impl.hpp>
#include <caf/io/scribe.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "actors/limits.hpp"

namespace chainring::actors {

namespace {

namespace net = caf::io::network;
using clock = std::chrono::steady_clock;

/// For CAF's stream: bytes of a connection whose handshake is over. The process ignores SIGPIPE.
class tls_policy {
 public:
  explicit tls_policy(ssl_handle on) : on_(std::move(on)) {}

  net::rw_state read_some(std::size_t& got, net::native_socket, void* into, std::size_t room) {
    return judge(SSL_read_ex(on_.get(), into, room, &got), got);
  }
  net::rw_state write_some(std::size_t& sent, net::native_socket, const void* from, std::size_t size) {
    sent = 0;
    if (size == 0) return net::rw_state::indeterminate;
    return judge(SSL_write_ex(on_.get(), from, size, &sent), sent);
  }
  bool must_read_more(net::native_socket, std::size_t wanted) {
    return static_cast<std::size_t>(SSL_pending(on_.get())) >= wanted;
  }

 private:
  /// "Success" of no bytes means: not now.
  net::rw_state judge(int done, std::size_t& bytes) {
    if (done == 1) return net::rw_state::success;
    bytes = 0;
    const int why = SSL_get_error(on_.get(), done);
    ERR_clear_error();
    return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? net::rw_state::success : net::rw_state::failure;
  }

  ssl_handle on_;
};

/// As caf::io::network::scribe_impl, whose stream is TCP's.
class tls_scribe final : public caf::io::scribe {
 public:
  tls_scribe(net::default_multiplexer& in, net::native_socket socket, ssl_handle on)
    : scribe(net::conn_hdl_from_socket(socket)), stream_(in, socket, tls_policy{std::move(on)}) {}

  void configure_read(caf::io::receive_policy::config wanted) override {
    stream_.configure_read(wanted);
    if (std::exchange(launched_, true)) return;
    stream_.start(this);
  }
  void ack_writes(bool enable) override { stream_.ack_writes(enable); }
  std::vector<char>& wr_buf() override { return stream_.wr_buf(); }
  std::vector<char>& rd_buf() override { return stream_.rd_buf(); }
  void graceful_shutdown() override {
    stream_.graceful_shutdown();
    detach(&stream_.backend(), false);
  }
  void flush() override { stream_.flush(this); }
  std::string addr() const override {
    const auto address = net::remote_addr_of_fd(stream_.fd());
    return address ? *address : std::string{};
  }
  std::uint16_t port() const override {
    const auto port = net::remote_port_of_fd(stream_.fd());
    return port ? *port : std::uint16_t{0};
  }
  void add_to_loop() override { stream_.activate(this); }
  void remove_from_loop() override { stream_.passivate(); }

 private:
  bool launched_ = false;
  net::stream_impl<tls_policy> stream_;
};

class tls_doorman;

/// A connection that has come in, until its TLS is agreed upon: nobody else knows of it so far. It ends itself.
class arrival final : public net::event_handler {
 public:
  arrival(net::default_multiplexer& in, net::native_socket socket, caf::intrusive_ptr<tls_doorman> door, tls_terms terms)
    : event_handler(in, socket), door_(std::move(door)), terms_(std::move(terms)),
      accepts_([pins = terms_.pins](std::string_view fingerprint) { return pins->knows(fingerprint); }),
      on_(terms_.identity->connection(socket, true, accepts_)) {}
  ~arrival() override { terms_.arrivals->remove(fd()); } // before the socket is closed

  void begin() { backend().add(net::operation::read, fd(), this); }
  void handle_event(net::operation what) override;
  void removed_from_loop(net::operation) override { delete this; }
  void graceful_shutdown() override { end(); }

 private:
  void end() { backend().del(net::operation::read, fd(), this); }

  caf::intrusive_ptr<tls_doorman> door_;
  const tls_terms terms_;
  const tls_identity::judge accepts_;
  ssl_handle on_; // null: it is over
};

class tls_doorman final : public net::doorman_impl {
 public:
  tls_doorman(net::default_multiplexer& in, net::native_socket socket, tls_terms terms)
    : doorman_impl(in, socket), terms_(std::move(terms)) {}

  using doorman_impl::new_connection;
  bool new_connection() override {
    const auto socket = acceptor_.accepted_socket();
    const bool has_room = !detached() && net::nonblocking(socket, true) && terms_.arrivals->add(socket);
    if (!has_room) {
      if (!detached()) ++terms_.strangers->no_room;
      net::close_socket(socket);
      return !detached();
    }
    (new arrival(acceptor_.backend(), socket, this, terms_))->begin();
    return true;
  }

  /// BASP gets it.
  void has_come(net::native_socket socket, ssl_handle on) {
    if (detached()) return net::close_socket(socket);
    auto& in = acceptor_.backend();
    auto made = caf::make_counted<tls_scribe>(in, socket, std::move(on));
    const auto handle = made->hdl();
    static_cast<caf::io::abstract_broker*>(parent())->add_scribe(std::move(made));
    doorman::new_connection(&in, handle);
  }

 private:
  const tls_terms terms_;
};

void arrival::handle_event(net::operation what) {
  if (!on_) return;
  const int done = what == net::operation::read ? SSL_do_handshake(on_.get()) : -1;
  const int why = what == net::operation::read ? SSL_get_error(on_.get(), done) : SSL_ERROR_SYSCALL;
  ERR_clear_error();
  if (done != 1 && why == SSL_ERROR_WANT_READ) return;
  auto on = std::move(on_);
  end();
  if (done != 1) {
    ++(SSL_get_verify_result(on.get()) == X509_V_OK ? terms_.strangers->no_tls : terms_.strangers->certificate);
    return;
  }
  // This handler is taken out of the loop later, and closes its socket then: the connection goes on with another descriptor.
  const int own = ::fcntl(fd(), F_DUPFD_CLOEXEC, 0);
  if (own < 0) return;
  if (SSL_set_fd(on.get(), own) != 1) return net::close_socket(own);
  door_->has_come(own, std::move(on));
}

// -- connecting --------------------------------------------------------------------------------------------------------------

bool wait_for(int socket, short events, clock::time_point until) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - clock::now()).count();
  pollfd one{socket, events, 0};
  return left > 0 && ::poll(&one, 1, static_cast<int>(left)) == 1;
}

/// -1: nobody is there, or not in time, of which each address gets its share.
int connected_socket(const host_addresses& found, std::uint16_t port, clock::time_point until) {
  auto left = static_cast<std::int64_t>(found.all.size());
  for (const auto& address : found.all) {
    const boost::asio::ip::tcp::endpoint to{address, port};
    const auto now = clock::now();
    const auto share = now + (until - now) / left--;
    const int socket = ::socket(to.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket < 0) continue;
    int failed = 0;
    socklen_t size = sizeof failed;
    if ((::connect(socket, to.data(), static_cast<socklen_t>(to.size())) == 0 ||
         (errno == EINPROGRESS && wait_for(socket, POLLOUT, share))) &&
        ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &failed, &size) == 0 && failed == 0)
      return socket;
    ::close(socket);
  }
  return -1;
}

bool shake_hands(ssl_st* on, int socket, clock::time_point until) {
  for (;;) {
    const int done = SSL_do_handshake(on);
    if (done == 1) return true;
    const int why = SSL_get_error(on, done);
    ERR_clear_error();
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) return false;
    if (!wait_for(socket, why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, until)) return false;
  }
}

class tls_middleman final : public caf::io::middleman_actor_impl {
 public:
  tls_middleman(caf::actor_config& cfg, caf::actor broker, tls_terms terms, peer_names::name_service by)
    : middleman_actor_impl(cfg, std::move(broker)), terms_(std::move(terms)), names_(std::move(by)) {}
  const char* name() const override { return "tls_middleman"; }

 protected:
  /// All that waits here is over by one time, and what has come too late to matter does not wait at all.
  caf::expected<caf::io::scribe_ptr> connect(const std::string& host, std::uint16_t port) override {
    const peer_address to{host, port};
    if (!terms_.pins->has(to)) return caf::make_error(caf::sec::cannot_connect_to_node, "no member is there any more");
    const auto until = clock::now() + limits::peer_connect_timeout;
    const auto found = names_.addresses(host, until);
    if (!found) return caf::make_error(caf::sec::cannot_connect_to_node, "the name service does not answer");
    if (found->failed) return caf::make_error(caf::sec::cannot_connect_to_node, found->failed.message());
    const int socket = connected_socket(*found, port, until);
    if (socket < 0) return caf::make_error(caf::sec::cannot_connect_to_node, "nobody is there");
    const tls_identity::judge accepts = [&](std::string_view fingerprint) { return terms_.pins->is_at(to, fingerprint); };
    auto on = terms_.identity->connection(socket, false, accepts);
    if (!on || !shake_hands(on.get(), socket, until)) {
      on.reset();
      ::close(socket);
      return caf::make_error(caf::sec::cannot_connect_to_node, "no TLS, or another certificate than the store names");
    }
    return caf::io::scribe_ptr{caf::make_counted<tls_scribe>(multiplexer(), socket, std::move(on))};
  }

  caf::expected<caf::io::doorman_ptr> open(std::uint16_t port, const char* address, bool reuse) override {
    auto socket = net::new_tcp_acceptor_impl(port, address, reuse);
    if (!socket) return std::move(socket.error());
    return caf::io::doorman_ptr{caf::make_counted<tls_doorman>(multiplexer(), *socket, terms_)};
  }

 private:
  net::default_multiplexer& multiplexer() {
    return static_cast<net::default_multiplexer&>(system().middleman().backend()); // there is no other
  }

  const tls_terms terms_;
  peer_names names_;
};

} // namespace

bool peer_arrivals::add(int socket) {
  std::lock_guard guard{mutex_};
  if (since_.size() >= limits::peer_arrivals_max) return false;
  since_[socket] = clock::now();
  return true;
}

void peer_arrivals::remove(int socket) {
  std::lock_guard guard{mutex_};
  since_.erase(socket);
}

void peer_arrivals::cut(clock::time_point before) {
  std::lock_guard guard{mutex_};
  for (const auto& [socket, since] : since_)
    if (since < before) ::shutdown(socket, SHUT_RDWR); // the multiplexer sees its end
}

std::size_t peer_arrivals::count() const {
  std::lock_guard guard{mutex_};
  return since_.size();
}

caf::io::middleman_actor make_tls_middleman(caf::actor_system& in, const tls_terms& terms, peer_names::name_service by) {
  auto broker = in.middleman().named_broker<caf::io::basp_broker>(caf::atom("BASP"));
  return in.spawn<tls_middleman, caf::detached + caf::hidden>(std::move(broker), terms, std::move(by));
}

} // namespace chainring::actors
