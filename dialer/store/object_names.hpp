// object_names.hpp: what tables and indexes a store is made of, by name.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace chainring::dialer {

/// Those that migrations (dialer/store/schema) make.
std::vector<std::string> objects_made_by(std::span<const std::string_view> migrations);

} // namespace chainring::dialer
