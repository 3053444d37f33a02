// install.hpp: the steps that make a realm out of a bare QuickJS context, in this order. Each gives false when
// memory runs out.
#pragma once

#include "scxml/models/ecmascript/realm.hpp"

namespace chainring::scxml::ecmascript {

/// Numbers of our own classes, the same in every runtime. QuickJS counts them in a variable of the process.
struct own_class_numbers {
  JSClassID dom_node = 0;
  JSClassID undeclared = 0; // the prototype of the global object
};
const own_class_numbers& own_classes();

/// Finds class numbers and keeps the intrinsics that the host calls.
bool find_natives(realm& r);
/// Takes away what compiles code or waits; replaces Date, Math.random and Function.
bool install_surface(realm& r);
/// The system variables of SCXML 5.10 and In() as properties of the global object.
bool install_system(realm& r);
/// The class of DOM nodes.
bool install_dom(realm& r);
/// Puts a check of length and time before every built-in whose time grows with a length.
bool wrap_builtins(realm& r);
/// Freezes everything that scripts can reach, and makes an error of assigning to an undeclared name.
bool harden(realm& r);

} // namespace chainring::scxml::ecmascript
