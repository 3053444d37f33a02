// courier.cpp: see courier.hpp.
#include "actors/media/courier.hpp"

#include <atomic>
#include <thread>
#include <unordered_map>

#include "actors/media/transfer.hpp"

namespace chainring::actors {

namespace {

constexpr int look_ms_max = 1'000; // libcurl says itself when a time-out is nearer

struct parcel {
  std::uint64_t id = 0;
  std::unique_ptr<transfer> what;
  std::shared_ptr<delivery_box> to;
  work token;
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
  explicit state(clock& node_time) : time(node_time) {
    static const bool is_set_up = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    if (is_set_up) multi = curl_multi_init();
    if (multi) thread = std::thread([this] { run(); });
  }

  void run();
  void begin(parcel p);
  void ended(CURL* handle, CURLcode code);
  void tell(parcel& p, dialer::delivery how);

  clock& time;
  CURLM* multi = nullptr;
  std::unordered_map<CURL*, parcel> on_their_way; // the thread's
  std::mutex mutex;
  std::vector<parcel> queue;
  bool stopped = false;
  std::mutex told_mutex;
  std::function<void()> told;
  std::thread thread;
};

courier::courier(clock& time) : state_(std::make_unique<state>(time)) {}
courier::~courier() { stop(); }

void courier::send(std::uint64_t id, std::unique_ptr<transfer> what, std::shared_ptr<delivery_box> to) {
  auto& s = *state_;
  parcel p{id, std::move(what), std::move(to), s.time.begin_work()};
  if (!s.multi || !p.what->handle()) return s.tell(p, {dialer::delivery_end::away, "no memory is left for libcurl"});
  {
    const std::lock_guard lock{s.mutex};
    if (s.stopped) return;
    s.queue.push_back(std::move(p));
  }
  curl_multi_wakeup(s.multi);
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
  }
  on_end({});
  if (!s.multi) return;
  curl_multi_wakeup(s.multi);
  s.thread.join();
  for (auto& [handle, p] : s.on_their_way) curl_multi_remove_handle(s.multi, handle);
  s.on_their_way.clear();
  s.queue.clear();
  curl_multi_cleanup(s.multi);
}

void courier::state::run() {
  for (;;) {
    std::vector<parcel> fresh;
    {
      const std::lock_guard lock{mutex};
      if (stopped) return;
      fresh.swap(queue);
    }
    for (auto& p : fresh) begin(std::move(p));
    int running = 0, left = 0;
    curl_multi_perform(multi, &running);
    while (const CURLMsg* said = curl_multi_info_read(multi, &left))
      if (said->msg == CURLMSG_DONE) ended(said->easy_handle, said->data.result);
    curl_multi_poll(multi, nullptr, 0, look_ms_max, nullptr);
  }
}

void courier::state::begin(parcel p) {
  auto* handle = p.what->handle();
  if (curl_multi_add_handle(multi, handle) != CURLM_OK)
    return tell(p, {dialer::delivery_end::away, "libcurl takes no more messages"});
  on_their_way.emplace(handle, std::move(p));
}

void courier::state::ended(CURL* handle, CURLcode code) {
  auto p = std::move(on_their_way.extract(handle).mapped());
  auto how = p.what->ended(code);
  const bool again = p.what->goes_again(code, how);
  curl_multi_remove_handle(multi, handle);
  if (again) return begin(std::move(p));
  tell(p, std::move(how));
}

void courier::state::tell(parcel& p, dialer::delivery how) {
  p.to->put(p.id, std::move(how));
  const std::lock_guard lock{told_mutex};
  if (told) told();
}

} // namespace chainring::actors
