// export.cpp: rows as the store gives them, one CSV line each.
#include "actors/node/commands/export.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "actors/node/commands/common.hpp"
#include "actors/node/settings_reader.hpp"
#include "dialer/csv.hpp"
#include "dialer/import.hpp"
#include "dialer/store/open.hpp"

namespace chainring::actors {

namespace {

result<void> export_list(dialer::store& store, const std::string& name, std::ostream& out) {
  const auto lists = store.lists();
  if (!lists) return lists.error();
  std::vector<std::string> names;
  for (const auto& [id, form] : *lists) {
    if (form.name == name) {
      const auto csv = dialer::csv_export::open(form);
      if (!csv) return csv.error();
      out << csv->header();
      return store.export_records(id, [&](const dialer::record& row) { return bool(out << csv->row(row)); });
    }
    names.push_back(form.name);
  }
  return error{"there is no list \"" + name + '"', "the store", suggestion(name, names)};
}

result<void> export_attempts(dialer::store& store, std::ostream& out) {
  out << dialer::to_csv({"list", "record_id", "chain_id", "chain_n", "attempt", "contact_info", "started_ms",
                         "ended_ms", "trunk", "result"});
  return store.export_attempts([&](const dialer::attempt& a, std::string_view list) {
    const auto text = [](auto number) { return std::to_string(number); };
    std::optional<std::string> result;
    if (a.result) result = std::string{dialer::name_of(*a.result)};
    out << dialer::to_csv({std::string{list}, text(a.record_id), text(a.chain_id), text(a.chain_n), text(a.n),
                           a.contact_info, text(a.started_ms), text(a.ended_ms), a.trunk, result});
    return bool(out);
  });
}

result<void> export_to(const export_command& options, const configuration& settings, std::ostream& out,
                       const std::string& name) {
  auto store = open_existing_store(store_path(options.store, settings));
  if (!store) return std::move(store).error();
  auto done = options.attempts ? export_attempts(**store, out) : export_list(**store, options.list, out);
  if (done && !out.flush()) return error{"not everything could be written", name, "make space or name another file"};
  return done;
}

/// A file appears when it is whole; what is no file (a pipe, a device) is written to as it is.
result<void> export_to_file(const export_command& options, const configuration& settings) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  const auto store = store_path(options.store, settings);
  if (!dialer::is_on_server(store) && fs::equivalent(options.output, store, ignored))
    return error{"the output is the store itself", options.output, "name another file"};
  const bool in_place = fs::exists(options.output, ignored) && !fs::is_regular_file(options.output, ignored);
  const std::string written = in_place ? options.output : options.output + ".new";
  std::ofstream file(written, std::ios::binary);
  if (!file) return error{"the file cannot be written", written, "name a file in a folder that you may write to"};
  auto done = export_to(options, settings, file, written);
  file.close();
  if (done && (!file || (!in_place && std::rename(written.c_str(), options.output.c_str()) != 0)))
    done = error{"the file cannot be written", options.output, "make space or name another file"};
  if (!done && !in_place) std::remove(written.c_str());
  return done;
}

} // namespace

int run_export(const export_command& options, std::ostream& out, std::ostream& err) {
  const auto settings = settings_or_complain(options.config, err);
  if (!settings) return exit_failed;
  const auto done = options.output.empty() ? export_to(options, *settings, out, "standard output")
                                           : export_to_file(options, *settings);
  if (done) return exit_done;
  complain(err, done.error());
  return exit_failed;
}

} // namespace chainring::actors
