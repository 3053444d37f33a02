// bare_lanes.cpp: see bare_lanes.hpp.
#include "bench/chains/bare_lanes.hpp"

#include <future>

#include <caf/exit_reason.hpp>

#include "actors/assignment.hpp"
#include "bench/micro/support.hpp"

namespace chainring::bench {

bare_lanes::bare_lanes(std::uint32_t lanes, actors::clock& time) {
  for (std::uint32_t n = 0; n < phones; ++n) phones_.push_back(phone(n));
  for (std::uint32_t n = 0; n < lanes; ++n)
    lanes_.push_back(std::make_unique<actors::lane>(actors::lane::block_bytes<bare_chain>(), time));
}

void bare_lanes::start(caf::actor_system& system, const std::vector<std::uint32_t>& order) {
  chains_.resize(order.size());
  for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
    crowd_.add_lane(*lanes_[lane]);
    lanes_[lane]->start(system);
    std::promise<void> made;
    lanes_[lane]->post([&](actors::lane& here) {
      for (std::size_t n = 0; n < chains_.size(); ++n)
        if (actors::lane_of(static_cast<std::int64_t>(n + 1), lanes_.size()) == lane) chains_[n] = here.spawn<bare_chain>(phones_);
      made.set_value();
    });
    made.get_future().get();
  }
  for (const auto n : order)
    crowd_.add(actors::lane_of(n + 1, lanes_.size()), {chains_[n]->slot(), chains_[n]->generation(), n});
}

void bare_lanes::stop() {
  for (auto& l : lanes_) l->stop(caf::exit_reason::user_shutdown);
  for (auto& l : lanes_) l->join();
}

bool bare_lanes::deliver(chart_event e) {
  return crowd_.deliver([e](std::uint32_t chain) { return bare_event{e, chain % phones}; }) == chains_.size();
}

std::int64_t bare_lanes::lane_cpu_ns() const { return crowd_.lane_cpu_ns(cpu_ns); }

bool bare_lanes::all_are_at(const std::vector<chart_by_hand>& expected_by_phone) const {
  for (std::size_t n = 0; n < chains_.size(); ++n) {
    const auto& is = chains_[n]->chart();
    const auto& expected = expected_by_phone[n % phones];
    if (is.state() != expected.state() || is.calls() != expected.calls() || is.phone() != expected.phone() ||
        is.last_result() != expected.last_result())
      return false;
  }
  return true;
}

} // namespace chainring::bench
