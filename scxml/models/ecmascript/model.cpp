// model.cpp: what the interpreter asks of a data model, each call one evaluation with its budgets.
#include "scxml/models/ecmascript/model.hpp"

#include "scxml/limits.hpp"
#include "scxml/models/ecmascript/dom.hpp"
#include "scxml/models/ecmascript/plain_text.hpp"
#include "scxml/models/ecmascript/values.hpp"

namespace chainring::scxml::ecmascript {
namespace {

/// `problem` is not empty: that is the verdict, and nothing ran.
verdict end(evaluation& running, const owned& v, const std::string& problem) {
  if (problem.empty()) return running.end(v);
  verdict out = running.end(true);
  return out.ok() ? verdict{failure::failed, problem} : out;
}

} // namespace

model::model(std::shared_ptr<realm> r, std::shared_ptr<const document> d)
    : realm_(r), code_(std::move(r), std::move(d)) {}

// -- life of one session's data -------------------------------------------------------------------------------------

verdict model::create(surroundings& s) {
  destroy(s.self);
  evaluation running(*realm_, code_, s);
  owned data(context(), JS_NewObjectProto(context(), JS_NULL));
  if (data.failed()) return running.end(false);
  for (const atom& name : code_.item_names())
    if (JS_DefinePropertyValue(context(), data.get(), name.get(), JS_UNDEFINED, JS_PROP_C_W_E) < 0)
      return running.end(false);
  s.self.data.pointer = JS_VALUE_GET_PTR(data.release());
  ++realm_->sessions;
  return running.end(true);
}

void model::destroy(session& s) noexcept {
  if (!s.data.pointer) return;
  realm_->forget(s);
  JS_FreeValue(context(), data_object(s));
  s.data = {};
  --realm_->sessions;
}

// -- evaluation -----------------------------------------------------------------------------------------------------

owned model::call(const unit& u, surroundings& s, std::string& problem, JSValueConst argument) {
  problem = u.problem;
  if (!problem.empty()) return {context(), JS_UNDEFINED};
  if (u.event_fields != 0) argument = realm_->event_view(u.event_fields);
  if (JS_IsException(argument)) return {context(), JS_EXCEPTION};
  return {context(), JS_Call(context(), u.function.get(), data_object(s.self), 1, &argument)};
}

owned model::content(const std::string& text) {
  owned json(context(), JS_ParseJSON(context(), text.c_str(), text.size(), "content"));
  if (!json.failed()) return json;
  JS_FreeValue(context(), JS_GetException(context()));
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && text[first] == '<')
    if (auto tree = parse_xml(std::string_view(text).substr(first)))
      return {context(), dom_object(*realm_, {std::move(tree), 0})};
  const std::string words = normalized(text);
  return {context(), JS_NewStringLen(context(), words.data(), words.size())};
}

owned model::value_of(surroundings& s, index e, std::string& problem) {
  const expression& source = code_.of().expressions[e];
  if (source.kind == expression_kind::content) return content(source.text);
  return call(code_.value(e), s, problem);
}

verdict model::condition(surroundings& s, index e, bool& out) {
  out = false;
  const unit& u = code_.value(e);
  evaluation running(*realm_, code_, s);
  if (!running.may_run()) return running.end(false);
  std::string problem;
  const owned v = call(u, s, problem);
  const bool ok = problem.empty() && !v.failed();
  if (ok) out = JS_ToBool(context(), v.get()) > 0;
  return end(running, v, problem);
}

verdict model::evaluate(surroundings& s, index e, value& out) {
  if (code_.of().expressions[e].kind != expression_kind::content)
    code_.value(e); // compiled outside of the budget
  evaluation running(*realm_, code_, s);
  if (!running.may_run()) return running.end(false);
  std::string problem;
  const owned v = value_of(s, e, problem);
  if (!problem.empty() || v.failed()) return end(running, v, problem);
  return running.end(from_js(*realm_, v.get(), out));
}

verdict model::assign_with(surroundings& s, const unit& u, JSValueConst argument) {
  std::string problem;
  evaluation running(*realm_, code_, s);
  if (!running.may_run()) return running.end(false);
  const owned done = call(u, s, problem, argument);
  return end(running, done, problem);
}

verdict model::assign(surroundings& s, index location, index expr) {
  if (code_.of().expressions[expr].kind != expression_kind::content)
    return assign_with(s, code_.assignment(location, expr), JS_UNDEFINED);
  const unit& u = code_.assignment(location, none);
  const owned v = content(code_.of().expressions[expr].text);
  if (v.failed()) return evaluation(*realm_, code_, s).end(false);
  return assign_with(s, u, v.get());
}

verdict model::assign_all(surroundings& s, range assigns, index& done) {
  for (done = 0; done < assigns.count;) {
    const index first = static_cast<index>(assigns.first + done);
    const joined_unit& all = code_.assignments(first, static_cast<index>(assigns.count - done));
    const assign_operands& one = code_.of().assigns[first];
    index here = 0;
    verdict v = all.count > 1 ? assign_joined(s, all, here) : assign(s, one.location, one.value);
    done = static_cast<index>(done + (v.ok() ? all.count : here));
    if (!v.ok()) return v;
  }
  return {};
}

verdict model::assign_joined(surroundings& s, const joined_unit& all, index& done) {
  std::string problem;
  evaluation running(*realm_, code_, s);
  if (!running.may_run()) return running.end(false);
  const owned called = call(all.body, s, problem);
  verdict v = running.end(called);
  if (v.ok()) return v;
  done = static_cast<index>(all.count - 1); // all were carried out, and at the end the data were too large
  if (!called.failed()) return v;
  const owned progress(context(), JS_Call(context(), all.progress.function.get(), JS_UNDEFINED, 0, nullptr));
  done = JS_VALUE_GET_TAG(progress.get()) == JS_TAG_INT ? static_cast<index>(JS_VALUE_GET_INT(progress.get())) : index{0};
  if (progress.failed()) JS_FreeValue(context(), JS_GetException(context()));
  return v;
}

verdict model::assign_value(surroundings& s, index location, const value& v) {
  const unit& u = code_.assignment(location, none);
  evaluation running(*realm_, code_, s);
  if (!running.may_run()) return running.end(false);
  const owned converted(context(), to_js(*realm_, v));
  if (converted.failed()) return running.end(false);
  std::string problem;
  const owned done = call(u, s, problem, converted.get());
  return end(running, done, problem);
}

verdict model::initialize(surroundings& s, index item) {
  const data_item& declared = code_.of().data[item];
  if (declared.failed_load) return {failure::failed, "the data of '" + declared.id + "' could not be loaded"};
  if (declared.value == none) return {};
  if (code_.of().expressions[declared.value].kind != expression_kind::content) code_.value(declared.value);
  evaluation running(*realm_, code_, s);
  if (!running.may_run()) return running.end(false);
  std::string problem;
  owned v = value_of(s, declared.value, problem);
  if (!problem.empty() || v.failed()) return end(running, v, problem);
  return running.end(
      JS_SetProperty(context(), data_object(s.self), code_.item_names()[item].get(), v.release()) >= 0);
}

bool model::set_item(surroundings& s, std::string_view id, const value& v) {
  const auto& items = code_.of().data;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].id != id) continue;
    evaluation running(*realm_, code_, s);
    JSValue converted = to_js(*realm_, v);
    const bool ok = !JS_IsException(converted) &&
                    JS_SetProperty(context(), data_object(s.self), code_.item_names()[i].get(), converted) >= 0;
    running.end(ok);
    return true;
  }
  return false;
}

// -- scripts --------------------------------------------------------------------------------------------------------

bool model::declare(surroundings& s, JSAtom name) {
  const int known = JS_GetOwnProperty(context(), nullptr, data_object(s.self), name);
  if (known != 0) return known > 0;
  return JS_DefinePropertyValue(context(), data_object(s.self), name, JS_UNDEFINED,
                                JS_PROP_C_W_E | JS_PROP_THROW) >= 0;
}

owned model::declared_function_for(JSValueConst data, index e, std::size_t position) {
  const bool is_script =
      e < code_.of().expressions.size() && code_.of().expressions[e].kind == expression_kind::script;
  if (!is_script || position >= code_.script(e).functions.size())
    return {context(), JS_ThrowTypeError(context(), "the document declares no such function")};
  const unit& maker = code_.script(e).functions[position].maker;
  if (!maker.problem.empty()) return {context(), JS_ThrowTypeError(context(), "%s", maker.problem.c_str())};
  owned made(context(), JS_Call(context(), maker.function.get(), data, 0, nullptr));
  if (made.failed()) return made;
  const atom mark(context(), JS_ValueToAtom(context(), realm_->known().script_mark.get()));
  const auto number = static_cast<std::int64_t>((std::uint64_t{e} << 16) | position);
  if (JS_DefinePropertyValue(context(), made.get(), mark.get(), JS_NewInt64(context(), number), 0) < 0)
    return {context(), JS_EXCEPTION};
  return made;
}

bool model::declare_script_names(surroundings& s, script_unit& script, index e) {
  for (const std::string& name : script.variables)
    if (!declare(s, atom(context(), name).get())) return false;
  for (std::size_t i = 0; i < script.functions.size(); ++i) {
    owned made = declared_function_for(data_object(s.self), e, i);
    const atom name(context(), script.functions[i].name);
    if (made.failed() || JS_SetProperty(context(), data_object(s.self), name.get(), made.release()) < 0)
      return false;
  }
  return true;
}

verdict model::run_script(surroundings& s, index e) {
  script_unit& script = code_.script(e);
  if (!script.body.problem.empty()) return {failure::failed, script.body.problem};
  evaluation running(*realm_, code_, s);
  if (!running.may_run()) return running.end(false);
  if (!declare_script_names(s, script, e)) return running.end(false);
  std::string problem;
  const owned done = call(script.body, s, problem);
  return running.end(done);
}

// -- foreach --------------------------------------------------------------------------------------------------------

std::optional<std::vector<owned>> model::elements(const owned& list, std::string& problem) {
  std::vector<owned> out;
  if (JS_GetClassID(list.get()) != realm_->classes().array)
    return problem = "the value of array is not an array", std::nullopt;
  const owned length(context(), JS_GetPropertyStr(context(), list.get(), "length"));
  std::int64_t count = 0;
  JS_ToInt64(context(), &count, length.get());
  if (count > limits::foreach_turns_max)
    return problem = "the array is longer than " + std::to_string(limits::foreach_turns_max), std::nullopt;
  out.reserve(static_cast<std::size_t>(count));
  for (std::uint32_t i = 0; i < count; ++i) {
    out.emplace_back(context(), JS_GetPropertyUint32(context(), list.get(), i));
    if (out.back().failed()) return std::nullopt;
  }
  return out;
}

verdict model::foreach (surroundings& s, const foreach_operands& loop, const std::function<bool()>& body) {
  for (const std::string* name : {&loop.item, &loop.position})
    if ((name == &loop.item || !name->empty()) && !code_.is_variable_name(*name))
      return {failure::failed, "'" + *name + "' is not the name of a variable"};
  const unit& array = code_.value(loop.array);
  const atom item(context(), std::string_view(loop.item)), position(context(), std::string_view(loop.position));
  std::vector<owned> turns;
  {
    evaluation running(*realm_, code_, s);
    if (!running.may_run()) return running.end(false);
    std::string problem;
    const owned list = call(array, s, problem);
    if (!problem.empty() || list.failed()) return end(running, list, problem);
    auto copied = elements(list, problem);
    const bool declared =
        copied && declare(s, item.get()) && (loop.position.empty() || declare(s, position.get()));
    if (!declared) return problem.empty() ? running.end(false) : end(running, list, problem);
    turns = std::move(*copied);
    if (verdict v = running.end(true); !v.ok()) return v;
  }
  for (std::size_t i = 0; i < turns.size(); ++i) {
    {
      evaluation running(*realm_, code_, s);
      if (!running.may_run()) return running.end(false);
      bool ok = JS_SetProperty(context(), data_object(s.self), item.get(), turns[i].release()) >= 0;
      if (ok && !loop.position.empty())
        ok = JS_SetProperty(context(), data_object(s.self), position.get(),
                            JS_NewInt64(context(), static_cast<std::int64_t>(i))) >= 0;
      if (verdict v = running.end(ok); !v.ok()) return v;
    }
    if (!body()) break;
  }
  return {};
}

} // namespace chainring::scxml::ecmascript
