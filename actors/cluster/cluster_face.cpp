// cluster_face.cpp: asks this node's own routes and those of its peers, and waits for all of them without a thread.
#include "actors/cluster/cluster_face.hpp"

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include <boost/json.hpp>
#include <boost/url/decode_view.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <caf/send.hpp>

#include "actors/campaign_verbs.hpp"
#include "actors/cluster/budget_terms.hpp"
#include "actors/cluster/cluster_sums.hpp"
#include "actors/http/get.hpp"
#include "actors/http/query.hpp"
#include "actors/node/dialing_api.hpp"
#include "dialer/shards.hpp"
#include "dialer/text.hpp"

namespace chainring::actors {

namespace {

namespace json = boost::json;
using boost::urls::encode;
using boost::urls::unreserved_chars;

constexpr const char* node_path = "/api/v1/node";

struct of_node {
  dialer::cluster_member who;
  peer_said said;
};

/// What several nodes answer to one question; the last answer ends it.
class gathering : public std::enable_shared_from_this<gathering> {
 public:
  using ending = std::function<void(std::vector<of_node>)>;
  gathering(std::vector<dialer::cluster_member> whom, ending with) : left_(whom.size()), with_(std::move(with)) {
    for (auto& one : whom) all_.push_back({std::move(one), {}});
  }
  const dialer::cluster_member& who(std::size_t n) const { return all_[n].who; }
  std::size_t size() const { return all_.size(); }
  void put(std::size_t n, peer_said said) {
    {
      std::lock_guard guard{mutex_};
      all_[n].said = std::move(said);
      if (--left_ > 0) return;
    }
    with_(std::move(all_));
  }

 private:
  std::mutex mutex_;
  std::vector<of_node> all_;
  std::size_t left_;
  const ending with_;
};

std::string target_of(const http_request& request) {
  return request.query.empty() ? request.path : request.path + "?" + request.query;
}

std::string without_node(std::string_view query) {
  std::string rest;
  while (!query.empty()) {
    const auto part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(part.size() + 1, query.size()));
    if (!part.starts_with("node=")) rest.append(rest.empty() ? "" : "&").append(part);
  }
  return rest;
}

constexpr std::size_t content_type_bytes_max = 1'024;

/// A peer may say anything: what cannot be an answer of HTTP is not passed on as one.
http_response response_of(peer_answer answer) {
  const auto& type = answer.content_type;
  const bool is_line = std::none_of(type.begin(), type.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; });
  if (answer.status < 200 || answer.status > 599 || !is_line || type.size() > content_type_bytes_max)
    return error_response(502, {"the peer's answer is no answer of HTTP", "", "see whether it is a chainring node"});
  return {answer.status, std::move(answer.content_type), std::move(answer.body), {}};
}

json::value json_of(const peer_said& said) {
  if (said.what != peer_said::outcome::answered || said.answer.status != 200) return nullptr;
  boost::system::error_code failed;
  auto value = json::parse(said.answer.body, failed);
  return failed ? json::value{} : value;
}

/// Why a peer has not done what it was asked, in its own words where it has some.
error refusal_in(const peer_said& said) {
  if (said.what != peer_said::outcome::answered) return {said.why, {}, {}};
  if (auto told = error_told_in(said.answer.body)) return *std::move(told);
  return {"HTTP status " + std::to_string(said.answer.status), {}, {}};
}

peer_question question_of(const http_request& request) {
  return {0, request.method, target_of(request), request.content_type, request.body};
}

unsigned status_of(order_refusal why) {
  switch (why) {
  case order_refusal::no_campaign: return 404;
  case order_refusal::as_it_is: return 409;
  case order_refusal::not_now: break;
  }
  return 503;
}

/// Answers what has become of it at this node.
void follow(order_book& orders, const dialer::standing_order& order, responder answer) {
  orders.follow(order, [answer = std::move(answer)](result<campaign_state> done) {
    if (!done) return answer(error_response(409, done.error()));
    answer(json_response(json::serialize(json::object{{"state", name_of(*done)}})));
  });
}

/// "0-84,170-200"
std::string ranges_of(const dialer::shard_set& shards) {
  std::string out;
  for (std::size_t first = 0; first < shards.size(); ++first) {
    if (!shards[first]) continue;
    auto last = first;
    while (last + 1 < shards.size() && shards[last + 1]) ++last;
    out += (out.empty() ? "" : ",") + std::to_string(first);
    if (last > first) out += "-" + std::to_string(last);
    first = last;
  }
  return out;
}

class cluster_face : public std::enable_shared_from_this<cluster_face> {
 public:
  cluster_face(cluster_face_terms terms, http_handler node) : terms_(std::move(terms)), node_(std::move(node)) {}

  http_handler around(const std::string& pattern, const http_handler& own);

 private:
  /// Of all members, this node first; what a handler answers here counts as its answer.
  void ask_all(const http_request& request, const http_handler& own, gathering::ending with) const;
  void ask_one(const std::string& node, http_request request, const http_handler& own, const responder& answer) const;
  std::vector<dialer::cluster_member> live_members() const;
  std::vector<node_part> parts_of(std::vector<of_node> all) const;
  void show_members(const responder& answer) const;
  void order(const http_request& request, campaign_order::verb what, const responder& answer) const;
  void show_previews(const http_request& request, const http_handler& own, const responder& answer) const;
  void order_agents(const http_request& request, const responder& answer) const;
  cluster_face_terms::given tell_all_then(const responder& answer) const;
  void tell_all(const dialer::standing_order& order, const responder& answer) const;
  void find_place(const http_request& request, const http_handler& own, const responder& answer) const;

  const cluster_face_terms terms_;
  const http_handler node_; // what this node says of itself
};

std::vector<dialer::cluster_member> cluster_face::live_members() const {
  auto all = terms_.members->members_as_seen(); // whom the store has lost sight of may answer still
  std::erase_if(all, [](const auto& m) { return m.lease_left_ms <= 0; });
  std::stable_partition(all.begin(), all.end(), [&](const auto& m) { return m.epoch == terms_.epoch; });
  return all;
}

void cluster_face::ask_all(const http_request& request, const http_handler& own, gathering::ending with) const {
  auto whom = live_members();
  if (whom.empty() || whom.front().epoch != terms_.epoch) whom.insert(whom.begin(), {.epoch = terms_.epoch, .node = terms_.node});
  const auto all = std::make_shared<gathering>(std::move(whom), std::move(with));
  for (std::size_t n = 1; n < all->size(); ++n)
    caf::anon_send(terms_.peers, ask_peer{all->who(n).epoch, question_of(request), [all, n](peer_said said) {
                                            all->put(n, std::move(said));
                                          }});
  own(request, [all](http_response said) {
    all->put(0, {peer_said::outcome::answered, {0, said.status, std::move(said.content_type), std::move(said.body)}, {}});
  });
}

void cluster_face::ask_one(const std::string& node, http_request request, const http_handler& own, const responder& answer) const {
  request.query = without_node(request.query);
  if (node == terms_.node) return own(request, answer);
  const auto all = live_members();
  // The last of that name: it has been started again, and its first lease may not be over.
  const auto found = std::find_if(all.rbegin(), all.rend(), [&](const auto& m) { return m.node == node; });
  if (found == all.rend())
    return answer(error_response(404, {"there is no such node", node, "GET /api/v1/cluster names them"}));
  auto heard = [answer, node](peer_said said) {
    if (said.what == peer_said::outcome::answered) return answer(response_of(std::move(said.answer)));
    answer(error_response(503, {"node " + node + " does not answer: " + said.why, node, "ask it itself"}));
  };
  caf::anon_send(terms_.peers, ask_peer{found->epoch, question_of(request), std::move(heard)});
}

std::vector<node_part> cluster_face::parts_of(std::vector<of_node> all) const {
  std::vector<node_part> parts;
  for (auto& one : all) {
    auto value = json_of(one.said);
    auto why_not = value.is_null() ? refusal_in(one.said).what : std::string();
    parts.push_back({one.who.node, one.who.epoch, std::move(value), std::move(why_not)});
  }
  return parts;
}

void cluster_face::show_members(const responder& answer) const {
  const auto connected = terms_.connected->connected();
  ask_all({.method = "GET", .path = node_path}, node_, [self = shared_from_this(), answer, connected](std::vector<of_node> all) {
    json::array members;
    const auto shares = self->terms_.members->shares();
    for (const auto& m : self->terms_.members->members()) {
      auto one = member_json(m, shares, self->terms_.epoch);
      one["connected"] = m.epoch == self->terms_.epoch || std::find(connected.begin(), connected.end(), m.epoch) != connected.end();
      const auto said = std::find_if(all.begin(), all.end(), [&](const auto& n) { return n.who.epoch == m.epoch; });
      auto value = said == all.end() ? json::value{} : json_of(said->said);
      one["answered"] = !value.is_null();
      if (value.is_object()) one["says"] = std::move(value);
      else if (said != all.end()) one["why_not"] = refusal_in(said->said).what;
      members.emplace_back(std::move(one));
    }
    answer(json_response(json::serialize(cluster_json(std::move(members), *self->terms_.members))));
  });
}

void cluster_face::show_previews(const http_request& request, const http_handler& own, const responder& answer) const {
  const auto most = previews_wanted(request);
  if (!most) return answer(error_response(400, most.error()));
  ask_all(request, own, [self = shared_from_this(), most = *most, answer](std::vector<of_node> all) {
    auto& mine = all.front().said.answer;
    if (mine.status != 200) return answer(response_of(std::move(mine)));
    answer(json_response(json::serialize(previews_of_all(self->parts_of(std::move(all)), most))));
  });
}

// -- orders ----------------------------------------------------------------------------------------------------------------------

void cluster_face::order(const http_request& request, campaign_order::verb what, const responder& answer) const {
  terms_.give(std::string(request.parameter("name")), what, tell_all_then(answer));
}

void cluster_face::order_agents(const http_request& request, const responder& answer) const {
  const auto agents = agents_in(request);
  if (!agents) return answer(error_response(400, agents.error()));
  terms_.give_agents(std::string(request.parameter("name")), *agents, tell_all_then(answer));
}

cluster_face_terms::given cluster_face::tell_all_then(const responder& answer) const {
  return [self = shared_from_this(), answer](const given_order& given) {
    if (!given) return answer(error_response(status_of(given.refusal), given.error()));
    self->tell_all(*given, answer);
  };
}

/// It stands in the store: whoever does not hear it now reads it there.
void cluster_face::tell_all(const dialer::standing_order& given, const responder& answer) const {
  http_request told{.method = "POST"};
  told.path = "/cluster/orders/" + encode(given.campaign, unreserved_chars) + "/" + given.what + "/" +
              std::to_string(given.value) + "/" + std::to_string(given.change);
  const http_handler here = [this, given](const http_request&, responder said) {
    follow(*terms_.orders, given, std::move(said));
  };
  ask_all(told, here, [answer, given](std::vector<of_node> all) {
    json::array nodes;
    json::value state = "";
    for (std::size_t n = 0; n < all.size(); ++n) {
      const auto& said = all[n].said;
      auto value = json_of(said);
      json::object one{{"node", all[n].who.node}};
      one["outcome"] = value.is_object()                                ? "done"
                       : said.what == peer_said::outcome::answered      ? "refused"
                       : said.what == peer_said::outcome::refused       ? "not reached"
                                                                        : "unknown";
      if (value.is_object()) {
        one["state"] = value.as_object()["state"];
      } else {
        auto why = refusal_in(said);
        one["why"] = std::move(why.what);
        if (!why.mend.empty()) one["mend"] = std::move(why.mend);
      }
      if (n == 0 && value.is_object()) state = one["state"];
      nodes.emplace_back(std::move(one));
    }
    answer(json_response(json::serialize(
      json::object{{"name", given.campaign}, {"state", state}, {"change", given.change}, {"nodes", std::move(nodes)}})));
  });
}

/// To this node first; if it knows nothing of it, to the others: the first that does answers.
void cluster_face::find_place(const http_request& request, const http_handler& own, const responder& answer) const {
  own(request, [self = shared_from_this(), request, answer](http_response mine) {
    if (mine.status != 404) return answer(std::move(mine));
    const http_handler as_before = [mine](const http_request&, const responder& said) { said(mine); };
    self->ask_all(request, as_before, [answer, mine](std::vector<of_node> all) {
      bool silent = false;
      for (auto& one : all) {
        if (one.said.what != peer_said::outcome::answered) silent = true;
        else if (one.said.answer.status != 404) return answer(response_of(std::move(one.said.answer)));
      }
      if (!silent) return answer(mine);
      answer(error_response(503, {"not all nodes have answered, and those that have know nothing of it", "",
                                  "GET /api/v1/cluster names them: ask again"}));
    });
  });
}

http_handler cluster_face::around(const std::string& pattern, const http_handler& own) {
  http_handler all = own;
  const auto self = shared_from_this();
  const auto summed = [&](auto sum) -> http_handler {
    return [self, own, sum](const http_request& request, const responder& answer) {
      self->ask_all(request, own, [self, sum, answer](std::vector<of_node> of_all) {
        answer(json_response(json::serialize(sum(self->parts_of(std::move(of_all))))));
      });
    };
  };
  if (pattern == "/api/v1/campaigns") all = summed(campaigns_of_all);
  if (pattern == "/api/v1/trunks") all = summed(trunks_of_all);
  if (pattern == explanation_route) all = terms_.explain;
  if (pattern == "/api/v1/records/{handle}/release")
    all = [self, own](const http_request& request, const responder& answer) { self->find_place(request, own, answer); };
  for (const auto& [word, what] : campaign_verbs)
    if (pattern == order_route(word))
      all = [self, what = what](const http_request& request, const responder& answer) { self->order(request, what, answer); };
  if (pattern == "/api/v1/campaigns/{name}/previews")
    all = [self, own](const http_request& request, const responder& answer) { self->show_previews(request, own, answer); };
  if (pattern == "/api/v1/campaigns/{name}/agents")
    all = [self](const http_request& request, const responder& answer) { self->order_agents(request, answer); };
  if (pattern == "/api/v1/cluster")
    all = [self](const http_request&, const responder& answer) { self->show_members(answer); };
  return [self, own, all](const http_request& request, const responder& answer) {
    if (const auto node = query_value(request.query, "node")) return self->ask_one(*node, request, own, answer);
    all(request, answer);
  };
}

} // namespace

router routes_of_cluster(const router& own, cluster_face_terms terms) {
  http_request node{.method = "GET", .path = node_path};
  const auto face = std::make_shared<cluster_face>(std::move(terms), *own.find(node).handler); // every node has it
  return own.wrapped([face](const std::string& pattern, const http_handler& handler) { return face->around(pattern, handler); });
}

json::object cluster_json(json::array members, const cluster_view& of) {
  return {{"members", std::move(members)}, {"shards", dialer::shards_count}, {"saved_chains", of.saved_chains.load()}};
}

json::object member_json(const dialer::cluster_member& m, const std::vector<dialer::budget_share>& shares, std::int64_t self) {
  json::array trunks, campaigns;
  for (const auto& s : shares) {
    if (s.epoch != m.epoch) continue;
    const auto campaign = campaign_of_key(s.key);
    json::object one{{"name", campaign ? *campaign : s.key}};
    if (s.budget.limits_channels()) one["channels"] = s.has.channels;
    if (s.budget.limits_starts()) one[campaign ? "calls_per_minute" : "calls_per_second"] = s.has.starts;
    (campaign ? campaigns : trunks).push_back(std::move(one));
  }
  return {{"node", m.node},
          {"epoch", m.epoch},
          {"self", m.epoch == self},
          {"leaving", m.leaving},
          {"shards", m.shards.count()},
          {"shards_owned", ranges_of(m.shards)},
          {"trunks", std::move(trunks)},
          {"campaigns", std::move(campaigns)},
          {"speaks", json::object{{"schema", m.speaks.schema},
                                  {"saved_chains", m.speaks.saved_chains},
                                  {"peer_protocol", m.speaks.peer_protocol}}},
          {"lease_left_ms", m.lease_left_ms},
          {"address", m.address}};
}

void add_routes_for_peers(router& routes, order_book& orders, const caf::actor& member) {
  routes.post(look_route, [member](const http_request&, const responder& answer) {
    caf::anon_send(member, look_now{});
    answer(text_response("looks\n"));
  });
  routes.post("/cluster/orders/{campaign}/{what}/{value}/{change}", [&orders](const http_request& request,
                                                                              const responder& answer) {
    const auto value = dialer::to_integer(request.parameter("value")), change = dialer::to_integer(request.parameter("change"));
    if (!value || !change) return answer(error_response(400, {"this is no order", request.path, "see cluster_face.hpp"}));
    follow(orders, {std::string(request.parameter("campaign")), std::string(request.parameter("what")), *value, *change}, answer);
  });
}

void ask_for_explanation(const caf::actor& peers, std::int64_t epoch, std::int64_t record_id, const std::string& list,
                         std::function<void(result<std::string>)> heard) {
  peer_question what{.method = "GET"};
  what.target = "/api/v1/records/" + std::to_string(record_id) + "/explanation?list=" + encode(list, unreserved_chars);
  auto said_it = [heard = std::move(heard)](peer_said said) {
    const bool explained = said.what == peer_said::outcome::answered && said.answer.status == 200;
    if (explained) return heard(std::move(said.answer.body));
    const auto why = refusal_in(said);
    heard(error{why.what, {}, why.mend});
  };
  caf::anon_send(peers, ask_peer{epoch, std::move(what), std::move(said_it)});
}

void pass_event_on(const caf::actor& peers, const std::optional<dialer::cluster_member>& to, const http_request& event,
                   responder answer) {
  if (!to)
    return answer(error_response(503, {"the chain is between two nodes: nothing was sent", event.path,
                                       "send it again in a while"}));
  auto heard = [answer = std::move(answer), node = to->node, path = event.path](peer_said said) {
    if (said.what == peer_said::outcome::answered) return answer(response_of(std::move(said.answer)));
    if (said.what == peer_said::outcome::refused)
      return answer(error_response(503, {"the chain is at node " + node + ": " + said.why + ", and nothing was sent", path,
                                         "send it again in a while"}));
    answer(error_response(503, {"the chain is at node " + node + ": " + said.why + ", and the event may have arrived", path,
                                "send it again only if it may come twice"}));
  };
  caf::anon_send(peers, ask_peer{to->epoch, question_of(event), std::move(heard)});
}

} // namespace chainring::actors
