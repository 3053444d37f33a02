// snapshots.cpp: knows as much of scxml/snapshot.cpp's format as a forger must.
#include "tests/fuzz/snapshots.hpp"

#include "scxml/datamodel.hpp"
#include "scxml/limits.hpp"
#include "scxml/snapshot.hpp"
#include "tests/fuzz/judge.hpp"

namespace chainring::fuzz {

namespace {

std::string little_endian(std::uint64_t n, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(n >> (8 * i));
  return out;
}

std::uint64_t checksum(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

constexpr std::string_view magics[] = {{"SCXS\x01", 5}, {"SCXT\x01", 5}}; // inner ones first
constexpr std::size_t magic_size = 5, length_size = 4, checksum_size = 8;

void seal(std::string& bytes, std::size_t begin, std::size_t size) {
  if (size < checksum_size) return;
  const std::size_t end = begin + size - checksum_size;
  bytes.replace(end, checksum_size,
                little_endian(checksum(std::string_view(bytes).substr(begin, end - begin)), checksum_size));
}

} // namespace

void reseal(std::string& bytes) {
  for (const auto magic : magics)
    for (std::size_t at = bytes.find(magic); at != std::string::npos; at = bytes.find(magic, at + 1)) {
      if (at < length_size) continue;
      std::size_t size = 0;
      for (std::size_t i = length_size; i-- > 0;)
        size = size << 8 | static_cast<unsigned char>(bytes[at - length_size + i]);
      if (size <= bytes.size() - at) seal(bytes, at, size);
    }
  seal(bytes, 0, bytes.size());
}

std::optional<snapshot_parts> parts_of(scxml::session& s) {
  const auto bytes = scxml::save(s);
  scxml::surroundings around{s};
  around.cpu_us_left = scxml::limits::macrostep_cpu_us_max;
  const auto data = s.model->save(around);
  if (!bytes || !data) return std::nullopt; // either may run out of time
  const std::size_t head = magic_size + length_size + s.document->hash.size();
  const std::size_t tail = length_size + data->size() + checksum_size;
  require(bytes->size() >= head + tail, "the format of snapshots has changed");
  snapshot_parts parts{bytes->substr(0, head), bytes->substr(head, bytes->size() - head - tail), *data};
  require(put_together(parts) == *bytes, "the format of snapshots has changed");
  return parts;
}

std::string put_together(const snapshot_parts& parts) {
  std::string all = parts.head + parts.session + little_endian(parts.data.size(), length_size) + parts.data;
  return all + little_endian(checksum(all), checksum_size);
}

} // namespace chainring::fuzz
