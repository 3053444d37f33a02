// peers.cpp: see peers.hpp.
#include "actors/cluster/peers.hpp"

#include <algorithm>
#include <utility>

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/cluster/tls_middleman.hpp"
#include "actors/limits.hpp"

namespace chainring::actors {

namespace {

std::string no_common_protocol(const dialer::cluster_member& m) {
  const auto range = [](const dialer::spoken_versions& v) {
    return std::to_string(v.peer_protocol_least) + " to " + std::to_string(v.peer_protocol);
  };
  return "node " + m.node + " speaks protocols " + range(m.speaks) + ", this one " + range(dialer::this_version()) +
         ": they say nothing to each other; upgrade one version after the other";
}

} // namespace

// -- what other threads may do -----------------------------------------------------------------------------------------------

void peer_service::set(answering by) {
  std::lock_guard guard{mutex_};
  by_ = std::move(by);
}

void peer_service::ask(const http_request& what, const responder& answer) {
  std::lock_guard guard{mutex_};
  if (by_) return by_(what, answer);
  answer(error_response(503, {"the node is about to start or to stop", what.path, "ask again later"}));
}

void peers_view::show(std::vector<std::int64_t> connected) {
  std::lock_guard guard{mutex_};
  connected_ = std::move(connected);
}

std::vector<std::int64_t> peers_view::connected() const {
  std::lock_guard guard{mutex_};
  return connected_;
}

// -- the actor -----------------------------------------------------------------------------------------------------------------

peers::peers(caf::actor_config& cfg, peers_terms terms) : control_actor(cfg, terms.view->mailbox), terms_(std::move(terms)) {
  set_down_handler([this](caf::down_msg& down) {
    count_taken();
    for (auto& [epoch, one] : all_)
      if (one.line && one.line.address() == down.source) lose(one, "it is gone, or silent");
  });
  set_exit_handler([this](caf::exit_msg& wish) { // of this node alone: a peer ends nobody here
    if (wish.source == nullptr || wish.source.node() == system().node()) quit(wish.reason);
  });
}

caf::behavior peers::make_behavior() {
  send(this, look_after_peers{});
  return counted([this](const peer_envelope& what) { hear(what); }, //
                 [this](ask_peer& what) { ask(what); },             //
                 [this](peer_replied& what) { reply(what); },       //
                 [this](flush_peers) { flush(); },                  //
                 [this](const members_seen& seen) {
                   looks_ = seen.looks;
                   see(seen.members);
                 },
                 [this](look_after_peers) { look(); });
}

void peers::on_exit() {
  for (auto& [epoch, one] : all_) lose(one, "this node stops");
  all_.clear();
  looks_ = nullptr;
  terms_.middleman = nullptr;
}

// -- members and connections -----------------------------------------------------------------------------------------------------

void peers::see(const std::vector<dialer::cluster_member>& members) {
  std::vector<peer_pin> pins;
  for (auto at = all_.begin(); at != all_.end();) {
    const auto still = std::any_of(members.begin(), members.end(), [&](const auto& m) { return m.epoch == at->first; });
    if (!still) lose(at->second, "it is no member any more");
    at = still ? std::next(at) : all_.erase(at);
  }
  for (const auto& m : members) {
    if (m.epoch == terms_.epoch || m.address.empty()) continue;
    pins.push_back({read_peer_address(m.address), m.fingerprint});
    const auto known = all_.find(m.epoch);
    if (known == all_.end() && all_.size() >= limits::peers_max) continue;
    auto& one = (known == all_.end() ? all_.try_emplace(m.epoch).first : known)->second;
    one.seen = m;
    one.protocol = common_protocol(dialer::this_version(), m.speaks);
    if (one.protocol == 0 && !std::exchange(one.complained, true)) spdlog::error("{}", no_common_protocol(m));
  }
  terms_.pins->set(std::move(pins));
}

void peers::look() {
  const auto now = clock::now();
  if (terms_.arrivals) terms_.arrivals->cut(now - limits::peer_handshake_timeout);
  for (auto& [epoch, one] : all_) {
    expire(one, now);
    if (one.line && !one.has_answered) {
      if (now - one.connected_at > limits::peer_introduction_timeout) lose(one, "it does not answer a greeting");
      else if (connects_to(one)) send_batch(one, {}); // the first may have come before it knew of this member
    }
    if (!one.line && !one.connecting && connects_to(one) && one.protocol != 0 && now >= one.next_try) connect(one);
  }
  delayed_send(this, limits::peer_tick, look_after_peers{});
}

/// The answer comes to this actor: nothing here waits. The middleman connects to one after the other.
void peers::connect(peer& to) {
  const auto at = read_peer_address(to.seen.address);
  to.connecting = true;
  request(terms_.middleman, limits::peer_introduction_timeout, caf::connect_atom::value, at.host, at.port)
      .then([this, epoch = to.seen.epoch](const caf::node_id&, const caf::strong_actor_ptr& line,
                                          const std::set<std::string>&) { connected(epoch, line); },
            [this, epoch = to.seen.epoch](const caf::error& why) { not_connected(epoch, system().render(why)); });
}

void peers::connected(std::int64_t epoch, const caf::strong_actor_ptr& line) {
  const auto found = all_.find(epoch);
  if (found == all_.end()) return;
  found->second.connecting = false;
  if (!line || line->node() == system().node()) return not_connected(epoch, "nobody answers for a node there");
  open_line(found->second, caf::actor_cast<caf::actor>(line), ++connections_);
  send_batch(found->second, {}); // a greeting
}

void peers::not_connected(std::int64_t epoch, const std::string& why) {
  const auto found = all_.find(epoch);
  if (found == all_.end()) return;
  auto& one = found->second;
  one.connecting = false;
  terms_.view->connects_failed.add();
  one.next_try = clock::now() + std::min(std::chrono::milliseconds(one.waits.next_ms()), limits::peer_back_off_max);
  if (!std::exchange(one.complained, true))
    spdlog::warn("node {} cannot be reached at {} ({}): it is tried again; nothing but the common view waits for it", one.seen.node,
                 one.seen.address, why);
}

void peers::open_line(peer& to, caf::actor line, std::uint64_t connection) {
  to.line = std::move(line);
  to.connection = connection;
  to.connected_at = clock::now();
  to.has_answered = false;
  to.channel = {};
  to.at_work = 0;
  monitor(to.line);
}

/// What has left is unknown, what waits has not been sent.
void peers::lose(peer& one, const std::string& why) {
  if (one.line) {
    demonitor(one.line);
    if (one.has_answered) {
      terms_.view->connections_lost.add();
      spdlog::warn("no connection to node {} any more: {}", one.seen.node, why);
    }
  }
  one.line = nullptr;
  one.has_answered = false;
  one.next_try = clock::now() + std::min(std::chrono::milliseconds(one.waits.next_ms()), limits::peer_back_off_max);
  for (auto& [id, question] : std::exchange(one.open, {})) {
    const bool has_left = !one.channel.take_back(id);
    finish(question, {has_left ? peer_said::outcome::unknown : peer_said::outcome::refused, {}, why});
  }
  one.channel = {};
  show_connected();
  show_waiting();
}

void peers::show_connected() const {
  std::vector<std::int64_t> connected;
  for (const auto& [epoch, one] : all_)
    if (one.has_answered) connected.push_back(epoch);
  terms_.view->connections = connected.size();
  terms_.view->show(std::move(connected));
}

void peers::show_waiting() const {
  std::uint64_t items = 0, bytes = 0;
  for (const auto& [epoch, one] : all_) {
    items = std::max<std::uint64_t>(items, one.channel.items_waiting());
    bytes = std::max<std::uint64_t>(bytes, one.channel.bytes_waiting());
  }
  terms_.view->items_waiting = items;
  terms_.view->bytes_waiting = bytes;
}

// -- questions and answers -------------------------------------------------------------------------------------------------------

void peers::ask(ask_peer& what) {
  open_question open{clock::now() + limits::peer_answer_timeout, std::move(what.heard)};
  const auto refuse = [&](const std::string& why) { finish(open, {peer_said::outcome::refused, {}, why}); };
  const auto found = all_.find(what.epoch);
  if (found == all_.end()) return refuse("it is no member that can be reached");
  if (found->second.protocol == 0) return refuse(no_common_protocol(found->second.seen));
  if (!found->second.has_answered) return refuse("it cannot be reached");
  const auto id = what.what.id = ++questions_;
  if (!found->second.channel.put(std::move(what.what))) return refuse("too much waits for it already");
  found->second.open.emplace(id, std::move(open));
  flush_soon();
}

void peers::finish(open_question& one, peer_said said) {
  auto& view = *terms_.view;
  switch (said.what) {
  case peer_said::outcome::answered: view.answered.add(); break;
  case peer_said::outcome::refused: view.refused.add(); break;
  case peer_said::outcome::unknown: view.unknown.add(); break;
  }
  one.heard(std::move(said));
}

void peers::expire(peer& of, clock::time_point now) {
  while (!of.open.empty() && of.open.begin()->second.deadline <= now) {
    auto question = of.open.extract(of.open.begin());
    const bool has_left = !of.channel.take_back(question.key());
    finish(question.mapped(),
           {has_left ? peer_said::outcome::unknown : peer_said::outcome::refused, {}, "it has not answered in time"});
  }
}

/// Null: nobody whom this node knows as a member with this connection.
peers::peer* peers::sender_of(const peer_batch& batch) {
  const auto found = all_.find(batch.epoch);
  if (batch.to != terms_.epoch) return nullptr;
  if (found == all_.end()) {
    if (looks_) send(looks_, look_now{}); // it greets again
    return nullptr;
  }
  auto& one = found->second;
  const auto line = caf::actor_cast<caf::actor>(current_sender());
  if (!line || one.protocol == 0) return nullptr;
  const bool greets = batch.number == 0 && batch.taken == 0;
  if (!connects_to(one) && greets && (!one.line || one.line != line || one.connection != batch.connection)) {
    if (one.line) lose(one, "it has connected again");
    open_line(one, line, batch.connection);
  }
  return one.line == line && one.connection == batch.connection ? &one : nullptr;
}

void peers::hear(const peer_envelope& what) {
  terms_.view->batches_heard.add();
  terms_.view->bytes_heard.add(what.bytes.size());
  auto batch = to_batch(what);
  if (!batch) {
    terms_.view->not_understood.add();
    if (terms_.view->not_understood.value() == 1) spdlog::error("{}; its messages are passed over", to_line(batch.error()));
    return;
  }
  auto* from = sender_of(*batch);
  if (!from) return;
  if (!from->channel.take(*batch)) return lose(*from, "it sends more than it may");
  if (!std::exchange(from->has_answered, true)) {
    from->waits.reset();
    from->complained = false;
    spdlog::info("connected to node {} (epoch {}), protocol {}", from->seen.node, from->seen.epoch, from->protocol);
    if (!connects_to(*from)) send_batch(*from, {});
    show_connected();
  } else if (batch->number == 0 && batch->taken == 0 && !connects_to(*from)) {
    send_batch(*from, {}); // the answer to its greeting is on its way, or lost
  }
  for (auto& answer : batch->answers) {
    auto question = from->open.extract(answer.id);
    if (question) finish(question.mapped(), {peer_said::outcome::answered, std::move(answer), {}}); // else too late
  }
  for (auto& question : batch->questions) serve(*from, question);
  flush_soon();
}

void peers::serve(peer& asks, peer_question& what) {
  peer_replied out{asks.seen.epoch, asks.connection, {.id = what.id}};
  ++asks.at_work;
  terms_.view->served.add();
  const responder answer = [self = caf::actor{this}, out = std::move(out)](http_response said) mutable {
    out.what.status = said.status;
    out.what.content_type = std::move(said.content_type);
    out.what.body = std::move(said.body);
    caf::anon_send(self, std::move(out));
  };
  if (asks.at_work > limits::peer_questions_at_work_max)
    return answer(error_response(503, {"too many questions are being answered", what.target, "ask again later"}));
  const auto query = std::min(what.target.find('?'), what.target.size());
  http_request request{.method = std::move(what.method), .path = what.target.substr(0, query)};
  if (query < what.target.size()) request.query = what.target.substr(query + 1);
  request.content_type = std::move(what.content_type);
  request.body = std::move(what.body);
  terms_.service->ask(request, answer);
}

/// That for which there is no room is dropped: to the peer it is unknown.
void peers::reply(peer_replied& what) {
  const auto found = all_.find(what.epoch);
  if (found == all_.end() || !found->second.line || found->second.connection != what.connection) return;
  if (found->second.at_work > 0) --found->second.at_work;
  if (found->second.channel.put(std::move(what.what))) flush_soon();
}

void peers::send_batch(peer& to, peer_batch batch) {
  batch.epoch = terms_.epoch;
  batch.to = to.seen.epoch;
  batch.connection = to.connection;
  auto envelope = to_envelope(std::move(batch), to.protocol);
  terms_.view->batches_sent.add();
  terms_.view->bytes_sent.add(envelope.bytes.size());
  send(to.line, std::move(envelope));
}

/// Behind all that is in the mailbox now, so that it leaves together.
void peers::flush_soon() {
  if (!std::exchange(flush_is_due_, true)) send(this, flush_peers{});
}

void peers::flush() {
  flush_is_due_ = false;
  for (auto& [epoch, one] : all_)
    while (one.line) {
      auto batch = one.channel.next();
      if (!batch) break;
      send_batch(one, std::move(*batch));
    }
  show_waiting();
}

} // namespace chainring::actors
