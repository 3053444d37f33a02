// compile_states.cpp: <scxml>, <state>, <parallel>, <final>, <history> (SCXML 3.2–3.10).
#include "scxml/compiler.hpp"

namespace chainring::scxml {

void compiler::read_root() {
  d_.source = c_.out.source();
  d_.actions_known = c_.options.actions;
  d_.name = std::string(text_of(root_, "name"));
  d_.datamodel = read_datamodel();
  const std::string_view binding = text_of(root_, "binding");
  d_.early_binding = binding != "late";
  if (!binding.empty() && binding != "late" && binding != "early")
    error(find(root_, "binding")->where, "unknown binding " + quoted(binding),
          "write \"early\" or \"late\"");
  if (const std::string_view version = text_of(root_, "version");
      !version.empty() && version != "1.0")
    warning(find(root_, "version")->where, "version " + quoted(version) + " is read as 1.0",
            "write version=\"1.0\"");
  if (at(root_).uri.empty())
    warning(at(root_).where, "<scxml> declares no namespace",
            "add xmlns=\"" + std::string(scxml_uri) + "\"");
}

datamodel_kind compiler::read_datamodel() {
  for (std::string_view name :
       {"datamodel", "profile"}) { // profile: Genesys, after the draft of 2009
    const std::string_view given = text_of(root_, name);
    if (given.empty()) continue;
    d_.datamodel_chosen = name == "profile" ? datamodel_reason::profile : datamodel_reason::named;
    if (equal_ignoring_case(given, "ecmascript")) return datamodel_kind::ecmascript;
    if (equal_ignoring_case(given, "null")) return datamodel_kind::null;
    error(find(root_, name)->where, "unknown data model " + quoted(given),
          "write datamodel=\"ecmascript\" or \"null\"");
    return datamodel_kind::null;
  }
  if (!needs_data_model()) return datamodel_kind::null;
  d_.datamodel_chosen = datamodel_reason::expressions;
  warning(at(root_).where,
          "no data model is given; ECMAScript is taken because of the data and expressions",
          "add datamodel=\"ecmascript\"");
  return datamodel_kind::ecmascript;
}

/// SCXML leaves the default to the platform (3.2.1). Here: null for documents that ask at most
/// In().
bool compiler::needs_data_model() const {
  const std::uint32_t end = at(root_).bytes.end;
  for (element_index e = root_; e < c_.xml.elements.size() && at(e).bytes.begin < end; ++e) {
    const kind k = kind_at(e);
    if (k == kind::data || k == kind::script || k == kind::assign || k == kind::foreach ||
        k == kind::action)
      return true;
    if (k == kind::ignored) continue;
    for (const attribute& a : c_.xml.attributes_of(e))
      if (a.name.ends_with("expr") || (a.name == "cond" && !trimmed(a.value).starts_with("In(")))
        return true;
  }
  return false;
}

void compiler::declare(element_index e, index parent, std::uint16_t depth) {
  const auto self = static_cast<index>(d_.states.size());
  state& s = d_.states.emplace_back();
  state_elements_.push_back(e);
  s.parent = parent;
  s.depth = depth;
  s.where = at(e).where;
  s.kind = kind_of_state(e);
  if (parent != none) declare_id(e, self);
  if (d_.is_history(self)) d_.histories.push_back(self);
  for_each_child(e, [&](element_index child) {
    const kind k = kind_at(child);
    if (k == kind::state || k == kind::parallel || k == kind::final || k == kind::history)
      declare(child, self, static_cast<std::uint16_t>(depth + 1));
  });
  d_.states[self].subtree_end = static_cast<index>(d_.states.size());
}

void compiler::declare_id(element_index e, index self) {
  const auto* a = find(e, "id");
  if (!a) return;
  const std::string_view id = trimmed(a->value);
  if (id.empty() || has_space(id)) {
    error(a->where, id.empty() ? "an empty id" : "white space in the id " + quoted(id),
          "give one word, or remove it");
    return;
  }
  const auto [known, fresh] = ids_.try_emplace(id, self);
  if (fresh) {
    d_.states[self].id = std::string(id);
    return;
  }
  const position first = d_.states[known->second].where;
  error(a->where,
        "the id " + quoted(id) + " is given twice; first at line " + std::to_string(first.line),
        "give each state its own id");
}

state_kind compiler::kind_of_state(element_index e) {
  switch (kind_at(e)) {
  case kind::parallel: return state_kind::parallel;
  case kind::final: return state_kind::final;
  case kind::history: {
    const std::string_view type = text_of(e, "type");
    if (type == "deep") return state_kind::deep_history;
    if (!type.empty() && type != "shallow")
      error(find(e, "type")->where, "unknown type " + quoted(type) + " of <history>",
            "write \"shallow\" or \"deep\"");
    return state_kind::shallow_history;
  }
  default: break;
  }
  bool holds_states = e == root_;
  for_each_child(e, [&](element_index child) {
    const kind k = kind_at(child);
    holds_states = holds_states || k == kind::state || k == kind::parallel || k == kind::final;
  });
  return holds_states ? state_kind::compound : state_kind::atomic;
}

void compiler::compile_state(index s) {
  const element_index e = state_elements_[s];
  const position where = at(e).where;
  if (d_.is_history(s)) return compile_history(s);
  std::vector<block> entry, exit;
  std::vector<data_item> data;
  std::vector<transition> transitions;
  std::vector<invoke> invokes;
  for_each_child(e, [&](element_index child) {
    switch (kind_at(child)) {
    case kind::onentry: entry.push_back(compile_block(child)); break;
    case kind::onexit: exit.push_back(compile_block(child)); break;
    case kind::transition: transitions.push_back(compile_transition(child, s)); break;
    case kind::invoke: invokes.push_back(compile_invoke(child, s)); break;
    case kind::donedata: compile_donedata(child, s); break;
    case kind::datamodel:
      for_each_child(child, [&](element_index item) {
        if (kind_at(item) == kind::data) data.push_back(compile_data(item));
      });
      break;
    default: break;
    }
  });
  state& made = d_.states[s];
  made.on_entry = append_all(d_.blocks, std::move(entry), where);
  made.on_exit = append_all(d_.blocks, std::move(exit), where);
  made.data = append_all(d_.data, std::move(data), where);
  made.invokes = append_all(d_.invokes, std::move(invokes), where);
  made.transitions = append_all(d_.transitions, std::move(transitions), where);
  compile_initial(s);
}

void compiler::compile_donedata(element_index e, index s) {
  if (d_.states[s].donedata != none) {
    error(at(e).where, "a second <donedata>", "put everything into one");
    return;
  }
  donedata made;
  element_index content = no_element;
  made.parameters = compile_payload(e, content);
  exclude_content(e, made.parameters, content);
  if (content != no_element) made.content = compile_content(content);
  d_.states[s].donedata = append(d_.donedatas, made, at(e).where);
}

} // namespace chainring::scxml
