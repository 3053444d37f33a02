// summary.hpp: parts of a document in a few words, for people who look at the whole.
#pragma once

#include <string>
#include <vector>

#include "scxml/document.hpp"

namespace chainring::scxml {

/// "state", "parallel", "final", "history".
const char* element_of(state_kind kind);
/// The id, or "<state>" and its line when there is none.
std::string name_of(const document& d, index s);
/// "e done.state.a *"; "" for an eventless transition.
std::string events_of(const document& d, const transition& t);
/// The instructions of a block, a line each: "raise e", "assign x = 1", "ocs:make_call record_id=r".
std::vector<std::string> lines_of(const document& d, index block);
/// "invoke child", "invoke http://…".
std::string line_of(const document& d, const invoke& i);

/// One line of at most 60 bytes, cut at a character.
std::string shortened(std::string_view text);

} // namespace chainring::scxml
