// wait.cpp: the only place below the actors that waits for a socket: libpq itself would wait without end.
#include "dialer/store/postgres/wait.hpp"

#include <cerrno>

#include <poll.h>

namespace chainring::dialer::postgres {

heard wait_for(int socket, bool writing, int timeout_ms) {
  pollfd asked{socket, static_cast<short>(POLLIN | (writing ? POLLOUT : 0)), 0};
  for (;;) {
    const int ready = ::poll(&asked, 1, timeout_ms);
    if (ready > 0) return heard::something; // an error too: who reads next hears of it
    if (ready == 0) return heard::nothing;
    if (errno != EINTR) return heard::failed;
  }
}

} // namespace chainring::dialer::postgres
