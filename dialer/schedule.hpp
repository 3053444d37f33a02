// schedule.hpp: what the rows of a calling list say about when and whether they are dialed: OCS takes rows that are Ready, and
// rescheduled records and callbacks at their time.
#pragma once

#include <cstdint>
#include <vector>

#include "dialer/record.hpp"

namespace chainring::dialer {

/// CampaignRescheduled, PersonalRescheduled, PersonalCallback, CampaignCallback: types whose rows say when they are dialed next.
bool is_rescheduled(record_type type);
/// Ready, or Retrieved by who asks: others have been dealt with.
bool is_taken(const record& row);
/// Taken and allowed: a record that is on the do-not-call list never rings.
bool can_be_dialed(const record& row);
/// Not to be dialed before, epoch ms: dial_sched_time of a rescheduled record; 0: at any time.
std::int64_t scheduled_ms(const record& row);
/// When a chain with these rows is due: as soon as its first rescheduled record is; 0: at any time.
std::int64_t chain_scheduled_ms(const std::vector<record>& rows);

} // namespace chainring::dialer
