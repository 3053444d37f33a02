// chain_test.cpp: records packed and unpacked, handles, and a chain saved and restored.
#include "dialer/chain.hpp"

#include "dialer/limits.hpp"
#include "dialer/packed_record.hpp"
#include "tests/catch.hpp"
#include "tests/dialer/actions.hpp"

using namespace chainring;
using namespace chainring::dialer;
using namespace chainring::dialer::testing;

namespace {

record odd_record() {
  record row;
  row.record_id = 9'007'199'254'740'991;
  row.contact_info = "+49 30 \xc3\xa4";
  row.contact_info_type = 10;
  row.record_type = record_type::no_call;
  row.record_status = record_status::chain_ready;
  row.call_result = std::nullopt;
  row.attempt = 2'147'483'647;
  row.dial_sched_time = 0;
  row.call_time = -1;
  row.daily_from = 0;
  row.daily_till = 86'400;
  row.tz_dbid = 0;
  row.campaign_id = 1;
  row.agent_id = "";
  row.chain_id = 7;
  row.chain_n = 4;
  row.group_id = 2;
  row.app_id = 3;
  row.treatments = "t";
  row.media_ref = 4;
  row.email_subject = "s";
  row.email_template_id = 5;
  row.switch_id = 6;
  row.user = {std::nullopt, "", std::string(300, 'x')};
  return row;
}

/// A chain with something in every member.
chain used() {
  campaign t;
  t.next(act("next_record"));
  t.next(act("next_record"));
  t.answers_nothing(act("set_exec_flag", {{"flag", "PostProcessing"}, {"value", "Switch"}}));
  t.answers_nothing(
      act("set_flex_attr", {{"record_id", handle_base + 1}},
          {{"flex_attr",
            {{"attr", "OPTIONS"}, {"type", "string"}, {"key", "CPNDigits"}, {"value", "1"}}},
           {"flex_attr", {{"attr", "EXTENSIONS"}, {"type", "int"}, {"key", "x"}, {"value", 2}}}}));
  perform(t.c, act("timeout", {{"delay", 60}}), t.environment(), t.now_ms);
  return t.c;
}

} // namespace

TEST_CASE("records come out as they were packed, one after the other") {
  std::string bytes;
  const record rows[] = {odd_record(), record{}, campaign::records().records[0]};
  for (const record& row : rows) pack(row, bytes);
  byte_reader in(bytes);
  for (const record& row : rows) CHECK(unpack(in) == row);
  CHECK(in.ok());
  CHECK(in.at_end());
}

TEST_CASE("a usual record takes a few dozen bytes") {
  std::string bytes;
  pack(campaign::records().records[0], bytes);
  CHECK(bytes.size() <= 32);
}

TEST_CASE("a chain is small besides its records") { CHECK(sizeof(chain) <= 56); }

TEST_CASE("one record may change without the others") {
  auto records = campaign::records();
  records.records[1] = odd_record();
  chain c = *chain::make(records, 1);
  for (std::size_t i = 0; i < 3; ++i) CHECK(c.at(i) == records.records[i]);
  record changed = records.records[1];
  changed.contact_info = "5";
  changed.user.clear();
  c.put(1, changed);
  CHECK(c.at(0) == records.records[0]);
  CHECK(c.at(1) == changed);
  CHECK(c.at(2) == records.records[2]);
  CHECK(c.begin_call(2));
  CHECK(c.begin_call(0));
  c.note_attempt(2, 9);
  c.note_result(2, call_result::busy, 1'767'625'200'999);
  CHECK(c.at(2).attempt == 9);
  CHECK(c.at(2).call_result == call_result::busy);
  CHECK(c.at(2).call_time == 1'767'625'200);
  CHECK_FALSE(c.begin_call(0));
  CHECK(c.begin_call(2));
  c.note_result(0, call_result::busy, 0);
  CHECK_FALSE(c.begin_call(2));
  CHECK(c.begin_call(0));
  CHECK(c.at(1) == changed);
}

TEST_CASE("chains have at least one record and not too many") {
  CHECK_FALSE(chain::make({7, {}}, 1));
  chain_of_records many{7, std::vector<record>(limits::records_per_chain_max)};
  CHECK(chain::make(many, 1));
  many.records.emplace_back();
  CHECK_FALSE(chain::make(many, 1));
}

TEST_CASE("a restored chain is the saved one") {
  const chain before = used();
  const auto after = chain::restore(before.save(), campaign::records());
  REQUIRE(after.ok());
  CHECK(after->chain_id() == 7);
  CHECK(after->handle_base() == handle_base);
  CHECK(after->cursor == 2);
  CHECK(after->current == 1);
  CHECK(after->after == post_processing::switch_to_traditional);
  CHECK(after->timeout_due_ms == monday_ms + 12 * hour_ms + 60'000);
  CHECK(after->flex == before.flex);
  CHECK(after->flex.size() == 2);
  CHECK(after->save() == before.save());
  CHECK(before.save().size() < 64);
  campaign t;
  t.c = *after;
  CHECK(t.next(act("next_record")) == "2"); // it goes on where it was
}

TEST_CASE("damaged bytes, another chain's, or fewer records are refused") {
  const std::string bytes = used().save();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    INFO(i);
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x11);
    CHECK_FALSE(chain::restore(damaged, campaign::records()));
    CHECK_FALSE(chain::restore(std::string_view(bytes).substr(0, i), campaign::records()));
  }
  CHECK_FALSE(chain::restore(bytes + "x", campaign::records()));
  auto other = campaign::records();
  other.chain_id = 8;
  CHECK_FALSE(chain::restore(bytes, other));
  auto fewer = campaign::records();
  fewer.records.pop_back();
  const auto refused = chain::restore(bytes, fewer);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().what == "the saved chain does not fit its records");
}

TEST_CASE("bytes with a right checksum and wrong numbers are refused") {
  const auto with = [](std::uint64_t cursor, std::uint64_t current, std::uint64_t flag,
                       std::int64_t flex_position) {
    std::string body, bytes;
    byte_writer out(body);
    out.number(1);
    out.integer(7);
    out.number(handle_base);
    out.number(3);
    out.number(cursor);
    out.number(current);
    out.number(flag);
    out.integer(0);
    out.number(1);
    out.integer(flex_position);
    out.number(0);
    out.number(0);
    out.text("k");
    out.text("v");
    byte_writer(bytes).number(checksum(body));
    return chain::restore(bytes + body, campaign::records()).ok();
  };
  CHECK(with(3, 2, 1, 2));
  CHECK_FALSE(with(4, 2, 1, 2));
  CHECK_FALSE(with(3, 3, 1, 2));
  CHECK_FALSE(with(3, 2, 2, 2));
  CHECK_FALSE(with(3, 2, 1, 3));
  CHECK_FALSE(with(3, 2, 1, -2));
}
