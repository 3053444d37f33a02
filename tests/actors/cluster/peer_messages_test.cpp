// peer_messages_test.cpp: what one node says is what the other hears; another protocol and broken bytes are one line each.
#include "actors/cluster/peer_messages.hpp"

#include <tuple>

#include "tests/catch.hpp"

using namespace chainring::actors;

namespace {

const auto newest = static_cast<std::uint32_t>(chainring::dialer::this_version().peer_protocol);

peer_batch some_batch() {
  peer_batch batch{.epoch = 7, .to = -3, .connection = UINT64_MAX, .number = 12, .taken = 3};
  batch.questions.push_back({1, "POST", "/scxml/1/2/0/ab?x=%00", "text/plain", std::string("a\0b", 3)});
  batch.questions.push_back({});
  batch.answers.push_back({9, 503, "application/json", "{}"});
  return batch;
}

} // namespace

TEST_CASE("An envelope holds a batch", "[peers]") {
  const auto sent = some_batch();
  const auto envelope = to_envelope(sent, newest);
  CHECK(envelope.protocol == newest);
  const auto got = to_batch(envelope);
  REQUIRE(got);
  CHECK(got->epoch == sent.epoch);
  CHECK(got->to == sent.to);
  CHECK(got->connection == sent.connection);
  CHECK(got->number == sent.number);
  CHECK(got->taken == sent.taken);
  REQUIRE(got->questions.size() == 2);
  CHECK(got->questions[0].target == sent.questions[0].target);
  CHECK(got->questions[0].body == sent.questions[0].body);
  REQUIRE(got->answers.size() == 1);
  CHECK(got->answers[0].status == 503);
}

TEST_CASE("Two versions talk in the newest protocol that both understand, or not at all", "[peers]") {
  const auto speaks = [](std::int64_t least, std::int64_t most) {
    return chainring::dialer::spoken_versions{.peer_protocol = most, .peer_protocol_least = least};
  };
  for (const auto& [one, other, common] : {std::tuple{speaks(1, 1), speaks(1, 1), 1U}, {speaks(1, 2), speaks(1, 1), 1U},
                                           {speaks(1, 3), speaks(2, 4), 3U}, {speaks(2, 2), speaks(1, 1), 0U}}) {
    CHECK(common_protocol(one, other) == common);
    CHECK(common_protocol(other, one) == common);
  }
}

TEST_CASE("Protocols that this version does not speak are refused by number", "[peers]") {
  for (const std::uint32_t protocol : {0U, newest + 1, UINT32_MAX}) {
    auto envelope = to_envelope(some_batch(), newest);
    envelope.protocol = protocol;
    const auto got = to_batch(envelope);
    REQUIRE_FALSE(got);
    CHECK(got.error().what == "a peer speaks protocol " + std::to_string(protocol) + ", this node 1 to 1");
  }
}

TEST_CASE("Bytes that were cut off, added or changed are no batch, or another one, and nothing else", "[peers]") {
  const auto whole = to_envelope(some_batch(), newest);
  for (std::size_t n = 0; n < whole.bytes.size(); ++n) CHECK_FALSE(to_batch({newest, whole.bytes.substr(0, n)}));
  CHECK_FALSE(to_batch({newest, whole.bytes + "x"}));
  for (std::size_t n = 0; n < whole.bytes.size(); ++n)
    for (const char byte : {'\0', '\1', '\x7f', '\xff'}) {
      auto changed = whole;
      changed.bytes[n] = byte;
      const auto got = to_batch(changed);
      if (got) CHECK(got->questions.size() + got->answers.size() <= whole.bytes.size());
    }
}
