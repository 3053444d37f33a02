// live_explanation_test.cpp: in a cluster the node that has the chain says why its record is or is not dialed, whoever is asked;
// and where that is not known, it is not made up.
#include "actors/node/live_explanation.hpp"

#include <future>
#include <string>
#include <utility>
#include <vector>

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include "actors/cluster/cluster_face.hpp"
#include "actors/node/list_import.hpp"
#include "actors/protocols.hpp"
#include "dialer/store/open.hpp"
#include "tests/actors/scratch.hpp"
#include "tests/actors/scripted_store.hpp"
#include "tests/actors/support.hpp"
#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::actors;
using namespace chainring::actors::testing;
using place = chain_whereabouts::place;

namespace {

constexpr std::int64_t epoch_of_b = 2;

/// Node a of a cluster, whose other node says what a test has it say. Record 7 is in both lists, record 8 in one.
struct node_a {
  tests::scratch folder;
  dialer::time_zones zones = *dialer::time_zones::open();
  std::unique_ptr<dialer::store> store;
  dialer::do_not_call_list no_calls;
  dialer::switchboard calls{no_calls, zones};
  still_clock time;
  quiet_config config;
  caf::actor_system system{config};
  caf::actor keeper = system.spawn([this](caf::event_based_actor*) -> caf::behavior {
    return {[this](ask_store& asked) { asked.question(*store); }};
  });
  caf::actor dialer = system.spawn([this](caf::event_based_actor*) -> caf::behavior {
    return {[this](ask_dialer& asked) { asked.question(calls); }};
  });
  chain_whereabouts at{place::other_node, epoch_of_b, "b", {}, {}}; // of every chain
  result<std::string> b_says = std::string("  now       waits for its release\n");
  std::vector<record_wanted> b_was_asked;

  explicit node_a(std::unique_ptr<dialer::store> other = nullptr) : store(std::move(other)) {
    if (store) return;
    store = *dialer::open_store((folder.path / "s.db").string());
    list("people", "record_id,chain_id,chain_n,contact_info,daily_from,daily_till,tz_name\n"
                   "7,7,1,5557,0,86400,Europe/Berlin\n8,8,1,5558,0,86400,Europe/Berlin\n9,9,1,5559,0,86400,Europe/Berlin\n");
    list("others", "record_id,chain_id,chain_n,contact_info,daily_from,daily_till,tz_name\n7,7,1,6667,0,86400,Europe/Berlin\n");
  }
  ~node_a() {
    for (const auto& one : {keeper, dialer}) caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
  }
  void list(const std::string& name, const std::string& csv) {
    folder.write(name + ".csv", csv);
    REQUIRE(import_list(*store, zones, name, (folder.path / (name + ".csv")).string(), dialer::store::on_existing::keep,
                        [](const error& why) { FAIL(to_line(why)); }));
  }
  result<std::optional<std::string>> asked_alone(const record_wanted& wanted) { return asked(explain_live, wanted); }
  result<std::optional<std::string>> asked(const record_wanted& wanted) { return asked(explain_everywhere, wanted); }
  std::string text(const record_wanted& wanted) { return asked(wanted)->value_or("nothing"); }

 private:
  template <class Explain>
  result<std::optional<std::string>> asked(Explain how, const record_wanted& wanted) {
    live_explanation_terms terms{.keeper = keeper, .dialer = dialer, .zones = &zones, .no_calls = &no_calls, .time = &time};
    terms.job_of = [](dialer::list_id, std::optional<campaign_facts>&) -> const assignment* { return nullptr; };
    terms.whereabouts = [this](std::size_t) { return at; };
    terms.ask_other = [this](std::int64_t epoch, const record_wanted& what, auto heard) {
      CHECK(epoch == epoch_of_b);
      b_was_asked.push_back(what);
      heard(b_says);
    };
    const auto said = std::make_shared<std::promise<result<std::optional<std::string>>>>();
    how(terms, wanted, [said](result<std::optional<std::string>> text) { said->set_value(std::move(text)); });
    return said->get_future().get();
  }
};

bool says(const std::string& text, const std::string& words) {
  INFO(text);
  return text.find(words) != std::string::npos;
}

} // namespace

TEST_CASE("explain asks the node that has the chain, and gives its words", "[explain]") {
  node_a a;
  CHECK(a.text({8, {}}) == "  now       waits for its release\n");
  REQUIRE(a.b_was_asked.size() == 1);
  CHECK(a.b_was_asked[0].record_id == 8);
  CHECK(a.b_was_asked[0].list == "people"); // a record of another list of that node is not meant
}

TEST_CASE("explain of a record in two lists asks about each", "[explain]") {
  node_a a;
  CHECK(a.text({7, {}}) == "  now       waits for its release\n  now       waits for its release\n");
  CHECK(a.b_was_asked.size() == 2);
  CHECK(a.text({7, "others"}) == "  now       waits for its release\n");
  CHECK(a.b_was_asked.back().list == "others");
}

TEST_CASE("explain says what a chain's node keeps to itself, and makes nothing up", "[explain]") {
  node_a a;
  a.b_says = error{"it is not connected", {}, {}};
  const auto silent = a.text({8, {}});
  CHECK(says(silent, "list people, chain 8, record 8 (1 of its chain), 5558\n"));
  CHECK(says(silent, "  node      b has its chain and does not say what it waits for: it is not connected\n"));
  const auto unasked = **a.asked_alone({8, {}});
  CHECK(says(unasked, "  node      b has its chain and knows what it waits for: ask that node\n"));
  a.at = {place::no_node, 0, {}, {}, {}};
  const auto between = a.text({8, {}});
  CHECK(says(between, "  node      none: its chain is on its way from one node to another, or its node is gone"));
  for (const auto& text : {silent, unasked, between})
    for (const char* guess : {"nothing forbids", "no campaign of this node", "has no actor", "not taken"})
      CHECK_FALSE(says(text, guess));
  CHECK(a.b_was_asked.size() == 1);
}

TEST_CASE("explain names what forbids a call, whoever has the chain", "[explain]") {
  node_a a;
  a.no_calls.add(dialer::store::dnc_kind::phone, "5558");
  CHECK(says(**a.asked_alone({8, {}}), "not dialed: " + std::string(name_of(dialer::verdict::do_not_call_phone))));
}

TEST_CASE("explain names this node when it has the chain", "[explain]") {
  node_a a;
  a.at = {place::here, 1, "a", {}, {}};
  const auto text = a.text({8, {}});
  CHECK(says(text, "  node      a\n"));
  CHECK(says(text, "no campaign of this node dials the list"));
  CHECK(says(text, "nothing forbids a call"));
  CHECK(a.b_was_asked.empty());
}

TEST_CASE("of a chain that has ended nobody is asked", "[explain]") {
  node_a a;
  const auto list = a.store->find_list("people");
  REQUIRE((list && *list && a.store->own("test")));
  REQUIRE(a.store->commit({dialer::write_chain_end{**list, 8, dialer::record_status::updated, {}, 9, "", "Finalize"}}));
  CHECK(says(a.text({8, {}}), "no campaign takes a row of that status"));
  CHECK(a.b_was_asked.empty());
}

TEST_CASE("no such record and a store that is away are told apart", "[explain]") {
  {
    node_a a;
    for (const auto& wanted : {record_wanted{8, "nix"}, record_wanted{99, {}}, record_wanted{8, "others"}}) {
      const auto text = a.asked(wanted);
      REQUIRE(text);
      CHECK_FALSE(*text);
    }
  }
  store_script script;
  node_a away{std::make_unique<scripted_store>(script)};
  CHECK_FALSE(away.asked({8, {}}));
}

TEST_CASE("a question about a record goes to the other node's own route", "[explain][cluster]") {
  quiet_config config;
  caf::actor_system system{config};
  peer_said answer{peer_said::outcome::answered, {0, 200, "text/plain", "its words\n"}, {}};
  std::vector<std::pair<std::int64_t, std::string>> asked;
  const auto peers = system.spawn([&](caf::event_based_actor*) -> caf::behavior {
    return {[&](ask_peer& what) {
      asked.emplace_back(what.epoch, what.what.method + " " + what.what.target);
      what.heard(answer);
    }};
  });
  const auto heard = [&] {
    const auto said = std::make_shared<std::promise<result<std::string>>>();
    ask_for_explanation(peers, epoch_of_b, 8, "looked at&", [said](result<std::string> text) { said->set_value(std::move(text)); });
    return said->get_future().get();
  };
  CHECK(*heard() == "its words\n");
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].first == epoch_of_b);
  CHECK(asked[0].second == "GET /api/v1/records/8/explanation?list=looked%20at%26");
  answer.answer = {0, 503, "application/json", R"({"what":"too many questions","where":"x","mend":"ask again later"})"};
  CHECK(to_line(heard().error()) == "too many questions: ask again later");
  answer = {peer_said::outcome::refused, {}, "it is not connected"};
  CHECK(to_line(heard().error()) == "it is not connected");
  caf::anon_send_exit(peers, caf::exit_reason::user_shutdown);
}
