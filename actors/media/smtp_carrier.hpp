// smtp_carrier.hpp: mail over SMTP: STARTTLS or TLS from the start, login, one message to one recipient at a time on each of a few
// connections, which are kept for the next ones.
#pragma once

#include <memory>
#include <string>

#include "actors/media/courier.hpp"
#include "actors/media/server_terms.hpp"
#include "dialer/trunks/contact_address.hpp"
#include "dialer/trunks/message_trunk.hpp"

namespace chainring::actors {

struct smtp_terms {
  server_terms server; // smtp://host:port, or smtps://host:port
  enum class tls : std::uint8_t { required, if_offered, none } starttls = tls::required; // of smtp:
  std::string user, password; // empty: no login
  dialer::mailbox from;
  std::string reply_to; // an address; empty: none
};

/// The courier outlives it.
std::shared_ptr<dialer::message_carrier> make_smtp_carrier(courier& by, smtp_terms terms);

} // namespace chainring::actors
