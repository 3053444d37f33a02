// chart.cpp: see chart.hpp.
#include "bench/chains/chart.hpp"

#include <fstream>
#include <iterator>
#include <utility>

#include "dialer/ocs_vocabulary.hpp"
#include "scxml/compile.hpp"
#include "scxml/datamodel.hpp"
#include "scxml/limits.hpp"

namespace chainring::bench {

namespace {

scxml::event named(const char* name, const char* key = nullptr, std::string text = {}) {
  scxml::event e;
  e.name = name;
  if (!key) return e;
  scxml::object data;
  data.set(key, std::move(text));
  e.data = std::move(data);
  return e;
}

scxml::value expected_of(std::string_view item, const chart_by_hand& chart) {
  if (item == "attempts") return chart.attempts();
  if (item == "maxAttempts") return 3;
  if (item == "calls") return chart.calls();
  if (item == "lastResult") return chart.last_result();
  if (item == "phone") return chart.phone();
  return chart.delay();
}

std::string saved(scxml::session& s) {
  scxml::surroundings around{s};
  around.cpu_us_left = scxml::limits::macrostep_cpu_us_max;
  auto bytes = s.model->save(around);
  return bytes ? std::move(*bytes) : std::string();
}

} // namespace

scxml::event to_scxml(chart_event e, std::uint32_t phone_number) {
  switch (e) {
  case chart_event::start: return named("ocs.start");
  case chart_event::record: return named("ocs.record", "phone", phone(phone_number));
  case chart_event::busy: return named("ocs.callresult", "callresult", "Busy");
  case chart_event::no_answer: return named("ocs.callresult", "callresult", "NoAnswer");
  case chart_event::answer: return named("ocs.callresult", "callresult", "Answer");
  case chart_event::timeout:
  case chart_event::timeout_again: return named("ocs.timeout");
  case chart_event::next: break;
  }
  return named("ocs.next");
}

result<std::shared_ptr<const scxml::document>> chart_with_timer() {
  const std::string path = CHAINRING_BENCH_FOLDER "/chain.scxml", first_state = "<state id=\"idle\">";
  std::ifstream in(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto at = text.find(first_state);
  if (at == std::string::npos) return error{"there is no state idle", path, "put back the chart that the peers run"};
  text.insert(at + first_state.size(), std::string("<onentry><ocs:timeout xmlns:ocs=\"") + dialer::ocs::namespace_uri +
                                           "\" delay=\"1000000\"/></onentry>");
  auto made = scxml::compile(text, {.name = path, .actions = &dialer::ocs_vocabulary(), .load = {}});
  if (!made.document) return made.first_error();
  return std::move(made.document);
}

std::string_view chart_by_hand::state() const {
  constexpr std::array<std::string_view, 5> names{"idle", "next_record", "dialing", "wait", "chain_done"};
  return names[state_];
}

bool agree(scxml::session& s, const chart_by_hand& expected) {
  scxml::session fresh;
  fresh.document = s.document;
  fresh.model = s.model;
  scxml::surroundings around{fresh};
  around.cpu_us_left = scxml::limits::macrostep_cpu_us_max;
  fresh.model->create(around);
  for (const auto& item : s.document->data) fresh.model->set_item(around, item.id, expected_of(item.id, expected));
  return s.document->states[s.configuration.last()].id == expected.state() && saved(s) == saved(fresh);
}

} // namespace chainring::bench
