// full_store.hpp: a store with something in every table, as a node leaves it behind when it is killed.
#pragma once

#include <string>

#include "dialer/store/store.hpp"

/// The list "people" (id 1) of six chains with two rows each, record_id = chain_id * 10 + chain_n; user column "city".
///   chain 1  has ended: attempts 11/1 done, 11/2 done
///   chain 2  waits for a call: attempt 21/1 unknown, 21/2 in flight; saved, its document kept
///   chain 3  is passive until `passive_due_ms`, saved
///   chain 4  was put away: its rows Ready, saved
///   others   Ready
/// One history record of chain 2, two do-not-call entries, an owner.
chainring::dialer::list_id fill(chainring::dialer::store& in);

inline constexpr std::int64_t passive_due_ms = 50'000'000;
/// When the attempts were made: each a minute, from here on, two minutes after the one before.
inline constexpr std::int64_t first_attempt_ms = 1'000'000;

/// The whole store as text: each table with its rows in the order of their text, but for who owns it.
std::string content_of(chainring::dialer::store& in);
