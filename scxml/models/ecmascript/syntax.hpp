// syntax.hpp: questions about source text that must be answered before it is compiled into a function.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <quickjs/quickjs.h>

namespace chainring::scxml::ecmascript {

/// Empty when `text` is one complete expression by itself; else what is wrong. Text that only parses because of
/// what is put around it, such as `1) } } , (`, is refused. Faults that show when it is compiled inside brackets may be left
/// to that.
std::string expression_problem(JSContext* context, const std::string& text);

/// Where QuickJS meets the first error of a program, 1-based, in characters; line 0: it meets none.
struct syntax_place {
  std::uint32_t line = 0, column = 0;
};
syntax_place first_error(JSContext* context, const std::string& program);

/// Names what treatments may not write, or is nullptr: BigInt literals, because operations on large ones cannot be
/// interrupted; asynchronous functions and import(), because nothing ever waits for them. Finds too much rather than too
/// little in text that only a parser could tell apart.
const char* forbidden_syntax(std::string_view text);

/// What a program declares at its top level.
struct declarations {
  struct function {
    std::string name;
    std::string text; // as written
  };
  std::vector<std::string> variables;
  std::vector<function> functions;
  bool has_lexical_names = false;
  std::string problem; // not empty: it does not parse
};

/// Found exactly, by letting QuickJS hoist them in a scratch context in which the program itself does not run.
declarations declared_by(JSRuntime* runtime, const std::string& program);

/// The program with its declared functions cut out, or the program as it is when they cannot be located for
/// certain.
std::string without_functions(JSRuntime* runtime, const std::string& program, const declarations& declared);

/// A function declaration without its name: `function f(a) {…}` → `function (a) {…}`.
std::string anonymous(const std::string& function_text);

} // namespace chainring::scxml::ecmascript
