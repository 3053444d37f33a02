// peer_messages.cpp: see peer_messages.hpp.
#include "actors/cluster/peer_messages.hpp"

#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>

namespace chainring::actors {

peer_envelope to_envelope(peer_batch batch) {
  std::vector<char> bytes;
  caf::binary_serializer sink{nullptr, bytes};
  static_cast<void>(sink(batch)); // into memory: it does not fail
  return {peer_protocol, std::string(bytes.begin(), bytes.end())};
}

result<peer_batch> to_batch(const peer_envelope& from) {
  if (from.protocol < peer_protocol_min || from.protocol > peer_protocol)
    return error{"a peer speaks protocol " + std::to_string(from.protocol) + ", this node " + std::to_string(peer_protocol_min) +
                   " to " + std::to_string(peer_protocol),
                 "", "upgrade one version after the other"};
  peer_batch batch;
  caf::binary_deserializer source{nullptr, from.bytes.data(), from.bytes.size()};
  if (auto failed = source(batch); failed || source.remaining() > 0)
    return error{"a peer has sent bytes that are no batch", "", "see whether it is a chainring node"};
  return batch;
}

} // namespace chainring::actors
