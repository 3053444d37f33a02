// gather.cpp: reads atomics only.
#include "actors/stats/gather.hpp"

#include <ctime>
#include <map>
#include <string>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "actors/http/endpoint.hpp"

namespace chainring::actors {

void gather_endpoint(const endpoint& from, samples& out) {
  out.add(families::http_requests_total, static_cast<double>(from.requests()));
  out.add(families::http_connections, static_cast<double>(from.connections()));
}

std::vector<actor_counters> actors_by_class(std::span<lane* const> from) {
  std::map<std::string, actor_counters> sums;
  for (const auto& l : from)
    for (const auto& c : l->counters()) {
      auto& sum = sums[c.name];
      sum.name = c.name;
      sum.live += c.live;
      sum.spawned += c.spawned;
      sum.events += c.events;
      sum.messages += c.messages;
      sum.waiting += c.waiting;
      sum.faults += c.faults;
    }
  std::vector<actor_counters> out;
  for (auto& [name, sum] : sums) out.push_back(std::move(sum));
  return out;
}

void gather_lanes(std::span<lane* const> from, samples& out) {
  for (const auto& c : actors_by_class(from)) {
    out.add(families::actors, static_cast<double>(c.live), {c.name});
    out.add(families::actor_messages_total, static_cast<double>(c.events + c.messages), {c.name});
    out.add(families::mailbox_messages, static_cast<double>(c.waiting), {c.name});
    out.add(families::actor_faults_total, static_cast<double>(c.faults), {c.name});
  }
  for (std::size_t n = 0; n < from.size(); ++n) {
    const std::string name = std::to_string(n);
    out.add(families::lane_wakeups_total, static_cast<double>(from[n]->wakeups()), {name});
    timespec cpu{};
    if (::clock_gettime(from[n]->cpu_clock(), &cpu) == 0)
      out.add(families::lane_cpu_seconds_total,
              static_cast<double>(cpu.tv_sec) + static_cast<double>(cpu.tv_nsec) / 1e9, {name});
  }
}

std::string actors_json(const std::vector<actor_counters>& by_class) {
  boost::json::array out;
  for (const auto& c : by_class)
    out.push_back({{"class", c.name},
                   {"live", c.live},
                   {"spawned", c.spawned},
                   {"messages", c.events + c.messages},
                   {"waiting", c.waiting},
                   {"faults", c.faults}});
  return boost::json::serialize(out);
}

} // namespace chainring::actors
