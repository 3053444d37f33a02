// open.hpp: a store by where it is: the URI of a server, or the path of a file.
#pragma once

#include <memory>
#include <string>

#include "dialer/store/store.hpp"

namespace chainring::dialer {

/// postgresql:// or postgres://: a server has it; else it is a file.
bool is_on_server(const std::string& where);
/// For people to read: without a password.
std::string shown_store(const std::string& where);
result<std::unique_ptr<store>> open_store(const std::string& where, durability promised = durability::every_commit);

} // namespace chainring::dialer
