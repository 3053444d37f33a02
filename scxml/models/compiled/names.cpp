// names.cpp: sorted lists; a test compares those of properties with a realm.
#include "scxml/models/compiled/names.hpp"

#include <algorithm>
#include <array>

namespace chainring::scxml::compiled_model {
namespace {

// `in`, `instanceof` and `typeof` are here too: as names they are as impossible as the others.
constexpr std::string_view reserved[] = {
    "arguments", "async",   "await",    "break",      "case",    "catch",  "class",      "const",     "continue",
    "debugger",  "default", "delete",   "do",         "else",    "enum",   "eval",       "export",    "extends",
    "false",     "finally", "for",      "function",   "get",     "if",     "implements", "import",    "in",
    "instanceof", "interface", "let",   "new",        "null",    "of",     "package",    "private",   "protected",
    "public",    "return",  "set",      "static",     "super",   "switch", "this",       "throw",     "true",
    "try",       "typeof",  "var",      "void",       "while",   "with",   "yield"};

constexpr std::string_view global[] = {
    "AggregateError", "Array", "Boolean", "Date", "Error", "EvalError", "Function", "In", "Infinity", "InternalError", "JSON",
    "Map", "Math", "NaN", "Number", "Object", "RangeError", "ReferenceError", "Reflect", "RegExp", "Set", "String", "Symbol",
    "SyntaxError", "TypeError", "URIError", "WeakMap", "WeakSet", "__assigned_value__", "__defineGetter__",
    "__defineSetter__", "__lookupGetter__", "__lookupSetter__", "__proto__", "_data", "_event", "_ioprocessors", "_name",
    "_sessionid", "_x", "constructor", "decodeURI", "decodeURIComponent", "encodeURI", "encodeURIComponent", "escape",
    "globalThis", "hasOwnProperty", "isFinite", "isNaN", "isPrototypeOf", "parseFloat", "parseInt", "propertyIsEnumerable",
    "toLocaleString", "toString", "undefined", "unescape", "valueOf"};

constexpr std::string_view inherited[] = {
    "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__", "__proto__", "anchor", "at", "big", "blink",
    "bold", "charAt", "charCodeAt", "codePointAt", "concat", "constructor", "copyWithin", "endsWith", "entries", "every", "fill",
    "filter", "find", "findIndex", "findLast", "findLastIndex", "fixed", "flat", "flatMap", "fontcolor", "fontsize", "forEach",
    "hasOwnProperty", "includes", "indexOf", "isPrototypeOf", "isWellFormed", "italics", "join", "keys", "lastIndexOf", "link",
    "localeCompare", "map", "match", "matchAll", "normalize", "padEnd", "padStart", "pop", "propertyIsEnumerable", "push",
    "reduce", "reduceRight", "repeat", "replace", "replaceAll", "reverse", "search", "shift", "slice", "small", "some", "sort",
    "splice", "split", "startsWith", "strike", "sub", "substr", "substring", "sup", "toExponential", "toFixed",
    "toLocaleLowerCase", "toLocaleString", "toLocaleUpperCase", "toLowerCase", "toPrecision", "toReversed", "toSorted",
    "toSpliced", "toString", "toUpperCase", "toWellFormed", "trim", "trimEnd", "trimLeft", "trimRight", "trimStart", "unshift",
    "valueOf", "values", "with"};

static_assert(std::is_sorted(std::begin(reserved), std::end(reserved)));
static_assert(std::is_sorted(std::begin(global), std::end(global)));
static_assert(std::is_sorted(std::begin(inherited), std::end(inherited)));

bool is_name_part(char c) {
  return c == '_' || c == '$' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

} // namespace

bool is_reserved(std::string_view word) { return std::binary_search(std::begin(reserved), std::end(reserved), word); }
bool is_global(std::string_view name) { return std::binary_search(std::begin(global), std::end(global), name); }
bool is_inherited(std::string_view name) { return std::binary_search(std::begin(inherited), std::end(inherited), name); }

bool is_plain_name(std::string_view text) {
  return !text.empty() && !(text[0] >= '0' && text[0] <= '9') && std::all_of(text.begin(), text.end(), is_name_part) &&
         !is_reserved(text);
}

} // namespace chainring::scxml::compiled_model
