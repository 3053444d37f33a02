// peers.hpp: this node's line to the other members of its cluster. Who they are comes from the store; of two nodes the one that has
// joined later connects. Nothing that must be right depends on it: what is said here makes the cluster quick and seen as one, and
// each question has one of three ends: answered, not sent, or unknown.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <caf/io/middleman_actor.hpp>

#include "actors/back_off.hpp"
#include "actors/cluster/peer_channel.hpp"
#include "actors/cluster/peer_pins.hpp"
#include "actors/control_actor.hpp"
#include "actors/http/router.hpp"
#include "actors/protocols.hpp"
#include "actors/stats/counters.hpp"

namespace chainring::actors {

class peer_arrivals;

/// What a peer asks of this node. Outlives the actor; what answers may come later and has to go before.
class peer_service {
 public:
  using answering = std::function<void(const http_request&, responder)>;
  void set(answering by);
  /// None of its calls runs any more.
  void clear() { set({}); }
  void ask(const http_request& what, const responder& answer);

 private:
  std::mutex mutex_;
  answering by_;
};

/// What other threads may see. What is counted here is counted by the actor alone.
class peers_view {
 public:
  mailbox_count mailbox;
  lane_counter answered, refused, unknown;                         // questions of this node that have ended, by how
  lane_counter served;                                             // questions of others
  lane_counter batches_sent, batches_heard, bytes_sent, bytes_heard; // greetings and thanks are batches too
  lane_counter not_understood;                                     // envelopes
  lane_counter connections_lost, connects_failed;
  std::atomic<std::uint64_t> connections{0};
  std::atomic<std::uint64_t> items_waiting{0}, bytes_waiting{0};   // for the peer for which the most waits
  peer_strangers strangers;                                        // counted where connections come in

  void show(std::vector<std::int64_t> connected);
  /// Epochs.
  std::vector<std::int64_t> connected() const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::int64_t> connected_;
};

struct peers_terms {
  std::int64_t epoch = 0; // of this member
  caf::io::middleman_actor middleman;
  peer_pins* pins = nullptr;
  peer_arrivals* arrivals = nullptr; // null: without TLS
  peer_service* service = nullptr;
  peers_view* view = nullptr;
};

/// Published at the node's address: whoever connects to it talks to this actor, and monitors it. It waits for nobody.
class peers final : public control_actor {
 public:
  peers(caf::actor_config& cfg, peers_terms terms);
  const char* name() const override { return "peers"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

 private:
  using clock = std::chrono::steady_clock;

  struct open_question {
    clock::time_point deadline;
    std::function<void(peer_said)> heard;
  };
  struct peer {
    dialer::cluster_member seen;
    std::uint32_t protocol = 0; // common; 0: they cannot talk to each other
    caf::actor line; // null: not connected
    std::uint64_t connection = 0;
    bool connecting = false;
    bool has_answered = false;      // the greeting, on this connection
    clock::time_point connected_at;
    peer_channel channel;
    std::map<std::uint64_t, open_question> open; // by id, which is by deadline too
    std::size_t at_work = 0;                     // its questions that this node has not answered
    back_off waits;
    clock::time_point next_try;
    bool complained = false; // of this outage
  };

  // -- members and connections ------------
  void see(const std::vector<dialer::cluster_member>& members);
  void look();
  void connect(peer& to);
  void connected(std::int64_t epoch, const caf::strong_actor_ptr& line);
  void not_connected(std::int64_t epoch, const std::string& why);
  void open_line(peer& to, caf::actor line, std::uint64_t connection);
  void lose(peer& one, const std::string& why);
  void show_connected() const;
  bool connects_to(const peer& one) const { return one.seen.epoch < terms_.epoch; }

  // -- questions and answers ------------
  void ask(ask_peer& what);
  void expire(peer& of, clock::time_point now);
  void hear(const peer_envelope& what);
  peer* sender_of(const peer_batch& batch);
  void serve(peer& asks, peer_question& what);
  void reply(peer_replied& what);
  void finish(open_question& one, peer_said said);
  void send_batch(peer& to, peer_batch batch);
  void flush();
  void flush_soon();
  void show_waiting() const;

  peers_terms terms_;
  std::map<std::int64_t, peer> all_; // by epoch
  caf::actor looks_; // hears of members that are not known yet
  std::uint64_t questions_ = 0, connections_ = 0;
  bool flush_is_due_ = false;
};

} // namespace chainring::actors
