// peer_messages.hpp: all that nodes say to each other. On the wire there is one type for ever, an envelope with a protocol number
// and bytes; what the bytes are is that protocol's. No floating point: CAF 0.17 breaks what is not finite, and texts do as well.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <caf/meta/type_name.hpp>

#include "dialer/versions.hpp"
#include "scxml/result.hpp"

namespace chainring::actors {

struct peer_envelope {
  std::uint32_t protocol = 0;
  std::string bytes;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, peer_envelope& x) {
  return f(caf::meta::type_name("chainring_envelope"), x.protocol, x.bytes);
}

/// A request as to the node's own HTTP routes. Whoever gets it answers with the same id, or not at all.
struct peer_question {
  std::uint64_t id = 0;
  std::string method, target, content_type, body; // target: path and query
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, peer_question& x) {
  return f(caf::meta::type_name("question"), x.id, x.method, x.target, x.content_type, x.body);
}

struct peer_answer {
  std::uint64_t id = 0;
  std::uint32_t status = 0; // of HTTP
  std::string content_type, body;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, peer_answer& x) {
  return f(caf::meta::type_name("answer"), x.id, x.status, x.content_type, x.body);
}

/// Protocol 1, the first. Without questions and answers: a greeting (number and taken are 0), or thanks alone.
struct peer_batch {
  std::int64_t epoch = 0;       // of the member that sends it
  std::int64_t to = 0;          // of the member it is for
  std::uint64_t connection = 0; // counted by the side that connects: what is left of an earlier one is passed over
  std::uint64_t number = 0;     // of its batches on this connection, from 1; 0: it needs no credit
  std::uint64_t taken = 0;      // the last batch of the other side that has been taken
  std::vector<peer_question> questions;
  std::vector<peer_answer> answers;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, peer_batch& x) {
  return f(caf::meta::type_name("batch"), x.epoch, x.to, x.connection, x.number, x.taken, x.questions, x.answers);
}

/// What has become of a question to a peer.
struct peer_said {
  enum class outcome : std::uint8_t {
    answered, // it is done, or refused by the peer: see the answer
    refused,  // it has not left this node
    unknown,  // it may have been carried out: no answer has come
  };
  outcome what = outcome::refused;
  peer_answer answer;
  std::string why; // not answered
};

/// The newest protocol that both sides understand; 0: there is none.
std::uint32_t common_protocol(const dialer::spoken_versions& one, const dialer::spoken_versions& other);

/// In a protocol that this version knows.
peer_envelope to_envelope(peer_batch batch, std::uint32_t protocol);
/// Errors: another protocol, bytes that are no batch.
result<peer_batch> to_batch(const peer_envelope& from);

} // namespace chainring::actors
