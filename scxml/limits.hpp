// limits.hpp: every bound of the SCXML engine, by name. Tests and metrics use these names; nothing else hides a number.
#pragma once

#include <cstddef>
#include <cstdint>

namespace chainring::scxml::limits {

// the document
inline constexpr std::size_t document_bytes_max = std::size_t{1} << 20;
inline constexpr std::size_t document_depth_max = 128;
inline constexpr std::size_t document_elements_max = 10'000;
inline constexpr std::size_t complaints_max = 200;   // about one document; the rest is counted
inline constexpr std::size_t suggestions_max = 10;   // "did you mean" per document, each a search over all names
inline constexpr std::size_t suggested_length_max = 64;
inline constexpr std::uint32_t expected_names_max = 6; // of events, per state: looked at before the table of all is
inline constexpr std::size_t candidate_looks_max = 100'000; // to find what an event concerns; past it that is done at run time
inline constexpr std::size_t way_steps_max = 65'535; // of eight bytes or less, all ways of a document; past it likewise

// one macrostep of one session
inline constexpr std::uint32_t microsteps_max = 1'000;
inline constexpr std::uint32_t events_queued_max = 256;
inline constexpr std::uint32_t instructions_max = 1'000'000; // executed; foreach counts each turn
inline constexpr std::size_t effects_max = 16'384;
inline constexpr std::uint32_t foreach_turns_max = 65'536;
inline constexpr std::uint32_t faults_in_a_row_max = 3; // then the session is ended as faulted
inline constexpr std::int64_t macrostep_cpu_us_max = 50'000;
inline constexpr std::size_t looks_per_us = 10; // of the interpreter at a state or a transition, as it is charged for

// one evaluation of the ECMAScript data model
inline constexpr std::int64_t evaluation_cpu_us_max = 20'000;
inline constexpr std::size_t script_heap_growth_bytes_max = std::size_t{4} << 20; // of the runtime, one evaluation
inline constexpr std::size_t session_heap_growth_bytes_max = std::size_t{1} << 20; // net, per session
inline constexpr std::size_t looks_per_instruction = 3; // what an instruction, or a foreach turn, takes beside its expressions
inline constexpr std::size_t expression_bytes_max = std::size_t{32} << 10; // compiling them is not interrupted
inline constexpr std::size_t script_bytes_max = std::size_t{64} << 10;
inline constexpr std::size_t script_stack_bytes_max = std::size_t{256} << 10;
inline constexpr std::size_t builtin_length_max = 65'536; // what a wrapped built-in accepts
inline constexpr std::size_t sessions_per_realm_max = 100'000;

// the compiled data model
inline constexpr std::size_t compiled_depth_max = 64; // of brackets and operators in one expression, past them it is QuickJS's
inline constexpr std::size_t compiled_stack_max = 32; // values at once

// the sessions of one tree (session_driver.hpp)
inline constexpr std::size_t external_events_max = 16'384; // waiting in the external queue
inline constexpr std::size_t sessions_per_tree_max = 64;
inline constexpr std::size_t invoke_depth_max = 8;

// a document run alone (runner.hpp)
inline constexpr std::size_t runner_sends_delayed_max = 16'384;
inline constexpr std::uint64_t runner_events_max = 1'000'000;   // processed without anything from outside

// time
inline constexpr std::int64_t instant_ms_max = 8'640'000'000'000'000; // since the epoch: the end of ECMAScript's Date
inline constexpr std::int64_t instant_ms_min = -instant_ms_max;

// data at the border
inline constexpr std::size_t form_fields_max = 256; // of a BasicHTTP message
inline constexpr std::size_t value_depth_max = 64;
inline constexpr std::size_t value_nodes_max = 65'536;
inline constexpr std::size_t snapshot_depth_max = 256; // of ECMAScript data, nested
inline constexpr std::size_t snapshot_bytes_max = std::size_t{4} << 20;

} // namespace chainring::scxml::limits
