// campaign.cpp: see campaign.hpp.
#include "actors/node/commands/campaign.hpp"

#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

#include <boost/json.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <fmt/format.h>

#include "actors/http/get.hpp"
#include "actors/node/commands/common.hpp"
#include "actors/node/commands/node_answer.hpp"
#include "actors/node/commands/process.hpp"

namespace chainring::actors {

namespace {

constexpr std::chrono::milliseconds between_looks{100};

/// What has become of an order.
struct obeyed {
  std::string state;          // that it has led to at the node that was asked, or at another one that obeys; empty: none does
  std::vector<error> refused; // by a node each
};

/// What each node of a cluster has made of the order. It stands in the store for those that have not heard it.
obeyed read_nodes(const boost::json::value& told, const std::string& campaign) {
  obeyed all{text_of(told, "state"), {}};
  const auto* nodes = told.is_object() ? told.get_object().if_contains("nodes") : nullptr;
  if (!nodes || !nodes->is_array()) return all;
  for (const auto& one : nodes->get_array()) {
    const auto node = text_of(one, "node"), outcome = text_of(one, "outcome"), why = text_of(one, "why");
    const bool is_refused = outcome == "refused";
    if (is_refused)
      all.refused.push_back({"node " + node + " does not obey: " + why, "campaign " + campaign, text_of(one, "mend")});
    if (all.state.empty()) all.state = text_of(one, "state");
    fmt::print("node {}: {}{}{}\n", node, outcome, why.empty() ? "" : " (" + why + ")",
               why.empty() || is_refused ? "" : ", it reads it in the store");
  }
  return all;
}

result<obeyed> order(const campaign_command& wanted) {
  const auto name = boost::urls::encode(wanted.name, boost::urls::unreserved_chars);
  const auto answer = http_post(wanted.node.url + "/api/v1/campaigns/" + name + "/" + wanted.verb, wanted.node.token);
  if (!answer) return answer.error();
  const auto told = json_of(answer->body, wanted.node.url);
  if (!told) return told.error();
  if (answer->status == 200) return read_nodes(*told, wanted.name);
  return refusal_of(*told, answer->status, wanted.node.url);
}

/// The state it is in now.
result<std::string> state_of(const campaign_command& wanted) {
  const auto told = ask(wanted.node, "/api/v1/campaigns");
  if (!told) return told.error();
  if (!told->is_array()) return no_node(wanted.node.url);
  for (const auto& one : told->get_array())
    if (text_of(one, "name") == wanted.name) return text_of(one, "state");
  return error{"the campaign is not there any more", "campaign " + wanted.name, "chainring status names those that are"};
}

} // namespace

int order_campaign(const campaign_command& wanted) {
  const auto done = order(wanted);
  if (!done) return failed(done.error());
  result<std::string> state = done->state;
  while (state && *state == "unloading") {
    std::this_thread::sleep_for(between_looks);
    state = state_of(wanted);
  }
  if (!state) return failed(state.error());
  if (!state->empty()) fmt::print("campaign {}: {}\n", wanted.name, *state);
  for (const auto& why : done->refused) failed(why);
  if (state->empty() && done->refused.empty()) return failed(no_node(wanted.node.url));
  return done->refused.empty() ? exit_done : exit_failed;
}

} // namespace chainring::actors
