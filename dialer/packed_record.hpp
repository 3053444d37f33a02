// packed_record.hpp: a record in a few dozen bytes: a million waiting chains keep their records
// this way.
#pragma once

#include <string>

#include "dialer/bytes.hpp"
#include "dialer/record.hpp"

namespace chainring::dialer {

/// Appends the record: only what differs from a new record's defaults takes room.
void pack(const record& row, std::string& out);
/// The next record of the input, exactly as packed. Of bytes that pack() made only.
record unpack(byte_reader& in);

} // namespace chainring::dialer
