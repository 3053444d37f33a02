// message_trunk.hpp: a trunk whose calls are messages, handed to a carrier that brings them to a server. delivery.hpp has the
// call results that a server's answers are.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dialer/trunks/delivery.hpp"
#include "dialer/trunks/message_composer.hpp"
#include "dialer/trunks/trunk.hpp"

namespace chainring::dialer {

class message_carrier {
 public:
  virtual ~message_carrier() = default;
  /// Takes it on its way and returns at once. It is sent once, whatever happens.
  virtual void deliver(message m) = 0;
  /// Appends the ends of deliveries since the last call, by message::id. Who looks when is the host's affair.
  virtual void collect(std::vector<std::pair<std::uint64_t, delivery>>& out) = 0;
};

struct message_trunk_options {
  std::string name;
  medium carries = medium::e_mail;
  std::int32_t capacity = 20; // messages on their way at once; start() refuses more
  /// After it an end that the carrier has not told is unknown.
  std::int64_t deadline_ms = 70'000;
  /// In virtual time: what each message takes, however long it takes. The host holds the clock while one is on its way, so that
  /// all ends of an instant are there when they are collected, in whatever order they came. 0: real time.
  std::int64_t virtual_ms = 0;
  std::string log_path; // as of simulated_options
};

/// A message that cannot be composed ends at once, without having left. The line of the log is written before it leaves.
/// Refuses: no name, a capacity past limits::messages_at_once_max, a log file that cannot be opened.
result<std::unique_ptr<trunk>> make_message_trunk(message_trunk_options options, std::shared_ptr<const message_composer> composer,
                                                  std::shared_ptr<message_carrier> carrier);

} // namespace chainring::dialer
