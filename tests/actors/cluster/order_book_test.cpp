// order_book_test.cpp: a node obeys the last order once, by whichever way and however late it hears of it.
#include "actors/cluster/order_book.hpp"

#include "tests/catch.hpp"

using namespace chainring::actors;
using chainring::result;
using verb = campaign_order::verb;

namespace {

/// A campaign that obeys as campaign::obey does, at once.
struct stand_in {
  campaign_state state = campaign_state::not_loaded;
  bool refuses = false;
  std::vector<verb> heard;
  order_book book{{[this](const std::string&, campaign_order what) { obey(std::move(what)); },
                   [this](const std::string& name) { return name == "people" ? std::optional(state) : std::nullopt; },
                   [this](const std::string&, std::int32_t total) {
                     if (agents >= 0) agents = total;
                     return agents >= 0;
                   }}};
  std::int32_t agents = 0; // -1: it does not dial against any
  std::vector<campaign_order> waiting; // their answers come later, as an actor's do

  void obey(campaign_order what) { waiting.push_back(std::move(what)); }
  void answer_all() {
    for (auto& what : std::exchange(waiting, {})) {
      heard.push_back(what.what);
      if (refuses) {
        what.answer(chainring::error{"not now", "", ""});
        continue;
      }
      if (what.what == verb::load && state == campaign_state::not_loaded) state = campaign_state::loaded;
      if (what.what == verb::start) state = campaign_state::running;
      if (what.what == verb::stop) state = campaign_state::loaded;
      if (what.what == verb::unload || what.what == verb::force_unload) state = campaign_state::not_loaded;
      what.answer(state);
    }
  }
  std::string follow(ordered_state wanted, std::int64_t change, const std::string& name = "people") {
    std::string said = "nothing so far";
    book.follow({name, state_order, static_cast<std::int64_t>(wanted), change},
                [&](const result<campaign_state>& done) { said = done ? name_of(*done) : done.error().what; });
    answer_all();
    return said;
  }
};

} // namespace

TEST_CASE("What verbs make of what was ordered before", "[orders]") {
  const auto after = [](ordered_state before, verb what) { return ordered_after(before, what, "people"); };
  CHECK(*after(ordered_state::not_loaded, verb::load) == ordered_state::loaded);
  CHECK(*after(ordered_state::running, verb::load) == ordered_state::running);
  CHECK(*after(ordered_state::loaded, verb::start) == ordered_state::running);
  CHECK(*after(ordered_state::running, verb::stop) == ordered_state::loaded);
  CHECK(*after(ordered_state::running, verb::unload) == ordered_state::not_loaded);
  CHECK(*after(ordered_state::not_loaded_at_once, verb::load) == ordered_state::loaded);
  CHECK(after(ordered_state::not_loaded, verb::start).error().what == "the campaign is not loaded");
  CHECK(after(ordered_state::not_loaded_at_once, verb::stop).error().what == "the campaign is not loaded");
}

TEST_CASE("A node that was not there when the campaign was loaded loads it to start it", "[orders]") {
  stand_in node;
  CHECK(node.follow(ordered_state::running, 5) == "running");
  CHECK(node.heard == std::vector{verb::load, verb::start});
}

TEST_CASE("An order is obeyed once, and none that is older than the last", "[orders]") {
  stand_in node;
  node.follow(ordered_state::running, 5);
  node.heard.clear();
  CHECK(node.follow(ordered_state::running, 5) == "running");
  CHECK(node.follow(ordered_state::not_loaded, 4) == "running");
  CHECK(node.heard.empty());
  CHECK(node.follow(ordered_state::loaded, 6) == "loaded");
  CHECK(node.heard == std::vector{verb::load, verb::stop});
}

TEST_CASE("An order holds that comes while the campaign has not heard the verbs of the one before", "[orders]") {
  stand_in node;
  const auto follow = [&](ordered_state wanted, std::int64_t change) {
    node.book.follow({"people", state_order, static_cast<std::int64_t>(wanted), change}, [](const result<campaign_state>&) {});
  };
  follow(ordered_state::running, 5);
  follow(ordered_state::loaded, 6);
  node.answer_all();
  CHECK(node.state == campaign_state::loaded);
  follow(ordered_state::not_loaded, 7);
  follow(ordered_state::running, 8);
  node.answer_all();
  CHECK(node.state == campaign_state::running);
}

TEST_CASE("The number of agents is an order by itself", "[orders]") {
  stand_in node;
  const auto agents = [&](std::int64_t number, std::int64_t change) {
    std::string said;
    node.book.follow({"people", agents_order, number, change},
                     [&](const result<campaign_state>& done) { said = done ? name_of(*done) : done.error().what; });
    return said;
  };
  node.follow(ordered_state::running, 5);
  CHECK(agents(7, 4) == "running");
  CHECK(node.agents == 7);
  CHECK(agents(9, 3) == "running"); // an older one
  CHECK(node.agents == 7);
  CHECK(agents(-1, 6) == "this node does not know that order");
  node.agents = -1;
  CHECK(agents(3, 7) == "the campaign does not dial against agents");
  CHECK(node.follow(ordered_state::loaded, 6) == "loaded");
}

TEST_CASE("What cannot be obeyed is tried again, until it can be or something else is ordered", "[orders]") {
  stand_in node;
  node.refuses = true;
  CHECK(node.follow(ordered_state::running, 5) == "not now");
  node.heard.clear();
  node.book.try_again();
  node.book.try_again(); // one at a time
  node.answer_all();
  CHECK(node.heard.size() == 2);
  node.refuses = false;
  node.book.try_again();
  node.answer_all();
  CHECK(node.state == campaign_state::running);
  node.heard.clear();
  node.book.try_again();
  node.answer_all();
  CHECK(node.heard.empty());
}

TEST_CASE("Campaigns and orders that the node does not know", "[orders]") {
  stand_in node;
  CHECK(node.follow(ordered_state::running, 5, "others") == "this node has no such campaign");
  CHECK(node.follow(static_cast<ordered_state>(4), 5) == "this node does not know that order");
  CHECK(node.heard.empty());
}
