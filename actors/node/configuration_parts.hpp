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
