// sms_gateway.hpp: SMS by an HTTP gateway: one POST for each message, over a connection of its own, because a server that closes a
// kept one may have taken what it did not answer.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/media/courier.hpp"
#include "actors/media/server_terms.hpp"
#include "dialer/trunks/message_trunk.hpp"

namespace chainring::actors {

struct gateway_terms {
  server_terms server; // http: or https:
  std::string content_type;
  std::vector<std::string> headers; // "Name: value": credentials
  std::pair<std::int32_t, std::int32_t> accepted{200, 299}; // statuses
};

/// The courier outlives it.
std::shared_ptr<dialer::message_carrier> make_sms_gateway(courier& by, gateway_terms terms);

} // namespace chainring::actors
