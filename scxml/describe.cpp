// describe.cpp: see describe.hpp.
#include "scxml/describe.hpp"

#include "scxml/summary.hpp"

namespace chainring::scxml {

namespace {

class description {
 public:
  explicit description(const document& d)
      : d_(d) {}

  object whole() const {
    object model;
    model.set("name", name_of(d_.datamodel));
    model.set("why", to_text(d_.datamodel_chosen));
    model.set("engine", text_or_null(engine_of(d_)));
    model.set("left_for", left_for());
    object out;
    out.set("name", text_or_null(d_.name));
    out.set("hash", d_.hash);
    out.set("datamodel", std::move(model));
    out.set("binding", d_.early_binding ? "early" : "late");
    array states, data;
    for (index s = 0; s < d_.states.size(); ++s) states.push_back(state_at(s));
    for (const auto& item : d_.data) {
      object one;
      one.set("id", item.id);
      place(one, item.where);
      data.push_back(std::move(one));
    }
    out.set("states", std::move(states));
    out.set("data", std::move(data));
    out.set("expressions", d_.expressions.size());
    return out;
  }

 private:
  value left_for() const {
    if (d_.leaves_compiled.what.empty()) return null{};
    object out;
    out.set("what", d_.leaves_compiled.what);
    out.set("expression", text_or_null(d_.leaves_compiled.text));
    place(out, d_.leaves_compiled.where);
    return out;
  }
  static value text_or_null(const std::string& text) { return text.empty() ? value(null{}) : value(text); }
  static void place(object& out, position where) {
    out.set("line", where.line);
    out.set("column", where.column);
  }
  std::string reference(index s) const {
    const state& it = d_.states[s];
    if (!it.id.empty()) return it.id;
    return std::to_string(it.where.line) + ":" + std::to_string(it.where.column);
  }
  array targets_of(const transition& t) const {
    array all;
    for (const index s : d_.view(d_.target_states, t.targets)) all.emplace_back(reference(s));
    return all;
  }

  const char* kind_of(index s) const {
    if (s == 0) return "scxml";
    switch (d_.states[s].kind) {
    case state_kind::compound: return "compound";
    case state_kind::shallow_history: return "shallow history";
    case state_kind::deep_history: return "deep history";
    default: return d_.states[s].kind == state_kind::atomic ? "atomic" : element_of(d_.states[s].kind);
    }
  }

  object state_at(index s) const {
    const state& it = d_.states[s];
    object out;
    out.set("id", text_or_null(it.id));
    out.set("kind", kind_of(s));
    out.set("parent", it.parent == none ? value(null{}) : value(reference(it.parent)));
    place(out, it.where);
    if (it.initial != none) out.set("initial", targets_of(d_.transitions[it.initial]));
    array transitions;
    for (const auto& t : d_.view(d_.transitions, it.transitions)) transitions.push_back(transition_of(t));
    out.set("transitions", std::move(transitions));
    array invokes;
    for (const auto& i : d_.view(d_.invokes, it.invokes)) invokes.push_back(invoke_of(i));
    out.set("invokes", std::move(invokes));
    return out;
  }

  object transition_of(const transition& t) const {
    object out;
    array events;
    for (const auto& e : d_.view(d_.descriptors, t.events)) events.emplace_back(e.prefix.empty() ? "*" : e.prefix);
    out.set("events", std::move(events));
    out.set("cond", t.cond == none ? value(null{}) : value(d_.expressions[t.cond].text));
    out.set("targets", targets_of(t));
    out.set("internal", t.internal);
    place(out, t.where);
    return out;
  }

  object invoke_of(const invoke& i) const {
    object out;
    out.set("id", text_or_null(i.id));
    place(out, i.where);
    if (i.inline_document) out.set("document", describe(*i.inline_document));
    return out;
  }

  const document& d_;
};

} // namespace

value describe(const document& d) { return description(d).whole(); }

const char* name_of(datamodel_kind kind) { return kind == datamodel_kind::null ? "null" : "ecmascript"; }

const char* to_text(datamodel_reason reason) {
  switch (reason) {
  case datamodel_reason::named: return "named by datamodel";
  case datamodel_reason::profile: return "named by profile";
  case datamodel_reason::expressions: return "taken because of the data and expressions";
  case datamodel_reason::none_needed: break;
  }
  return "taken because nothing needs another";
}

const char* engine_of(const document& d) {
  if (d.datamodel == datamodel_kind::null) return "";
  return d.program ? "compiled" : "QuickJS";
}

std::string to_text(const departure& left) {
  if (left.what.empty()) return {};
  const std::string place = "line " + std::to_string(left.where.line) + ": ";
  return place + (left.text.empty() ? "" : "'" + shortened(left.text) + "': ") + left.what;
}

} // namespace chainring::scxml
