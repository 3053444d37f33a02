// campaign.cpp: see campaign.hpp.
#include "actors/node/commands/campaign.hpp"

#include <chrono>
#include <cstdio>
#include <thread>

#include <boost/json.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <fmt/format.h>

#include "actors/http/get.hpp"
#include "actors/node/commands/node_answer.hpp"
#include "actors/node/commands/process.hpp"

namespace chainring::actors {

namespace {

constexpr std::chrono::milliseconds between_looks{100};

/// What each node of a cluster has made of the order. It stands in the store for those that have not heard it.
void print_nodes(const boost::json::value& told) {
  const auto* nodes = told.is_object() ? told.get_object().if_contains("nodes") : nullptr;
  if (!nodes || !nodes->is_array()) return;
  for (const auto& one : nodes->get_array()) {
    const auto why = text_of(one, "why");
    fmt::print("node {}: {}{}\n", text_of(one, "node"), text_of(one, "outcome"),
               why.empty() ? "" : " (" + why + "), it reads it in the store");
  }
}

result<std::string> order(const campaign_command& wanted) {
  const auto name = boost::urls::encode(wanted.name, boost::urls::unreserved_chars);
  const auto answer = http_post(wanted.url + "/api/v1/campaigns/" + name + "/" + wanted.verb, wanted.token);
  if (!answer) return answer.error();
  const auto told = json_of(answer->body, wanted.url);
  if (!told) return told.error();
  if (answer->status == 200) {
    print_nodes(*told);
    return text_of(*told, "state");
  }
  if (text_of(*told, "what").empty()) return no_node(wanted.url);
  return refusal_of(*told, answer->status, wanted.url);
}

/// The state it is in now; empty: there is no such campaign any more.
result<std::string> state_of(const campaign_command& wanted) {
  const auto answer = http_get(wanted.url + "/api/v1/campaigns");
  if (!answer) return answer.error();
  const auto told = json_of(*answer, wanted.url);
  if (!told) return told.error();
  if (!told->is_array()) return no_node(wanted.url);
  for (const auto& one : told->get_array())
    if (text_of(one, "name") == wanted.name) return text_of(one, "state");
  return std::string{};
}

} // namespace

int order_campaign(const campaign_command& wanted) {
  auto state = order(wanted);
  while (state && *state == "unloading") {
    std::this_thread::sleep_for(between_looks);
    state = state_of(wanted);
  }
  if (!state) return failed(state.error());
  fmt::print("campaign {}: {}\n", wanted.name, *state);
  return 0;
}

} // namespace chainring::actors
