// router.cpp: a dozen routes: a linear search is enough.
#include "actors/http/router.hpp"

#include <algorithm>
#include <optional>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/url/pct_string_view.hpp>

namespace chainring::actors {

namespace {

std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at + 1), path.size());
    out.emplace_back(path.substr(at + 1, end - at - 1));
    at = end;
  }
  return out;
}

bool is_parameter(std::string_view segment) { return segment.starts_with('{'); }

using parameters = std::vector<std::pair<std::string, std::string>>;

std::optional<parameters> matched(const std::vector<std::string>& pattern,
                                  const std::vector<std::string>& path) {
  if (pattern.size() != path.size()) return std::nullopt;
  parameters found;
  for (std::size_t n = 0; n < path.size(); ++n) {
    if (!is_parameter(pattern[n])) {
      if (pattern[n] != path[n]) return std::nullopt;
      continue;
    }
    const auto encoded = boost::urls::make_pct_string_view(path[n]);
    if (!encoded || path[n].empty()) return std::nullopt;
    found.emplace_back(pattern[n].substr(1, pattern[n].size() - 2), encoded->decode());
  }
  return found;
}

} // namespace

std::string_view http_request::parameter(std::string_view name) const {
  const auto found = std::find_if(parameters.begin(), parameters.end(),
                                  [&](const auto& p) { return p.first == name; });
  return found == parameters.end() ? std::string_view{} : found->second;
}

http_response json_response(std::string body) {
  return {200, "application/json", std::move(body), {}};
}

http_response text_response(std::string body) {
  return {200, "text/plain; charset=utf-8", std::move(body), {}};
}

http_response error_response(unsigned status, const error& problem) {
  const boost::json::value body{
      {"what", problem.what}, {"where", problem.where}, {"mend", problem.mend}};
  return {status, "application/json", boost::json::serialize(body), {}};
}

void router::get(std::string pattern, http_handler handler) {
  routes_.push_back({"GET", pattern, segments_of(pattern), std::move(handler), access::anybody});
}

void router::get_by_strangers(std::string pattern, http_handler handler) {
  routes_.push_back({"GET", pattern, segments_of(pattern), std::move(handler), access::stranger});
}

void router::post(std::string pattern, http_handler handler) {
  routes_.push_back({"POST", pattern, segments_of(pattern), std::move(handler), access::holder_of_token});
}

void router::post_by_secret_path(std::string pattern, http_handler handler) {
  routes_.push_back({"POST", pattern, segments_of(pattern), std::move(handler), access::knower_of_path});
}

router router::wrapped(const wrapping& around) const {
  router out = *this;
  for (auto& r : out.routes_)
    if (r.needs != access::stranger) r.handler = around(r.pattern, r.handler);
  return out;
}

router::match router::find(http_request& request) const {
  const auto path = segments_of(request.path);
  std::string allow;
  for (const route& r : routes_) {
    auto found = matched(r.segments, path);
    if (!found) continue;
    if (r.method == request.method) {
      request.parameters = *std::move(found);
      return {&r.handler, r.needs, {}};
    }
    allow +=
        (allow.empty() ? "" : ", ") + (r.method == "GET" ? std::string{"GET, HEAD"} : r.method);
  }
  if (allow.empty())
    return {nullptr, access::anybody,
            error_response(404, {"there is nothing here", request.path, "see /api/v1/node"})};
  auto refusal =
      error_response(405, {"this method is not for this path", request.path, "use " + allow});
  refusal.allow = allow;
  return {nullptr, access::anybody, std::move(refusal)};
}

} // namespace chainring::actors
