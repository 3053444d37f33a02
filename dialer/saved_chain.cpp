// saved_chain.cpp: see saved_chain.hpp.
#include "dialer/saved_chain.hpp"

#include "dialer/bytes.hpp"
#include "dialer/limits.hpp"

// The form, numbers and text as in bytes.hpp:
//   checksum  format records sessions sessions_made last_called  attempts: count {n}*  timeouts: count {session due_ms}*
//   calls: count {session position attempt}*

namespace chainring::dialer {

namespace {

error unreadable(const std::string& why) {
  return {"the saved chain " + why, {}, "let the chain start anew, and look for the damage"};
}

} // namespace

std::string to_bytes(const saved_chain& c, std::int64_t format) {
  std::string body;
  byte_writer out(body);
  out.number(static_cast<std::uint64_t>(format));
  out.text(c.records);
  out.text(c.sessions);
  out.number(c.sessions_made);
  out.integer(c.last_called);
  out.number(c.attempts.size());
  for (const auto n : c.attempts) out.integer(n);
  out.number(c.timeouts.size());
  for (const auto& t : c.timeouts) out.number(t.session), out.integer(t.due_ms);
  out.number(c.calls.size());
  for (const auto& call : c.calls) out.number(call.session), out.number(call.position), out.integer(call.attempt);
  std::string bytes;
  byte_writer(bytes).number(checksum(body));
  return bytes + body;
}

result<saved_chain> saved_chain_from(std::string_view bytes, std::size_t count) {
  if (bytes.size() > limits::saved_chain_bytes_max) return unreadable("is too long");
  byte_reader in(bytes);
  if (in.number() != checksum(in.left()) || !in.ok()) return unreadable("is damaged");
  const auto format = in.number(), newest = static_cast<std::uint64_t>(this_version().saved_chains);
  if (format < 1 || format > newest)
    return unreadable("has format " + std::to_string(format) + ", this version reads 1 to " + std::to_string(newest));
  saved_chain c;
  c.records = in.text();
  c.sessions = in.text();
  c.sessions_made = static_cast<std::uint32_t>(in.number());
  c.last_called = static_cast<std::int32_t>(in.integer());
  for (auto n = in.number(); n > 0 && in.ok(); --n) c.attempts.push_back(static_cast<std::int32_t>(in.integer()));
  for (auto n = in.number(); n > 0 && in.ok(); --n) {
    const auto session = in.number();
    c.timeouts.push_back({session, in.integer()});
  }
  bool fits = c.last_called < static_cast<std::int64_t>(count) && c.attempts.size() == count;
  for (auto n = in.number(); n > 0 && in.ok(); --n) {
    saved_chain::call call;
    call.session = in.number();
    const auto position = in.number();
    fits = fits && position < count;
    call.position = static_cast<std::uint32_t>(position);
    call.attempt = static_cast<std::int32_t>(in.integer());
    c.calls.push_back(call);
  }
  if (!in.ok() || !in.at_end() || !fits) return unreadable("does not fit its records");
  return c;
}

bool is_outdated(const saved_chain& c, const chain_of_records& rows) {
  for (std::size_t i = 0; i < rows.records.size(); ++i)
    if (rows.records[i].attempt > c.attempts[i]) return true;
  return false;
}

} // namespace chainring::dialer
