// compile_data.cpp: <data>, <script>, <content> and what src= names (SCXML 5.2, 5.3, 5.6, 5.8).
#include "scxml/compiler.hpp"
#include "scxml/limits.hpp"

namespace chainring::scxml {

data_item compiler::compile_data(element_index e) {
  data_item made;
  made.where = at(e).where;
  made.id = std::string(text_of(e, "id"));
  if (d_.datamodel == datamodel_kind::null)
    warning(made.where, "the null data model has no data",
            "add datamodel=\"ecmascript\" to <scxml>");
  if (const auto* id = find(e, "id")) {
    const auto [known, fresh] = data_ids_.try_emplace(trimmed(id->value), id->where);
    if (!fresh)
      warning(id->where,
              "the data item " + quoted(made.id) + " stands at line " +
                  std::to_string(known->second.line) + " too",
              "all data are global: give each its own id");
  }
  if (d_.datamodel == datamodel_kind::ecmascript && !made.id.empty() && !is_identifier(made.id))
    warning(find(e, "id")->where, quoted(made.id) + " is no name in ECMAScript",
            "use letters, digits and _, so that expressions can name it");
  made.parameter = text_of(e, "_type") == "parameter";
  exclusive(e, "src", "expr");
  if ((find(e, "src") || find(e, "expr")) && has_content(e))
    error(made.where, "<data> has both content and an attribute that gives its value",
          "keep one of them");
  if (const auto* src = find(e, "src")) {
    const std::string* text = load(trimmed(src->value), src->where, severity::warning);
    made.failed_load = !text;
    if (text) made.value = add_expression(*text, expression_kind::content, {1, 1});
  } else if (find(e, "expr")) {
    made.value = expression_of(e, "expr", expression_kind::value);
  } else {
    made.value = child_content(e);
  }
  return made;
}

index compiler::compile_script(element_index e) {
  std::string text;
  position where;
  if (!script_text(e, text, where)) return none;
  const index program = add_expression(std::move(text), expression_kind::script, where);
  return append(d_.scripts, script_operands{program}, at(e).where);
}

void compiler::compile_global_scripts() {
  std::string all;
  position first;
  for_each_child(root_, [&](element_index e) {
    std::string text;
    position where;
    if (kind_at(e) != kind::script || !script_text(e, text, where)) return;
    if (all.empty()) first = where;
    // A line end closes a comment, the semicolon an unfinished last statement.
    else
      all += "\n;\n";
    all += text;
  });
  if (!all.empty())
    d_.global_script = add_expression(std::move(all), expression_kind::script, first);
}

bool compiler::script_text(element_index e, std::string& text, position& where) {
  if (d_.datamodel == datamodel_kind::null)
    warning(at(e).where, "the null data model has no scripts",
            "add datamodel=\"ecmascript\" to <scxml>");
  where = at(e).inner_where;
  const auto* src = find(e, "src");
  if (!src) {
    text = c_.xml.text_of(e);
    return true;
  }
  if (c_.xml.has_text(e)) error(at(e).where, "<script> has both src and text", "keep one of them");
  const std::string* loaded = load(trimmed(src->value), src->where, severity::error);
  if (!loaded) return false;
  text = *loaded;
  where = {1, 1};
  return true;
}

index compiler::compile_content(element_index e) {
  const auto* expr = find(e, "expr");
  if (expr && has_content(e))
    error(at(e).where, "<content> has both expr and content", "keep one of them");
  if (expr) return expression_of(e, "expr", expression_kind::value);
  const index made = child_content(e);
  return made != none ? made : add_expression({}, expression_kind::content, at(e).inner_where);
}

bool compiler::has_content(element_index e) const {
  return at(e).first_child != no_element || c_.xml.has_text(e);
}

index compiler::child_content(element_index e) {
  if (!has_content(e)) return none;
  std::string text =
      at(e).first_child != no_element ? std::string(c_.xml.inner_xml(e)) : c_.xml.text_of(e);
  return add_expression(std::move(text), expression_kind::content, at(e).inner_where);
}

const std::string* compiler::load(std::string_view uri, position where, severity when_missing) {
  const auto complain = [&](std::string what, std::string mend) -> const std::string* {
    if (when_missing == severity::error)
      error(where, std::move(what), std::move(mend));
    else
      warning(where, std::move(what), std::move(mend));
    return nullptr;
  };
  auto [entry, fresh] = loaded_.try_emplace(std::string(uri));
  if (fresh) {
    if (c_.options.load) entry->second = c_.options.load(uri);
    c_.origin->resources.emplace_back(uri, entry->second);
  }
  if (!entry->second)
    return complain(quoted(uri) + " cannot be loaded",
                    "check the address, and that it may be read");
  if (entry->second->size() > limits::document_bytes_max)
    return complain(quoted(uri) + " has more than " + std::to_string(limits::document_bytes_max) +
                        " bytes",
                    "split it");
  if (find_bad_character(*entry->second) != std::string_view::npos)
    return complain(quoted(uri) + " is not UTF-8 text", "save it as UTF-8 text");
  return &*entry->second;
}

} // namespace chainring::scxml
