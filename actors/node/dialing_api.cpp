// dialing_api.cpp: bodies are checked on the io thread, changes made by keeper and dialer.
#include "actors/node/dialing_api.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/json.hpp>
#include <caf/send.hpp>

#include "actors/limits.hpp"
#include "actors/protocols.hpp"
#include "dialer/limits.hpp"
#include "dialer/text.hpp"

namespace chainring::actors {

namespace {

namespace json = boost::json;

using entries = std::vector<std::pair<dialer::store::dnc_kind, std::string>>;

/// The texts under `key` as entries of that kind; absent: none.
result<void> read_entries(const json::object& body, std::string_view key, dialer::store::dnc_kind kind, entries& out) {
  const auto* found = body.if_contains(key);
  if (!found) return {};
  const auto* array = found->if_array();
  const auto place = [&](std::size_t n) { return std::string(key) + "[" + std::to_string(n) + "]"; };
  if (!array) return error{"this is no array", std::string(key), "write [\"…\", …]"};
  if (out.size() + array->size() > limits::do_not_call_per_request_max)
    return error{"there are too many entries", std::string(key),
                 "send at most " + std::to_string(limits::do_not_call_per_request_max) + " in one request"};
  for (std::size_t n = 0; n < array->size(); ++n) {
    const auto* text = (*array)[n].if_string();
    if (!text) return error{"an entry is no string", place(n), "write it in quotes"};
    if (text->size() > dialer::limits::do_not_call_bytes_max)
      return error{"an entry is too long", place(n),
                   "give at most " + std::to_string(dialer::limits::do_not_call_bytes_max) + " bytes"};
    const bool empty = kind == dialer::store::dnc_kind::phone ? dialer::normalized_contact(*text).empty()
                                                              : dialer::normalized_customer(*text).empty();
    if (empty) return error{"an entry is empty", place(n), "take it out"};
    if (kind == dialer::store::dnc_kind::phone && !dialer::may_be_contact(*text))
      return dialer::no_contact(*text, place(n));
    out.emplace_back(kind, std::string(*text));
  }
  return {};
}

result<json::object> read_object(const http_request& request) {
  json::error_code failed;
  auto body = json::parse(request.body, failed);
  if (failed) return error{"the body is no JSON: " + failed.message(), request.path, "send one JSON object"};
  if (!body.is_object()) return error{"the body is no JSON object", request.path, "send one JSON object"};
  return std::move(body.as_object());
}

result<entries> read_do_not_call(const http_request& request) {
  auto body = read_object(request);
  if (!body) return std::move(body).error();
  for (const auto& member : *body)
    if (member.key() != "phones" && member.key() != "customers")
      return error{"this member is unknown", std::string(member.key()), "send phones and customers"};
  entries all;
  if (auto read = read_entries(*body, "phones", dialer::store::dnc_kind::phone, all); !read) return std::move(read).error();
  if (auto read = read_entries(*body, "customers", dialer::store::dnc_kind::customer, all); !read) return std::move(read).error();
  if (all.empty()) return error{"there is no entry", request.path, "send phones, customers or both"};
  return all;
}

error no_campaign(const http_request& request) {
  return {"there is no such campaign", std::string(request.parameter("name")), "see /api/v1/campaigns"};
}

/// All but the last four places, each of which is whole in UTF-8.
std::string masked(const std::string& number) {
  const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
  auto places = std::count_if(number.begin(), number.end(), begins);
  std::string out;
  for (const char c : number) {
    if (begins(c)) --places;
    if (places < 4) out += c;
    else if (begins(c)) out += '*';
  }
  return out;
}

class dialing_api : public std::enable_shared_from_this<dialing_api> {
 public:
  explicit dialing_api(dialing_api_terms terms) : terms_(std::move(terms)) {}
  void forbid(const http_request& request, responder answer);
  void set_agents(const http_request& request, responder answer);
  void show_previews(const http_request& request, responder answer);
  void release(const http_request& request, responder answer);

 private:
  responder counted(responder answer);
  std::optional<std::uint32_t> campaign_of(const http_request& request) const;
  void ask(responder answer, std::function<http_response(dialer::switchboard&)> question);
  void join(const entries& all, std::int64_t added, const responder& answer) const;

  const dialing_api_terms terms_;
  std::shared_ptr<std::atomic<std::size_t>> at_once_ = std::make_shared<std::atomic<std::size_t>>(0);
};

/// Null, and the client is told, when too many changes are on their way. The place is given back with the last copy.
responder dialing_api::counted(responder answer) {
  if (at_once_->fetch_add(1) >= limits::changes_at_once_max) {
    --*at_once_;
    answer(error_response(503, {"too many changes are on their way", "", "send it again later"}));
    return {};
  }
  std::shared_ptr<void> place(nullptr, [at_once = at_once_](void*) { --*at_once; });
  return [answer = std::move(answer), place](http_response response) { answer(std::move(response)); };
}

void dialing_api::forbid(const http_request& request, responder answer) {
  auto all = read_do_not_call(request);
  if (!all) return answer(error_response(400, all.error()));
  const auto is_customer = [](const auto& entry) { return entry.first == dialer::store::dnc_kind::customer; };
  if (!terms_.compares_customers && std::any_of(all->begin(), all->end(), is_customer))
    return answer(error_response(409, {"this node does not look for customers", request.path,
                                       "let customer_id of [do-not-call] name the list column that holds them"}));
  answer = counted(std::move(answer));
  if (!answer) return;
  auto token = terms_.time->begin_work();
  auto store = [self = shared_from_this(), all = std::move(*all), answer, token](dialer::store& s) {
    auto added = s.import_do_not_call(all);
    if (!added) return answer(error_response(503, added.error()));
    auto insert = [self, all, added = *added, answer](dialer::switchboard&) { self->join(all, added, answer); };
    caf::anon_send(self->terms_.dialer, ask_dialer{std::move(insert), token});
  };
  caf::anon_send(terms_.keeper, ask_store{std::move(store), std::move(token)});
}

/// On the dialer's thread: the next call that starts is checked against it.
void dialing_api::join(const entries& all, std::int64_t added, const responder& answer) const {
  std::size_t phones = 0;
  for (const auto& [kind, text] : all) {
    if (kind == dialer::store::dnc_kind::phone) ++phones;
    if (terms_.no_calls->keep(kind, text)) continue;
    return answer(error_response(
        503, {"the do-not-call list is full", "/api/v1/do-not-call",
              "keep it below " + std::to_string(dialer::limits::do_not_call_entries_max) + " entries; what was sent is stored"}));
  }
  answer(json_response(json::serialize(json::object{{"phones", phones}, {"customers", all.size() - phones}, {"added", added}})));
}

std::optional<std::uint32_t> dialing_api::campaign_of(const http_request& request) const {
  const auto found = std::find(terms_.campaigns.begin(), terms_.campaigns.end(), request.parameter("name"));
  if (found == terms_.campaigns.end()) return std::nullopt;
  return static_cast<std::uint32_t>(found - terms_.campaigns.begin());
}

void dialing_api::ask(responder answer, std::function<http_response(dialer::switchboard&)> question) {
  answer = counted(std::move(answer));
  if (!answer) return;
  auto asked = [=](dialer::switchboard& board) { answer(question(board)); };
  caf::anon_send(terms_.dialer, ask_dialer{std::move(asked), terms_.time->begin_work()});
}

void dialing_api::set_agents(const http_request& request, responder answer) {
  const auto campaign = campaign_of(request);
  if (!campaign) return answer(error_response(404, no_campaign(request)));
  const auto n = agents_in(request);
  if (!n) return answer(error_response(400, n.error()));
  ask(std::move(answer), [campaign = *campaign, n = *n, path = request.path](auto& board) {
    if (!board.set_agents(campaign, n))
      return error_response(409, {"the campaign does not dial against agents", path, "let its dialing-mode be Progressive"});
    return json_response(json::serialize(json::object{{"agents", n}, {"calls_max", board.pace_of(campaign)->calls_max()}}));
  });
}

void dialing_api::show_previews(const http_request& request, responder answer) {
  const auto campaign = campaign_of(request);
  if (!campaign) return answer(error_response(404, no_campaign(request)));
  const auto limit = previews_wanted(request);
  if (!limit) return answer(error_response(400, limit.error()));
  ask(std::move(answer), [campaign = *campaign, limit = *limit](auto& board) {
    json::array all;
    for (const auto& p : board.previews(campaign, limit))
      all.push_back(json::object{{"handle", p.handle}, {"list", p.list}, {"record_id", p.record_id}, {"chain_id", p.chain_id},
                                 {"chain_n", p.chain_n}, {"number", masked(p.number)}});
    return json_response(
        json::serialize(json::object{{"waiting", board.previews_waiting(campaign)}, {"previews", std::move(all)}}));
  });
}

void dialing_api::release(const http_request& request, responder answer) {
  const auto handle = dialer::to_integer(request.parameter("handle"));
  if (!handle || *handle < 1)
    return answer(error_response(400, {"the record handle is no number", request.path, "name one of previews"}));
  ask(std::move(answer), [handle = static_cast<std::uint64_t>(*handle), path = request.path](auto& board) {
    if (!board.release(handle)) return error_response(404, {"no call waits under that handle", path, "name one of previews"});
    return json_response(json::serialize(json::object{{"released", handle}}));
  });
}

} // namespace

result<std::int32_t> agents_in(const http_request& request) {
  const auto body = read_object(request);
  if (!body) return body.error();
  const auto* agents = body->size() == 1 ? body->if_contains("agents") : nullptr;
  if (!agents || !agents->is_int64() || agents->as_int64() < 0 || agents->as_int64() > dialer::limits::agents_max)
    return error{"the number of agents is missing or wrong", request.path,
                 "send {\"agents\":n}, n from 0 to " + std::to_string(dialer::limits::agents_max)};
  return static_cast<std::int32_t>(agents->as_int64());
}

result<std::size_t> previews_wanted(const http_request& request) {
  constexpr std::string_view key = "limit=";
  if (request.query.empty()) return limits::previews_shown_default;
  const auto n = request.query.starts_with(key) ? dialer::to_integer(request.query.substr(key.size())) : std::nullopt;
  if (!n || *n < 1 || *n > static_cast<std::int64_t>(dialer::limits::previews_shown_max))
    return error{"the limit is wrong", request.query,
                 "write limit=n, n from 1 to " + std::to_string(dialer::limits::previews_shown_max)};
  return static_cast<std::size_t>(*n);
}

void add_dialing_routes(router& routes, dialing_api_terms terms) {
  const auto api = std::make_shared<dialing_api>(std::move(terms));
  routes.post("/api/v1/do-not-call",
              [api](const http_request& request, responder answer) { api->forbid(request, std::move(answer)); });
  routes.post("/api/v1/campaigns/{name}/agents",
              [api](const http_request& request, responder answer) { api->set_agents(request, std::move(answer)); });
  routes.get("/api/v1/campaigns/{name}/previews",
             [api](const http_request& request, responder answer) { api->show_previews(request, std::move(answer)); });
  routes.post("/api/v1/records/{handle}/release",
              [api](const http_request& request, responder answer) { api->release(request, std::move(answer)); });
}

} // namespace chainring::actors
