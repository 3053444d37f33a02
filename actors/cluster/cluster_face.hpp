// cluster_face.hpp: the API of a member: any node answers for the cluster. What one node says of itself stays to be had by
// ?node=NAME, of any node at any node.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <caf/actor.hpp>

#include "actors/cluster/member.hpp"
#include "actors/cluster/peers.hpp"
#include "actors/http/router.hpp"
#include "dialer/store/shared_store.hpp"

namespace chainring::actors {

struct cluster_face_terms {
  std::int64_t epoch = 0; // of this member
  std::string node;
  const cluster_view* members = nullptr;
  caf::actor peers;
  const peers_view* connected = nullptr;
  /// Puts the order into the store; answers later, on another thread.
  using given = std::function<void(given_order)>;
  std::function<void(const std::string& campaign, campaign_order::verb what, given answer)> give;
  std::function<void(const std::string& campaign, std::int32_t agents, given answer)> give_agents;
  order_book* orders = nullptr;
  http_handler explain; // as the node's own route, but other nodes are asked about the chains that they have
};

inline constexpr const char* explanation_route = "/api/v1/records/{record}/explanation";

/// The routes of one node, made into those of the cluster:
/// GET /api/v1/campaigns, trunks: summed up; nodes that did not answer are named.
/// GET /api/v1/cluster: members with their shards, shares and leases, whether they answer, and what they say of themselves.
/// GET /api/v1/campaigns/{name}/previews: those of all nodes, in turn, as many as are wanted.
/// GET …?node=NAME: of any route but those of strangers, as that node answers.
/// POST /api/v1/campaigns/{name}/{verb}, …/agents: stands in the store when it is answered, with what each node has said. Else
/// nothing stands there: 404, no such campaign; 409, not as it is; 503, not now, the store is away.
/// POST /api/v1/records/{handle}/release: of the node that knows the record.
/// GET /api/v1/records/{record}/explanation: of the node that has its chain.
router routes_of_cluster(const router& own, cluster_face_terms terms);

/// Of GET /api/v1/cluster; `members` as member_json() has them.
boost::json::object cluster_json(boost::json::array members, const cluster_view& of);

/// What the store says of a member; `self` is the epoch of this node. "shards_owned" has the shards by number: "0-84,170-200".
boost::json::object member_json(const dialer::cluster_member& m, const std::vector<dialer::budget_share>& shares,
                                std::int64_t self);

/// What only peers ask: the orders that they pass on, and that this node looks at the store.
void add_routes_for_peers(router& routes, order_book& orders, const caf::actor& member);

/// What another member says of a record of one list, or why it does not. `heard` on any thread.
void ask_for_explanation(const caf::actor& peers, std::int64_t epoch, std::int64_t record_id, const std::string& list,
                         std::function<void(result<std::string>)> heard);

/// An event for a chain of another member: passed on to it, answered as it answers, or 503 with what is known of it.
void pass_event_on(const caf::actor& peers, const std::optional<dialer::cluster_member>& to, const http_request& event,
                   responder answer);

} // namespace chainring::actors
