// history_sender_test.cpp: from the store to a receiver: bounded, and given up when virtual time would wait for it for ever.
#include "actors/history_sender.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <thread>
#include <utility>

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include "actors/cluster/lease.hpp"
#include "actors/io_threads.hpp"
#include "actors/keeper.hpp"
#include "actors/validators.hpp"
#include "actors/virtual_clock.hpp"
#include "tests/actors/hooked_store.hpp"
#include "tests/actors/scratch.hpp"
#include "tests/actors/script_server.hpp"
#include "tests/actors/support.hpp"
#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::actors;
using namespace chainring::actors::testing;

namespace {

constexpr std::size_t connections = 3;

/// Which shards of the store another node has. On the keeper's thread.
struct others_shards final : store_hooks {
  dialer::shard_set all;
  bool is_ours(const dialer::waiting_post& post) override { return !all[dialer::shard_of(post.list, post.chain_id)]; }
};

/// A store with one history record of each of these chains, and what sends them, in virtual time. It has eight chains more.
struct telling {
  telling(const std::string& uri, std::int64_t chains, std::vector<std::string> receivers, std::size_t at_once = connections,
          const lease* held = nullptr)
      : posts(io, at_once, std::chrono::seconds{60}, nullptr), uri_(uri) {
    auto store = *dialer::open_sqlite((folder.path / "people.db").string(), dialer::durability::last_moments);
    list = *store->open_list({"people", {}});
    std::vector<dialer::record> rows(static_cast<std::size_t>(chains + 8));
    for (std::size_t n = 0; n < rows.size(); ++n) {
      rows[n].record_id = rows[n].chain_id = static_cast<std::int64_t>(n + 1);
      rows[n].contact_info = "1555";
    }
    REQUIRE(store->import_records(list, rows, {}, dialer::store::on_existing::keep).ok());
    REQUIRE(store->commit(intents(1, chains)).ok());
    auto hooked = std::make_unique<hooked_store>(std::move(store), others);
    keeper = system.spawn<chainring::actors::keeper, caf::detached>(std::move(hooked), kept);
    kept.history_waiting = static_cast<std::uint64_t>(chains);
    history_terms terms;
    terms.keeper = keeper;
    terms.kept = &kept;
    terms.lease = held;
    terms.posts = &posts;
    terms.connections = at_once;
    terms.clock = &time;
    terms.view = &view;
    terms.receivers = std::move(receivers);
    sender = system.spawn<history_sender>(std::move(terms));
    caf::anon_send(sender, history_stored{time.begin_work()});
  }
  ~telling() {
    end(sender);
    end(keeper);
    posts.stop();
    time.stop();
    io.stop();
  }
  void end(caf::actor& who) {
    if (!who) return;
    caf::scoped_actor self{system};
    self->send_exit(who, caf::exit_reason::user_shutdown);
    self->wait_for(who);
    who = nullptr;
  }
  void settle() {
    while (!view.settled()) std::this_thread::yield();
  }
  /// The first of each of these chains.
  std::vector<dialer::write> intents(std::int64_t first, std::int64_t last) const {
    std::vector<dialer::write> all;
    for (auto chain = first; chain <= last; ++chain) {
      dialer::write_intent intent;
      intent.what.list = list;
      intent.what.record_id = intent.what.chain_id = chain;
      intent.what.n = 1;
      intent.history = std::make_shared<dialer::history_post>(dialer::history_post{uri_, std::to_string(chain) + ';'});
      all.push_back(std::move(intent));
    }
    return all;
  }
  /// By the keeper, behind all that it was asked before.
  std::size_t in_store(std::function<std::size_t(dialer::store&)> question) {
    auto answer = std::make_shared<std::promise<std::size_t>>();
    auto said = answer->get_future();
    caf::anon_send(keeper, ask_store{[answer, question](dialer::store& s) { answer->set_value(question(s)); }, {}});
    return said.get();
  }
  /// In the store, whosever they are.
  std::size_t left(const std::string& uri) {
    return in_store([&](dialer::store& s) {
      const auto hidden = std::exchange(others.all, {});
      const auto found = s.waiting_history(uri, 10'000, {})->size();
      others.all = hidden;
      return found;
    });
  }
  dialer::shard_set shards_of(const std::vector<std::int64_t>& chains) const {
    dialer::shard_set all;
    for (const auto chain : chains) all.set(dialer::shard_of(list, chain));
    return all;
  }
  /// True: their chains are away.
  std::future<bool> put_away(const dialer::shard_set& shards) {
    in_store([&](dialer::store&) { return (others.all |= shards).count(); });
    const auto taken = view.mailbox.taken();
    auto answer = std::async(std::launch::async, [this, shards, to = sender] {
      bool are_away = false;
      caf::scoped_actor self{system};
      self->request(to, caf::infinite, put_shards_away{shards})
          .receive([&](chains_are_away) { are_away = true; }, [](const caf::error&) {});
      return are_away;
    });
    while (view.mailbox.taken() == taken) std::this_thread::yield();
    return answer;
  }
  void gain(const dialer::shard_set& shards) {
    in_store([&](dialer::store&) { return (others.all &= ~shards).count(); });
    caf::anon_send(sender, shards_gained{shards, {}});
  }

  tests::scratch folder;
  virtual_clock time;
  keeper_counters kept;
  others_shards others;
  history_view view;
  quiet_config config;
  caf::actor_system system{config};
  io_threads io;
  validators posts;
  dialer::list_id list = 0;
  caf::actor keeper, sender;

 private:
  const std::string uri_;
};

/// All has been sent that will be.
struct told : telling {
  told(const std::string& uri, std::int64_t chains, std::vector<std::string> receivers)
      : telling(uri, chains, std::move(receivers)) {
    settle();
  }
};

bool soon(const std::function<bool()>& is_so) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!is_so() && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  return is_so();
}

/// Answers the record of each chain so, and counts the requests.
struct receiver {
  explicit receiver(std::function<int(int chain)> status) : status_(std::move(status)) {}
  explicit receiver(int status) : receiver([status](int) { return status; }) {}
  std::string uri() const { return server_.uri("/history"); }
  std::size_t connections() const { return server_.connections(); }
  std::atomic<int> requests{0};

 private:
  const std::function<int(int chain)> status_;
  tests::script_server server_{[this](tests::script_connection& c) {
    while (c.read_request()) {
      const auto body = c.read_until(";");
      if (!body) return;
      ++requests;
      if (!c.write(tests::http_answer(status_(std::stoi(*body)), ""))) return;
    }
  }};
};

/// Answers are held until it is open, at the latest when it goes.
struct barred {
  std::atomic<bool>& bar;
  ~barred() { bar = false; }
};
void wait_for(const std::atomic<bool>& bar) {
  while (bar) std::this_thread::yield();
}

} // namespace

TEST_CASE("all that the store holds is sent over a few connections, window by window", "[history]") {
  receiver crm{200};
  constexpr int chains = 5 * limits::history_window_max + 7;
  told t{crm.uri(), chains, {"http://127.0.0.1:1/nobody", crm.uri()}};
  CHECK(t.view.sent == chains);
  CHECK(t.kept.history_waiting == 0);
  CHECK(t.view.failures == 0);
  CHECK(t.left(crm.uri()) == 0);
  CHECK(crm.requests == chains);
  CHECK(crm.connections() <= connections);
  CHECK(t.view.mailbox.waiting_most() <= limits::history_mailbox_max(2, connections));
}

TEST_CASE("virtual time does not wait for a receiver that is away", "[history]") {
  receiver crm{503};
  told t{crm.uri(), 20, {crm.uri()}};
  CHECK(t.view.sent == 0);
  CHECK(t.kept.history_waiting == 20);
  CHECK(t.left(crm.uri()) == 20);
  // As many as make it away, those that were under way beside the last of them, then one after each wait.
  CHECK(crm.requests == static_cast<int>(limits::history_failures_max + connections - 1 + limits::history_tries_max - 1));
  CHECK(t.view.failures == static_cast<std::uint64_t>(crm.requests));
}

TEST_CASE("records that are refused for good hold up no others, however many they are", "[history]") {
  constexpr int refused = 5 * limits::history_window_max, chains = refused + 3 * limits::history_window_max;
  SECTION("the receiver says that it is the record") {
    receiver crm{[](int chain) { return chain <= refused ? 422 : 200; }}; // the oldest
    told t{crm.uri(), chains, {crm.uri()}};
    CHECK(t.view.sent == chains - refused);
    CHECK(t.kept.history_waiting == refused);
    CHECK(t.left(crm.uri()) == refused);
    CHECK(crm.requests <= chains - refused + refused * static_cast<int>(limits::history_tries_max));
  }
  SECTION("it breaks off in them") {
    receiver crm{[](int chain) { return chain % 8 < 2 ? 500 : 200; }};
    told t{crm.uri(), chains, {crm.uri()}};
    CHECK(t.view.sent == chains - chains / 4);
    CHECK(t.left(crm.uri()) == chains / 4);
  }
}

TEST_CASE("a receiver that refuses every record is left alone after a while", "[history]") {
  receiver crm{400};
  constexpr int chains = static_cast<int>(limits::history_refusals_max) + 500;
  told t{crm.uri(), chains, {crm.uri()}};
  CHECK(t.view.sent == 0);
  CHECK(t.left(crm.uri()) == chains);
  CHECK(crm.requests == static_cast<int>(limits::history_refusals_max + connections - 1 + limits::history_tries_max - 1));
}

TEST_CASE("a record of nobody's receiver stays where it is", "[history]") {
  told t{"http://127.0.0.1:1/left", 3, {}};
  CHECK(t.left("http://127.0.0.1:1/left") == 3);
  CHECK(t.kept.history_waiting == 3);
}

TEST_CASE("what is stored is counted as it is stored, and what is refused is not", "[history]") {
  told t{"http://127.0.0.1:1/left", 2, {}};
  auto writes = t.intents(2, 4); // the second was stored before
  dialer::write_intent untold = std::get<dialer::write_intent>(t.intents(5, 5)[0]);
  untold.history = nullptr;
  writes.push_back(untold);
  caf::scoped_actor self{t.system};
  std::size_t refused = 0;
  self->request(t.keeper, caf::infinite, commit{std::move(writes), {}})
      .receive([&](committed& c) { refused = c.refused.size(); }, [](const caf::error&) {});
  CHECK(refused == 1);
  CHECK(t.kept.history_waiting == 4);
  CHECK(t.left("http://127.0.0.1:1/left") == 4);
}

TEST_CASE("of a shard that leaves no record is begun, and it has left when those on their way are settled", "[history][cluster]") {
  const int answer_to_first = GENERATE(200, 503, 422);
  std::atomic<bool> bar{true};
  std::array<std::atomic<int>, 5> asked{};
  receiver crm{[&](int chain) {
    ++asked.at(static_cast<std::size_t>(chain));
    if (chain == 1) wait_for(bar);
    return chain == 1 ? answer_to_first : 200;
  }};
  telling t{crm.uri(), 4, {crm.uri()}, 1};
  std::future<bool> away;
  const barred until_the_end{bar};
  REQUIRE(soon([&] { return asked[1] == 1; }));
  away = t.put_away(t.shards_of({1, 2}));
  CHECK(away.wait_for(std::chrono::seconds{0}) == std::future_status::timeout);
  bar = false;
  CHECK(away.get());
  const std::size_t left = answer_to_first == 200 ? 1 : 2; // nobody else begins with the first while it is in the store
  CHECK(t.in_store([&](dialer::store& s) {
    t.others.all = ~t.shards_of({1, 2});
    const auto found = s.waiting_history(crm.uri(), 10, {})->size();
    t.others.all = t.shards_of({1, 2});
    return found;
  }) == left);
  t.settle();
  CHECK(asked[1] == 1);
  CHECK(asked[2] == 0);
  CHECK(asked[3] == 1);
  CHECK(asked[4] == 1);
  CHECK(t.left(crm.uri()) == left);
}

TEST_CASE("a record that was put off goes with its shard, and is new when that comes back", "[history][cluster]") {
  std::atomic<bool> refused{true};
  std::atomic<int> asked{0};
  receiver crm{[&](int chain) {
    asked += chain == 1 ? 1 : 0;
    return chain == 1 && refused ? 422 : 200;
  }};
  told t{crm.uri(), 3, {crm.uri()}};
  CHECK(t.view.sent == 2);
  const int tries = asked;
  CHECK(tries == static_cast<int>(limits::history_tries_max)); // in this run it would not be sent again
  CHECK(t.put_away(t.shards_of({1})).get());
  CHECK(asked == tries);
  refused = false;
  t.gain(t.shards_of({1}));
  CHECK(soon([&] { return t.view.sent == 3; }));
  CHECK(soon([&] { return t.left(crm.uri()) == 0; }));
  CHECK(soon([&] { return t.kept.history_waiting == 0; }));
}

TEST_CASE("what another node could not send any more is sent when its shards come, and is counted", "[history][cluster]") {
  std::atomic<bool> bar{false};
  receiver crm{[&](int) {
    wait_for(bar);
    return 200;
  }};
  told t{crm.uri(), 2, {crm.uri()}};
  const barred until_the_end{bar};
  CHECK(t.view.sent == 2);
  CHECK(t.kept.history_waiting == 0);
  const auto stored_by_others = [&](dialer::store& s) { return static_cast<std::size_t>(s.commit(t.intents(3, 5)).ok()); };
  REQUIRE(t.in_store(stored_by_others) == 1);
  SECTION("nobody tells of each of them") {
    bar = true;
    t.gain(~dialer::shard_set{});
    CHECK(soon([&] { return t.kept.history_waiting == 3; }));
    bar = false;
    CHECK(soon([&] { return t.view.sent == 5; }));
  }
  SECTION("those that this node has not counted are not missing afterwards") {
    caf::anon_send(t.sender, history_stored{t.time.begin_work()});
    CHECK(soon([&] { return t.view.sent == 5; }));
  }
  CHECK(soon([&] { return t.left(crm.uri()) == 0; }));
  CHECK(t.kept.history_waiting == 0);
}

TEST_CASE("once its lease is over a member sends nothing", "[history][cluster]") {
  receiver crm{200};
  lease held;
  telling t{crm.uri(), 3, {crm.uri()}, connections, &held};
  CHECK(soon([&] { return t.time.jumps() > 20; })); // it looks from time to time
  CHECK(crm.requests == 0);
  held.hold_until(lease::clock::now() + std::chrono::hours{1});
  t.settle();
  CHECK(t.view.sent == 3);
}

TEST_CASE("who waits for shards to leave hears that they have when the sender ends", "[history][cluster]") {
  std::atomic<bool> bar{true};
  receiver crm{[&](int) {
    wait_for(bar);
    return 200;
  }};
  telling t{crm.uri(), 1, {crm.uri()}};
  std::future<bool> away;
  const barred until_the_end{bar};
  REQUIRE(soon([&] { return crm.requests == 1; }));
  away = t.put_away(t.shards_of({1}));
  t.end(t.sender);
  CHECK(away.get());
}
