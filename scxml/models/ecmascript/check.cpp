// check.cpp: what can be said about the expressions of a document without running it.
#include <algorithm>
#include <set>

#include "scxml/complaints.hpp"
#include "scxml/legacy.hpp"
#include "scxml/models/ecmascript/code.hpp"
#include "scxml/models/ecmascript/ecmascript.hpp"
#include "scxml/models/ecmascript/places.hpp"
#include "scxml/models/ecmascript/syntax.hpp"
#include "scxml/words.hpp"

namespace chainring::scxml {
namespace {

using namespace ecmascript;

struct wording {
  const char* what;
  const char* mend;
};

wording wording_of(expression_kind kind) {
  switch (kind) {
  case expression_kind::condition:
    return {"the condition", "write one complete ECMAScript expression, such as _event.data.n == 1"};
  case expression_kind::location:
    return {"the location", "name what is to be assigned to, such as count or _data.count"};
  case expression_kind::script: return {"the script", "write a complete ECMAScript program"};
  default: return {"the expression", "write one complete ECMAScript expression; text needs quotes"};
  }
}

std::string without_kind(const std::string& problem) {
  constexpr std::string_view kind = "SyntaxError: ";
  return problem.starts_with(kind) ? problem.substr(kind.size()) : problem;
}

bool is_system_name(std::string_view name) {
  for (const char* known : {"_event", "_sessionid", "_name", "_ioprocessors", "_x", "_data"})
    if (name == known) return true;
  return false;
}

class script_check {
 public:
  script_check(const std::shared_ptr<realm>& r, const document& d, std::string_view bytes)
      : d_(d), bytes_(bytes), code_(r, std::shared_ptr<const document>(std::shared_ptr<const document>(), &d)),
        out_(d.source) {}

  std::vector<diagnostic> run() {
    find_locations();
    for (std::size_t e = 0; e < d_.expressions.size(); ++e) check_expression(static_cast<index>(e));
    check_names_of_foreach();
    if (names_are_known()) check_undeclared();
    check_functions_as_data();
    return out_.take();
  }

 private:
  void find_locations() {
    for (const auto& a : d_.assigns) assigned_.insert(a.location);
    for (const auto& s : d_.sends) assigned_.insert(s.id_location);
    for (const auto& i : d_.invokes) assigned_.insert(i.id_location);
    assigned_.erase(none);
  }

  void check_expression(index e) {
    const expression& x = d_.expressions[e];
    std::string problem;
    if (x.kind == expression_kind::content) return;
    if (x.kind == expression_kind::script) problem = code_.script(e).body.problem;
    else problem = code_.value(e).problem;
    if (problem.empty() && assigned_.contains(e)) problem = code_.assignment(e, none).problem;
    if (problem.empty()) return;
    const auto [what, mend] = wording_of(x.kind);
    const bool is_old = !d_.legacy && modern_expression(x.text) != x.text;
    out_.error(place(x, place_inside(x)), std::string(what) + " does not compile: " + without_kind(problem),
               is_old ? "write == != < <= > >= && || for eq ne lt le gt ge and or, or take it with --legacy" : mend);
  }

  /// Where in the text the error is; the beginning when that is all that is known.
  position place_inside(const expression& x) const {
    JSContext* const context = code_.in().context();
    if (x.kind == expression_kind::script) {
      const syntax_place found = first_error(context, x.text);
      return found.line == 0 ? position{1, 1} : position{found.line, found.column};
    }
    for (const char* brackets : {"()", "[]"}) {
      const syntax_place found = first_error(context, brackets[0] + ("\n" + x.text + "\n") + brackets[1]);
      if (found.line > 1) return {found.line - 1, found.column};
    }
    return {1, 1};
  }

  position place(const expression& x, position inside) const {
    const bool loaded = x.where.line == 1 && x.where.column == 1; // no expression of a document stands there
    if (bytes_.empty() || loaded) return place_in_document(x.where, inside);
    return place_in_document(bytes_, x.where, characters_before(x.text, inside));
  }

  void check_names_of_foreach() {
    for (const instruction& i : d_.instructions) {
      if (i.kind != operation::foreach) continue;
      const foreach_operands& loop = d_.foreaches[i.operand];
      for (const std::string* name : {&loop.item, &loop.position})
        if (!name->empty() && !code_.is_variable_name(*name))
          out_.error(i.where, quoted(*name) + " is not the name of a variable",
                     "give a name of letters, digits and _ that is no word of ECMAScript");
    }
  }

  /// False: scripts can make data items in ways that only running them would show.
  bool names_are_known() const {
    return std::none_of(d_.expressions.begin(), d_.expressions.end(), [](const expression& x) {
      for (const char* word : {"this", "_data", "Object"})
        if (x.text.find(word) != std::string::npos && x.kind != expression_kind::content) return true;
      return false;
    });
  }

  std::set<std::string> declared_names() {
    std::set<std::string> names;
    for (const auto& item : d_.data) names.insert(item.id);
    for (const auto& loop : d_.foreaches) names.insert({loop.item, loop.position});
    for (std::size_t e = 0; e < d_.expressions.size(); ++e) {
      if (d_.expressions[e].kind != expression_kind::script) continue;
      const script_unit& script = code_.script(static_cast<index>(e));
      names.insert(script.variables.begin(), script.variables.end());
      for (const auto& f : script.functions) names.insert(f.name);
    }
    return names;
  }

  void check_undeclared() {
    const std::set<std::string> declared = declared_names();
    for (const index e : assigned_) {
      const expression& x = d_.expressions[e];
      const std::string name(trimmed(x.text));
      if (!is_identifier(name) || declared.contains(name) || !code_.assignment(e, none).problem.empty()) continue;
      if (is_system_name(name))
        out_.warning(x.where, "the system variable " + name + " cannot be changed: this fails with error.execution",
                     "assign to a data item");
      else
        out_.warning(x.where, quoted(name) + " is not declared: this fails with error.execution",
                     out_.suggestion(name, [&](auto&& consider) { for (const auto& n : declared) consider(n); },
                                     "add <data id=" + quoted(name) + "/>"));
    }
  }

  void check_functions_as_data() {
    for (const auto& item : d_.data) {
      if (item.value == none) continue;
      const expression& x = d_.expressions[item.value];
      const std::string_view text = trimmed(x.text);
      if (x.kind != expression_kind::value || !text.starts_with("function") || !text.ends_with("}")) continue;
      out_.warning(x.where, "the data item " + quoted(item.id) + " is a function: a session that holds it cannot be saved",
                   "declare the function in a <script>");
    }
  }

  const document& d_;
  const std::string_view bytes_;
  code code_;
  complaints out_;
  std::set<index> assigned_;
};

void check_all(const std::shared_ptr<realm>& r, const document& d, std::string_view bytes,
               std::vector<diagnostic>& out) {
  if (d.datamodel == datamodel_kind::ecmascript) {
    auto found = script_check(r, d, bytes).run();
    std::move(found.begin(), found.end(), std::back_inserter(out));
  }
  for (const auto& invoked : d.invokes)
    if (invoked.inline_document) check_all(r, *invoked.inline_document, bytes, out);
}

} // namespace

std::vector<diagnostic> check_scripts(const document& d, std::string_view bytes) {
  std::vector<diagnostic> out;
  const auto r = realm::make();
  if (!r) {
    out.push_back({severity::error, d.source, {}, r.error().what, r.error().mend});
    return out;
  }
  check_all(*r, d, bytes, out);
  std::stable_sort(out.begin(), out.end(), [](const diagnostic& a, const diagnostic& b) {
    return std::pair(a.where.line, a.where.column) < std::pair(b.where.line, b.where.column);
  });
  return out;
}

} // namespace chainring::scxml
