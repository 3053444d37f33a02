// limits.hpp: every bound of the outbound domain, by name. Tests and metrics use these names; nothing else hides a
// number.
#pragma once

#include <cstddef>
#include <cstdint>

namespace chainring::dialer::limits {

// CSV
inline constexpr std::size_t csv_row_bytes_max = std::size_t{1} << 20; // one row, line ends inside quotes included
inline constexpr std::size_t csv_columns_max = 512;
inline constexpr std::int64_t csv_rows_max = 200'000'000;
inline constexpr std::size_t csv_block_bytes = std::size_t{64} << 10; // read at once
inline constexpr std::int64_t import_problems_shown_max = 1'000; // more are counted, not shown
inline constexpr std::size_t import_batch_records = 1'000;

// one record
inline constexpr std::size_t contact_info_bytes_max = 128;
inline constexpr std::size_t agent_id_bytes_max = 32;
inline constexpr std::size_t treatments_bytes_max = 255;
inline constexpr std::size_t email_subject_bytes_max = 255;
inline constexpr std::size_t user_value_bytes_max = 65'536;
inline constexpr std::size_t user_columns_max = 256;
inline constexpr std::size_t column_name_bytes_max = 63; // PostgreSQL cuts longer names
inline constexpr std::int64_t integer_max = 9'007'199'254'740'991; // 2^53 - 1: what a script can hold exactly
inline constexpr std::int32_t day_seconds = 86'400;

// one chain
inline constexpr std::size_t records_per_chain_max = 1'000;
inline constexpr std::size_t flex_attributes_per_chain_max = 256;
inline constexpr std::size_t flex_key_bytes_max = 128;
inline constexpr std::size_t flex_value_bytes_max = 4'096;
inline constexpr std::size_t treatment_parameters_max = 64;
inline constexpr std::size_t chain_bytes_max = std::size_t{4} << 20; // what a chain saves of itself
inline constexpr std::size_t saved_chain_bytes_max = std::size_t{16} << 20; // with its sessions

// traditional treatments
inline constexpr std::int32_t treatments_per_list_max = 1'000;
inline constexpr std::int32_t cycle_attempts_max = 1'000;
inline constexpr std::int64_t treatment_interval_min_max = 366 * 1'440; // minutes; of the increment too
inline constexpr std::int64_t treatment_delay_ms_max = std::int64_t{3'660} * 86'400'000; // interval and increments together
inline constexpr std::int64_t chain_attempts_max = 1'000'000; // what chain-attempts-max can be set to
inline constexpr std::int64_t chain_attempts_max_default = 100;
inline constexpr std::int64_t treatment_sched_threshold_s_max = std::int64_t{366} * day_seconds;

// time
inline constexpr std::int64_t timeout_seconds_max = std::int64_t{3'660} * day_seconds;
inline constexpr std::int32_t daytime_horizon_days = 3'660; // how far the next start of a daytime code is looked for
inline constexpr std::size_t holidays_max = 10'000;

// dialing
inline constexpr std::size_t calls_granted_ahead_min = 16;     // intents without a started call, per trunk
inline constexpr std::int64_t calls_granted_ahead_ms = 250;    // of calls-per-second, if that is more
inline constexpr std::int64_t full_queue_wait_ms = 1'000;      // then the request asks for a place again
inline constexpr std::int64_t trunk_fault_wait_ms = 1'000;     // between two tries of a trunk that fails
inline constexpr std::int32_t trunk_faults_max = 30;           // in a row, then the node stops dialing

inline constexpr std::int32_t calls_per_minute_max = 600'000;  // of one campaign
inline constexpr std::int32_t agents_max = 100'000;            // of one campaign
inline constexpr double lines_per_agent_min = 0.01, lines_per_agent_max = 100;
inline constexpr std::size_t previews_shown_max = 1'000;       // in one answer

// do not call
inline constexpr std::size_t do_not_call_entries_max = 50'000'000;
inline constexpr std::size_t do_not_call_bytes_max = 128; // one phone, address or customer id

// trunks
inline constexpr std::int32_t channels_max = 1'000'000;         // of one trunk
inline constexpr std::int32_t calls_per_second_max = 100'000;   // of one trunk
inline constexpr std::int64_t start_catch_up_ms_max = 50;       // of lateness that pacing makes up for at once
inline constexpr std::int32_t call_phase_ms_max = 86'400'000;   // ring or talk time of a simulated call
inline constexpr std::uint32_t weight_max = 1'000'000;          // of one result of a simulated trunk
inline constexpr std::size_t number_bytes_max = 128;            // contact_info as a trunk takes it
inline constexpr std::size_t trunk_rules_max = 1'000;
inline constexpr std::size_t rule_pattern_bytes_max = 256;

// messages
inline constexpr std::int32_t messages_at_once_max = 200;        // of one trunk: each is a connection and a thread
inline constexpr std::size_t message_templates_max = 1'000;      // of one trunk
inline constexpr std::size_t message_template_bytes_max = std::size_t{256} << 10;
inline constexpr std::size_t message_bytes_max = std::size_t{1} << 20; // of one message, its placeholders filled
inline constexpr std::int32_t sms_text_length_max = 10'000;      // characters: what text-length-max can be set to
inline constexpr std::int32_t sms_text_length_max_default = 1'530; // ten parts of 153
inline constexpr std::size_t sms_number_digits_max = 20;
inline constexpr std::size_t mail_address_bytes_max = 254;       // RFC 5321
inline constexpr std::size_t mail_local_part_bytes_max = 64;
inline constexpr std::size_t mail_label_bytes_max = 63;          // between two dots of a domain
inline constexpr std::size_t server_words_bytes_max = 200;       // of a server's answer, for the log
inline constexpr std::int64_t message_virtual_ms = 1'000;        // that a message takes in virtual time

// store
inline constexpr std::size_t list_name_bytes_max = 128;
inline constexpr std::size_t statements_cached_max = 512;
inline constexpr std::int64_t rows_looked_at_max = 50'000; // by one query for ready chains: a tenth of a second
inline constexpr std::uint64_t handles_reserved_at_once = 1'000'000; // record handles, so that few commits have to
inline constexpr int copy_pages_at_once = 256;      // of a file's pages, a megabyte: then the store goes on with its work
inline constexpr int copy_rows_at_once = 1'000;     // of a server's rows
inline constexpr int copy_beginnings_max = 16;      // of one copy, that the library begins anew when a large transaction is undone
inline constexpr std::size_t findings_shown_max = 20; // of each kind that fsck has; more are counted
inline constexpr std::size_t later_calls_max = 10'000'000; // that restore takes in
inline constexpr std::int32_t later_calls_of_record_max = 10'000; // above the last that a backup knows

// a store on a server
inline constexpr std::int64_t may_leave_look_ms = 50; // while no call may leave: whether one may again
inline constexpr int store_connect_s = 5;               // to log in, per host of the URI
inline constexpr int store_statement_ms = 25'000;       // that the server spends on one statement
inline constexpr int store_scan_ms = 600'000;           // on one that looks through a whole table
inline constexpr int store_lock_wait_ms = 5'000;        // for another session to let go
inline constexpr int store_step_lock_wait_ms = 500;     // the same for a step of the schema beside members, who wait meanwhile
inline constexpr int store_silence_ms = 30'000;         // without a byte from it; more than a statement may take
inline constexpr int store_scan_silence_ms = 630'000;   // the same while it looks through a whole table
inline constexpr int store_rows_at_once = 5'000;        // of a whole table, read in one answer
inline constexpr int view_rows_at_once = 500;           // the same where a row may be a saved chain
inline constexpr std::size_t store_statement_bytes = std::size_t{16} << 20; // of parameters, then another statement is begun

// queues
inline constexpr std::size_t calls_queued_max = 1'000'000; // waiting for a channel, all campaigns of a node

} // namespace chainring::dialer::limits
