// row_columns.hpp: rows of a calling list as SQL, as far as it is the same for every database.
#pragma once

#include <string>
#include <string_view>

#include "dialer/calling_list.hpp"

namespace chainring::dialer {

/// In double quotes, those inside doubled: safe as an SQL identifier, whatever the name.
std::string quoted_name(std::string_view name);
/// All columns of the list, mandatory ones first, quoted, with commas between.
std::string column_names(const calling_list& form);
/// Can a list have this name and these user columns?
result<void> check_form(const calling_list& form);
/// The columns of a list and behind them those of `form` that it lacks; an error when they are too many.
result<calling_list> grown_form(const calling_list& stored, const calling_list& form);

/// Calls visit(member) for the mandatory columns in their order.
template <class Row, class Visit>
void for_each_member(Row& row, Visit&& visit) {
  visit(row.record_id), visit(row.contact_info), visit(row.contact_info_type), visit(row.record_type);
  visit(row.record_status), visit(row.call_result), visit(row.attempt), visit(row.dial_sched_time);
  visit(row.call_time), visit(row.daily_from), visit(row.daily_till), visit(row.tz_dbid);
  visit(row.campaign_id), visit(row.agent_id), visit(row.chain_id), visit(row.chain_n);
  visit(row.group_id), visit(row.app_id), visit(row.treatments), visit(row.media_ref);
  visit(row.email_subject), visit(row.email_template_id), visit(row.switch_id);
}

} // namespace chainring::dialer
