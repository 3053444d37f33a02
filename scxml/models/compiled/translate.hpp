// translate.hpp: a document's expressions → programs, when all of them lie in the part of ECMAScript that the compiled model
// knows exactly:
//   literals, data items (also as _data.ITEM), _event and its fields, members of data by name and by [key], `length`, _name,
//   _sessionid, undefined, NaN, Infinity, names that nothing declares, In('state'), typeof ! ~ + - * / % & | ^ << >> >>>
//   == != === !== < > <= >= && || ?: and brackets; assignment to data items.
#pragma once

#include <memory>

#include "scxml/models/compiled/program.hpp"

namespace chainring::scxml::compiled_model {

/// Null: something of the document lies outside, `first` says what. `d` has the ECMAScript data model.
std::shared_ptr<const program> translate(const document& d, departure& first);

} // namespace chainring::scxml::compiled_model
