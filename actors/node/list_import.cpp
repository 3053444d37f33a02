// list_import.cpp: see list_import.hpp.
#include "actors/node/list_import.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "dialer/import.hpp"
#include "scxml/digest.hpp"

namespace chainring::actors {

result<std::ifstream> open_list(const std::string& csv_path) {
  errno = 0;
  std::ifstream in(csv_path, std::ios::binary);
  if (in) in.peek(); // a folder can be opened, but not read
  if (!in.is_open() || in.bad())
    return error{std::string("the calling list cannot be read: ") + std::strerror(errno), csv_path,
                 "name a CSV file that exists and that you may read"};
  in.clear();
  return in;
}

namespace {

/// Key in the store: of which file the list's rows are, byte for byte.
std::string file_key(const std::string& list_name) { return "file of list " + list_name; }

std::string digest_of(std::ifstream& in) {
  scxml::sha256 digest;
  std::array<char, 65'536> bytes;
  while (in.read(bytes.data(), bytes.size()) || in.gcount() > 0)
    digest.add({bytes.data(), static_cast<std::size_t>(in.gcount())});
  in.clear();
  in.seekg(0);
  return digest.finish();
}

} // namespace

result<list_import> import_list(dialer::store& into, const dialer::time_zones& zones, const std::string& list_name,
                                const std::string& csv_path, dialer::store::on_existing policy,
                                const std::function<void(const error&)>& complain) {
  auto opened = open_list(csv_path);
  if (!opened) return std::move(opened).error();
  std::ifstream in = std::move(*opened);
  const auto digest = digest_of(in);
  dialer::import_options options;
  options.file = csv_path;
  options.list = list_name;
  auto reading = dialer::csv_import::open(in, zones, options);
  if (!reading) return std::move(reading).error();
  auto list = into.open_list((*reading)->form());
  if (!list) return std::move(list).error();

  list_import done;
  done.list = *list;
  auto store_batch = [&](std::vector<dialer::record>& batch) -> result<void> {
    auto counts = into.import_records(*list, batch, (*reading)->given(), policy);
    if (!counts) return std::move(counts).error();
    done.rows.inserted += counts->inserted;
    done.rows.same += counts->same;
    done.rows.updated += counts->updated;
    if (done.rows.differing == 0) done.rows.first_difference = counts->first_difference;
    done.rows.differing += counts->differing;
    return {};
  };
  auto read = (*reading)->run(store_batch, complain);
  if (!read) return std::move(read).error();
  done.good = read->good;
  done.bad = read->bad;
  const auto before = into.get(file_key(list_name));
  if (!before) return before.error();
  if (*before == digest && policy == dialer::store::on_existing::keep)
    done.rows.same += std::exchange(done.rows.differing, 0); // scripts have changed them since
  if (*before != digest && done.rows.differing == 0)
    if (auto kept = into.set(file_key(list_name), digest); !kept) return kept.error();
  return done;
}

error differing_rows(const list_import& done, const std::string& list_name, const std::string& csv_path) {
  return {std::to_string(done.rows.differing) + " rows differ from those of list " + list_name + " in the store, the first: " +
              done.rows.first_difference,
          csv_path, "--update writes the file's values over the store's; or use another --store"};
}

} // namespace chainring::actors
