// event.cpp: the system variables (SCXML 5.10) as scripts see them: properties of the frozen global object
// whose setters throw, so that assigning to one is an error.execution and its value stays.
#include "scxml/models/ecmascript/code.hpp"
#include "scxml/models/ecmascript/install.hpp"
#include "scxml/models/ecmascript/values.hpp"

namespace chainring::scxml::ecmascript {
namespace {

constexpr const char* field_names[] = {"name", "type", "sendid", "origin", "origintype", "invokeid", "data", "raw"};

JSValue text_or_undefined(JSContext* context, const std::string& text) {
  return text.empty() ? JS_UNDEFINED : JS_NewStringLen(context, text.data(), text.size());
}

const char* to_text(event_type type) {
  switch (type) {
  case event_type::platform: return "platform";
  case event_type::internal: return "internal";
  case event_type::external: return "external";
  }
  return "";
}

JSValue make_event(realm& r, const event& e) {
  JSContext* const context = r.context();
  owned made(context, JS_NewObject(context));
  JSValue data = to_js(r, e.data);
  if (made.failed() || JS_IsException(data)) return JS_FreeValue(context, data), JS_EXCEPTION;
  JSValue fields[] = {text_or_undefined(context, e.name),
                      JS_NewString(context, to_text(e.type)),
                      text_or_undefined(context, e.sendid),
                      text_or_undefined(context, e.origin),
                      text_or_undefined(context, e.origintype),
                      text_or_undefined(context, e.invokeid),
                      data,
                      text_or_undefined(context, e.raw)};
  const std::size_t count = std::size(fields) - (e.raw.empty() ? 1 : 0); // few events have it
  bool ok = true;
  for (std::size_t i = 0; i < count; ++i)
    ok &= JS_DefinePropertyValue(context, made.get(), r.known().event_names[i].get(), fields[i],
                                 JS_PROP_ENUMERABLE) >= 0;
  return ok && JS_PreventExtensions(context, made.get()) >= 0 ? made.release() : JS_EXCEPTION;
}

JSValue io_processor(JSContext* context, const std::string& location) {
  owned made(context, JS_NewObject(context));
  if (made.failed() || JS_DefinePropertyValueStr(context, made.get(), "location",
                                                 JS_NewStringLen(context, location.data(), location.size()),
                                                 JS_PROP_ENUMERABLE) < 0)
    return JS_EXCEPTION;
  JS_PreventExtensions(context, made.get());
  return made.release();
}

JSValue io_processors(JSContext* context, const surroundings& s) {
  owned made(context, JS_NewObject(context));
  if (made.failed() || !s.io_processors) return made.release();
  const auto add = [&](const char* name, const std::string& location) {
    return JS_DefinePropertyValueStr(context, made.get(), name, io_processor(context, location),
                                     JS_PROP_ENUMERABLE) >= 0;
  };
  for (const auto& [type, location] : s.io_processors->io_processors(s.self)) {
    if (!add(type.c_str(), location)) return JS_EXCEPTION;
    if (type == scxml_event_processor && !add("scxml", location)) return JS_EXCEPTION;
    if (type == basic_http_event_processor && !add("basichttp", location)) return JS_EXCEPTION;
  }
  JS_PreventExtensions(context, made.get());
  return made.release();
}

enum variable {
  the_event,
  the_session_id,
  the_name,
  the_io_processors,
  the_platform,
  the_data,
  variable_count
};
constexpr const char* variable_names[] = {"_event", "_sessionid", "_name", "_ioprocessors", "_x", "_data"};
static_assert(std::size(variable_names) == variable_count);

JSValue read_variable(JSContext* context, JSValueConst, int, JSValueConst*, int which) {
  realm& r = realm::of(context);
  const surroundings* const s = r.current();
  if (!s) return JS_UNDEFINED;
  switch (which) {
  case the_event: return r.event_object();
  case the_session_id: return JS_NewString(context, ("s" + std::to_string(s->self.id)).c_str());
  case the_name: {
    const std::string& name = r.current_code()->of().name;
    return JS_NewStringLen(context, name.data(), name.size());
  }
  case the_io_processors: return r.io_processors_object();
  case the_platform: {
    JSValue made = JS_NewObjectProto(context, JS_NULL);
    if (!JS_IsException(made)) JS_PreventExtensions(context, made);
    return made;
  }
  default: return JS_DupValue(context, data_object(s->self));
  }
}

JSValue refuse_assignment(JSContext* context, JSValueConst, int, JSValueConst*, int which) {
  return JS_ThrowTypeError(context, "the system variable %s cannot be assigned to", variable_names[which]);
}

/// In(id): is the state active? SCXML B.2.2.
JSValue is_in(JSContext* context, JSValueConst, int, JSValueConst* argv) {
  realm& r = realm::of(context);
  if (!r.current()) return JS_FALSE;
  const owned id(context, JS_ToString(context, argv[0]));
  if (id.failed()) return JS_EXCEPTION;
  const index state = r.current_code()->find_state(text_of(context, id.get()));
  return JS_NewBool(context, state != none && r.current()->self.is_active(state));
}

} // namespace

JSValue realm::event_object() {
  if (!current_ || !current_->current) return JS_UNDEFINED;
  if (JS_IsUndefined(event_.object.get())) {
    event_.object = owned(context_, make_event(*this, *current_->current));
    if (event_.object.failed()) return event_.object.release();
    event_.data = current_->self.data.pointer;
    event_.number = current_->event_number;
  }
  return JS_DupValue(context_, event_.object.get());
}

JSValue realm::io_processors_object() {
  const session& s = current_->self;
  const bool known = io_processors_.data == s.data.pointer && io_processors_.session_id == s.id;
  if (!known || JS_IsUndefined(io_processors_.object.get())) {
    io_processors_.object = owned(context_, io_processors(context_, *current_));
    if (io_processors_.object.failed()) return io_processors_.object.release();
    io_processors_.data = s.data.pointer;
    io_processors_.session_id = s.id;
  }
  return JS_DupValue(context_, io_processors_.object.get());
}

static bool keep_event_layouts(realm& r) {
  auto& layouts = r.known().event_layouts;
  bool ok = true;
  for (std::size_t count = 0; count < layouts.size(); ++count) {
    layouts[count] = owned(r.context(), JS_NewObject(r.context()));
    ok &= !layouts[count].failed();
    for (std::size_t i = 0; i < count; ++i)
      ok &= JS_DefinePropertyValue(r.context(), layouts[count].get(), r.known().event_names[i].get(), JS_UNDEFINED,
                                   JS_PROP_ENUMERABLE) >= 0;
  }
  return ok;
}

bool install_system(realm& r) {
  JSContext* const context = r.context();
  for (std::size_t i = 0; i < r.known().event_names.size(); ++i)
    r.known().event_names[i] = atom(context, field_names[i]);
  if (!keep_event_layouts(r)) return false;
  const owned global(context, JS_GetGlobalObject(context));
  for (int i = 0; i < variable_count; ++i) {
    const atom name(context, variable_names[i]);
    auto* const get = reinterpret_cast<JSCFunction*>(reinterpret_cast<void*>(read_variable));
    auto* const set = reinterpret_cast<JSCFunction*>(reinterpret_cast<void*>(refuse_assignment));
    if (JS_DefinePropertyGetSet(context, global.get(), name.get(),
                                JS_NewCFunction2(context, get, variable_names[i], 0, JS_CFUNC_generic_magic, i),
                                JS_NewCFunction2(context, set, variable_names[i], 1, JS_CFUNC_generic_magic, i),
                                0) < 0)
      return false;
  }
  return JS_DefinePropertyValueStr(context, global.get(), "In", JS_NewCFunction(context, is_in, "In", 1),
                                   JS_PROP_CONFIGURABLE) >= 0;
}

} // namespace chainring::scxml::ecmascript
