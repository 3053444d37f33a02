// snapshot_test.cpp: what is saved comes back; what is damaged does not.
#include "scxml/snapshot.hpp"

#include "tests/scxml/play.hpp"

using namespace chainring::scxml;
using namespace chainring::scxml::testing;

namespace {

const char* const body = R"xml(
  <parallel id="p">
    <history id="h" type="deep"><transition target="a1 b1"/></history>
    <invoke id="child" src="x"/>
    <state id="r1"><state id="a1"><transition event="e" target="a2"/></state><state id="a2"/></state>
    <state id="r2"><state id="b1"><transition event="f" target="b2"/></state><state id="b2"/></state>
    <transition event="leave" target="out"/>
  </parallel>
  <state id="out"><onentry><log label="out"/></onentry><transition event="back" target="h"/></state>)xml";

std::string bytes_of(session& s) {
  auto bytes = save(s);
  REQUIRE(bytes.ok());
  return *bytes;
}

/// The checksum is right again after `change`.
std::string forged(std::string bytes, std::size_t at, char to) {
  bytes[at] = to;
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (std::size_t i = 0; i + 8 < bytes.size(); ++i)
    hash = (hash ^ static_cast<unsigned char>(bytes[i])) * 0x100000001b3u;
  for (std::size_t i = 0; i < 8; ++i)
    bytes[bytes.size() - 8 + i] = static_cast<char>(hash >> (8 * i));
  return bytes;
}

} // namespace

TEST_CASE("a restored session goes on where it was, without running onentry again") {
  play p(null_scxml("", body));
  p << "f"
    << "leave";
  const std::string bytes = bytes_of(p.run.self());
  CHECK(*document_hash_of(bytes) == p.run.self().document->hash);
  p.logs.clear();
  auto restored = restore(bytes, p.run.self().document, p.run.self().model);
  REQUIRE(restored.ok());
  p.run.self() = std::move(*restored);
  CHECK(p.logs.empty());
  CHECK(p.active() == names{"out"});
  p << "back";
  CHECK(p.active() == names{"a1", "b2"});
}

TEST_CASE("everything about a session survives") {
  play p(null_scxml("", body));
  p << "e"
    << "leave"
    << "back";
  session& s = p.run.self();
  s.invocations = {{0, "child"}};
  s.faults_in_a_row = 2;
  auto restored = restore(bytes_of(s), s.document, s.model);
  REQUIRE(restored.ok());
  CHECK(restored->configuration == s.configuration);
  CHECK(restored->initialized == s.initialized);
  CHECK(restored->ids_given == s.ids_given);
  CHECK(restored->id == s.id);
  CHECK(restored->faults_in_a_row == 2);
  CHECK(restored->phase == session_phase::stable);
  REQUIRE(restored->history.size() == 1);
  CHECK(restored->history[0].states == s.history[0].states);
  REQUIRE(restored->invocations.size() == 1);
  CHECK(restored->invocations[0].id == "child");
}

TEST_CASE("every damaged byte and every cut is refused") {
  play p(null_scxml("", body));
  p << "leave"
    << "back";
  const std::string bytes = bytes_of(p.run.self());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string bad = bytes;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    CHECK_FALSE(restore(bad, p.run.self().document, p.run.self().model).ok());
    CHECK_FALSE(restore(bytes.substr(0, i), p.run.self().document, p.run.self().model).ok());
  }
}

TEST_CASE("forged bytes with a right checksum give a legal session or none") {
  play p(null_scxml("", body));
  p << "leave"
    << "back";
  const std::string bytes = bytes_of(p.run.self());
  int accepted = 0;
  for (std::size_t i = 0; i + 8 < bytes.size(); ++i)
    for (int to = 0; to < 256; ++to) {
      auto s = restore(forged(bytes, i, static_cast<char>(to)), p.run.self().document,
                       p.run.self().model);
      if (!s.ok()) continue;
      ++accepted;
      play on(p.run.self().document);
      on.run.self() = std::move(*s);
      on << "e"
         << "leave"
         << "back"
         << "leave";
      CHECK(on.active() == names{"out"});
    }
  CHECK(accepted > 0);
}

TEST_CASE("a snapshot of another document is refused") {
  play p(null_scxml("", body));
  play other(null_scxml("", "<state id='x'/>"));
  auto restored =
      restore(bytes_of(p.run.self()), other.run.self().document, other.run.self().model);
  REQUIRE_FALSE(restored.ok());
  CHECK(restored.error().what.find("another version") != std::string::npos);
}

TEST_CASE("a session that is not stable cannot be saved") {
  play p(null_scxml("", R"xml(
    <state id="a"><transition target="b"/></state><state id="b"><transition target="a"/></state>)xml"));
  CHECK_FALSE(save(p.run.self()).ok());
}
