// syntax.cpp: asks QuickJS in contexts where nothing runs; reads text only where QuickJS cannot tell.
#include "scxml/models/ecmascript/syntax.hpp"

#include <algorithm>
#include <cstring>
#include <set>

#include "scxml/limits.hpp"
#include "scxml/models/ecmascript/js.hpp"

namespace chainring::scxml::ecmascript {
namespace {

bool is_name_part(char c) {
  return c == '_' || c == '$' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (static_cast<unsigned char>(c) & 0x80);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string pending_text(JSContext* context) {
  const owned thrown(context, JS_GetException(context));
  std::string text = text_of(context, thrown.get());
  return text.empty() ? "it does not parse" : text;
}

std::string parse_problem(JSContext* context, const std::string& program) {
  const owned compiled(context, JS_Eval(context, program.c_str(), program.size(), "treatment",
                                        JS_EVAL_TYPE_GLOBAL | JS_EVAL_FLAG_COMPILE_ONLY));
  return compiled.failed() ? pending_text(context) : std::string();
}

/// A word that starts with a digit and ends in n.
bool big_int_at(std::string_view text, std::size_t from, std::size_t& end) {
  end = from;
  while (end < text.size() && is_name_part(text[end])) ++end;
  return is_digit(text[from]) && text[end - 1] == 'n';
}

constexpr const char* no_big_int = "BigInt cannot be used in a treatment";
constexpr const char* no_async = "asynchronous functions and import() cannot be used in a treatment";

/// What is wrong with the word at i, or nullptr; `end` is set behind it. Behind `async` and `import` some characters
/// show that they are names here.
const char* forbidden_word(std::string_view text, std::size_t i, std::size_t& end) {
  if (big_int_at(text, i, end)) return no_big_int;
  const std::string_view word = text.substr(i, end - i);
  if (word != "async" && word != "import") return nullptr;
  const std::size_t next = text.find_first_not_of(" \t\r\n", end);
  const bool is_name = next == std::string_view::npos || std::strchr("=,;)]}:.?&|<>!+-", text[next]);
  return is_name && !(word == "import" && next != std::string_view::npos && text[next] == '.') ? nullptr : no_async;
}

const char* any_forbidden_word(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i + 1;
    if (is_name_part(text[i]))
      if (const char* found = forbidden_word(text, i, end)) return found;
    i = end;
  }
  return nullptr;
}

/// Position behind the string or comment that begins at i, i when none does, npos when that cannot be told.
std::size_t skip_quoted(std::string_view text, std::size_t i) {
  const char c = text[i];
  if (c == '\'' || c == '"') {
    for (std::size_t k = i + 1; k < text.size() && text[k] != '\n' && text[k] != '\r'; ++k) {
      if (text[k] == '\\') {
        ++k;
        continue;
      }
      if (text[k] == c) return k + 1;
    }
    return std::string_view::npos;
  }
  if (c == '/' && text.substr(i, 2) == "//") return std::min(text.find('\n', i), text.size());
  if (c == '/' && text.substr(i, 2) == "/*") {
    const std::size_t end = text.find("*/", i + 2);
    return end == std::string_view::npos ? end : end + 2;
  }
  const bool unclear = c == '/' || c == '`' || text.substr(i, 4) == "<!--" || text.substr(i, 3) == "-->";
  return unclear ? std::string_view::npos : i;
}

/// A context of its own, whose global object has no properties but the three that cannot be deleted.
class scratch {
 public:
  explicit scratch(JSRuntime* runtime) : context_(JS_NewContextRaw(runtime)) {
    if (!context_) return;
    JS_AddIntrinsicBaseObjects(context_);
    JS_AddIntrinsicEval(context_);
    JS_AddIntrinsicRegExpCompiler(context_);
    const owned global(context_, JS_GetGlobalObject(context_));
    for (const std::string& name : names()) {
      const atom key(context_, name);
      if (JS_DeleteProperty(context_, global.get(), key.get(), 0) < 0)
        JS_FreeValue(context_, JS_GetException(context_));
    }
  }
  ~scratch() {
    if (context_) JS_FreeContext(context_);
  }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;

  JSContext* context() const { return context_; }

  std::vector<std::string> names() const {
    const owned global(context_, JS_GetGlobalObject(context_));
    JSPropertyEnum* found = nullptr;
    std::uint32_t count = 0;
    std::vector<std::string> out;
    if (JS_GetOwnPropertyNames(context_, &found, &count, global.get(), JS_GPN_STRING_MASK) < 0) return out;
    for (std::uint32_t i = 0; i < count; ++i) {
      const atom key(context_, found[i].atom);
      const owned name(context_, JS_AtomToString(context_, key.get()));
      out.push_back(text_of(context_, name.get()));
    }
    js_free(context_, found);
    return out;
  }

  /// True when the name is declared by let, const or class: reading it before its declaration ran is an error
  /// even in typeof.
  bool is_lexical(std::string_view name) const {
    const std::string question = "typeof " + std::string(name);
    const owned answer(context_,
                       JS_Eval(context_, question.c_str(), question.size(), "treatment", JS_EVAL_TYPE_GLOBAL));
    if (answer.failed()) JS_FreeValue(context_, JS_GetException(context_));
    return answer.failed();
  }

 private:
  JSContext* context_;
};

/// Every word of the text that follows let, const or class (also inside brackets): a superset of the lexical
/// names.
std::set<std::string> words(std::string_view text) {
  std::set<std::string> out;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && is_name_part(text[end])) ++end;
    if (end > i && !is_digit(text[i])) out.emplace(text.substr(i, end - i));
    i = end > i ? end : i + 1;
  }
  return out;
}

bool declares_lexically(const scratch& s, const std::string& program) {
  const auto used = words(program);
  if (!used.contains("let") && !used.contains("const") && !used.contains("class")) return false;
  for (const auto& word : used)
    if (parse_problem(s.context(), "typeof " + word).empty() && s.is_lexical(word)) return true;
  return false;
}

} // namespace

std::string expression_problem(JSContext* context, const std::string& text) {
  if (const char* forbidden = forbidden_syntax(text)) return forbidden;
  if (text.size() > limits::expression_bytes_max)
    return "it is longer than " + std::to_string(limits::expression_bytes_max) + " bytes";
  // Without these it can neither close the bracket that it will be put into nor mean anything else inside a function.
  if (text.find_first_of(")\\") == std::string::npos && text.find("super") == std::string::npos &&
      text.find("target") == std::string::npos)
    return {};
  // No text can close both kinds of bracket.
  std::string problem = parse_problem(context, "[" + text + "\n]");
  if (!problem.empty() || text.find(']') != std::string::npos)
    if (std::string first = parse_problem(context, "(" + text + "\n)"); !first.empty()) return first;
  return problem;
}

syntax_place first_error(JSContext* context, const std::string& program) {
  const owned compiled(context, JS_Eval(context, program.c_str(), program.size(), "treatment",
                                        JS_EVAL_TYPE_GLOBAL | JS_EVAL_FLAG_COMPILE_ONLY));
  if (!compiled.failed()) return {};
  const owned thrown(context, JS_GetException(context));
  const auto number = [&](const char* name) {
    const owned v(context, JS_GetPropertyStr(context, thrown.get(), name));
    return JS_VALUE_GET_TAG(v.get()) == JS_TAG_INT ? static_cast<std::uint32_t>(JS_VALUE_GET_INT(v.get())) : 1;
  };
  return {number("lineNumber"), number("columnNumber")};
}

const char* forbidden_syntax(std::string_view text) {
  const char* const any = any_forbidden_word(text);
  if (!any) return nullptr;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t behind = skip_quoted(text, i);
    if (behind == std::string_view::npos) return any;
    if (behind != i) {
      i = behind;
      continue;
    }
    std::size_t end = i + 1;
    if (is_name_part(text[i]))
      if (const char* found = forbidden_word(text, i, end)) return found;
    i = end;
  }
  return nullptr;
}

declarations declared_by(JSRuntime* runtime, const std::string& program) {
  declarations out;
  if (const char* forbidden = forbidden_syntax(program)) return out.problem = forbidden, out;
  if (program.size() > limits::script_bytes_max)
    return out.problem = "it is longer than " + std::to_string(limits::script_bytes_max) + " bytes", out;
  const scratch s(runtime);
  if (!s.context()) return out.problem = "out of memory", out;
  const auto before = s.names();
  const std::set<std::string> known(before.begin(), before.end());
  const std::string hoisting = "throw 0;\n" + program;
  const owned ran(s.context(),
                  JS_Eval(s.context(), hoisting.c_str(), hoisting.size(), "treatment", JS_EVAL_TYPE_GLOBAL));
  const owned thrown(s.context(), JS_GetException(s.context()));
  if (!JS_IsNumber(thrown.get())) return out.problem = text_of(s.context(), thrown.get()), out;
  const owned global(s.context(), JS_GetGlobalObject(s.context()));
  for (const std::string& name : s.names()) {
    if (known.contains(name)) continue;
    const owned held(s.context(), JS_GetPropertyStr(s.context(), global.get(), name.c_str()));
    if (JS_IsFunction(s.context(), held.get()))
      out.functions.push_back({name, text_of(s.context(), held.get())});
    else
      out.variables.push_back(name);
  }
  out.has_lexical_names = declares_lexically(s, program);
  return out;
}

namespace {

/// An empty statement keeps apart what the declaration kept apart; lines stay where they were.
std::string with_cut(std::string program, std::size_t at, std::size_t size) {
  for (std::size_t i = at; i < at + size; ++i)
    if (program[i] != '\n') program[i] = ' ';
  program[at] = ';';
  return program;
}

bool declares(const declarations& d, const declarations::function& f) {
  return std::any_of(d.functions.begin(), d.functions.end(),
                     [&](const auto& known) { return known.name == f.name && known.text == f.text; });
}

/// Cuts out one declaration; false: its place is not certain.
bool cut_declaration(JSRuntime* runtime, std::string& program, const declarations::function& f,
                     std::size_t& tries) {
  const std::size_t first = program.find(f.text);
  if (first == std::string::npos) return false;
  if (program.find(f.text, first + 1) == std::string::npos)
    return program = with_cut(std::move(program), first, f.text.size()), true;
  // The same text stands elsewhere too, in a comment or a string perhaps: cut where the declaration goes away.
  for (std::size_t at = program.rfind(f.text); at != std::string::npos;
       at = at == 0 ? at - 1 : program.rfind(f.text, at - 1)) {
    if (tries-- == 0) return false;
    std::string cut = with_cut(program, at, f.text.size());
    const declarations rest = declared_by(runtime, cut);
    if (rest.problem.empty() && !declares(rest, f)) return program = std::move(cut), true;
    if (at == 0) break;
  }
  return false;
}

} // namespace

std::string without_functions(JSRuntime* runtime, const std::string& program, const declarations& declared) {
  std::string cut = program;
  // Parses, so that a script with many doubles does not take for ever.
  std::size_t tries = std::clamp<std::size_t>(64'000 / std::max<std::size_t>(program.size(), 1), 1, 64);
  declarations rest = declared;
  for (int round = 0; round < 4 && !rest.functions.empty();
       ++round) { // a name that is declared twice takes two rounds
    for (const auto& f : rest.functions)
      if (!cut_declaration(runtime, cut, f, tries)) return program;
    rest = declared_by(runtime, cut);
    if (!rest.problem.empty()) return program;
  }
  return rest.functions.empty() ? cut : program;
}

std::string anonymous(const std::string& text) {
  std::size_t i = text.find("function") + std::strlen("function");
  const auto skip_space = [&] {
    while (i < text.size()) {
      const std::size_t behind = skip_quoted(text, i);
      if (behind != std::string::npos && behind != i && text[i] == '/')
        i = behind;
      else if (std::strchr(" \t\r\n\f\v", text[i]))
        ++i;
      else
        break;
    }
  };
  skip_space();
  if (text[i] == '*') ++i;
  skip_space();
  const std::size_t name = i;
  while (i < text.size() && (is_name_part(text[i]) || text[i] == '\\' || text[i] == '{' || text[i] == '}') &&
         text[i] != '(')
    ++i;
  return text.substr(0, name) + text.substr(i);
}

} // namespace chainring::scxml::ecmascript
