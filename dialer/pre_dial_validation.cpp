// pre_dial_validation.cpp: see pre_dial_validation.hpp.
#include "dialer/pre_dial_validation.hpp"

#include <array>
#include <cmath>

#include "dialer/calling_list.hpp"
#include "dialer/limits.hpp"
#include "dialer/text.hpp"
#include "scxml/value.hpp"

namespace chainring::dialer {

namespace {

/// What a member of an answer is as the text of a column; nothing: it cannot be one.
std::optional<std::optional<std::string>> text_of_member(const scxml::value& v) {
  if (v.is<scxml::null>()) return std::optional<std::string>{};
  if (v.is<std::string>() || v.is<double>() || v.is<bool>()) return scxml::to_text(v);
  return std::nullopt;
}

void take_columns(const scxml::object& members, const calling_list& form, validation_verdict& out) {
  record scratch; // set_column checks
  scratch.user.resize(form.user_columns.size());
  for (const auto& [name, v] : members.members) {
    const auto column = find_column(form, name);
    if (!column || *column < mandatory_columns_count) continue; // GSW_… sent back, or what the engine itself writes
    const auto text = text_of_member(v);
    if (!text) {
      out.complaints.push_back("column " + name + " of the validation's answer is neither text nor number");
      continue;
    }
    const auto written = *text ? std::optional<std::string_view>{**text} : std::nullopt;
    if (const auto set = set_column(scratch, form, *column, written); !set) {
      out.complaints.push_back("column " + name + " of the validation's answer: " + set.error().what);
      continue;
    }
    out.columns.emplace_back(column_name(form, *column), *text);
  }
}

std::optional<call_result> result_of(const scxml::value& body) {
  const scxml::value* given = body.find("GSW_CALL_RESULT");
  if (!given) return std::nullopt;
  if (const auto* name = given->as<std::string>()) {
    if (const auto code = to_integer(*name)) return call_result_from_code(*code);
    return call_result_from_name(*name);
  }
  const auto* code = given->as<double>();
  if (!code || *code != std::floor(*code) || std::abs(*code) > 1'000) return std::nullopt;
  return call_result_from_code(static_cast<int>(*code));
}

/// An entity tag as HTTP quotes it, or bare as some servers send it.
std::string_view unquoted(std::string_view etag) {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') etag = etag.substr(1, etag.size() - 2);
  return etag;
}

} // namespace

record with_columns(record row, const calling_list& form, const column_texts& columns) {
  for (const auto& [name, text] : columns) {
    const auto written = text ? std::optional<std::string_view>{*text} : std::nullopt;
    if (const auto column = find_column(form, name)) (void)set_column(row, form, *column, written);
  }
  return row;
}

std::string validation_question(const record& row, const calling_list& form, std::uint64_t handle, std::string_view campaign) {
  scxml::object out;
  out.set("GSW_RECORD_HANDLE", handle);
  out.set("GSW_PHONE", row.contact_info);
  out.set("GSW_CHAIN_ID", row.chain_id);
  out.set("GSW_CHAIN_N", row.chain_n);
  out.set("GSW_ATTEMPTS", row.attempt);
  if (row.call_result) out.set("GSW_CALL_RESULT", static_cast<int>(*row.call_result));
  out.set("GSW_CALLING_LIST", form.name);
  out.set("GSW_CAMPAIGN_NAME", campaign);
  if (row.app_id) out.set("GSW_APPLICATION_ID", *row.app_id);
  for (std::size_t n = 0; n < form.user_columns.size(); ++n)
    out.set(form.user_columns[n], column_value(row, mandatory_columns_count + n));
  return scxml::to_json(std::move(out));
}

validation_verdict judge(const validation_answer& answer, const calling_list& form, std::uint64_t handle, call_result otherwise) {
  validation_verdict out;
  out.result = otherwise;
  if (answer.status == 0) {
    out.complaints.push_back("validation had no answer: " + answer.problem);
    return out;
  }
  if (!answer.etag.empty() && unquoted(answer.etag) != std::to_string(handle)) {
    out.complaints.push_back("validation of record " + std::to_string(handle) + " was answered for another: ETag " + answer.etag);
    return out;
  }
  scxml::value body;
  const bool is_json = scxml::from_json(answer.body, body);
  if (answer.status == 200) {
    out.dial = true;
    if (const auto* members = body.as<scxml::object>(); is_json && members) take_columns(*members, form, out);
  } else if (answer.status == 409) {
    if (const auto given = is_json ? result_of(body) : std::nullopt) out.result = *given;
    else out.complaints.push_back("validation said no without a GSW_CALL_RESULT that there is");
  } else {
    out.complaints.push_back("validation was answered with status " + std::to_string(answer.status) + ", neither 200 nor 409");
  }
  return out;
}

} // namespace chainring::dialer
