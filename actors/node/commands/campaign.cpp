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
#include "actors/node/commands/process.hpp"

namespace chainring::actors {

namespace json = boost::json;

namespace {

constexpr std::chrono::milliseconds between_looks{100};

std::string text(const json::value& of, const char* name) {
  const auto* object = of.if_object();
  const auto* v = object ? object->if_contains(name) : nullptr;
  return v && v->is_string() ? std::string(v->get_string()) : std::string{};
}

error no_node(const std::string& url) {
  return {"the answer is not a chainring node's", url, "name the stats address of a node"};
}

result<std::string> order(const campaign_command& wanted) {
  const auto name = boost::urls::encode(wanted.name, boost::urls::unreserved_chars);
  const auto answer = http_post(wanted.url + "/api/v1/campaigns/" + name + "/" + wanted.verb, wanted.token);
  if (!answer) return answer.error();
  boost::system::error_code trouble;
  const auto parsed = json::parse(answer->body, trouble);
  if (trouble) return no_node(wanted.url);
  if (answer->status == 200) return text(parsed, "state");
  const auto what = text(parsed, "what");
  if (what.empty()) return no_node(wanted.url);
  if (answer->status == 401) return error{what, wanted.url, "give --token TOKEN, the one of [stats] of that node"};
  return error{what, text(parsed, "where"), text(parsed, "mend")};
}

/// The state it is in now; empty: there is no such campaign any more.
result<std::string> state_of(const campaign_command& wanted) {
  const auto answer = http_get(wanted.url + "/api/v1/campaigns");
  if (!answer) return answer.error();
  boost::system::error_code trouble;
  const auto parsed = json::parse(*answer, trouble);
  if (trouble || !parsed.is_array()) return no_node(wanted.url);
  for (const auto& one : parsed.get_array())
    if (text(one, "name") == wanted.name) return text(one, "state");
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
