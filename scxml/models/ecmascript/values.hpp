// values.hpp: values across the border of the data model, copied both ways. Copying out runs no code of the
// script: getters are left out as functions are.
#pragma once

#include "scxml/models/ecmascript/realm.hpp"

namespace chainring::scxml::ecmascript {

/// A fresh script value, or JS_EXCEPTION. Depth and number of nodes are limited (scxml/limits.hpp).
JSValue to_js(realm& r, const value& v);

/// A copy of a script value; false: an exception is pending (too deep, a cycle, too large). As JSON.stringify
/// would: functions, symbols and getters are left out, Date is ISO text, boxed primitives are primitives.
/// Beyond JSON: undefined, NaN and infinities stay, an Error is its name and message, a DOM node is XML.
bool from_js(realm& r, JSValueConst v, value& out);

/// The own data property of an object, without running anything; false: there is none, or it is an accessor.
bool own_data(realm& r, JSValueConst object, JSAtom name, owned& out);

/// Time value of a Date object: milliseconds, or NaN.
double time_of(realm& r, JSValueConst date);

} // namespace chainring::scxml::ecmascript
