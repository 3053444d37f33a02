// describe.hpp: what the compiler made of a document, as data: for tools that read `chainring check --json`.
#pragma once

#include <string>

#include "scxml/document.hpp"
#include "scxml/value.hpp"

namespace chainring::scxml {

/// {name, hash, datamodel {name, why, engine, left_for {what, expression, line, column}}, binding, states [{id, kind, parent,
/// line, column, initial, transitions [{events, cond, targets, internal, line, column}], invokes}], data [{id, line, column}],
/// expressions}. States without an id have null; targets are ids, or places "line:column" of states without one.
value describe(const document& d);

/// "ecmascript" or "null".
const char* name_of(datamodel_kind kind);
/// Why the document has it, for people.
const char* to_text(datamodel_reason reason);
/// What runs its expressions: "compiled" or "QuickJS"; the null data model has nothing to run: "".
const char* engine_of(const document& d);
/// What takes it to QuickJS: "line 7: 'a.join()': it calls a function"; "" for other documents.
std::string to_text(const departure& left);

} // namespace chainring::scxml
