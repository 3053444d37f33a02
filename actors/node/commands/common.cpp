// common.cpp: complaints, stores and documents for the commands.
#include "actors/node/commands/common.hpp"

#include <algorithm>
#include <filesystem>

#include "actors/fetch/charset.hpp"
#include "actors/fetch/file_source.hpp"
#include "actors/fetch/uri.hpp"
#include "actors/node/options.hpp"
#include "dialer/ocs_vocabulary.hpp"
#include "dialer/store/open.hpp"

namespace chainring::actors {

namespace fs = std::filesystem;

namespace {

result<std::string> read_utf8(const uri& where, const fs::path& root) {
  fetched_bytes read = read_confined(where, file_places{{root}});
  if (read.outcome != fetch_outcome::ok) return std::move(read.problem);
  return to_utf8(std::move(read.bytes), read.content_type, where.text);
}

} // namespace

void complain(std::ostream& err, const error& problem) { err << "chainring: " << to_line(problem) << '\n'; }

std::optional<configuration> settings_or_complain(const std::string& path, std::ostream& err, const std::string& log_level) {
  if (path.empty()) {
    configuration built_in;
    built_in.node.log_level = log_level;
    return built_in;
  }
  auto outcome = load_configuration(path);
  for (auto& warning : outcome.warnings) {
    warning.what = "warning: " + warning.what;
    complain(err, warning);
  }
  for (const auto& problem : outcome.errors) complain(err, problem);
  const auto is_default = [&](std::string_view option) {
    return std::find(outcome.defaulted.begin(), outcome.defaulted.end(), option) != outcome.defaulted.end();
  };
  if (outcome.settings && (is_default("node") || is_default("node.log-level"))) outcome.settings->node.log_level = log_level;
  return std::move(outcome.settings);
}

result<dialer::time_zones> mapped_zones(const configuration& settings) {
  auto zones = dialer::time_zones::open();
  if (!zones) return zones;
  for (const auto& [dbid, name] : settings.time_zones)
    if (auto mapped = zones->map(dbid, name); !mapped) return std::move(mapped).error();
  return zones;
}

std::string store_path(const std::string& store, const configuration& settings) {
  if (!store.empty()) return store;
  return settings.file.empty() ? store_default : settings.store.path;
}

result<std::unique_ptr<dialer::store>> open_existing_store(const std::string& path) {
  std::error_code ignored;
  if (!dialer::is_on_server(path) && !fs::exists(path, ignored)) return error{"there is no store", path, "name one with --store"};
  return dialer::open_store(path);
}

result<scxml::named_text> load_beside(const fs::path& folder, const std::string& base, std::string_view uri) {
  std::error_code ignored;
  const auto from = parse_uri(file_uri(fs::absolute(base, ignored)));
  if (!from) return from.error();
  const auto resource = resolve(*from, uri);
  if (!resource) return resource.error();
  if (!resource->is_file()) return error{"only files can be loaded here", resource->text, "copy it beside the document"};
  auto text = read_utf8(*resource, folder);
  if (!text) return std::move(text).error();
  return scxml::named_text{resource->path, *std::move(text)};
}

result<scxml::compiled> compile_file(const std::string& path, bool legacy, std::string* bytes_read) {
  std::error_code ignored;
  const fs::path file = fs::absolute(path, ignored);
  const auto where = parse_uri(file_uri(file));
  if (!where) return where.error();
  auto bytes = read_utf8(*where, file.parent_path());
  if (!bytes) return std::move(bytes).error();
  scxml::compile_options options;
  options.name = path;
  options.actions = &dialer::ocs_vocabulary();
  options.legacy = legacy;
  options.load = [&](std::string_view reference) -> std::optional<std::string> {
    auto loaded = load_beside(file.parent_path(), path, reference);
    if (!loaded) return std::nullopt;
    return std::move(loaded->text);
  };
  auto compiled = scxml::compile(*bytes, options);
  if (bytes_read) *bytes_read = *std::move(bytes);
  return compiled;
}

} // namespace chainring::actors
