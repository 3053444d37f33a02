// tree_snapshot_test.cpp: sessions with what they invoked and what is still to arrive, as bytes and back.
#include "scxml/tree_snapshot.hpp"

#include "scxml/models/models.hpp"
#include "tests/scxml/play.hpp"

using namespace chainring;
using namespace chainring::scxml;
using namespace chainring::scxml::testing;

namespace {

constexpr const char* nested = R"xml(<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">
  <datamodel><data id="heard" expr="[]"/></datamodel>
  <state id="a">
    <onentry><send event="tick" delay="1s" id="t"><param name="list" expr="[1, null, {x: -0.5}]"/></send></onentry>
    <invoke id="child"><content><scxml version="1.0" datamodel="ecmascript">
      <datamodel><data id="n" expr="40"/></datamodel>
      <state id="c"><onentry><send event="later" delay="2s"/></onentry>
        <transition event="more"><assign location="n" expr="n + _event.data.by"/></transition>
        <transition event="later" target="d"/></state>
      <final id="d"><donedata><param name="n" expr="n"/></donedata></final>
    </scxml></content></invoke>
    <transition event="tick"><assign location="heard" expr="heard.concat([_event.data.list])"/>
      <send event="more" target="#_child"><param name="by" expr="2"/></send></transition>
    <transition event="outside"><log expr="'outside ' + _event.data"/></transition>
    <transition event="done.invoke.child" cond="_event.data.n == 42 &amp;&amp; heard[0][2].x === -0.5" target="end"/>
  </state><final id="end"/>
</scxml>)xml";

class stage {
 public:
  explicit stage(std::shared_ptr<const document> d) : document_(std::move(d)) {
    run = std::make_unique<runner>(document_, *models_->open(document_), callbacks(), setup());
  }
  result<std::unique_ptr<runner>> restored(std::string_view bytes) {
    return runner::restore(
        bytes, [this](std::string_view hash) { return find_document(document_, hash); }, *models_, callbacks(), setup());
  }

  names logs;

 private:
  runner_callbacks callbacks() {
    runner_callbacks made;
    made.on_log = [this](const session&, const log_effect& l) { logs.push_back(l.text); };
    return made;
  }
  runner_setup setup() {
    runner_setup made;
    made.models = models_.get();
    return made;
  }
  const std::shared_ptr<const document> document_;
  const std::unique_ptr<datamodel_source> models_ = make_models();

 public:
  std::unique_ptr<runner> run;
};

} // namespace

TEST_CASE("invoked sessions and messages on their way go on where they were") {
  stage s(document_from(nested));
  s.run->start();
  event e = named("outside");
  e.data = "world";
  s.run->deliver_later(1'500, s.run->self().id, e);
  const auto withdrawn = s.run->deliver_later(1'600, s.run->self().id, e);
  s.run->advance(500);
  const auto bytes = s.run->save();
  REQUIRE(bytes);
  s.run.reset();

  auto again = s.restored(*bytes);
  REQUIRE(again);
  auto& run = **again;
  CHECK(run.elapsed_ms() == 500);
  CHECK(run.next_due_ms() == 1'000);
  CHECK(run.sessions().size() == 2);
  run.withdraw(withdrawn);
  CHECK(run.run() == runner::outcome::done);
  CHECK(run.elapsed_ms() == 2'000);
  CHECK(run.configuration() == names{"end"});
  CHECK(s.logs == names{"outside world"});
}

TEST_CASE("a damaged snapshot of a tree is refused, wherever the damage is") {
  stage s(document_from(nested));
  s.run->start();
  const auto bytes = s.run->save();
  REQUIRE(bytes);
  for (std::size_t i = 0; i < bytes->size(); ++i) {
    std::string damaged = *bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x20);
    CHECK_FALSE(s.restored(damaged));
    CHECK_FALSE(s.restored(std::string_view(*bytes).substr(0, i)));
  }
  CHECK(s.restored(*bytes));
}

TEST_CASE("a snapshot finds its documents by their hashes") {
  stage s(document_from(nested));
  s.run->start();
  const auto bytes = s.run->save();
  REQUIRE(bytes);
  stage other(document_from(null_scxml("", "<state id='x'/>")));
  const auto refused = other.restored(*bytes);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().what.find("document is not known") != std::string::npos);
}

TEST_CASE("the documents that a tree needs are named without restoring it") {
  const auto d = document_from(nested);
  stage s(d);
  s.run->start();
  const auto bytes = save(s.run->sessions(), {});
  REQUIRE(bytes);
  const auto hashes = document_hashes_of(*bytes);
  REQUIRE(hashes);
  REQUIRE(hashes->size() == 2);
  CHECK(hashes->at(0) == d->hash);
  CHECK(hashes->at(1) != d->hash);
  CHECK(find_document(d, hashes->at(1)));
  for (std::size_t i = 0; i < bytes->size(); ++i) CHECK_FALSE(document_hashes_of(std::string_view(*bytes).substr(0, i)));
}
