// schema.cpp: the rules of the elements, and the walk that applies them.
#include "scxml/schema.hpp"

#include <algorithm>
#include <array>

namespace chainring::scxml {
namespace {

using kind = element_kind;

/// Attributes are words: "name" may be given, "name!" must be, "~name" is of an older draft or of
/// Genesys: accepted and without effect, with a warning. What else begins with '_' is treated like
/// "~".
struct rule {
  kind what;
  std::string_view name;
  std::string_view attributes;
  std::string_view children; // names; "*executable" stands for all executable content, "*any" for
                             // anything at all
  bool text = false;
};

constexpr std::array rules = {
    rule{kind::scxml, "scxml", "name initial version datamodel binding profile ~exmode",
         "state parallel final datamodel script initial transition"},
    rule{kind::state, "state", "id initial",
         "onentry onexit transition initial state parallel final history datamodel invoke"},
    rule{kind::parallel, "parallel", "id",
         "onentry onexit transition state parallel history datamodel invoke"},
    rule{kind::final, "final", "id", "onentry onexit donedata"},
    rule{kind::history, "history", "id type", "transition"},
    rule{kind::initial, "initial", "~id", "transition"},
    rule{kind::transition, "transition", "event cond target type ~anchor", "*executable"},
    rule{kind::onentry, "onentry", "", "*executable"},
    rule{kind::onexit, "onexit", "", "*executable"},
    rule{kind::datamodel, "datamodel", "~schema", "data"},
    rule{kind::data, "data", "id! src expr _type _desc", "*any", true},
    rule{kind::donedata, "donedata", "", "content param"},
    rule{kind::content, "content", "expr", "*any", true},
    rule{kind::param, "param", "name! expr location", ""},
    rule{kind::invoke, "invoke",
         "type typeexpr src srcexpr id idlocation namelist autoforward ~hints",
         "finalize param content"},
    rule{kind::finalize, "finalize", "", "*executable"},
    rule{kind::raise, "raise", "event!", "param"},
    rule{kind::choose, "if", "cond!", "*executable elseif else"},
    rule{kind::elseif, "elseif", "cond!", ""},
    rule{kind::otherwise, "else", "", ""},
    rule{kind::foreach, "foreach", "array! item! index", "*executable"},
    rule{kind::log, "log", "label expr level", ""},
    rule{kind::assign, "assign", "location! expr", "*any", true},
    rule{kind::script, "script", "src", "", true},
    rule{kind::send, "send",
         "event eventexpr target targetexpr type typeexpr id idlocation delay delayexpr namelist "
         "~hints",
         "content param"},
    rule{kind::cancel, "cancel", "sendid sendidexpr id", ""},
    rule{kind::event, "event", "name!", ""},
};

constexpr std::string_view executable = "raise if foreach log assign script send cancel event";

const rule* find_rule(std::string_view name) {
  auto i = std::find_if(rules.begin(), rules.end(), [&](const rule& r) { return r.name == name; });
  return i == rules.end() ? nullptr : &*i;
}

bool has_word(std::string_view words, std::string_view word) {
  bool found = false;
  for_each_word(words, [&](std::string_view w) { found = found || w == word; });
  return found;
}

std::string tag(const tree& xml, element_index e) {
  const element& x = xml.elements[e];
  if (x.prefix.empty()) return "<" + std::string(x.name.substr(0, 60)) + ">";
  return "<" + std::string(x.prefix.substr(0, 60)) + ":" + std::string(x.name.substr(0, 60)) + ">";
}

class structure {
 public:
  structure(compilation& c, element_index root)
      : c_(c)
      , own_uri_(c.xml.elements[root].uri) {}

  void check(element_index e, const rule& r) {
    c_.kinds[e] = r.what;
    check_attributes(e, r);
    if (r.children == "*any") return;
    if (!r.text && c_.xml.has_text(e))
      c_.out.error(c_.xml.elements[e].inner_where, "text inside " + tag(c_.xml, e),
                   "remove it, or put it into a comment");
    const bool holds_content = r.children.starts_with("*executable");
    for (element_index i = c_.xml.elements[e].first_child; i != no_element;
         i = c_.xml.elements[i].next_sibling)
      check_child(i, e, r, holds_content);
  }

 private:
  void check_child(element_index e, element_index parent, const rule& outer, bool holds_content) {
    const element& x = c_.xml.elements[e];
    if (x.uri != own_uri_) return foreign(e, parent, holds_content);
    const rule* r = find_rule(x.name);
    if (!r) {
      const vocabulary* v = c_.options.actions;
      const bool lost_prefix =
          v && std::any_of(v->actions.begin(), v->actions.end(), [&](const auto& a) { return a.name == x.name; });
      if (lost_prefix) {
        c_.out.error(x.where, tag(c_.xml, e) + " is no element of SCXML",
                     "give it its prefix: it is an action of " + quoted(v->namespace_uri));
        return;
      }
      c_.out.error(x.where, tag(c_.xml, e) + " is no element of SCXML",
                   c_.out.suggestion(
                       x.name,
                       [](auto visit) {
                         for (const rule& known : rules) visit(known.name);
                       },
                       "remove it; elements of other vocabularies need their own namespace"));
      return;
    }
    const bool allowed =
        has_word(outer.children, x.name) || (holds_content && has_word(executable, x.name));
    if (!allowed) {
      c_.out.error(x.where, tag(c_.xml, e) + " is not allowed in " + tag(c_.xml, parent),
                   allowed_in(outer));
      return;
    }
    check(e, *r);
  }

  static std::string allowed_in(const rule& outer) {
    if (outer.children.empty()) return "<" + std::string(outer.name) + "> has no child elements";
    if (!outer.children.starts_with("*executable"))
      return "<" + std::string(outer.name) + "> may hold " + std::string(outer.children);
    return "<" + std::string(outer.name) +
           "> may hold executable content: " + std::string(executable);
  }

  void foreign(element_index e, element_index parent, bool holds_content) {
    const position where = c_.xml.elements[e].where;
    if (in_vocabulary(c_, e)) {
      if (holds_content)
        c_.kinds[e] = kind::action;
      else
        c_.out.error(where, tag(c_.xml, e) + " is not allowed in " + tag(c_.xml, parent),
                     "put it into <onentry>, <onexit> or <transition>");
    } else if (holds_content) {
      c_.out.warning(where, tag(c_.xml, e) + " belongs to no known vocabulary and is ignored",
                     "check its namespace " + quoted(c_.xml.elements[e].uri));
    }
  }

  void check_attributes(element_index e, const rule& r) {
    for (const attribute& a : c_.xml.attributes_of(e)) {
      if (!a.prefix.empty()) continue; // of other namespaces: none of SCXML's concern
      if (has_word(r.attributes, a.name) || has_word(r.attributes, std::string(a.name) + "!"))
        continue;
      if (c_.out.full()) {
        c_.out.count_error();
        continue;
      }
      if (a.name.starts_with('_') || has_word(r.attributes, "~" + std::string(a.name)))
        c_.out.warning(a.where, "the attribute " + quoted(a.name) + " has no effect here",
                       "remove it");
      else
        c_.out.error(a.where, tag(c_.xml, e) + " has no attribute " + quoted(a.name),
                     known_attributes(a.name, r));
    }
    for_each_word(r.attributes, [&](std::string_view word) {
      if (!word.ends_with('!')) return;
      word.remove_suffix(1);
      const attribute* given = c_.xml.find(e, word);
      if (given && !is_blank(given->value)) return;
      c_.out.error(given ? given->where : c_.xml.elements[e].where,
                   tag(c_.xml, e) + (given ? " has an empty attribute " : " lacks the attribute ") +
                       quoted(word),
                   "write " + std::string(word) + "=\"…\"");
    });
  }
  std::string known_attributes(std::string_view name, const rule& r) {
    const auto plain = [](std::string_view w) {
      return w.ends_with('!') ? w.substr(0, w.size() - 1) : w;
    };
    std::string all;
    for_each_word(r.attributes, [&](std::string_view w) {
      if (w.starts_with('~') || w.starts_with('_')) return;
      all += (all.empty() ? "it has " : ", ") + std::string(plain(w));
    });
    return c_.out.suggestion(
        name,
        [&](auto visit) {
          for_each_word(r.attributes, [&](std::string_view w) { visit(plain(w)); });
        },
        all.empty() ? "remove it" : all);
  }

  compilation& c_;
  std::string_view own_uri_; // SCXML's, or none at all in documents that declare no namespace
};

enum class match : std::uint8_t { no, alias, exact };

match vocabulary_match(const compilation& c, element_index e) {
  const vocabulary* v = c.options.actions;
  const element& x = c.xml.elements[e];
  if (!v || x.uri.empty() || x.uri == scxml_uri) return match::no;
  if (x.uri == v->namespace_uri) return match::exact;
  const auto is = [&](const std::string& alias) {
    return alias == x.uri || (alias.ends_with(':') && alias.size() == x.prefix.size() + 1 &&
                              alias.starts_with(x.prefix));
  };
  return std::any_of(v->aliases.begin(), v->aliases.end(), is) ? match::alias : match::no;
}

} // namespace

bool in_vocabulary(compilation& c, element_index e) {
  const match m = vocabulary_match(c, e);
  if (m == match::alias && !c.alias_reported) {
    c.alias_reported = true;
    const element& x = c.xml.elements[e];
    const bool undeclared = x.uri.ends_with(':') && x.uri.size() == x.prefix.size() + 1;
    c.out.warning(x.where,
                  undeclared ? "the prefix " + quoted(x.uri) + " is not declared"
                             : "the namespace " + quoted(x.uri) + " is taken for " +
                                   quoted(c.options.actions->namespace_uri),
                  "declare xmlns:" + std::string(x.prefix) + "=\"" +
                      c.options.actions->namespace_uri + "\"");
  }
  return m != match::no;
}

void check_structure(compilation& c, element_index root) {
  structure(c, root).check(root, rules.front());
}

} // namespace chainring::scxml
