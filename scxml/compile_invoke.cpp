// compile_invoke.cpp: <invoke> with inline documents, <finalize> (SCXML 6.4, 6.5).
#include "scxml/compiler.hpp"

namespace chainring::scxml {
namespace {

bool names_scxml(const text_or_expression& type) {
  return !type.given || type.expr != none || type.text == "scxml" ||
         type.text == "http://www.w3.org/TR/scxml" || type.text == "http://www.w3.org/TR/scxml/";
}

} // namespace

invoke compiler::compile_invoke(element_index e, index s) {
  invoke made;
  made.state = s;
  made.where = at(e).where;
  made.type = text_or_expression_of(e, "type", "typeexpr");
  made.src = text_or_expression_of(e, "src", "srcexpr");
  exclusive(e, "id", "idlocation");
  made.id = std::string(text_of(e, "id"));
  made.id_location = expression_of(e, "idlocation", expression_kind::location);
  const std::string_view autoforward = text_of(e, "autoforward");
  made.autoforward = autoforward == "true" || autoforward == "1";
  if (!autoforward.empty() && !made.autoforward && autoforward != "false" && autoforward != "0")
    error(find(e, "autoforward")->where, "autoforward is " + quoted(autoforward),
          "write \"true\" or \"false\"");
  compile_invoked_content(e, made);
  for_each_child(e, [&](element_index child) {
    if (kind_at(child) != kind::finalize) return;
    if (made.finalize != none)
      return error(at(child).where, "a second <finalize>", "put everything into one");
    made.finalize = add_block(child);
    for_each_child(child, [&](element_index inner) {
      if (kind_at(inner) == kind::raise || kind_at(inner) == kind::send)
        error(at(inner).where, tag(inner) + " in <finalize>", "move it to a <transition>");
    });
  });
  return made;
}

void compiler::compile_invoked_content(element_index e, invoke& into) {
  bool params = false;
  for_each_child(e, [&](element_index child) { params = params || kind_at(child) == kind::param; });
  if (params && find(e, "namelist"))
    error(find(e, "namelist")->where, "<invoke> has both namelist and <param>", "keep one of them");
  // Unlike <send>, <invoke> may have parameters beside <content> (SCXML 6.4.2).
  element_index content = no_element;
  into.parameters = compile_payload(e, content);
  if (content == no_element) {
    if (!into.src.given && names_scxml(into.type))
      warning(at(e).where, "<invoke> has neither src nor <content>: there is nothing to run",
              "add one of them");
    return;
  }
  if (into.src.given)
    error(at(content).where, "<invoke> has <content> beside src", "keep one of them");
  const element_index inner = inline_document(content, into);
  if (inner == no_element) {
    into.content = compile_content(content);
    return;
  }
  into.inline_document =
      compiler(c_, inner, identity_ + "\ninline at " + std::to_string(at(inner).bytes.begin) + "\n")
          .run();
}

/// The <scxml> that is the only element of the <content> of an SCXML invocation.
element_index compiler::inline_document(element_index content, const invoke& of) const {
  const element_index inner = at(content).first_child;
  if (inner == no_element || at(inner).next_sibling != no_element || find(content, "expr"))
    return no_element;
  const bool is_document =
      at(inner).name == "scxml" && (at(inner).uri == scxml_uri || at(inner).uri == at(root_).uri);
  return is_document && names_scxml(of.type) ? inner : no_element;
}

} // namespace chainring::scxml
