// event_gate.cpp: requests become messages to lanes, posts become requests.
#include "actors/event_gate.hpp"

#include <charconv>
#include <utility>

#include <caf/send.hpp>

#include "actors/assignment.hpp"
#include "actors/fetch/http_client.hpp"
#include "actors/http/secret.hpp"
#include "actors/io_threads.hpp"
#include "actors/protocols.hpp"

namespace chainring::actors {

namespace {

template <class Number>
bool read_number(std::string_view text, Number& out) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  return read.ec == std::errc{} && read.ptr == text.data() + text.size();
}

constexpr const char* pattern = "/scxml/{list}/{chain}/{session}/{proof}";

const error nobody{"no session listens there", "", "post to the location of _ioprocessors of a chain that lives"};

} // namespace

event_gate::event_gate(event_gate_settings settings, std::vector<caf::actor> lanes, clock& time)
    : settings_(std::move(settings)), lanes_(std::move(lanes)), time_(time) {}

event_gate::~event_gate() { stop(); }

result<std::unique_ptr<event_gate>> event_gate::start(io_threads& io, event_gate_settings settings,
                                                      std::vector<caf::actor> lanes, clock& time) {
  std::unique_ptr<event_gate> made{new event_gate(std::move(settings), std::move(lanes), time)};
  if (auto opened = made->open(io); !opened) return std::move(opened).error();
  return made;
}

result<void> event_gate::open(io_threads& io) {
  for (const auto& server : settings_.post_to) {
    const auto where = parse_uri(server);
    if (!where) return where.error();
    if (where->is_file()) return error{"only servers can be posted to", server, "write http://host:port or https://host:port"};
    auto& clients = servers_[origin_of(*where)];
    while (clients.size() < limits::posts_at_once_per_server_max)
      clients.push_back(make_http_client(io, *where, settings_.response_timeout, settings_.trust));
  }
  router routes;
  routes.post_by_secret_path(pattern,
                             [this](const http_request& request, const responder& answer) { receive(request, answer, false); });
  auto listening = endpoint::listen(io, settings_.listen, std::move(routes));
  if (!listening) return std::move(listening).error();
  endpoint_ = std::move(*listening);
  base_ = settings_.location.empty() ? endpoint_->url() : settings_.location;
  while (base_.ends_with('/')) base_.pop_back();
  endpoint_->serve();
  return {};
}

void event_gate::stop() {
  if (endpoint_) endpoint_->stop();
  for (auto& [origin, clients] : servers_)
    for (auto& client : clients) client->close();
}

// -- events in -------------------------------------------------------------------------------------------------------------

std::string event_gate::proof_of(const session_address& who) const {
  return actors::proof_of(settings_.secret, std::to_string(who.list) + '/' + std::to_string(who.chain_id) + '/' +
                                                std::to_string(who.session));
}

std::string event_gate::location_of(const session_address& who) const {
  return base_ + "/scxml/" + std::to_string(who.list) + '/' + std::to_string(who.chain_id) + '/' + std::to_string(who.session) +
         '/' + proof_of(who);
}

void event_gate::add_routes_for_peers(router& routes) {
  routes.post_by_secret_path(pattern,
                             [this](const http_request& request, const responder& answer) { receive(request, answer, true); });
}

/// On an io thread, or that of the peers.
void event_gate::receive(const http_request& request, const responder& answer, bool from_peer) {
  const auto refuse = [&](unsigned status, error why) {
    ++counters_.refused;
    why.where = request.path;
    answer(error_response(status, why));
  };
  session_address to;
  if (!read_number(request.parameter("list"), to.list) || !read_number(request.parameter("chain"), to.chain_id) ||
      !read_number(request.parameter("session"), to.session) || !same_secret(request.parameter("proof"), proof_of(to)))
    return refuse(404, nobody);
  const std::string target = request.path + (request.query.empty() ? "" : "?" + request.query);
  auto event = scxml::to_event({request.method, target, request.content_type, request.body});
  if (!event) return refuse(400, event.error());
  if (counters_.on_their_way.fetch_add(1) >= limits::events_by_http_max) {
    --counters_.on_their_way;
    return refuse(503, {"too many events are on their way", "", "send them more slowly"});
  }
  if (settings_.is_here && !settings_.is_here(to)) {
    responder told = [this, answer](http_response response) {
      --counters_.on_their_way;
      ++(response.status == 200 ? counters_.passed_on : counters_.refused);
      answer(std::move(response));
    };
    if (!from_peer) return settings_.elsewhere(to, request, std::move(told));
    return told(error_response(503, {"the chain changes from one node to another", request.path, "send it again"}));
  }
  event_arrived arrived{to.list, to.chain_id, to.session, std::move(*event), {}, time_.begin_work()};
  arrived.answer = [this, answer, path = request.path](bool delivered) {
    --counters_.on_their_way;
    ++(delivered ? counters_.delivered : counters_.refused);
    answer(delivered ? text_response("") : error_response(404, {nobody.what, path, nobody.mend}));
  };
  caf::anon_send(lanes_[lane_of(to.chain_id, lanes_.size())], std::move(arrived));
}

// -- posts out -------------------------------------------------------------------------------------------------------------

bool event_gate::may_post_to(std::string_view target) const {
  const auto where = parse_uri(target);
  return where && servers_.contains(origin_of(*where));
}

void event_gate::post(chain_post one) {
  ++counters_.posts;
  const auto where = parse_uri(one.what.target);
  const auto server = where ? servers_.find(origin_of(*where)) : servers_.end();
  auto failed = [this, lane = std::move(one.lane),
                 what = post_failed{one.list, one.chain_id, one.slot, one.generation, one.session, std::move(one.sendid), {},
                                    std::move(one.token)}](const error& why) mutable {
    ++counters_.posts_failed;
    what.why = why;
    caf::anon_send(lane, std::move(what));
  };
  if (server == servers_.end()) return failed({"treatments may not post there", one.what.target, "add it to [events] post-to"});
  const auto& client = server->second[static_cast<std::uint64_t>(one.chain_id) % server->second.size()];
  client->post(*where, {std::move(one.what.content_type), std::move(one.what.body)},
               [failed = std::move(failed)](const fetched_bytes& got) mutable {
                 if (got.outcome != fetch_outcome::ok) failed(got.problem);
               });
}

} // namespace chainring::actors
