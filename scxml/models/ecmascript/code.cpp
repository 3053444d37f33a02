// code.cpp: how the text of expressions and scripts becomes functions.
#include "scxml/models/ecmascript/code.hpp"

#include <algorithm>
#include <optional>

#include "scxml/limits.hpp"
#include "scxml/models/ecmascript/cpu_time.hpp"
#include "scxml/models/ecmascript/event_use.hpp"
#include "scxml/models/ecmascript/plain_text.hpp"
#include "scxml/models/ecmascript/syntax.hpp"

namespace chainring::scxml::ecmascript {
namespace {

// The name of the only parameter of an assignment. A data item cannot have it: ids beginning with it are not
// names that people give, and if a script makes such a property of its own data, it deceives only itself.
constexpr const char* parameter = "__assigned_value__";

// In joined assignments: how many have been carried out while they run, 0 at other times. An expression that had this name in
// it would see it, and is not joined.
constexpr const char* progress = "__done__";

/// A method has no `prototype` property, so that nothing writable hangs on what all sessions can reach as
/// arguments.callee.
std::string method(const std::string& parameters, const std::string& body) {
  return "({run(" + parameters + "){" + body + "}}).run";
}

std::string over_data(const std::string& body) { return "with(this){" + body + "}"; }

std::string assignment_text(const std::string& target, const std::string& source) {
  return over_data("(" + target + "\n)=(" + source + "\n)");
}

/// Of both sides; a location inside `_event` is not only read.
std::optional<unsigned> event_fields_of(const std::string& target, const std::string& source) {
  return event_fields_read(target) == 0u ? event_fields_read(source) : std::nullopt;
}

std::uint32_t assignment_key(index location, index expr) { return (std::uint32_t{location} << 16) | expr; }

bool is_system_name(std::string_view name) {
  for (const char* system : {"_event", "_sessionid", "_name", "_ioprocessors", "_x", "_data"})
    if (name == system) return true;
  return false;
}

std::string quoted(const std::string& name) {
  std::string out = "\"";
  for (char c : name) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

void freeze(JSContext* context, JSValueConst function) {
  for (const char* name : {"name", "length"}) {
    const atom key(context, name);
    JS_DefineProperty(context, function, key.get(), JS_UNDEFINED, JS_UNDEFINED, JS_UNDEFINED,
                      JS_PROP_HAS_CONFIGURABLE | JS_PROP_HAS_WRITABLE);
  }
  JS_PreventExtensions(context, function);
}

unit made_of(JSContext* context, owned function) {
  unit made;
  made.tried = true;
  if (function.failed()) {
    const owned thrown(context, JS_GetException(context));
    made.problem = text_of(context, thrown.get());
    if (made.problem.empty()) made.problem = "it does not compile";
    return made;
  }
  freeze(context, function.get());
  made.function = std::move(function);
  return made;
}

owned evaluated(JSContext* context, const std::string& text) {
  return {context, JS_Eval(context, text.c_str(), text.size(), "treatment", JS_EVAL_TYPE_GLOBAL)};
}

/// Evaluates the text of a function expression.
unit make_function(JSContext* context, const std::string& text) { return made_of(context, evaluated(context, text)); }

/// Adds the time from its making to its end.
class stopwatch {
 public:
  explicit stopwatch(std::int64_t& us) : us_(us), started_(thread_cpu_us()) {}
  ~stopwatch() { us_ += thread_cpu_us() - started_; }
  stopwatch(const stopwatch&) = delete;
  stopwatch& operator=(const stopwatch&) = delete;

 private:
  std::int64_t& us_;
  const std::int64_t started_;
};

} // namespace

code::code(std::shared_ptr<realm> r, std::shared_ptr<const document> d)
    : realm_(std::move(r)), document_(std::move(d)), values_(document_->expressions.size()),
      joined_(document_->assigns.size()) {
  for (std::size_t i = 0; i < document_->states.size(); ++i)
    if (!document_->states[i].id.empty()) states_.emplace(document_->states[i].id, static_cast<index>(i));
  for (const auto& item : document_->data)
    item_names_.emplace_back(realm_->context(), std::string_view(item.id));
}

index code::find_state(std::string_view id) const {
  const auto found = states_.find(id);
  return found == states_.end() ? none : found->second;
}

unit code::compile(const std::string& expression, const std::string& function) {
  unit refused;
  refused.tried = true;
  refused.problem = expression_problem(realm_->context(), expression);
  return refused.problem.empty() ? make_function(realm_->context(), function) : std::move(refused);
}

const unit& code::value(index e) {
  unit& u = values_[e];
  if (u.tried) return u;
  const stopwatch watch(compile_us_);
  const std::string text = without_semicolon(document_->expressions[e].text);
  const unsigned fields = event_fields_read(text).value_or(0);
  u = compile(text, method(fields != 0 ? "_event" : "", over_data("return (" + text + "\n)")));
  u.event_fields = fields;
  return u;
}

const unit& code::assignment(index location, index expr) {
  unit& u = assignments_[assignment_key(location, expr)];
  if (u.tried) return u;
  const stopwatch watch(compile_us_);
  const std::string& target = document_->expressions[location].text;
  std::string source = parameter;
  if (expr != none) {
    source = without_semicolon(document_->expressions[expr].text);
    u.problem = expression_problem(realm_->context(), source);
    u.tried = true;
    if (!u.problem.empty()) return u;
  }
  const unsigned fields = expr == none ? 0 : event_fields_of(target, source).value_or(0);
  const char* const argument = expr == none ? parameter : fields != 0 ? "_event" : "";
  u = compile(target, method(argument, assignment_text(target, source)));
  u.event_fields = fields;
  return u;
}

/// Each of them compiles alone, so none reaches beyond its brackets when they stand together.
bool code::may_join(const assign_operands& a) {
  if (document_->expressions[a.value].kind == expression_kind::content) return false;
  for (const index e : {a.location, a.value}) {
    const std::string& text = document_->expressions[e].text;
    if (!sees_no_arguments(text) || text.find(progress) != std::string::npos) return false;
  }
  return assignment(a.location, a.value).problem.empty();
}

const joined_unit& code::assignments(index first, index most) {
  joined_unit& all = joined_[first];
  if (all.count != 0) return all;
  std::size_t size = 0;
  index count = 0;
  for (; count < most; ++count) {
    const assign_operands& a = document_->assigns[first + count];
    size += document_->expressions[a.location].text.size() + document_->expressions[a.value].text.size();
    if (size > limits::expression_bytes_max || !may_join(a)) break;
  }
  if (count > 1) all = join(first, count);
  if (all.count == 0)
    for (index i = 0; i < std::max<index>(count, 1); ++i) joined_[first + i].count = 1;
  return all;
}

joined_unit code::join(index first, index count) {
  const stopwatch watch(compile_us_);
  std::optional<unsigned> fields = 0;
  std::string body;
  for (index i = 0; i < count; ++i) {
    const assign_operands& a = document_->assigns[first + i];
    const std::string& target = document_->expressions[a.location].text;
    const std::string source = without_semicolon(document_->expressions[a.value].text);
    const auto read = event_fields_of(target, source);
    fields = fields && read ? std::optional(*fields | *read) : std::nullopt;
    body += assignment_text(target, source) + progress + "=" + std::to_string(i + 1 < count ? i + 1 : 0) + ";";
    assignments_.erase(assignment_key(a.location, a.value)); // has served to show that it compiles
  }
  const std::string name = progress;
  JSContext* const context = realm_->context();
  const owned pair = evaluated(context, "(()=>{let " + name + "=0;return[" +
                                            method(fields.value_or(0) != 0 ? "_event" : "", body) + "," +
                                            method("", "const done=" + name + ";" + name + "=0;return done") + "]})()");
  if (pair.failed()) return JS_FreeValue(context, JS_GetException(context)), joined_unit{};
  joined_unit made;
  made.body = made_of(context, {context, JS_GetPropertyUint32(context, pair.get(), 0)});
  made.progress = made_of(context, {context, JS_GetPropertyUint32(context, pair.get(), 1)});
  made.body.event_fields = fields.value_or(0);
  made.count = count;
  return made;
}

script_unit& code::script(index e) {
  const auto [found, is_new] = scripts_.try_emplace(e);
  if (!is_new) return found->second;
  const stopwatch watch(compile_us_);
  compile_script(document_->expressions[e].text, found->second);
  return found->second;
}

void code::compile_script(const std::string& source, script_unit& out) {
  const declarations declared = declared_by(realm_->runtime(), source);
  out.body.tried = true;
  out.body.problem = declared.problem;
  if (!declared.problem.empty()) return;
  out.variables = declared.variables;
  for (const std::string& name : declared.variables)
    if (is_system_name(name)) out.body.problem = "the system variable " + name + " cannot be declared";
  for (const auto& f : declared.functions)
    if (is_system_name(f.name)) out.body.problem = "the system variable " + f.name + " cannot be declared";
  if (!out.body.problem.empty()) return;
  out.has_lexical_names = declared.has_lexical_names;
  for (const auto& f : declared.functions) {
    // A property, not a name: inside the function its name means the data item, as everywhere else.
    const std::string text =
        "return ({" + quoted(f.name) + ":" + anonymous(f.text) + "\n})[" + quoted(f.name) + "]";
    out.functions.push_back({f.name, make_function(realm_->context(), method("", over_data(text)))});
    if (!out.functions.back().maker.problem.empty()) out.body.problem = out.functions.back().maker.problem;
  }
  if (out.body.problem.empty())
    out.body = make_function(realm_->context(),
                             method("", over_data("\n" + without_functions(realm_->runtime(), source, declared) + "\n")));
}

bool code::is_variable_name(const std::string& name) {
  const auto [found, is_new] = variable_names_.try_emplace(name, false);
  if (!is_new) return found->second;
  bool ok = !name.empty() && !(name[0] >= '0' && name[0] <= '9');
  for (char c : name)
    ok = ok && (c == '_' || c == '$' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                (c >= 'A' && c <= 'Z') || (static_cast<unsigned char>(c) & 0x80));
  if (ok) {
    const declarations declared = declared_by(realm_->runtime(), "var " + name);
    ok = declared.problem.empty() && declared.variables.size() == 1 && declared.variables[0] == name;
  }
  return found->second = ok && !is_system_name(name);
}

} // namespace chainring::scxml::ecmascript
