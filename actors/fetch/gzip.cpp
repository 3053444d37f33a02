// gzip.cpp: zlib, a piece at a time.
#include "actors/fetch/gzip.hpp"

#include <algorithm>
#include <memory>

#include <zlib.h>

namespace chainring::actors {

gzip_end gunzip(std::string_view compressed, std::size_t bytes_max, std::string& out) {
  constexpr int gzip_alone = 16; // added to the window: neither zlib's own form nor bare deflate
  out.clear();
  z_stream stream{};
  if (inflateInit2(&stream, MAX_WBITS + gzip_alone) != Z_OK) return gzip_end::damaged;
  const std::unique_ptr<z_stream, int (*)(z_stream*)> ending{&stream, inflateEnd};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data())); // which zlib does not write to
  stream.avail_in = static_cast<uInt>(compressed.size());
  for (;;) {
    const auto size = out.size();
    // One byte more than is allowed shows that there are more.
    const auto room = std::min(bytes_max + 1 - size, std::max<std::size_t>(compressed.size() * 4, 4'096));
    out.resize(size + room);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + size);
    stream.avail_out = static_cast<uInt>(room);
    const int state = inflate(&stream, Z_NO_FLUSH);
    out.resize(size + room - stream.avail_out);
    if (out.size() > bytes_max) return gzip_end::too_long;
    if (state == Z_STREAM_END && stream.avail_in == 0) return gzip_end::done;
    if (state == Z_STREAM_END && inflateReset(&stream) == Z_OK) continue; // a file of several streams
    if (state != Z_OK || (stream.avail_in == 0 && stream.avail_out != 0)) return gzip_end::damaged;
  }
}

} // namespace chainring::actors
