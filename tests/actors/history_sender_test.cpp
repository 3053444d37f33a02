// history_sender_test.cpp: from the store to a receiver: bounded, and given up when virtual time would wait for it for ever.
#include "actors/history_sender.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <thread>

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include "actors/io_threads.hpp"
#include "actors/keeper.hpp"
#include "actors/validators.hpp"
#include "actors/virtual_clock.hpp"
#include "tests/actors/scratch.hpp"
#include "tests/actors/script_server.hpp"
#include "tests/actors/support.hpp"
#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::actors;
using namespace chainring::actors::testing;

namespace {

constexpr std::size_t connections = 3;

/// A store with one history record of each of these chains, and what sends them, in virtual time.
struct told {
  told(const std::string& uri, std::int64_t chains, std::vector<std::string> receivers) {
    auto store = *dialer::open_sqlite((folder.path / "people.db").string(), dialer::durability::last_moments);
    const auto list = *store->open_list({"people", {}});
    std::vector<dialer::record> rows(static_cast<std::size_t>(chains));
    std::vector<dialer::write> intents;
    for (std::int64_t chain = 1; chain <= chains; ++chain) {
      auto& row = rows[static_cast<std::size_t>(chain - 1)];
      row.record_id = row.chain_id = chain;
      row.contact_info = "1555";
      dialer::write_intent intent;
      intent.what.list = list;
      intent.what.record_id = intent.what.chain_id = chain;
      intent.what.n = 1;
      intent.history = std::make_shared<dialer::history_post>(dialer::history_post{uri, std::to_string(chain) + ';'});
      intents.push_back(std::move(intent));
    }
    REQUIRE(store->import_records(list, rows, {}, dialer::store::on_existing::keep).ok());
    REQUIRE(store->commit(intents).ok());
    keeper = system.spawn<chainring::actors::keeper, caf::detached>(std::move(store), kept);
    view.waiting = static_cast<std::uint64_t>(chains);
    history_terms terms;
    terms.keeper = keeper;
    terms.posts = &posts;
    terms.connections = connections;
    terms.clock = &time;
    terms.view = &view;
    terms.receivers = std::move(receivers);
    sender = system.spawn<history_sender>(std::move(terms));
    caf::anon_send(sender, history_stored{time.begin_work()});
    while (!view.settled()) std::this_thread::yield();
  }
  ~told() {
    caf::scoped_actor self{system};
    for (auto* who : {&sender, &keeper}) {
      self->send_exit(*who, caf::exit_reason::user_shutdown);
      self->wait_for(*who);
      *who = nullptr;
    }
    posts.stop();
    time.stop();
    io.stop();
  }
  /// In the store.
  std::size_t left(const std::string& uri) {
    caf::scoped_actor self{system};
    std::promise<std::size_t> answer;
    self->send(keeper, ask_store{[&](dialer::store& s) { answer.set_value(s.waiting_history(uri, 10'000, {})->size()); }, {}});
    return answer.get_future().get();
  }

  tests::scratch folder;
  virtual_clock time;
  keeper_counters kept;
  history_view view;
  quiet_config config;
  caf::actor_system system{config};
  io_threads io;
  validators posts{io, connections, std::chrono::seconds{60}, nullptr};
  caf::actor keeper, sender;
};

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

} // namespace

TEST_CASE("all that the store holds is sent over a few connections, window by window", "[history]") {
  receiver crm{200};
  constexpr int chains = 5 * limits::history_window_max + 7;
  told t{crm.uri(), chains, {"http://127.0.0.1:1/nobody", crm.uri()}};
  CHECK(t.view.sent == chains);
  CHECK(t.view.waiting == 0);
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
  CHECK(t.view.waiting == 20);
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
    CHECK(t.view.waiting == refused);
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
  CHECK(t.view.waiting == 3);
}
