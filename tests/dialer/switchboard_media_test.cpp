// switchboard_media_test.cpp: which trunk carries which record, and what follows an attempt of unknown end.
#include "dialer/switchboard.hpp"

#include <map>

#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::dialer;

namespace {

constexpr std::int64_t noon_ms = 1'767'643'200'000; // 2026-01-05T20:00Z
constexpr std::int64_t gap_ms = 900'000;

const time_zones& zones() {
  static const time_zones made = *time_zones::open();
  return made;
}

/// Calls end in the next turn, as `ends` says by number; others are Ok.
struct told_trunk final : trunk {
  told_trunk(std::string name, medium what) : name_(std::move(name)), carries_(what) {}
  const std::string& name() const override { return name_; }
  medium carries() const override { return carries_; }
  result<void> start(const call& c, std::int64_t now_ms) override {
    numbers.push_back(c.number);
    call_ended e{c.id, call_result::ok, now_ms, now_ms + 1'000};
    e.is_known = c.number != "lost@b.d";
    e.words = e.is_known ? "" : "cut off";
    running.push_back(e);
    return {};
  }
  std::int64_t next_due_ms() const override { return running.empty() ? never : running.front().ended_ms; }
  void collect(std::int64_t now_ms, std::vector<call_ended>& out) override {
    for (; !running.empty() && running.front().ended_ms <= now_ms; running.erase(running.begin())) out.push_back(running.front());
  }
  std::size_t live() const override { return running.size(); }
  std::int64_t longest_call_ms() const override { return 1'000; }

  std::string name_;
  medium carries_;
  std::vector<std::string> numbers;
  std::vector<call_ended> running;
};

struct bench {
  do_not_call_list no_calls;
  switchboard board{no_calls, zones()};
  std::vector<told_trunk*> trunks;
  std::vector<call_outcome> outcomes;
  std::int64_t now_ms = noon_ms;

  explicit bench(std::vector<medium> media) {
    std::vector<std::uint32_t> all;
    for (const auto m : media) {
      auto made = std::make_unique<told_trunk>(std::string(name_of(m)), m);
      trunks.push_back(made.get());
      all.push_back(static_cast<std::uint32_t>(all.size()));
      board.add_trunk(std::move(made), {10, 1'000}, *pacing::make(10, 1'000));
    }
    board.add_campaign(1, all, gap_ms);
    board.add_list(1, "people");
  }
  /// Asks for one call and goes on until nothing is due for `for_ms`.
  void call(std::string number, std::uint8_t type, std::string media = {}, std::int64_t for_ms = 60'000, std::int32_t attempt = 1) {
    call_request r;
    r.campaign = 1;
    r.key = {1, 5, 1};
    r.record_id = 50;
    r.attempt = attempt;
    r.number = std::move(number);
    r.contact_type = type;
    r.hours = {0, 86'400, *zones().find("America/Los_Angeles")};
    if (!media.empty()) r.options = {{std::string(media_option), std::move(media)}};
    board.add({std::move(r)});
    for (const auto until_ms = now_ms + for_ms;;) {
      board.settle(now_ms);
      board.advance(now_ms, outcomes);
      board.confirm(board.grant(now_ms, outcomes).calls);
      board.advance(now_ms, outcomes);
      const auto due_ms = board.next_due_ms(now_ms);
      if (due_ms > until_ms) break;
      now_ms = std::max(now_ms, due_ms);
    }
  }
};

} // namespace

TEST_CASE("mail addresses go to e-mail trunks; numbers to voice, or to SMS where the record's options say so", "[media]") {
  bench b({medium::voice, medium::e_mail, medium::sms});
  b.call("a@b.d", 10);
  b.call("1", 4);
  b.call("2", 4, "sms");
  b.call("3", 1, "Voice");
  b.call("4", 0, "telepathy");
  CHECK(b.trunks[0]->numbers == std::vector<std::string>{"1", "3", "4"});
  CHECK(b.trunks[1]->numbers == std::vector<std::string>{"a@b.d"});
  CHECK(b.trunks[2]->numbers == std::vector<std::string>{"2"});
  REQUIRE(b.outcomes.size() == 5);
  CHECK(b.outcomes[0].by == medium::e_mail);
  CHECK(b.outcomes[1].by == medium::voice);
  CHECK(b.outcomes[2].by == medium::sms);
}

TEST_CASE("numbers go to SMS trunks where there is no voice trunk", "[media]") {
  bench b({medium::e_mail, medium::sms});
  b.call("1", 4);
  CHECK(b.trunks[1]->numbers == std::vector<std::string>{"1"});
  b.call("2", 4, "voice"); // asked for by name: nothing else will do
  CHECK(b.trunks[1]->numbers.size() == 1);
  CHECK(b.outcomes.back().result == call_result::dial_error);
}

TEST_CASE("a record that no trunk of its campaign carries ends with DialError, and one line tells of all", "[media]") {
  bench b({medium::voice});
  b.call("a@b.d", 10);
  b.call("c@b.d", 10);
  REQUIRE(b.outcomes.size() == 2);
  CHECK(b.outcomes[0].result == call_result::dial_error);
  CHECK(b.outcomes[0].attempt == 0);
  CHECK(std::get<write_row>(b.outcomes[0].write).result == call_result::dial_error);
  CHECK(b.outcomes[0].note == "list people record 50: DialError: no trunk of its campaign carries e-mail: add one to trunks of the "
                              "[[campaign]]; other such records are not named");
  CHECK(b.outcomes[1].note.empty());
  CHECK(b.trunks[0]->numbers.empty());
  CHECK(b.board.counts().not_carried == 2);
  CHECK(b.board.idle());
}

TEST_CASE("an attempt of unknown end is stored as such, and its record is not called within the redial gap", "[media]") {
  bench b({medium::e_mail});
  b.call("lost@b.d", 10);
  REQUIRE(b.outcomes.size() == 1);
  CHECK(b.outcomes[0].result == call_result::system_error);
  CHECK_FALSE(b.outcomes[0].is_known);
  CHECK(b.outcomes[0].note == "list people record 50: its end is unknown: cut off");
  const auto stored = std::get<write_result>(b.outcomes[0].write);
  CHECK(stored.state == attempt_state::unknown);
  CHECK(stored.result == call_result::system_error);
  CHECK(b.board.counts().ended_unknown == 1);

  b.now_ms = noon_ms + 2'000;
  b.call("a@b.d", 10, "", 60'000, 2);
  CHECK(b.trunks[0]->numbers.size() == 1); // held
  CHECK(b.board.counts().held == 1);
  CHECK(b.board.next_due_ms(b.now_ms) == stored.ended_ms + gap_ms);
  b.now_ms = stored.ended_ms + gap_ms;
  b.board.settle(b.now_ms);
  b.board.confirm(b.board.grant(b.now_ms, b.outcomes).calls);
  b.board.advance(b.now_ms, b.outcomes);
  CHECK(b.trunks[0]->numbers.size() == 2);
}
