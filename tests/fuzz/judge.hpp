// judge.hpp: what must hold of every document and session, whatever made them. A broken rule ends the process,
// as a crash does, so that the fuzzer keeps the input.
#pragma once

#include <string>

#include "scxml/compile.hpp"
#include "scxml/session.hpp"

namespace chainring::fuzz {

/// Prints why and aborts.
[[noreturn]] void fail(const std::string& why);
inline void require(bool holds, const char* why) {
  if (!holds) fail(why);
}

/// A document or errors, never both and never neither; complaints within their bounds.
void judge(const scxml::compiled& made);
/// Every index of every table lies in the table that it points into.
void judge(const scxml::document& d);
/// The configuration of a session between two events is a legal one (SCXML 3.11), its histories and invocations are
/// those of the document.
void judge(const scxml::session& s);

} // namespace chainring::fuzz
