// node_stats.hpp: the stats endpoint of a node: which route shows what.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/assignment.hpp"
#include "actors/cluster/cluster_face.hpp"
#include "actors/cluster/member.hpp"
#include "actors/chain_home.hpp"
#include "actors/dialer.hpp"
#include "actors/fetcher.hpp"
#include "actors/keeper.hpp"
#include "actors/lane.hpp"
#include "actors/node/live_explanation.hpp"
#include "actors/node/node.hpp"
#include "actors/http/endpoint.hpp"
#include "actors/stats/metrics.hpp"

namespace chainring::actors {

/// What there is to show. Everything outlives the node_stats.
struct node_sources {
  std::string node_name;
  std::string store_path;
  actors::clock* time = nullptr;
  std::vector<lane*> lanes;
  std::vector<const chain_home*> homes;
  const actors::fetchers* fetchers = nullptr;
  const event_gate* gate = nullptr; // null: off
  const keeper_counters* kept = nullptr;
  const dialer_view* dialed = nullptr;
  const history_view* told = nullptr;
  std::vector<mailbox_use> mailboxes;
  std::size_t lane_mailbox_most = 0, fetcher_mailbox_most = 0; // of each
  const cluster_view* members = nullptr; // null: the node is no member of a cluster
  std::int64_t epoch = 0;                // as a member
  const actors::lease* lease = nullptr;  // as a member
  std::int64_t certificate_ends_s = 0;   // since 1970, of that for peers; 0: it has none
  std::optional<cluster_face_terms> face; // answers for the cluster; nothing: for this node alone
  std::function<void(router&)> add_routes; // of others
  std::function<std::vector<campaign_progress>()> campaigns;
  std::function<std::optional<error>()> why_not_ready;
  /// Why a record is or is not dialed, from what this node knows, or from what the nodes know that have its chains.
  std::function<void(const record_wanted&, explanation_answer)> explain, explain_everywhere;
  /// What an operator wants of a campaign that there is.
  std::function<void(const std::string& name, campaign_order what)> order;
};

class node_stats {
 public:
  /// Without `settings` nobody but peers can ask.
  static result<std::unique_ptr<node_stats>> start(io_threads& io, const std::optional<endpoint_settings>& settings,
                                                   node_sources from);
  ~node_stats();
  /// Of this node alone, whatever the cluster is. They refer to this.
  const router& own_routes() const { return own_; }
  std::uint16_t port() const { return endpoint_->port(); }
  std::string url() const { return endpoint_->url(); }

 private:
  explicit node_stats(node_sources from);
  std::string node_json() const;
  std::string cluster_json() const;
  std::string campaigns_json() const;
  std::string trunks_json() const;
  std::vector<mailbox_use> mailboxes() const;
  std::string actors_json_text() const;
  void order(const http_request& request, campaign_order::verb what, responder answer);
  void explain(const http_request& request, bool everywhere, const responder& answer) const;
  void gather(samples& out) const;
  void gather_campaigns(samples& out) const;
  void gather_cluster(samples& out) const;
  void gather_limits(samples& out) const;

  node_sources from_;
  std::int64_t started_ms_;
  router own_;
  metrics metrics_;
  metrics::registration gathered_;
  std::shared_ptr<std::atomic<std::size_t>> explaining_ = std::make_shared<std::atomic<std::size_t>>(0);
  std::unique_ptr<endpoint> endpoint_;
};

} // namespace chainring::actors
