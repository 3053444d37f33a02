// wait.hpp: waiting for a server's socket, with an end to it.
#pragma once

namespace chainring::dialer::postgres {

enum class heard : unsigned char { something, nothing, failed };

/// Until the socket can be read, or written if `writing`; `nothing` after timeout_ms.
heard wait_for(int socket, bool writing, int timeout_ms);

} // namespace chainring::dialer::postgres
