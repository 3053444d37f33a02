// pre_dial_validation.hpp: what a server is asked before a record is dialed, and what its answer means (OCS pre-dial
// validation: POST of JSON, 200 to dial, 409 not to). Translation only: who asks is the host's affair.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialer/call_result.hpp"
#include "dialer/record.hpp"

namespace chainring::dialer {

/// Option of a record (set_flex_attr OPTIONS) that turns validation on or off for it.
inline constexpr std::string_view pre_dial_validation_option = "pre-dial-validation";

/// The record as OCS attaches it to calls: GSW_RECORD_HANDLE, GSW_PHONE, GSW_CHAIN_ID, GSW_CHAIN_N, GSW_ATTEMPTS,
/// GSW_CALL_RESULT, GSW_CALLING_LIST, GSW_CAMPAIGN_NAME, GSW_APPLICATION_ID, and the list's user columns by their names. JSON.
std::string validation_question(const record& row, const calling_list& form, std::uint64_t handle, std::string_view campaign);

struct validation_answer {
  unsigned status = 0;  // of HTTP; 0: there was no answer
  std::string etag;     // empty: none
  std::string body;
  std::string problem;  // why there was none
};

/// Columns to be written into the row, by name.
using column_texts = std::vector<std::pair<std::string, std::optional<std::string>>>;
/// The row with them. Those that its list cannot hold are left out.
record with_columns(record row, const calling_list& form, const column_texts& columns);

struct validation_verdict {
  bool dial = false;
  call_result result = call_result::general_error; // when not: of the record, which is not dialed
  column_texts columns;                            // user columns that the server has changed
  std::vector<std::string> complaints;             // for the log, a line each
};

/// 200: dial; members of the body that name user columns change the row. 409: do not; GSW_CALL_RESULT of the body, a code or a
/// name, is the result. Anything else, an answer to another record (its ETag is not the handle), or none: `otherwise`, the option
/// validation-timeout-call-result.
validation_verdict judge(const validation_answer& answer, const calling_list& form, std::uint64_t handle, call_result otherwise);

} // namespace chainring::dialer
