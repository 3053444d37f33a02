// packed_record.cpp: a bit per member says whether it differs from the default; the members that do
// follow in order.
#include "dialer/packed_record.hpp"

namespace chainring::dialer {

namespace {

/// Calls f(member of a, same member of b …) for all members but `user`, always in this order.
template <class Function, class... Records> void each_member(const Function& f, Records&... r) {
  f(r.record_id...);
  f(r.contact_info...);
  f(r.contact_info_type...);
  f(r.record_type...);
  f(r.record_status...);
  f(r.call_result...);
  f(r.attempt...);
  f(r.dial_sched_time...);
  f(r.call_time...);
  f(r.daily_from...);
  f(r.daily_till...);
  f(r.tz_dbid...);
  f(r.campaign_id...);
  f(r.agent_id...);
  f(r.chain_id...);
  f(r.chain_n...);
  f(r.group_id...);
  f(r.app_id...);
  f(r.treatments...);
  f(r.media_ref...);
  f(r.email_subject...);
  f(r.email_template_id...);
  f(r.switch_id...);
}

template <class T> void put(byte_writer& out, const T& what) {
  out.integer(static_cast<std::int64_t>(what));
}
void put(byte_writer& out, const std::string& what) { out.text(what); }
template <class T> void put(byte_writer& out, const std::optional<T>& what) {
  out.number(what ? 1 : 0);
  if (what) put(out, *what);
}

template <class T> void get(byte_reader& in, T& what) { what = static_cast<T>(in.integer()); }
void get(byte_reader& in, std::string& what) { what = in.text(); }
template <class T> void get(byte_reader& in, std::optional<T>& what) {
  if (in.number() == 0)
    what.reset();
  else
    get(in, what.emplace());
}

const record& defaults() {
  static const record made;
  return made;
}

} // namespace

void pack(const record& row, std::string& out) {
  byte_writer bytes(out);
  std::uint64_t differing = 0;
  unsigned bit = 0;
  each_member([&](const auto& a, const auto& b) { differing |= std::uint64_t{a != b} << bit++; },
              row, defaults());
  bytes.number(differing);
  each_member(
      [&](const auto& a, const auto& b) {
        if (a != b) put(bytes, a);
      },
      row, defaults());
  bytes.number(row.user.size());
  for (const auto& value : row.user) put(bytes, value);
}

record unpack(byte_reader& in) {
  record row;
  std::uint64_t differing = in.number();
  each_member(
      [&](auto& member) {
        if (differing & 1) get(in, member);
        differing >>= 1;
      },
      row);
  const std::uint64_t values = in.number();
  for (std::uint64_t i = 0; i < values && in.ok(); ++i) get(in, row.user.emplace_back());
  return row;
}

} // namespace chainring::dialer
