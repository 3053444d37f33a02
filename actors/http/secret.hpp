// secret.hpp: what clients have to show.
#pragma once

#include <string>
#include <string_view>

namespace chainring::actors {

/// Takes as long wherever the two differ.
bool same_secret(std::string_view a, std::string_view b);

/// 32 hexadecimal digits that only who knows the secret can tell for this text: two nested SHA-256 digests.
std::string proof_of(std::string_view secret, std::string_view text);

} // namespace chainring::actors
