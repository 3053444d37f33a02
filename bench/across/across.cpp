// across.cpp: events from one node to another, over loopback without TLS: as peers send them, each answered, and in CAF's bare
// middleman in batches of the same size and bytes, each batch acknowledged. The other node is a second process of this program.
// CPU is that of both processes. One JSON line.
#include "bench/across/across.hpp"

#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <string_view>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/io/middleman.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/cluster/peer_line.hpp"
#include "actors/limits.hpp"
#include "dialer/text.hpp"

namespace chainring::bench {

namespace {

using namespace chainring::actors;
using clock = std::chrono::steady_clock;

constexpr std::int64_t epoch_of_server = 1, epoch_of_asker = 2;
constexpr std::size_t asked_at_once_max = limits::peer_items_waiting_max / 2;
constexpr std::chrono::seconds patience{60};

struct wish {
  std::int64_t events = 1'000'000, bytes = 200;
};

struct settings : caf::actor_system_config {
  settings() {
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", std::size_t{1});
    peer_line::prepare(*this);
  }
};

std::uint16_t free_port() {
  const int probe = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  const bool bound = ::bind(probe, reinterpret_cast<sockaddr*>(&at), size) == 0 &&
                     ::getsockname(probe, reinterpret_cast<sockaddr*>(&at), &size) == 0;
  ::close(probe);
  return bound ? ntohs(at.sin_port) : std::uint16_t{0};
}

double cpu_s(int who) {
  rusage used{};
  ::getrusage(who, &used);
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

peer_question event_of(const wish& wanted) {
  return {0, "POST", "/scxml/1/1000000/0/0123456789abcdef0123456789abcdef", "application/json",
          std::string(static_cast<std::size_t>(wanted.bytes), 'x')};
}

/// What has been answered, for a thread that waits.
class answers {
 public:
  void add(bool right) {
    std::lock_guard guard{mutex_};
    ++(right ? right_ : wrong_);
    changed_.notify_one();
  }
  /// False: it takes too long.
  bool wait_until(std::int64_t least) {
    std::unique_lock guard{mutex_};
    return changed_.wait_for(guard, patience, [&] { return right_ + wrong_ >= least; });
  }
  std::int64_t right() {
    std::lock_guard guard{mutex_};
    return right_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t right_ = 0, wrong_ = 0;
};

// -- the other process -----------------------------------------------------------------------------------------------------------

dialer::cluster_member member_at(std::int64_t epoch, std::uint16_t port) {
  return {.epoch = epoch, .node = std::to_string(epoch), .address = "127.0.0.1:" + std::to_string(port), .lease_left_ms = 1};
}

caf::behavior acknowledge(caf::event_based_actor*) {
  return {[](const peer_envelope& what) { return to_batch(what) ? std::uint64_t{1} : std::uint64_t{0}; }};
}

std::unique_ptr<peer_line> line_at(std::uint16_t port) {
  const auto here = "127.0.0.1:" + std::to_string(port);
  return std::move(*peer_line::make({.address = here, .listen = here, .certificate = {}, .key = {}, .ca = {}}));
}

/// Until its standard input is closed.
int serve(std::string_view how, std::uint16_t port) {
  settings with;
  const auto line = line_at(port);
  caf::actor_system system{with};
  if (how == "peers") {
    if (!line->start(system, epoch_of_server)) return 1;
    line->service().set([](const http_request&, const responder& answer) { answer(text_response("")); });
    caf::anon_send(line->handle(), members_seen{{member_at(epoch_of_asker, 1)}});
  } else if (!system.middleman().publish(system.spawn(acknowledge), port, "127.0.0.1")) {
    return 1;
  }
  std::puts("ready");
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  line->stop(system);
  std::_Exit(0);
}

class other_process {
 public:
  other_process(const char* how, std::uint16_t port) {
    int in[2], out[2];
    if (::pipe(in) != 0 || ::pipe(out) != 0) return;
    id_ = ::fork();
    if (id_ == 0) {
      ::dup2(in[0], 0);
      ::dup2(out[1], 1);
      ::close(in[1]);
      const auto number = std::to_string(port);
      ::execl("/proc/self/exe", "chainring-bench", "across", "--serve", how, number.c_str(), nullptr);
      std::_Exit(1);
    }
    ::close(in[0]);
    ::close(out[1]);
    to_ = in[1];
    char byte = 0;
    ready_ = ::read(out[0], &byte, 1) == 1;
    ::close(out[0]);
  }
  ~other_process() { end(); }
  bool is_ready() const { return ready_; }
  void end() {
    if (id_ <= 0) return;
    ::close(to_);
    ::waitpid(id_, nullptr, 0);
    id_ = 0;
  }

 private:
  pid_t id_ = 0;
  int to_ = -1;
  bool ready_ = false;
};

// -- this process ----------------------------------------------------------------------------------------------------------

struct figures {
  std::int64_t events = 0;
  double wall_s = 0, cpu_s = 0;
};

/// Runs `send` against the other process; CPU of both from before it was started.
template <class Send>
figures measure(const char* how, Send send) {
  const auto port = free_port();
  const double before = cpu_s(RUSAGE_SELF) + cpu_s(RUSAGE_CHILDREN);
  figures out;
  {
    other_process there{how, port};
    if (!there.is_ready()) return out;
    settings with;
    const auto line = line_at(free_port());
    caf::actor_system system{with};
    const auto begun = clock::now();
    out.events = send(system, *line, port);
    out.wall_s = std::chrono::duration<double>(clock::now() - begun).count();
    line->stop(system);
  }
  out.cpu_s = cpu_s(RUSAGE_SELF) + cpu_s(RUSAGE_CHILDREN) - before;
  return out;
}

std::int64_t by_peers(const wish& wanted, caf::actor_system& system, peer_line& line, std::uint16_t port) {
  if (!line.start(system, epoch_of_asker)) return 0;
  caf::anon_send(line.handle(), members_seen{{member_at(epoch_of_server, port)}});
  const auto until = clock::now() + patience;
  while (line.view().connected().empty() && clock::now() < until) ::usleep(1'000);
  answers heard;
  for (std::int64_t n = 0; n < wanted.events; ++n) {
    const auto may_be_open = static_cast<std::int64_t>(asked_at_once_max);
    if (n % (may_be_open / 4) == 0 && !heard.wait_until(n - may_be_open * 3 / 4)) break;
    caf::anon_send(line.handle(), ask_peer{epoch_of_server, event_of(wanted), [&](const peer_said& said) {
                                             heard.add(said.what == peer_said::outcome::answered && said.answer.status == 200);
                                           }});
  }
  heard.wait_until(wanted.events);
  return heard.right();
}

std::int64_t by_bare_middleman(const wish& wanted, caf::actor_system& system, peer_line&, std::uint16_t port) {
  auto there = system.middleman().remote_actor("127.0.0.1", port);
  if (!there) return 0;
  caf::scoped_actor self{system};
  std::int64_t sent = 0, right = 0;
  const auto batch = static_cast<std::int64_t>(limits::peer_batch_items_max);
  std::uint64_t in_flight = 0;
  const auto take_one = [&] {
    bool came = false;
    self->receive([&](std::uint64_t ok) { came = true, right += ok == 1 ? batch : 0; }, caf::after(patience) >> [] {});
    --in_flight;
    return came;
  };
  while (sent < wanted.events) {
    peer_batch full{.epoch = epoch_of_asker};
    for (std::int64_t n = 0; n < batch; ++n) full.questions.push_back(event_of(wanted));
    self->send(*there, to_envelope(std::move(full), 1));
    sent += batch;
    if (++in_flight >= limits::peer_batches_in_flight_max && !take_one()) return right;
  }
  while (in_flight > 0 && take_one()) {
  }
  return right;
}

} // namespace

int across(int argc, char** argv) {
  spdlog::set_level(spdlog::level::off); // it would write where the figures go
  const auto number = [&](int at) { return at < argc ? dialer::to_integer(argv[at]) : std::nullopt; };
  if (argc == 4 && std::string_view{argv[1]} == "--serve" && number(3))
    return serve(argv[2], static_cast<std::uint16_t>(*number(3)));
  wish wanted;
  for (int n = 1; n < argc; n += 2) {
    const std::string_view option{argv[n]};
    const auto value = number(n + 1);
    if (!value || *value < 1 || (option != "--events" && option != "--bytes")) {
      std::fputs("usage: chainring-bench across [--events N] [--bytes N]\n", stderr);
      return 2;
    }
    (option == "--events" ? wanted.events : wanted.bytes) = *value;
  }
  const auto peers = measure("peers", [&](auto&... with) { return by_peers(wanted, with...); });
  const auto bare = measure("bare", [&](auto&... with) { return by_bare_middleman(wanted, with...); });
  const auto per_s = [](const figures& f, double s) { return s > 0 ? static_cast<double>(f.events) / s : 0.0; };
  std::printf("{\"events\":%lld,\"bytes\":%lld,\"events_per_s\":%.0f,\"events_per_cpu_s\":%.0f,\"bare_events_per_s\":%.0f,"
              "\"bare_events_per_cpu_s\":%.0f}\n",
              static_cast<long long>(peers.events), static_cast<long long>(wanted.bytes), per_s(peers, peers.wall_s),
              per_s(peers, peers.cpu_s), per_s(bare, bare.wall_s), per_s(bare, bare.cpu_s));
  return peers.events == wanted.events && bare.events >= wanted.events ? 0 : 1;
}

} // namespace chainring::bench
