// peer_messages.cpp: see peer_messages.hpp.
#include "actors/cluster/peer_messages.hpp"

#include <algorithm>

#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>

namespace chainring::actors {

std::uint32_t common_protocol(const dialer::spoken_versions& one, const dialer::spoken_versions& other) {
  const auto common = std::min(one.peer_protocol, other.peer_protocol);
  return common < std::max(one.peer_protocol_least, other.peer_protocol_least) ? 0 : static_cast<std::uint32_t>(common);
}

peer_envelope to_envelope(peer_batch batch, std::uint32_t protocol) {
  std::vector<char> bytes;
  caf::binary_serializer sink{nullptr, bytes};
  static_cast<void>(sink(batch)); // into memory: it does not fail
  return {protocol, std::string(bytes.begin(), bytes.end())};
}

result<peer_batch> to_batch(const peer_envelope& from) {
  const auto self = dialer::this_version();
  if (from.protocol < self.peer_protocol_least || from.protocol > self.peer_protocol)
    return error{"a peer speaks protocol " + std::to_string(from.protocol) + ", this node " +
                   std::to_string(self.peer_protocol_least) + " to " + std::to_string(self.peer_protocol),
                 "", "upgrade one version after the other"};
  peer_batch batch;
  caf::binary_deserializer source{nullptr, from.bytes.data(), from.bytes.size()};
  if (auto failed = source(batch); failed || source.remaining() > 0)
    return error{"a peer has sent bytes that are no batch", "", "see whether it is a chainring node"};
  return batch;
}

} // namespace chainring::actors
