// store_history.cpp: the cases of the store contract about history records.
#include "tests/catch.hpp"
#include "tests/dialer/store_contract.hpp"

using namespace chainring::dialer;

namespace {

const std::string crm = "https://crm/history";

std::shared_ptr<const history_post> post(std::string body, const std::string& uri = crm) {
  return std::make_shared<history_post>(history_post{uri, std::move(body)});
}

chainring::dialer::write told_intent(list_id list, std::int64_t chain_id, std::int32_t n, std::string body) {
  auto w = std::get<write_intent>(intent_of(list, chain_id, 1, n));
  w.history = post(std::move(body));
  return w;
}

chainring::dialer::write told_result(list_id list, std::int64_t chain_id, std::int32_t n, std::string body) {
  auto w = std::get<write_result>(result_of(list, chain_id, 1, n, call_result::busy));
  w.history = post(std::move(body));
  return w;
}

std::vector<std::string> waiting(store& in, const std::string& uri = crm, std::int32_t most = 100,
                                 const std::vector<std::int64_t>& passed_over = {}) {
  std::vector<std::string> bodies;
  std::int64_t before = 0;
  for (const auto& w : good(in.waiting_history(uri, most, passed_over))) {
    CHECK(w.id > before);
    before = w.id;
    bodies.push_back(w.body);
  }
  return bodies;
}

/// The receiver has confirmed what may be sent now.
void confirm(store& in) {
  std::vector<std::int64_t> ids;
  for (const auto& w : good(in.waiting_history(crm, 100, {}))) ids.push_back(w.id);
  good(in.remove_history(ids));
}

using texts = std::vector<std::string>;
using receivers = std::vector<std::pair<std::string, std::int64_t>>;

void history_is_kept_with_attempts(store_place& place) {
  auto in = opened(place);
  const auto list = people(*in, 3);
  CHECK(good(in->history_receivers()).empty());
  good(in->commit({told_intent(list, 2, 1, "2:0"), intent_of(list, 3, 1, 1)}));
  good(in->commit({told_intent(list, 1, 1, "1:0"), told_result(list, 2, 1, "2:1")}));
  in.reset();
  in = opened(place);
  CHECK(good(in->history_receivers()) == receivers{{crm, 3}});
  // Of each chain the first, in the order in which they were stored; what is confirmed gives way to the next.
  CHECK(waiting(*in) == texts{"2:0", "1:0"});
  CHECK(waiting(*in, crm, 1) == texts{"2:0"});
  confirm(*in);
  CHECK(waiting(*in) == texts{"2:1"});
  confirm(*in);
  in.reset();
  in = opened(place);
  CHECK(waiting(*in).empty());
  CHECK(good(in->history_receivers()).empty());
  good(in->remove_history({1, 2, 77})); // gone already, or never there
  good(in->remove_history({}));
}

void history_ids_are_never_used_again(store_place& place) {
  auto in = opened(place);
  const auto list = people(*in, 1);
  good(in->commit({told_intent(list, 1, 1, "0")}));
  const auto first = good(in->waiting_history(crm, 1, {})).at(0).id;
  confirm(*in);
  in.reset();
  in = opened(place);
  good(in->commit({told_result(list, 1, 1, "1")}));
  CHECK(good(in->waiting_history(crm, 1, {})).at(0).id > first);
}

void receivers_do_not_wait_for_each_other(store_place& place) {
  auto in = opened(place);
  const auto list = people(*in, 1);
  good(in->commit({told_intent(list, 1, 1, "0")}));
  auto other = std::get<write_result>(told_result(list, 1, 1, ""));
  other.history = post("1", "http://other/");
  good(in->commit({other}));
  CHECK(waiting(*in) == texts{"0"});
  CHECK(waiting(*in, "http://other/") == texts{"1"});
  CHECK(good(in->history_receivers()) == receivers{{"http://other/", 1}, {crm, 1}});
}

void a_receiver_can_be_told_of_others_first(store_place& place) {
  auto in = opened(place);
  const auto list = people(*in, 4);
  good(in->commit({told_intent(list, 1, 1, "1:0"), told_intent(list, 2, 1, "2:0"), told_result(list, 1, 1, "1:1"),
                   told_intent(list, 3, 1, "3:0"), told_intent(list, 4, 1, "4:0")}));
  std::vector<std::int64_t> ids;
  for (const auto& w : good(in->waiting_history(crm, 100, {}))) ids.push_back(w.id);
  REQUIRE(ids.size() == 4);
  CHECK(waiting(*in, crm, 2, {ids[0], ids[2]}) == texts{"2:0", "4:0"}); // nor what comes after 1:0 in its chain
  CHECK(waiting(*in, crm, 1, {ids[0]}) == texts{"2:0"});
  CHECK(waiting(*in, crm, 100, ids).empty());
  CHECK(waiting(*in) == texts{"1:0", "2:0", "3:0", "4:0"});
}

void what_is_refused_is_not_told(store_place& place) {
  auto in = opened(place);
  const auto list = people(*in, 1);
  good(in->commit({told_intent(list, 1, 1, "0")}));
  CHECK(in->commit({told_intent(list, 1, 1, "again")}).outcome == commit_outcome::refused);
  CHECK(in->commit({told_result(list, 1, 1, "1"), told_result(list, 1, 1, "twice")}).outcome == commit_outcome::refused);
  confirm(*in);
  CHECK(waiting(*in).empty());
}

void what_a_crash_has_hidden_is_told(store_place& place) {
  auto in = opened(place);
  const auto list = people(*in, 2);
  good(in->commit({told_intent(list, 1, 1, "1:0"), told_intent(list, 2, 1, "2:0"), told_result(list, 2, 1, "2:1")}));
  in.reset();
  in = opened(place);
  const auto told = [&](const attempt& a) {
    CHECK(a.state == attempt_state::unknown);
    CHECK(a.ended_ms == 99'000);
    const auto row = good(in->find_record(a.list, a.record_id)); // it may read
    return post(row->contact_info + ":unknown");
  };
  CHECK(good(in->recover(list, 99'000, told)).size() == 1);
  CHECK(good(in->recover(list, 99'000, told)).empty());
  confirm(*in);
  CHECK(waiting(*in) == texts{"2:1", "+155511:unknown"});
}

} // namespace

const std::vector<contract_case>& store_history_contract() {
  static const std::vector<contract_case> cases = {
    {"history is kept with attempts", history_is_kept_with_attempts},
    {"history ids are never used again", history_ids_are_never_used_again},
    {"receivers do not wait for each other", receivers_do_not_wait_for_each_other},
    {"a receiver can be told of others first", a_receiver_can_be_told_of_others_first},
    {"what is refused is not told", what_is_refused_is_not_told},
    {"what a crash has hidden is told", what_a_crash_has_hidden_is_told},
  };
  return cases;
}
