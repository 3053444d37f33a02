// courier.cpp: a queue and its threads.
#include "actors/media/courier.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <set>
#include <thread>

#include <sys/socket.h>
#include <unistd.h>

#include "actors/media/transfer.hpp"

namespace chainring::actors {

namespace {

struct parcel {
  std::uint64_t id = 0;
  std::unique_ptr<transfer> what;
  std::shared_ptr<delivery_box> to;
  work token;
};

/// The sockets of a courier, so that it can stop whatever waits at them.
class open_sockets {
 public:
  void prepare(CURL* handle) {
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, &open_sockets::on_open);
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, this);
    curl_easy_setopt(handle, CURLOPT_CLOSESOCKETFUNCTION, &open_sockets::on_close);
    curl_easy_setopt(handle, CURLOPT_CLOSESOCKETDATA, this);
    curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, &open_sockets::on_progress); // every second at least
    curl_easy_setopt(handle, CURLOPT_XFERINFODATA, this);
  }
  void cut_all() {
    const std::lock_guard lock{mutex_};
    is_cut_ = true;
    for (const auto socket : open_) ::shutdown(socket, SHUT_RDWR);
  }

 private:
  static curl_socket_t on_open(void* self, curlsocktype, curl_sockaddr* to) {
    auto& all = *static_cast<open_sockets*>(self);
    const std::lock_guard lock{all.mutex_};
    if (all.is_cut_) return CURL_SOCKET_BAD;
    const auto socket = ::socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
    if (socket >= 0) all.open_.insert(socket);
    return socket;
  }
  static int on_close(void* self, curl_socket_t socket) {
    auto& all = *static_cast<open_sockets*>(self);
    const std::lock_guard lock{all.mutex_};
    all.open_.erase(socket);
    return ::close(socket);
  }
  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<open_sockets*>(self)->is_cut_ ? 1 : 0;
  }

  std::mutex mutex_;
  std::set<curl_socket_t> open_; // guarded by it
  std::atomic<bool> is_cut_{false};
};

} // namespace

void delivery_box::put(std::uint64_t id, dialer::delivery how) {
  const std::lock_guard lock{mutex_};
  ends_.emplace_back(id, std::move(how));
}

void delivery_box::take(std::vector<std::pair<std::uint64_t, dialer::delivery>>& out) {
  const std::lock_guard lock{mutex_};
  std::move(ends_.begin(), ends_.end(), std::back_inserter(out));
  ends_.clear();
}

struct courier::state {
  state(clock& node_time, std::size_t most) : time(node_time), threads_max(most) {}

  void run();
  dialer::delivery deliver(CURL* handle, transfer& what);

  clock& time;
  const std::size_t threads_max;
  open_sockets sockets;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<parcel> queue;          // guarded by it, as all below
  std::vector<std::thread> threads;
  std::size_t idle = 0;
  bool stopped = false;
  std::mutex told_mutex;
  std::function<void()> told; // guarded by it
};

courier::courier(clock& time, std::size_t threads_max) : state_(std::make_unique<state>(time, threads_max)) {
  static const auto set_up = curl_global_init(CURL_GLOBAL_DEFAULT); // if it fails, curl_easy_init does
  (void)set_up;
}

courier::~courier() { stop(); }

void courier::send(std::uint64_t id, std::unique_ptr<transfer> what, std::shared_ptr<delivery_box> to) {
  auto& s = *state_;
  {
    const std::lock_guard lock{s.mutex};
    if (s.stopped) return;
    s.queue.push_back({id, std::move(what), std::move(to), s.time.begin_work()});
    if (s.queue.size() > s.idle && s.threads.size() < s.threads_max) s.threads.emplace_back([&s] { s.run(); });
  }
  s.changed.notify_one();
}

void courier::on_end(std::function<void()> told) {
  const std::lock_guard lock{state_->told_mutex};
  state_->told = std::move(told);
}

void courier::stop() {
  auto& s = *state_;
  {
    const std::lock_guard lock{s.mutex};
    if (std::exchange(s.stopped, true)) return;
    s.queue.clear();
  }
  on_end({});
  s.sockets.cut_all();
  s.changed.notify_all();
  for (auto& t : s.threads) t.join();
}

void courier::state::run() {
  const std::unique_ptr<CURL, void (*)(CURL*)> handle{curl_easy_init(), &curl_easy_cleanup};
  for (;;) {
    parcel p;
    {
      std::unique_lock lock{mutex};
      ++idle;
      changed.wait(lock, [this] { return stopped || !queue.empty(); });
      --idle;
      if (stopped) return;
      p = std::move(queue.front());
      queue.pop_front();
    }
    auto how = deliver(handle.get(), *p.what);
    {
      const std::lock_guard lock{mutex};
      if (stopped) return; // nobody knows
    }
    p.to->put(p.id, std::move(how));
    const std::lock_guard lock{told_mutex};
    if (told) told();
  }
}

dialer::delivery courier::state::deliver(CURL* handle, transfer& what) {
  if (!handle) return {dialer::delivery_end::away, "no memory is left for libcurl"};
  return what.run(handle, [this](CURL* h) { sockets.prepare(h); });
}

} // namespace chainring::actors
