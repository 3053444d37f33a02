// cluster_sums.cpp: see cluster_sums.hpp.
#include "actors/cluster/cluster_sums.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include <boost/json.hpp>

namespace chainring::actors {

namespace {

namespace json = boost::json;

constexpr auto least = std::numeric_limits<std::int64_t>::min(), most_of_all = std::numeric_limits<std::int64_t>::max();

/// A peer may say any number: those that are too large, and sums of them, are the largest there is.
std::int64_t integer(const json::value& said) {
  if (said.is_uint64()) return static_cast<std::int64_t>(std::min(said.get_uint64(), static_cast<std::uint64_t>(most_of_all)));
  return said.is_int64() ? said.get_int64() : 0;
}

std::int64_t plus(std::int64_t a, std::int64_t b) {
  if (b > 0 && a > most_of_all - b) return most_of_all;
  if (b < 0 && a < least - b) return least;
  return a + b;
}

std::int64_t number(const json::object& of, std::string_view name) {
  const auto* found = of.if_contains(name);
  return found ? integer(*found) : 0;
}

std::string text(const json::object& of, std::string_view name) {
  const auto* found = of.if_contains(name);
  return found && found->is_string() ? std::string(found->get_string()) : std::string{};
}

json::value sum_of(const json::value& a, const json::value& b) {
  if (a.is_double() || b.is_double()) return a.to_number<double>() + b.to_number<double>();
  return plus(integer(a), integer(b));
}

/// Numbers are summed up, objects member by member, texts stay as the first has them.
void add(json::object& to, const json::object& more) {
  for (const auto& member : more) {
    auto* has = to.if_contains(member.key());
    if (!has) to[member.key()] = member.value();
    else if (has->is_object() && member.value().is_object()) add(has->get_object(), member.value().get_object());
    else if (has->is_number() && member.value().is_number()) *has = sum_of(*has, member.value());
  }
}

/// Who is missing in the sum, and why. False: nobody.
bool name_missing(json::object& sum, const std::vector<node_part>& parts) {
  json::array names;
  json::object why_not;
  for (const auto& p : parts) {
    if (!p.said.is_null()) continue;
    names.emplace_back(p.node);
    why_not[p.node] = p.why_not;
  }
  if (names.empty()) return false;
  sum["not_answered"] = std::move(names);
  sum["why_not"] = std::move(why_not);
  return true;
}

/// What each node found ended when it started, and what those that have started since have ended: each is known to be so, and the
/// most of it is the nearest. What a node had ended that is gone is found by the next that starts.
std::int64_t ended_of_all(const std::vector<std::pair<std::int64_t, const json::object*>>& of_nodes) {
  const auto count = [](const json::object& of, std::string_view name) { return std::max<std::int64_t>(0, number(of, name)); };
  std::int64_t most = 0;
  for (const auto& [epoch, from] : of_nodes) {
    auto sum = count(*from, "ended_before");
    for (const auto& [other, one] : of_nodes)
      if (other >= epoch) sum = plus(sum, count(*one, "ended") - count(*one, "ended_before"));
    most = std::max(most, sum);
  }
  return most;
}

/// Under way while one is under way; else the same at all, or "differs".
std::string state_of_all(const json::object& of_nodes) {
  std::string state;
  for (const auto& one : of_nodes) {
    const std::string here(one.value().get_string());
    if (here == "unloading") return here;
    state = state.empty() || state == here ? here : "differs";
  }
  return state;
}

json::object campaign_of_all(const std::vector<std::pair<const node_part*, const json::object*>>& of_nodes) {
  json::object sum, nodes;
  std::int64_t chains = 0;
  bool done = true;
  std::vector<std::pair<std::int64_t, const json::object*>> by_epoch;
  for (const auto& [part, one] : of_nodes) {
    add(sum, *one);
    nodes[part->node] = text(*one, "state");
    chains = std::max(chains, number(*one, "chains"));
    const auto* is_done = one->if_contains("done");
    done = done && is_done && is_done->is_bool() && is_done->get_bool();
    by_epoch.emplace_back(part->epoch, one);
  }
  sum["chains"] = chains;
  sum["ended"] = std::min(chains, ended_of_all(by_epoch));
  sum["done"] = done;
  sum["state"] = state_of_all(nodes);
  sum["nodes"] = std::move(nodes);
  sum.erase("ended_before");
  return sum;
}

} // namespace

json::value campaigns_of_all(const std::vector<node_part>& parts) {
  std::map<std::string, std::vector<std::pair<const node_part*, const json::object*>>> by_name;
  for (const auto& p : parts)
    if (const auto* all = p.said.if_array())
      for (const auto& one : *all)
        if (const auto* campaign = one.if_object()) by_name[text(*campaign, "name")].emplace_back(&p, campaign);
  json::array out;
  for (const auto& [name, of_nodes] : by_name) {
    auto sum = campaign_of_all(of_nodes);
    if (name_missing(sum, parts)) sum["done"] = false; // who knows
    out.emplace_back(std::move(sum));
  }
  return out;
}

json::value previews_of_all(const std::vector<node_part>& parts, std::size_t most) {
  json::object sum{{"waiting", 0}};
  std::vector<std::pair<const node_part*, const json::array*>> lists;
  for (const auto& p : parts) {
    const auto* one = p.said.if_object();
    if (!one) continue;
    sum["waiting"] = plus(number(sum, "waiting"), number(*one, "waiting"));
    const auto* list = one->if_contains("previews");
    if (list && list->is_array()) lists.emplace_back(&p, &list->get_array());
  }
  json::array all;
  bool more = true;
  for (std::size_t n = 0; std::exchange(more, false); ++n)
    for (const auto& [part, list] : lists) {
      if (n >= list->size() || all.size() >= most || !(*list)[n].is_object()) continue;
      auto one = (*list)[n].get_object();
      one["node"] = part->node;
      all.emplace_back(std::move(one));
      more = true;
    }
  sum["previews"] = std::move(all);
  name_missing(sum, parts);
  return sum;
}

json::value trunks_of_all(const std::vector<node_part>& parts) {
  json::object sum;
  json::array lines;
  for (const auto& p : parts) {
    const auto* one = p.said.if_object();
    if (!one) continue;
    add(sum, *one);
    const auto* of_node = one->if_contains("trunks");
    if (!of_node || !of_node->is_array()) continue;
    for (const auto& line : of_node->get_array()) {
      if (!line.is_object()) continue;
      const auto& trunk = line.get_object();
      auto* same = std::find_if(lines.begin(), lines.end(),
                                [&](const auto& l) { return text(l.get_object(), "name") == text(trunk, "name"); });
      if (same == lines.end()) {
        lines.emplace_back(trunk);
        continue;
      }
      add(same->get_object(), trunk);
      if (text(same->get_object(), "fault").empty()) same->get_object()["fault"] = text(trunk, "fault");
    }
  }
  sum["trunks"] = std::move(lines);
  name_missing(sum, parts);
  return sum;
}

} // namespace chainring::actors
