// dialing_mode.hpp: OCS's dialing modes of a campaign, as far as the guide needs them.
#pragma once

#include <cstdint>
#include <string_view>

namespace chainring::dialer {

enum class dialing_mode : std::uint8_t {
  power,       // calls are made as fast as channels and calls per second allow
  progressive, // against a number of agents
  preview,     // released one by one
};

constexpr std::string_view name_of(dialing_mode mode) {
  return mode == dialing_mode::power ? "Power" : mode == dialing_mode::progressive ? "Progressive" : "Preview";
}

} // namespace chainring::dialer
