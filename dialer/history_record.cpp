// history_record.cpp: see history_record.hpp.
#include "dialer/history_record.hpp"

#include "dialer/calling_list.hpp"
#include "scxml/digest.hpp"

namespace chainring::dialer {

namespace {

constexpr std::int64_t ms_per_second = 1'000;

/// A member of the engine's, which a column of that name does not change.
bool is_own_name(std::string_view name) { return name.starts_with("GSW_") || name.starts_with("chainring_"); }

} // namespace

std::string attempt_guid(std::string_view list, std::int64_t record_id, std::int32_t attempt) {
  scxml::sha256 digest;
  digest.add("chainring attempt\n" + std::to_string(record_id) + '\n' + std::to_string(attempt) + '\n');
  digest.add(list);
  auto guid = digest.finish().substr(0, 32);
  guid[12] = '8';                                         // version
  guid[16] = "89ab"[static_cast<unsigned char>(guid[16]) & 3]; // variant
  for (const std::size_t at : {20, 16, 12, 8}) guid.insert(at, 1, '-');
  return guid;
}

std::shared_ptr<const history_wanted> history_of(const history_source& from, const record& row, const calling_list& form,
                                                 std::optional<std::uint64_t> handle, std::int32_t attempt) {
  auto wanted = std::make_shared<history_wanted>();
  wanted->uri = from.uri;
  auto& out = wanted->known;
  for (std::size_t n = 0; n < form.user_columns.size(); ++n) // first: the engine's own names win
    out.set(form.user_columns[n], column_value(row, mandatory_columns_count + n));
  out.set("GSW_CALL_ATTEMPT_GUID", attempt_guid(form.name, row.record_id, attempt));
  out.set("GSW_CALLING_LIST", form.name);
  out.set("GSW_CAMPAIGN_NAME", from.campaign);
  out.set("GSW_CAMPAIGN_GROUP_NAME", from.campaign);
  out.set("GSW_CHAIN_ID", row.chain_id);
  out.set("GSW_CHAIN_N", row.chain_n);
  if (handle) out.set("GSW_RECORD_HANDLE", *handle);
  out.set("GSW_PHONE", row.contact_info);
  out.set("GSW_ATTEMPTS", attempt);
  out.set("GSW_DIAL_MODE", name_of(from.mode));
  if (row.app_id) out.set("GSW_APPLICATION_ID", *row.app_id);
  out.set("chainring_record_id", row.record_id);
  return wanted;
}

std::shared_ptr<const history_wanted> with_columns(const history_wanted& wanted, const column_texts& columns) {
  auto changed = std::make_shared<history_wanted>(wanted);
  for (const auto& [name, text] : columns)
    if (!is_own_name(name)) changed->known.set(name, text ? scxml::value(*text) : scxml::value(scxml::null{}));
  return changed;
}

std::shared_ptr<const history_post> history_record(const history_wanted& wanted, const attempt& now) {
  const bool ended = now.state == attempt_state::done || now.state == attempt_state::unknown;
  auto out = wanted.known;
  out.set("GSW_HIST_SEQUENCE_NUM", ended ? 1 : 0);
  out.set("GSW_DIALING", now.started_ms / ms_per_second);
  out.set("chainring_started_ms", now.started_ms);
  out.set("chainring_trunk", now.trunk);
  if (ended) {
    out.set("GSW_CALL_RESULT", static_cast<int>(now.result.value_or(call_result::unknown)));
    out.set("GSW_CALL_TIME", now.ended_ms / ms_per_second);
    out.set("chainring_ended_ms", now.ended_ms);
    out.set("chainring_attempt_state", now.state == attempt_state::done ? "done" : "unknown");
  }
  return std::make_shared<history_post>(history_post{wanted.uri, scxml::to_json(std::move(out))});
}

} // namespace chainring::dialer
