// configuration_parts.hpp: the parts of the configuration that are tables of data rather than options, and checks of
// single values. Used by configuration.cpp only.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "actors/node/configuration.hpp"
#include "actors/node/settings_reader.hpp"

namespace chainring::actors {

/// [time-zones]: adds to what is there; a dbid of the file wins.
void read_time_zones(const toml_value& table, std::map<std::int32_t, std::string>& zones, settings_report& report);

/// [node] treatment-drives: absolute folders by upper-case letter.
void read_drives(const toml_value& table, std::map<char, std::string>& drives, settings_report& report);

/// [daytime] with its two tables.
void read_daytime(const toml_value& table, daytime_settings& daytime, settings_report& report);

/// A call result by its name in the guide.
void read_call_result(settings_reader& reader, std::string_view key, dialer::call_result& out, settings_report& report);

/// [[trunk]] kind = "simulated", all but its name.
void read_simulated_trunk(const toml_value& table, dialer::simulated_options& trunk, settings_report& report);

/// What a [[trunk]] sends by its kind; none: it is no trunk of messages.
std::optional<dialer::medium> message_medium_of(const toml_value& table);
/// [[trunk]] kind = "e-mail" or "sms", all but its name.
message_trunk_settings read_message_trunk(const toml_value& table, dialer::medium carries, settings_report& report);

/// [[treatment]], all but its name, which the reader has asked for.
void read_treatment(settings_reader& reader, dialer::traditional_treatment& treatment, settings_report& report);

// -- what it listens on and whom it talks to ----------------------------------------------------------------------

void read_stats(const toml_value& table, stats_settings& stats, settings_report& report);
void read_events(const toml_value& table, events_settings& events, settings_report& report);
/// [cluster]; after [store].
void read_cluster(const toml_value& table, configuration& all, settings_report& report);
/// Of these three each listens on a port of its own; 0 is any that is free. `file`: the whole of it.
void check_ports(settings_reader& file, const configuration& all, settings_report& report);
void read_http(const toml_value& table, http_settings& http, settings_report& report);
/// [tls]; after [http].
void read_tls(const toml_value& table, configuration& all, settings_report& report);

// -- single values ------------------------------------------------------------------------------------------------

/// An http: or https: URI, or nothing.
void read_http_uri(settings_reader& reader, std::string_view key, std::string& uri, settings_report& report);

/// A path, made one from the folder of the file.
void read_path(settings_reader& reader, std::string_view key, std::string& path, settings_report& report);

/// A word that stands for a call result and is none.
void complain_of_result(const std::string& option, const std::string& name, toml_place where, settings_report& report);

/// Why a text cannot name a node, trunk, list or campaign: names stand in URLs, logs and metrics.
std::optional<std::string> wrong_with_name(std::string_view name);

bool is_ip_address(const std::string& text);

/// "http:…", "file:…": a scheme of two letters or more; one letter is a Windows drive.
bool has_scheme(std::string_view text);

/// Whether a path lies in one of the folders or below, symbolic links resolved as far as the path exists. The fetcher
/// decides again when it reads; this is for an early complaint.
bool is_below_one_of(const std::vector<std::string>& folders, const std::string& path);

/// A path of the configuration: absolute, or from the folder of the file that names it. Empty stays empty.
std::string beside(const std::string& file, const std::string& path);

} // namespace chainring::actors
