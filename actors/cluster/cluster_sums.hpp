// cluster_sums.hpp: what several nodes say of themselves, as one. JSON in, JSON out: nodes of two versions may each say something
// that the other does not know, which is summed up all the same if it is a number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

namespace chainring::actors {

/// One node's answer, or that it has given none.
struct node_part {
  std::string node;
  std::int64_t epoch = 0;
  boost::json::value said; // null: nothing that can be used
  std::string why_not;     // said nothing
};

/// Of /api/v1/campaigns: by name, numbers summed up; chains is that of the lists, which all have; ended is what is known of all.
/// "nodes" has the state of the campaign at each, "not_answered" the others' names, "why_not" for each of those the reason.
boost::json::value campaigns_of_all(const std::vector<node_part>& parts);
/// Of a campaign's previews: how many wait, and those that are shown, of each node in turn, at most so many; "node" says whose.
boost::json::value previews_of_all(const std::vector<node_part>& parts, std::size_t most);
/// Of /api/v1/trunks.
boost::json::value trunks_of_all(const std::vector<node_part>& parts);

} // namespace chainring::actors
