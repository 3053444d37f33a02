// configuration.cpp: the sections of the configuration file, one function each.
#include "actors/node/configuration.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <limits>
#include <map>
#include <set>

#include "actors/fetch/file_source.hpp"
#include "actors/fetch/uri.hpp"
#include "actors/limits.hpp"
#include "actors/node/configuration_parts.hpp"
#include "actors/node/limits.hpp"
#include "actors/node/settings_reader.hpp"
#include "actors/node/toml_tree.hpp"
#include "dialer/store/open.hpp"

namespace chainring::actors {

namespace {

/// The file: URI of a path that may carry start parameters: "retry.scxml?attempts=3".
std::string uri_beside(const std::string& file, const std::string& written) {
  const std::size_t query = std::min(written.find('?'), written.size());
  return file_uri(beside(file, written.substr(0, query))) + written.substr(query);
}

std::vector<error> in_file_order(std::vector<settings_report::complaint> complaints) {
  std::stable_sort(complaints.begin(), complaints.end(),
                   [](const auto& a, const auto& b) { return a.where < b.where; });
  std::vector<error> errors;
  for (auto& complaint : complaints) errors.push_back(std::move(complaint.problem));
  return errors;
}

/// The way of one file: the sections as they are read, and what the next ones check against.
class file_reader {
 public:
  file_reader(const toml_value& root, settings_report& report) : root_(root), report_(report) {}

  configuration read();

 private:
  void read_node(const toml_value& table, node_settings& node);
  void read_do_not_call(const toml_value& table, do_not_call_settings& do_not_call);
  void read_list(const toml_value& table, configuration& all);
  void read_campaign(const toml_value& table, configuration& all);
  void read_dialing(settings_reader& reader, campaign_settings& campaign);
  void check_treatments(const campaign_settings& campaign, const toml_value& table, const configuration& all);

  /// require("name"), and that it is new among `taken`.
  void read_name(settings_reader& reader, std::string& name, std::set<std::string>& taken);
  void read_treatment_uri(settings_reader& reader, std::string& uri);
  /// Names under `key`, each once and each among `known`.
  void read_names(settings_reader& reader, std::string_view key, std::vector<std::string>& names,
                  const std::vector<std::string>& known);

  const toml_value& root_;
  settings_report& report_;
  std::map<char, std::string> drives_;
  std::vector<std::string> roots_; // of file: treatments
  bool treatments_are_right_ = true;
  std::set<std::string> trunk_names_, treatment_names_, list_names_, campaign_names_;
};

configuration file_reader::read() {
  configuration all;
  all.file = report_.file;
  settings_reader reader(root_, "", report_);
  if (const auto* table = reader.table("node")) read_node(*table, all.node);
  if (const auto* table = reader.table("store")) {
    settings_reader store(*table, "store", report_);
    store.read("path", all.store.path);
    store.finish();
  }
  for (auto& root : all.node.treatment_roots) root = beside(report_.file, root);
  for (const auto& [letter, folder] : all.node.treatment_drives) all.node.treatment_roots.push_back(folder);
  roots_ = all.node.treatment_roots;
  drives_ = all.node.treatment_drives;
  if (!dialer::is_on_server(all.store.path)) all.store.path = beside(report_.file, all.store.path);
  if (const auto* table = reader.table("cluster")) read_cluster(*table, all, report_);
  if (const auto* table = reader.table("stats")) read_stats(*table, all.stats, report_);
  if (const auto* table = reader.table("events")) read_events(*table, all.events, report_);
  check_ports(reader, all, report_);
  if (const auto* table = reader.table("http")) read_http(*table, all.http, report_);
  if (const auto* table = reader.table("tls")) read_tls(*table, all, report_);
  if (all.tls.trusted_ca.empty()) all.tls.trusted_ca = all.http.ca_file;
  if (const auto* table = reader.table("do-not-call")) read_do_not_call(*table, all.do_not_call);
  if (const auto* table = reader.table("time-zones")) read_time_zones(*table, all.time_zones, report_);
  if (const auto* table = reader.table("daytime")) read_daytime(*table, all.daytime, report_);
  for (const auto* table : reader.tables("trunk")) {
    std::string name;
    settings_reader names(*table, "trunk", report_);
    read_name(names, name, trunk_names_);
    if (const auto carried = message_medium_of(*table)) {
      all.message_trunks.push_back(read_message_trunk(*table, *carried, report_));
      all.message_trunks.back().name = std::move(name);
      continue;
    }
    dialer::simulated_options trunk;
    trunk.name = std::move(name);
    read_simulated_trunk(*table, trunk, report_);
    all.trunks.push_back(std::move(trunk));
  }
  const auto errors_before = report_.errors.size();
  for (const auto* table : reader.tables("treatment")) {
    dialer::traditional_treatment treatment;
    settings_reader options(*table, "treatment", report_);
    read_name(options, treatment.name, treatment_names_);
    read_treatment(options, treatment, report_);
    all.treatments.push_back(std::move(treatment));
  }
  treatments_are_right_ = report_.errors.size() == errors_before;
  for (const auto* table : reader.tables("list")) read_list(*table, all);
  for (const auto* table : reader.tables("campaign")) read_campaign(*table, all);
  reader.finish();
  return all;
}

void file_reader::read_node(const toml_value& table, node_settings& node) {
  settings_reader reader(table, "node", report_);
  if (reader.read("name", node.name)) {
    if (const auto problem = wrong_with_name(node.name)) {
      report_.complain("[node] name " + *problem, reader.place("name"), "give another name");
    }
  }
  reader.read("lanes", node.lanes, 0, limits::lanes_max);
  reader.read("treatment-roots", node.treatment_roots);
  if (const auto* drives = reader.table("treatment-drives")) read_drives(*drives, node.treatment_drives, report_);
  reader.read("legacy-expressions", node.legacy_expressions);
  reader.read("passivate-after", node.passivate_after_s, 0, dialer::limits::timeout_seconds_max);
  reader.read_word("log-level", node.log_level, {"trace", "debug", "info", "warning", "error", "off"});
  read_path(reader, "log-file", node.log_file, report_);
  reader.read_instant("virtual-time-start", node.virtual_time_start_ms);
  constexpr auto quota = "action-queue-quota";
  std::int64_t ignored = limits::action_queue_quota_min;
  // Not an option of ours: it must neither count as left to its default nor stop an OCS user.
  if (reader.find(quota) && reader.read(quota, ignored, ignored, std::numeric_limits<std::int64_t>::max()))
    report_.warn("[node] action-queue-quota has no effect", reader.place(quota),
                 "remove it, the budgets of a chain take its place");
  reader.finish();
}

void file_reader::read_do_not_call(const toml_value& table, do_not_call_settings& do_not_call) {
  settings_reader reader(table, "do-not-call", report_);
  read_path(reader, "csv", do_not_call.csv, report_);
  reader.read("customer_id", do_not_call.customer_id);
  reader.finish();
}

void file_reader::read_list(const toml_value& table, configuration& all) {
  list_settings list;
  settings_reader reader(table, "list", report_);
  read_name(reader, list.name, list_names_);
  read_path(reader, "csv", list.csv, report_);
  read_treatment_uri(reader, list.treatment_uri);
  reader.read("treatment-preferred-contact-field", list.preferred_contact_field);
  std::vector<std::string> known;
  for (const auto& treatment : all.treatments) known.push_back(treatment.name);
  const auto errors_before = report_.errors.size();
  read_names(reader, "treatments", list.treatments, known);
  reader.read("order-by", list.order_by);
  read_http_uri(reader, "history-uri", list.history_uri, report_);
  const bool named_right = treatments_are_right_ && report_.errors.size() == errors_before;
  if (const auto table_of = all.treatments_of(list); !table_of && named_right)
    report_.complain(reader.option("treatments") + ": " + table_of.error().what, reader.place("treatments"),
                     table_of.error().mend);
  reader.finish();
  all.lists.push_back(std::move(list));
}

void file_reader::read_campaign(const toml_value& table, configuration& all) {
  campaign_settings campaign;
  settings_reader reader(table, "campaign", report_);
  read_name(reader, campaign.name, campaign_names_);
  read_treatment_uri(reader, campaign.treatment_uri);

  std::vector<std::string> known_lists;
  for (const auto& list : all.lists) known_lists.push_back(list.name);
  const auto known_trunks = all.trunk_names();
  read_names(reader, "lists", campaign.lists, known_lists);
  read_names(reader, "trunks", campaign.trunks, known_trunks);
  if (!reader.find("lists"))
    report_.complain("[campaign] lists is missing", table.where, "add lists = [\"…\"], names of [[list]]");
  if (campaign.trunks.empty()) campaign.trunks = known_trunks;
  if (known_trunks.empty())
    report_.complain("[campaign] has nothing to dial over", table.where, "add a [[trunk]]");

  reader.read("treatment-preferred-contact-field", campaign.preferred_contact_field);
  read_dialing(reader, campaign);
  reader.read("chains-live-max", campaign.chains_live_max, 1, limits::chains_live_max);
  reader.read("admission-batch", campaign.admission_batch, 1, limits::admission_batch_max);
  reader.read("redial-gap", campaign.redial_gap_s, 0, limits::redial_gap_s_max);
  reader.read("chain-attempts-max", campaign.chain_attempts_max, 1, dialer::limits::chain_attempts_max);
  reader.read("treatment_sched_threshold", campaign.treatment_sched_threshold_s, 0,
              dialer::limits::treatment_sched_threshold_s_max);
  reader.read("pre-dial-validation", campaign.pre_dial_validation);
  read_http_uri(reader, "validation-uri", campaign.validation_uri, report_);
  if (campaign.validation_uri.empty() && campaign.pre_dial_validation)
    report_.complain("[campaign] pre-dial-validation has no server", reader.place("pre-dial-validation"), "add validation-uri");
  read_call_result(reader, "validation-timeout-call-result", campaign.validation_timeout_result, report_);
  read_http_uri(reader, "history-uri", campaign.history_uri, report_);
  reader.read("auto-start", campaign.auto_start);
  reader.finish();
  check_treatments(campaign, table, all);
  all.campaigns.push_back(std::move(campaign));
}

void file_reader::read_dialing(settings_reader& reader, campaign_settings& campaign) {
  using dialer::dialing_mode;
  constexpr std::array modes{dialing_mode::power, dialing_mode::progressive, dialing_mode::preview};
  std::vector<std::string> words;
  for (const auto mode : modes) words.emplace_back(name_of(mode));
  std::string word;
  if (reader.read_word("dialing-mode", word, words))
    for (const auto mode : modes)
      if (word == name_of(mode)) campaign.mode = mode;
  reader.read("channels", campaign.channels, 0, dialer::limits::channels_max);
  reader.read("calls-per-minute", campaign.calls_per_minute, 0, dialer::limits::calls_per_minute_max);
  reader.read("agents", campaign.agents, 0, dialer::limits::agents_max);
  reader.read("lines-per-agent", campaign.lines_per_agent, dialer::limits::lines_per_agent_min,
              dialer::limits::lines_per_agent_max);
  const auto idle = [&](std::string_view key, bool set, dialing_mode of) {
    if (set && campaign.mode != of)
      report_.warn(reader.option(key) + " has no effect in the mode " + std::string(name_of(campaign.mode)), reader.place(key),
                   "remove it, or let dialing-mode be " + std::string(name_of(of)));
  };
  idle("calls-per-minute", campaign.calls_per_minute > 0, dialing_mode::power);
  idle("agents", campaign.agents > 0, dialing_mode::progressive);
  idle("lines-per-agent", campaign.lines_per_agent != 1, dialing_mode::progressive);
}

void file_reader::check_treatments(const campaign_settings& campaign, const toml_value& table,
                                   const configuration& all) {
  // A treatment-uri that was refused has its complaint already.
  const auto given = [](const toml_value& t) {
    return std::any_of(t.members.begin(), t.members.end(), [](const auto& m) { return m.key == "treatment-uri"; });
  };
  if (!campaign.treatment_uri.empty() || given(table)) return;
  for (const auto& name : campaign.lists) {
    const list_settings* list = all.find_list(name);
    if (list && list->treatment_uri.empty() && list->treatments.empty())
      report_.complain("list \"" + name + "\" has no treatment in campaign \"" + campaign.name + '"', table.where,
                       "add treatment-uri to the [[campaign]] or to the [[list]], or treatments to the [[list]]");
  }
}

void file_reader::read_name(settings_reader& reader, std::string& name, std::set<std::string>& taken) {
  if (!reader.require("name", name)) return;
  if (const auto problem = wrong_with_name(name)) {
    report_.complain(reader.option("name") + ' ' + *problem, reader.place("name"), "give another name");
  } else if (!taken.insert(name).second) {
    report_.complain(reader.option("name") + " \"" + name + "\" stands twice", reader.place("name"),
                     "give each its own name");
  }
}

void file_reader::read_treatment_uri(settings_reader& reader, std::string& text) {
  std::string written;
  if (!reader.read("treatment-uri", written) || written.empty()) return;
  const auto parsed = parse_uri(has_scheme(written) ? written : uri_beside(report_.file, written));
  if (!parsed) {
    report_.complain(reader.option("treatment-uri") + ": " + parsed.error().what, reader.place("treatment-uri"),
                     parsed.error().mend);
    return;
  }
  const auto path = local_path(*parsed, drives_);
  if (parsed->is_file() && !path) {
    report_.complain(reader.option("treatment-uri") + ' ' + parsed->path + " is on a drive of another machine",
                     reader.place("treatment-uri"), "let treatment-drives of [node] name the folder that stands for this drive");
  } else if (parsed->is_file() && !is_below_one_of(roots_, *path)) {
    report_.complain(reader.option("treatment-uri") + ' ' + parsed->path + " lies in no treatment root",
                     reader.place("treatment-uri"), "add its folder to treatment-roots of [node]");
  } else {
    text = parsed->text;
  }
}

void file_reader::read_names(settings_reader& reader, std::string_view key, std::vector<std::string>& names,
                             const std::vector<std::string>& known) {
  if (!reader.read(key, names)) return;
  const toml_value& array = *reader.find(key);
  std::set<std::string> seen;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const toml_place where = array.items[i].where;
    if (std::find(known.begin(), known.end(), names[i]) == known.end()) {
      report_.complain(reader.option(key) + " names \"" + names[i] + "\", which is not in this file", where,
                       suggestion(names[i], known));
    } else if (!seen.insert(names[i]).second) {
      report_.complain(reader.option(key) + " names \"" + names[i] + "\" twice", where, "remove one");
    }
  }
}

} // namespace

const list_settings* configuration::find_list(std::string_view name) const {
  for (const auto& list : lists)
    if (list.name == name) return &list;
  return nullptr;
}

std::vector<std::string> configuration::trunk_names() const {
  std::vector<std::string> names;
  for (const auto& trunk : trunks) names.push_back(trunk.name);
  for (const auto& trunk : message_trunks) names.push_back(trunk.name);
  return names;
}

const std::string& configuration::treatment_of(const campaign_settings& campaign, const list_settings& list) const {
  return list.treatment_uri.empty() ? campaign.treatment_uri : list.treatment_uri;
}

std::map<std::string, std::int64_t> configuration::redial_gaps_ms() const {
  std::map<std::string, std::int64_t> gaps;
  for (const auto& campaign : campaigns)
    for (const auto& list : campaign.lists) gaps[list] = std::max(gaps[list], std::int64_t{campaign.redial_gap_s} * 1000);
  return gaps;
}

configuration_outcome read_configuration(std::string_view bytes, const std::string& file) {
  configuration_outcome outcome;
  if (bytes.size() > limits::configuration_bytes_max) {
    outcome.errors.push_back({"configuration is too large", file,
                              "keep it below " + std::to_string(limits::configuration_bytes_max) + " bytes"});
    return outcome;
  }
  auto root = parse_toml(bytes, file);
  if (!root) {
    outcome.errors.push_back(std::move(root).error());
    return outcome;
  }
  settings_report report{file, {}, {}, {}};
  configuration all = file_reader(*root, report).read();
  outcome.errors = in_file_order(std::move(report.errors));
  outcome.warnings = in_file_order(std::move(report.warnings));
  outcome.defaulted = std::move(report.defaulted);
  if (outcome.errors.empty()) outcome.settings = std::move(all);
  return outcome;
}

configuration_outcome load_configuration(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string bytes;
  char buffer[1 << 14];
  // One byte past the limit is enough to know.
  while (in && bytes.size() <= limits::configuration_bytes_max) {
    in.read(buffer, sizeof buffer);
    bytes.append(buffer, static_cast<std::size_t>(in.gcount()));
  }
  if (in.eof()) return read_configuration(bytes, path);
  configuration_outcome outcome;
  if (bytes.size() > limits::configuration_bytes_max) return read_configuration(bytes, path);
  outcome.errors.push_back(
      {"configuration cannot be read", path, "give a TOML file, conf/node.toml shows every option"});
  return outcome;
}

} // namespace chainring::actors
