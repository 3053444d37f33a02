// gzip.hpp: what servers compress, as it was, and never more than is allowed.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "scxml/result.hpp"

namespace chainring::actors {

enum class gzip_end : std::uint8_t { done, damaged, too_long };

/// The bytes of a gzip stream (RFC 1952), at most `bytes_max` of them: inflating ends there, whatever is to come.
gzip_end gunzip(std::string_view compressed, std::size_t bytes_max, std::string& out);

} // namespace chainring::actors
