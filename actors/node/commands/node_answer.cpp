// node_answer.cpp: see node_answer.hpp.
#include "actors/node/commands/node_answer.hpp"

#include <utility>

#include <boost/json.hpp>

#include "actors/http/get.hpp"

namespace chainring::actors {

namespace json = boost::json;

std::string text_of(const json::object& object, const char* name) {
  const auto* v = object.if_contains(name);
  return v && v->is_string() ? std::string(v->get_string()) : std::string{};
}

std::string text_of(const json::value& object, const char* name) {
  const auto* members = object.if_object();
  return members ? text_of(*members, name) : std::string{};
}

error no_node(const std::string& url) {
  return {"the answer is not a chainring node's", url, "name the stats address of a node"};
}

result<json::value> json_of(const std::string& body, const std::string& url) {
  boost::system::error_code trouble;
  auto value = json::parse(body, trouble);
  if (trouble) return no_node(url);
  return value;
}

result<json::value> ask(const node_address& node, std::string_view path) {
  const auto answer = http_get(node.url + std::string(path), node.token);
  if (!answer) return answer.error();
  return json_of(*answer, node.url);
}

error refusal_of(const json::value& told, unsigned status, const std::string& url) {
  auto why = error_told(told, status);
  return why ? *std::move(why) : no_node(url);
}

} // namespace chainring::actors
