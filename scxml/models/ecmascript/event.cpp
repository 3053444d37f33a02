// event.cpp: the system variables (SCXML 5.10) as scripts see them: properties of the frozen global object
// whose setters throw, so that assigning to one is an error.execution and its value stays.
#include <bit>

#include "scxml/models/ecmascript/code.hpp"
#include "scxml/models/ecmascript/install.hpp"
#include "scxml/models/ecmascript/values.hpp"

namespace chainring::scxml::ecmascript {
namespace {

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
  if (made.failed() || !s.world) return made.release();
  const auto add = [&](const char* name, const std::string& location) {
    return JS_DefinePropertyValueStr(context, made.get(), name, io_processor(context, location),
                                     JS_PROP_ENUMERABLE) >= 0;
  };
  for (const auto& [type, location] : s.world->io_processors(s.self)) {
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

void realm::bind_event(const surroundings& s) {
  if (s.event_number != 0 && event_.number == s.event_number && event_.data == s.self.data.pointer) return;
  forget_event();
  event_.data = s.self.data.pointer;
  event_.number = s.event_number;
}

void realm::forget_event() noexcept {
  event_.object.reset();
  event_.content.reset();
  for (; event_.shown != 0; event_.shown &= event_.shown - 1) {
    const atom& name = natives_.event_names[static_cast<std::size_t>(std::countr_zero(event_.shown))];
    JS_SetProperty(context_, natives_.event_view.get(), name.get(), JS_UNDEFINED);
  }
}

JSValue realm::event_field_value(event_field f) {
  const event& e = *current_->current;
  switch (f) {
  case event_field::name: return text_or_undefined(context_, e.name);
  case event_field::type: return JS_NewString(context_, to_text(e.type));
  case event_field::sendid: return text_or_undefined(context_, e.sendid);
  case event_field::origin: return text_or_undefined(context_, e.origin);
  case event_field::origintype: return text_or_undefined(context_, e.origintype);
  case event_field::invokeid: return text_or_undefined(context_, e.invokeid);
  case event_field::raw: return text_or_undefined(context_, e.raw);
  default: break;
  }
  if (JS_IsUndefined(event_.content.get())) event_.content = owned(context_, to_js(*this, e.data));
  return event_.content.failed() ? event_.content.release() : JS_DupValue(context_, event_.content.get());
}

JSValue realm::event_object() {
  if (!current_ || !current_->current) return JS_UNDEFINED;
  if (!JS_IsUndefined(event_.object.get())) return JS_DupValue(context_, event_.object.get());
  owned made(context_, JS_NewObject(context_));
  if (made.failed()) return made.release();
  // Few events have `raw`, the last.
  const std::size_t count = natives_.event_names.size() - (current_->current->raw.empty() ? 1 : 0);
  for (std::size_t f = 0; f < count; ++f) {
    JSValue field = event_field_value(static_cast<event_field>(f));
    if (JS_IsException(field) || JS_DefinePropertyValue(context_, made.get(), natives_.event_names[f].get(), field,
                                                        JS_PROP_ENUMERABLE) < 0)
      return JS_EXCEPTION;
  }
  if (JS_PreventExtensions(context_, made.get()) < 0) return JS_EXCEPTION;
  event_.object = std::move(made);
  return JS_DupValue(context_, event_.object.get());
}

JSValueConst realm::event_view(unsigned fields) {
  if (!current_->current) return JS_UNDEFINED;
  for (unsigned missing = fields & ~event_.shown; missing != 0; missing &= missing - 1) {
    const auto f = static_cast<std::size_t>(std::countr_zero(missing));
    JSValue field = event_field_value(static_cast<event_field>(f));
    if (JS_IsException(field) ||
        JS_SetProperty(context_, natives_.event_view.get(), natives_.event_names[f].get(), field) < 0)
      return JS_EXCEPTION;
    event_.shown |= 1u << f;
  }
  return natives_.event_view.get();
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

static bool make_event_view(realm& r) {
  JSContext* const context = r.context();
  r.known().event_view = owned(context, JS_NewObjectProto(context, JS_NULL));
  bool ok = !r.known().event_view.failed();
  for (const atom& name : r.known().event_names)
    ok = ok && JS_DefinePropertyValue(context, r.known().event_view.get(), name.get(), JS_UNDEFINED, JS_PROP_WRITABLE) >= 0;
  return ok && JS_PreventExtensions(context, r.known().event_view.get()) >= 0;
}

bool install_system(realm& r) {
  JSContext* const context = r.context();
  for (std::size_t i = 0; i < r.known().event_names.size(); ++i)
    r.known().event_names[i] = atom(context, event_field_names[i]);
  if (!keep_event_layouts(r) || !make_event_view(r)) return false;
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
