// servers.cpp: reads atomics only.
#include "actors/stats/servers.hpp"

#include <boost/json.hpp>

#include "actors/fetcher.hpp"

namespace chainring::actors {

namespace json = boost::json;

namespace {

std::string_view shown(const std::string& origin) { return origin.empty() ? std::string_view{"other"} : origin; }

double number(const std::atomic<std::uint64_t>& n) { return static_cast<double>(n.load()); }

void gather_server(std::string_view name, const http_counters& s, samples& out) {
  out.add(families::server_in_flight, number(s.in_flight), {name});
  out.add(families::server_waiting, number(s.waiting), {name});
  out.add(families::server_connections, number(s.connections), {name});
  out.add(families::server_connects_total, number(s.connects) - number(s.resumed), {name, "full"});
  out.add(families::server_connects_total, number(s.resumed), {name, "resumed"});
  out.add(families::server_bytes_total, number(s.bytes), {name});
  out.add(families::server_seconds, s.latency.snapshot(), {name});
  for (std::size_t kind = 1; kind < fetch_failures; ++kind)
    if (s.failures[kind] > 0)
      out.add(families::server_errors_total, number(s.failures[kind]), {name, name_of(fetch_failure(kind))});
  out.add(families::server_breaker, 1, {name, name_of(s.breaker.load())});
}

json::object server_object(std::string_view name, const fetch_counters& c) {
  const auto& s = *c.server;
  json::object failed;
  for (std::size_t kind = 1; kind < fetch_failures; ++kind)
    if (s.failures[kind] > 0) failed[name_of(fetch_failure(kind))] = s.failures[kind].load();
  const auto latency = s.latency.snapshot();
  std::uint64_t answered = 0;
  for (const auto count : latency.counts) answered += count;
  json::object out{{"origin", name}};
  out["requests"] = c.requests.load();
  out["hits"] = c.hits.load();
  out["loads"] = c.loads.load();
  out["revalidations"] = c.revalidations.load();
  out["unchanged"] = c.unchanged.load();
  out["failures"] = c.failures.load();
  out["documents"] = c.cached->documents.load();
  out["documents_kept"] = c.cached->kept.load();
  out["waiting_for_documents"] = c.waiting.load();
  out["in_flight"] = s.in_flight.load();
  out["waiting_for_connection"] = s.waiting.load();
  out["connections"] = s.connections.load();
  out["connects"] = s.connects.load();
  out["tls_resumed"] = s.resumed.load();
  out["answers"] = s.answers.load();
  out["bytes"] = s.bytes.load();
  out["mean_ms"] = answered == 0 ? 0.0 : latency.sum * 1e3 / static_cast<double>(answered);
  out["errors"] = std::move(failed);
  out["breaker"] = name_of(s.breaker.load());
  return out;
}

} // namespace

void gather_fetchers(const fetchers& from, samples& out) {
  for (const auto& [origin, c] : from.servers()) {
    const auto name = shown(origin);
    out.add(families::fetch_requests_total, number(c->requests), {name});
    out.add(families::fetch_hits_total, number(c->hits), {name});
    out.add(families::fetch_loads_total, number(c->loads), {name});
    out.add(families::fetch_revalidations_total, number(c->unchanged), {name, "unchanged"});
    out.add(families::fetch_revalidations_total, number(c->revalidations) - number(c->unchanged), {name, "other"});
    out.add(families::fetch_failures_total, number(c->failures), {name});
    out.add(families::fetch_in_flight, number(c->loading), {name});
    out.add(families::fetch_waiting, number(c->waiting), {name});
    out.add(families::documents_cached, number(c->cached->documents), {name});
    out.add(families::documents_kept, number(c->cached->kept), {name});
    if (origin.starts_with("http")) gather_server(name, *c->server, out);
  }
  out.add(families::document_cache_bytes, static_cast<double>(from.cache().bytes()));
}

std::string servers_json(const fetchers& from) {
  json::array servers;
  for (const auto& [origin, c] : from.servers()) servers.push_back(server_object(shown(origin), *c));
  json::object cache{{"bytes", from.cache().bytes()}, {"bytes_max", from.cache().bytes_max()}};
  return json::serialize(json::object{{"cache", std::move(cache)}, {"servers", std::move(servers)}});
}

} // namespace chainring::actors
