// stand_ins.cpp: see stand_ins.hpp.
#include "bench/chains/stand_ins.hpp"

#include <cstdio>
#include <iterator>
#include <variant>

namespace chainring::bench {

caf::behavior report_taker::make_behavior() {
  return {[this](actors::chains_finished& reports) { take(reports); }, [](const actors::batches_taken&) {}};
}

void report_taker::take(actors::chains_finished& reports) {
  std::vector<dialer::write> writes;
  for (auto& chain : reports.items) {
    if (chain.put_away || std::holds_alternative<dialer::write_chain_end>(chain.writes.back())) on_end_(chain);
    std::move(chain.writes.begin(), chain.writes.end(), std::back_inserter(writes));
  }
  const auto stored = [this, lane = reports.lane, job = reports.job, token = reports.token] {
    if (taken_[lane].take()) send(lanes_[lane], actors::batches_taken{lane, job, token});
  };
  request(keeper_, caf::infinite, actors::commit{std::move(writes), reports.token}).then([stored](const actors::committed& c) {
    if (!c.refused.empty()) std::fprintf(stderr, "chains: the store refuses: %s\n", to_line(c.refused.front().why).c_str());
    stored();
  });
}

} // namespace chainring::bench
