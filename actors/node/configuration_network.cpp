// configuration_network.cpp: the sections of what this machine listens on, and of whom it talks to.
#include "actors/node/configuration_parts.hpp"

#include <array>
#include <utility>

#include "actors/cluster/peer_pins.hpp"
#include "actors/fetch/uri.hpp"
#include "actors/limits.hpp"
#include "actors/node/limits.hpp"
#include "dialer/store/open.hpp"

namespace chainring::actors {

namespace {

/// It is an http: or https: URI.
void check_http(settings_reader& reader, std::string_view key, const std::string& text, settings_report& report) {
  const auto where = parse_uri(text);
  if (!where || where->is_file())
    report.complain(reader.option(key) + " has \"" + text + '"', reader.place(key),
                    "write http://host:port/path or https://host:port/path");
}

void read_listener(settings_reader& reader, std::string& address, std::int32_t& port, settings_report& report) {
  if (reader.read("address", address) && !is_ip_address(address))
    report.complain(reader.option("address") + " is \"" + address + '"', reader.place("address"),
                    "give an IPv4 or IPv6 address of this machine, 127.0.0.1 for local use only");
  reader.read("port", port, 0, 65'535);
}

/// Where nodes talk to each other, and with which certificates.
void read_peer_line(settings_reader& reader, cluster_settings& cluster, settings_report& report) {
  reader.read("address", cluster.address);
  reader.read("listen", cluster.listen);
  read_path(reader, "certificate", cluster.certificate, report);
  read_path(reader, "key", cluster.key, report);
  read_path(reader, "ca", cluster.ca, report);
  const bool some = !cluster.certificate.empty() || !cluster.key.empty() || !cluster.ca.empty();
  const bool all_of_them = !cluster.certificate.empty() && !cluster.key.empty() && !cluster.ca.empty();
  if (some && !all_of_them)
    report.complain("[cluster] has a part of certificate, key and ca", reader.place("certificate"), "give all three, or none");
  if (some && cluster.address.empty())
    report.complain("[cluster] has a certificate, and no address", reader.place("address"),
                    "give address = \"host:port\", where the other nodes reach this one");
  for (const auto& [key, text] : {std::pair{"address", &cluster.address}, {"listen", &cluster.listen}}) {
    if (text->empty()) continue;
    const auto at = read_peer_address(*text);
    if (!at)
      report.complain(reader.option(key) + " is \"" + *text + '"', reader.place(key), "write host:port, of IPv6 [address]:port");
    else if (!some && !at.is_loopback())
      report.complain(reader.option(key) + " can be reached by other machines, and there is no certificate", reader.place(key),
                      "give certificate, key and ca (conf/cluster/make_certificates.py makes them), or 127.0.0.1");
  }
}

} // namespace

void read_http_uri(settings_reader& reader, std::string_view key, std::string& uri, settings_report& report) {
  if (reader.read(key, uri) && !uri.empty()) check_http(reader, key, uri, report);
}

void read_stats(const toml_value& table, stats_settings& stats, settings_report& report) {
  settings_reader reader(table, "stats", report);
  reader.read("enabled", stats.enabled);
  read_listener(reader, stats.address, stats.port, report);
  reader.read("token", stats.token);
  reader.finish();
}

void read_events(const toml_value& table, events_settings& events, settings_report& report) {
  settings_reader reader(table, "events", report);
  reader.read("enabled", events.enabled);
  read_listener(reader, events.address, events.port, report);
  reader.read("location", events.location);
  reader.read("secret", events.secret);
  if (events.enabled && events.secret.size() < limits::events_secret_bytes_min)
    report.complain("[events] secret has " + std::to_string(events.secret.size()) + " bytes", reader.place("secret"),
                    "give at least " + std::to_string(limits::events_secret_bytes_min) + ", drawn at random");
  if (!events.location.empty()) check_http(reader, "location", events.location, report);
  reader.read("post-to", events.post_to);
  for (const auto& server : events.post_to) check_http(reader, "post-to", server, report);
  if (events.post_to.size() > limits::post_servers_max)
    report.complain("[events] post-to has " + std::to_string(events.post_to.size()) + " servers", reader.place("post-to"),
                    "give at most " + std::to_string(limits::post_servers_max));
  reader.finish();
}

void read_cluster(const toml_value& table, configuration& all, settings_report& report) {
  settings_reader reader(table, "cluster", report);
  reader.read("enabled", all.cluster.enabled);
  reader.read("lease", all.cluster.lease_s, limits::lease_s_min, limits::lease_s_max);
  if (all.cluster.enabled && !dialer::is_on_server(all.store.path))
    report.complain("[cluster] is enabled, and [store] path is a file", reader.place("enabled"),
                    "nodes of a cluster share a store on a server: give its postgresql:// URI as path");
  read_peer_line(reader, all.cluster, report);
  reader.finish();
}

void check_ports(settings_reader& file, const configuration& all, settings_report& report) {
  struct listener {
    const char* table;
    bool is_on;
    std::string address;
    std::int32_t port;
  };
  const auto& peers = all.cluster;
  const auto peers_at = read_peer_address(peers.listens_at());
  const std::array listeners{listener{"stats", all.stats.enabled, all.stats.address, all.stats.port},
                             listener{"events", all.events.enabled, all.events.address, all.events.port},
                             listener{"cluster", peers.enabled, peers_at.host_to_listen_on(), peers_at.port}};
  const auto meet = [](const listener& a, const listener& b) {
    const auto is_any = [](const std::string& address) { return address.empty() || address == "0.0.0.0" || address == "::"; };
    return a.is_on && b.is_on && a.port != 0 && a.port == b.port &&
           (a.address == b.address || is_any(a.address) || is_any(b.address));
  };
  for (auto b = listeners.begin(); b != listeners.end(); ++b)
    for (auto a = listeners.begin(); a != b; ++a)
      if (meet(*a, *b))
        report.complain(std::string("[") + a->table + "] and [" + b->table + "] listen on port " + std::to_string(b->port),
                        file.place(b->table), "give each a port of its own");
}

void read_http(const toml_value& table, http_settings& http, settings_report& report) {
  settings_reader reader(table, "http", report);
  reader.read("http-connection-pool-size", http.connection_pool_size, 1, limits::http_connections_max);
  reader.read("http-response-timeout", http.response_timeout_s, 1, limits::http_response_timeout_s_max);
  read_path(reader, "ca-file", http.ca_file, report);
  reader.read("redirect-to", http.redirect_to);
  for (const auto& server : http.redirect_to) check_http(reader, "redirect-to", server, report);
  reader.read("document-check-interval", http.document_check_interval_s, 1, limits::document_check_interval_s_max);
  reader.read("document-cache-bytes", http.document_cache_bytes, limits::document_cache_bytes_min,
              limits::document_cache_bytes_max);
  reader.finish();
}

void read_tls(const toml_value& table, configuration& all, settings_report& report) {
  settings_reader reader(table, "tls", report);
  auto& tls = all.tls;
  read_path(reader, "trusted-ca", tls.trusted_ca, report);
  if (!tls.trusted_ca.empty() && !all.http.ca_file.empty())
    report.complain("[tls] trusted-ca and [http] ca-file are the same option", reader.place("trusted-ca"), "give one of them");
  read_path(reader, "certificate", tls.certificate, report);
  read_path(reader, "certificate-key", tls.certificate_key, report);
  if (tls.certificate.empty() != tls.certificate_key.empty())
    report.complain("[tls] has one of certificate and certificate-key", table.where, "give both, or none");
  read_path(reader, "tls-crl", tls.crl, report);
  reader.read_word("sec-protocol", tls.protocol, {"", "TLSv12", "TLSv13"});
  reader.read("cipher-list", tls.cipher_list);
  std::string checked = tls.check_target_name ? "host" : "no";
  reader.read_word("tls-target-name-check", checked, {"host", "no"});
  tls.check_target_name = checked == "host";
  reader.read("tls-verify", tls.verify);
  for (const auto& [option, off] : {std::pair{"tls-verify", !tls.verify}, {"tls-target-name-check", !tls.check_target_name}})
    if (off)
      report.warn(reader.option(option) + " is off", reader.place(option),
                  "whoever is between this node and an https: server can pass for that server");
  reader.finish();
}

} // namespace chainring::actors
