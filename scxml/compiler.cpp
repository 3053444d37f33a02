// compiler.cpp: the run over all subjects, the document's hash, attributes and tables.
#include "scxml/compiler.hpp"

#include <algorithm>

#include "scxml/digest.hpp"
#include "scxml/legacy.hpp"
#include "scxml/models/compiled/translate.hpp"

namespace chainring::scxml {

compiler::compiler(compilation& c, element_index root, std::string_view identity)
    : c_(c)
    , root_(root)
    , identity_(identity)
    , made_(std::make_shared<document>())
    , d_(*made_) {
  d_.legacy = c.options.legacy;
}

std::shared_ptr<const document> compiler::run() {
  check_structure(c_, root_);
  read_root();
  declare(root_, none, 0);
  target_stamps_.assign(d_.states.size(), 0);
  for (std::size_t s = 0; s < d_.states.size(); ++s) compile_state(static_cast<index>(s));
  compile_global_scripts();
  for (transition& t : d_.transitions) find_domain(t);
  if (!c_.out.any_error()) prepare_to_run();

  sha256 hash;
  hash.add(identity_);
  if (d_.legacy) hash.add("\nlegacy\n"); // the same bytes mean something else
  std::vector<std::string> uris;
  for (const auto& [uri, text] : loaded_) uris.push_back(uri);
  std::sort(uris.begin(), uris.end());
  for (const std::string& uri : uris) {
    const auto& text = loaded_.at(uri);
    hash.add("\n" + uri + "\n" + (text ? std::to_string(text->size()) : "missing") + "\n");
    if (text) hash.add(*text);
  }
  d_.hash = hash.finish();
  if (root_ == 0) {
    c_.origin->text = identity_;
    d_.origin = c_.origin;
  }
  return std::move(made_);
}

/// What makes sessions fast, of tables that are in order.
void compiler::prepare_to_run() {
  d_.ways = way_table(d_);
  d_.candidates = candidate_table(d_);
  if (d_.datamodel == datamodel_kind::ecmascript) d_.program = compiled_model::translate(d_, d_.leaves_compiled);
}

std::string_view compiler::text_of(element_index e, std::string_view attribute) const {
  const auto* a = find(e, attribute);
  return a ? trimmed(a->value) : std::string_view();
}

bool compiler::is_given(element_index e, std::string_view attribute) const {
  return !text_of(e, attribute).empty();
}

std::string compiler::tag(element_index e) const {
  const element& x = at(e);
  std::string out = "<";
  if (!x.prefix.empty()) out += std::string(x.prefix.substr(0, 60)) + ":";
  return out + std::string(x.name.substr(0, 60)) + ">";
}

void compiler::exclusive(element_index e, std::string_view a, std::string_view b) {
  if (!find(e, a) || !find(e, b)) return;
  error(find(e, b)->where, tag(e) + " has both " + quoted(a) + " and " + quoted(b),
        "keep one of them");
}

index compiler::expression_of(element_index e, std::string_view attribute, expression_kind how) {
  const auto* a = find(e, attribute);
  if (!a) return none;
  if (is_blank(a->value)) {
    warning(a->where, "the empty attribute " + quoted(attribute) + " is ignored",
            "give an expression, or remove it");
    return none;
  }
  return add_expression(std::string(a->value), how, a->value_where);
}

index compiler::add_expression(std::string text, expression_kind how, position where) {
  if (d_.legacy && how != expression_kind::content) text = modern_expression(text);
  return append(d_.expressions, expression{std::move(text), how, where}, where);
}

text_or_expression compiler::text_or_expression_of(element_index e, std::string_view literal,
                                                   std::string_view expr) {
  exclusive(e, literal, expr);
  text_or_expression out;
  out.expr = expression_of(e, expr, expression_kind::value);
  if (is_given(e, literal)) out.text = std::string(text_of(e, literal));
  out.given = out.expr != none || !out.text.empty();
  return out;
}

void compiler::table_full(position where) {
  if (table_full_reported_) return;
  table_full_reported_ = true;
  error(where, "the document needs a table of more than " + std::to_string(none) + " entries",
        "split it with <invoke>");
}

} // namespace chainring::scxml
