// server_terms.hpp: how a server that takes messages is reached.
#pragma once

#include <chrono>
#include <string>

namespace chainring::actors {

struct server_terms {
  std::string uri;
  std::string ca_file; // PEM: authorities besides those of the system; empty: none
  std::chrono::milliseconds response_timeout{60'000}; // of all; the answer to a whole mail may take as long again
};

} // namespace chainring::actors
