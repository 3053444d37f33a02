// delivery.cpp: see delivery.hpp.
#include "dialer/trunks/delivery.hpp"

#include <algorithm>

namespace chainring::dialer {

namespace {

/// To any command: the service closes (RFC 5321), or wants another login or TLS first (RFC 4954, RFC 3207).
bool refuses_node(unsigned code) { return code == 421 || code == 530 || code == 534 || code == 535 || code == 538; }

} // namespace

call_result result_of(delivery_end end) {
  switch (end) {
  case delivery_end::accepted: return call_result::ok;
  case delivery_end::recipient_refused: return call_result::wrong_number;
  case delivery_end::message_refused: return call_result::general_error;
  case delivery_end::refused_for_now: return call_result::busy;
  case delivery_end::away: return call_result::switch_error;
  case delivery_end::unknown: break;
  }
  return call_result::system_error;
}

std::string_view enhanced_code(std::string_view words) {
  const auto end = words.find_first_not_of("0123456789.");
  const auto code = words.substr(0, end);
  return std::count(code.begin(), code.end(), '.') == 2 ? code : std::string_view{};
}

delivery_end end_of_smtp(smtp_step step, unsigned code, std::string_view words, bool body_sent) {
  if (code == 0) return body_sent ? delivery_end::unknown : delivery_end::away;
  if (code / 100 == 2) return body_sent ? delivery_end::accepted : delivery_end::away;
  if (refuses_node(code) || step == smtp_step::greeting || step == smtp_step::login) return delivery_end::away;
  if (code / 100 == 4) return delivery_end::refused_for_now;
  if (code / 100 != 5) return body_sent ? delivery_end::unknown : delivery_end::away; // no reply of SMTP
  const bool policy = enhanced_code(words).starts_with("5.7.");
  return step == smtp_step::recipient && !policy ? delivery_end::recipient_refused : delivery_end::message_refused;
}

delivery_end end_of_http(unsigned status, bool sent, std::pair<std::int32_t, std::int32_t> accepted) {
  const auto code = static_cast<std::int32_t>(status);
  if (status != 0 && code >= accepted.first && code <= accepted.second) return delivery_end::accepted;
  switch (status) {
  case 0: return sent ? delivery_end::unknown : delivery_end::away;
  case 400:
  case 404:
  case 410:
  case 422: return delivery_end::recipient_refused;
  case 401:
  case 403:
  case 407: return delivery_end::away;
  case 408:
  case 425:
  case 429:
  case 503: return delivery_end::refused_for_now;
  default: break;
  }
  const bool refused = status / 100 == 3 || status / 100 == 4;
  return refused ? delivery_end::message_refused : delivery_end::unknown;
}

} // namespace chainring::dialer
