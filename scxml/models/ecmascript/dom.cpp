// dom.cpp: the class of DOM nodes.
#include "scxml/models/ecmascript/dom.hpp"

#include "scxml/models/ecmascript/install.hpp"
#include "scxml/models/ecmascript/xml_tree.hpp"

namespace chainring::scxml::ecmascript {
namespace {

const dom_place* place_of(JSContext* context, JSValueConst v) {
  return static_cast<const dom_place*>(JS_GetOpaque(v, realm::of(context).classes().dom_node));
}

void finalize(JSRuntime*, JSValue v) {
  JSClassID kind = JS_INVALID_CLASS_ID;
  delete static_cast<dom_place*>(JS_GetAnyOpaque(v, &kind));
}

JSValue text(JSContext* context, std::string_view t) { return JS_NewStringLen(context, t.data(), t.size()); }

JSValue node_or_null(JSContext* context, const dom_place& near, std::int32_t n) {
  return n < 0 ? JS_NULL : dom_object(realm::of(context), {near.tree, static_cast<std::uint32_t>(n)});
}

/// An array of the nodes of the subtree that `wanted` picks.
template <class F> JSValue node_list(JSContext* context, const dom_place& p, F&& wanted) {
  owned list(context, JS_NewArray(context));
  if (list.failed()) return JS_EXCEPTION;
  std::uint32_t count = 0;
  for (std::uint32_t n = p.node + 1; n < p.tree->nodes[p.node].subtree_end; ++n) {
    if (!wanted(n)) continue;
    JSValue made = dom_object(realm::of(context), {p.tree, n});
    if (JS_IsException(made) ||
        JS_DefinePropertyValueUint32(context, list.get(), count++, made, JS_PROP_C_W_E) < 0)
      return JS_EXCEPTION;
  }
  return list.release();
}

JSValue attributes_of(JSContext* context, const xml_node& node) {
  owned list(context, JS_NewArray(context));
  for (std::uint32_t i = 0; i < node.attributes.size(); ++i) {
    owned made(context, JS_NewObject(context));
    if (list.failed() || made.failed()) return JS_EXCEPTION;
    const auto& [name, v] = node.attributes[i];
    for (const char* key : {"name", "nodeName"})
      if (JS_DefinePropertyValueStr(context, made.get(), key, text(context, name), JS_PROP_ENUMERABLE) < 0)
        return JS_EXCEPTION;
    for (const char* key : {"value", "nodeValue"})
      if (JS_DefinePropertyValueStr(context, made.get(), key, text(context, v), JS_PROP_ENUMERABLE) < 0)
        return JS_EXCEPTION;
    if (JS_DefinePropertyValueUint32(context, list.get(), i, made.release(), JS_PROP_C_W_E) < 0)
      return JS_EXCEPTION;
  }
  return list.release();
}

enum member {
  node_type,
  node_name,
  node_value,
  tag_name,
  local_name,
  parent_node,
  child_nodes,
  children,
  first_child,
  last_child,
  next_sibling,
  previous_sibling,
  attributes,
  document_element,
  owner_document,
  text_content,
  data,
  member_count
};
constexpr const char* member_names[] = {
    "nodeType",   "nodeName",        "nodeValue",     "tagName",     "localName",   "parentNode",
    "childNodes", "children",        "firstChild",    "lastChild",   "nextSibling", "previousSibling",
    "attributes", "documentElement", "ownerDocument", "textContent", "data"};
static_assert(std::size(member_names) == member_count);

const char* fixed_name(xml_node_type type) {
  switch (type) {
  case xml_node_type::text: return "#text";
  case xml_node_type::cdata: return "#cdata-section";
  case xml_node_type::comment: return "#comment";
  case xml_node_type::document: return "#document";
  default: return nullptr;
  }
}

/// The child of `parent` before `node` (the last child when node is the end of the subtree), or -1.
std::int32_t child_before(const xml_tree& tree, std::int32_t parent, std::uint32_t node) {
  if (parent < 0) return -1;
  std::int32_t before = -1;
  for (std::int32_t c = tree.first_child(static_cast<std::uint32_t>(parent));
       c >= 0 && static_cast<std::uint32_t>(c) < node; c = tree.next_sibling(static_cast<std::uint32_t>(c)))
    before = c;
  return before;
}

JSValue text_member(JSContext* context, const dom_place& p, int which) {
  const xml_node& node = p.tree->nodes[p.node];
  const bool is_element = node.type == xml_node_type::element;
  const bool has_value = !is_element && node.type != xml_node_type::document;
  switch (which) {
  case node_name:
    return fixed_name(node.type) ? text(context, fixed_name(node.type)) : text(context, node.name);
  case node_value: return has_value ? text(context, node.value) : JS_NULL;
  case data: return has_value ? text(context, node.value) : JS_UNDEFINED;
  case tag_name: return is_element ? text(context, node.name) : JS_UNDEFINED;
  case local_name: return is_element ? text(context, node.name.substr(node.name.find(':') + 1)) : JS_NULL;
  default: return text(context, p.tree->text_content(p.node));
  }
}

JSValue read_member(JSContext* context, JSValueConst self, int, JSValueConst*, int which) {
  const dom_place* const p = place_of(context, self);
  if (!p) return JS_ThrowTypeError(context, "not a DOM node");
  const xml_tree& tree = *p->tree;
  const xml_node& node = tree.nodes[p->node];
  const auto is_child = [&](std::uint32_t n) {
    return tree.nodes[n].parent == static_cast<std::int32_t>(p->node);
  };
  switch (which) {
  case node_type: return JS_NewInt32(context, static_cast<int>(node.type));
  case parent_node: return node_or_null(context, *p, node.parent);
  case child_nodes: return node_list(context, *p, is_child);
  case children:
    return node_list(context, *p, [&](std::uint32_t n) {
      return is_child(n) && tree.nodes[n].type == xml_node_type::element;
    });
  case first_child: return node_or_null(context, *p, tree.first_child(p->node));
  case last_child:
    return node_or_null(context, *p, child_before(tree, static_cast<std::int32_t>(p->node), node.subtree_end));
  case next_sibling: return node_or_null(context, *p, tree.next_sibling(p->node));
  case previous_sibling: return node_or_null(context, *p, child_before(tree, node.parent, p->node));
  case attributes: return node.type == xml_node_type::element ? attributes_of(context, node) : JS_NULL;
  case owner_document: return p->node == 0 ? JS_NULL : node_or_null(context, *p, 0);
  case document_element:
    for (std::int32_t c = tree.first_child(0); p->node == 0 && c >= 0;
         c = tree.next_sibling(static_cast<std::uint32_t>(c)))
      if (tree.nodes[static_cast<std::size_t>(c)].type == xml_node_type::element)
        return node_or_null(context, *p, c);
    return JS_UNDEFINED;
  default: return text_member(context, *p, which);
  }
}

enum method { get_attribute, has_attribute, get_elements_by_tag_name, has_child_nodes, to_string };

JSValue call_method(JSContext* context, JSValueConst self, int argc, JSValueConst* argv, int which) {
  const dom_place* const p = place_of(context, self);
  if (!p) return JS_ThrowTypeError(context, "not a DOM node");
  const xml_tree& tree = *p->tree;
  if (which == has_child_nodes) return JS_NewBool(context, tree.first_child(p->node) >= 0);
  if (which == to_string) return text(context, tree.to_xml(p->node));
  if (argc < 1) return JS_ThrowTypeError(context, "a name is missing");
  const owned argument(context, JS_ToString(context, argv[0]));
  if (argument.failed()) return JS_EXCEPTION;
  const std::string name = text_of(context, argument.get());
  if (which == get_elements_by_tag_name)
    return node_list(context, *p, [&](std::uint32_t n) {
      return tree.nodes[n].type == xml_node_type::element && (name == "*" || tree.nodes[n].name == name);
    });
  for (const auto& [key, v] : tree.nodes[p->node].attributes)
    if (key == name) return which == has_attribute ? JS_TRUE : text(context, v);
  return which == has_attribute ? JS_FALSE : JS_NULL;
}

} // namespace

bool install_dom(realm& r) {
  JSContext* const context = r.context();
  const JSClassID number = own_classes().dom_node;
  JSClassDef definition{};
  definition.class_name = "Node";
  definition.finalizer = finalize;
  if (JS_NewClass(r.runtime(), number, &definition) < 0) return false;
  r.classes().dom_node = number;
  owned prototype(context, JS_NewObject(context));
  for (int i = 0; i < member_count; ++i) {
    const atom name(context, member_names[i]);
    auto* const get = reinterpret_cast<JSCFunction*>(reinterpret_cast<void*>(read_member));
    if (JS_DefinePropertyGetSet(context, prototype.get(), name.get(),
                                JS_NewCFunction2(context, get, member_names[i], 0, JS_CFUNC_generic_magic, i),
                                JS_UNDEFINED, JS_PROP_ENUMERABLE | JS_PROP_CONFIGURABLE) < 0)
      return false;
  }
  const std::pair<const char*, method> methods[] = {{"getAttribute", get_attribute},
                                                    {"hasAttribute", has_attribute},
                                                    {"getElementsByTagName", get_elements_by_tag_name},
                                                    {"hasChildNodes", has_child_nodes},
                                                    {"toString", to_string}};
  for (const auto& [name, which] : methods)
    if (JS_DefinePropertyValueStr(
            context, prototype.get(), name,
            JS_NewCFunctionMagic(context, call_method, name, 1, JS_CFUNC_generic_magic, which),
            JS_PROP_CONFIGURABLE | JS_PROP_WRITABLE) < 0)
      return false;
  JS_SetClassProto(context, number, prototype.release());
  return true;
}

JSValue dom_object(realm& r, dom_place place) {
  JSValue made = JS_NewObjectClass(r.context(), static_cast<int>(r.classes().dom_node));
  if (!JS_IsException(made)) JS_SetOpaque(made, new dom_place(std::move(place)));
  return made;
}

JSValue dom_from_text(realm& r, std::string_view t) {
  if (auto tree = parse_xml(t)) return dom_object(r, {std::move(tree), 0});
  return text(r.context(), t);
}

const dom_place* dom_of(realm& r, JSValueConst v) { return place_of(r.context(), v); }

std::string dom_text(realm& r, JSValueConst v) {
  const dom_place* const p = place_of(r.context(), v);
  if (!p) return {};
  return p->node == 0 ? p->tree->source : p->tree->to_xml(p->node);
}

} // namespace chainring::scxml::ecmascript
