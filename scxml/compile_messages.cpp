// compile_messages.cpp: <raise>, <send>, <cancel> and what events carry: namelist, <param>,
// <content> (SCXML 4.2, 5.5, 5.6, 5.7, 6.2, 6.3).
#include "scxml/compiler.hpp"
#include "scxml/duration.hpp"

namespace chainring::scxml {

index compiler::compile_raise(element_index e, std::string_view attribute) {
  const std::string_view event = text_of(e, attribute);
  if (has_space(event))
    error(find(e, attribute)->value_where,
          "the event name " + quoted(event) + " has white space in it", "give one word");
  return append(d_.raises, raise_operands{std::string(event)}, at(e).where);
}

/// Genesys: <raise> with <param> children is a <send> to the internal queue.
index compiler::compile_raise_with_data(element_index e) {
  warning(at(e).where, "<raise> with <param> is no standard SCXML",
          "write <send target=\"#_internal\" event=\"…\">");
  send_operands made;
  made.event.text = std::string(text_of(e, "event"));
  made.target.text = "#_internal";
  made.event.given = made.target.given = true;
  element_index content = no_element;
  made.parameters = compile_payload(e, content);
  return append(d_.sends, std::move(made), at(e).where);
}

index compiler::compile_send(element_index e) {
  send_operands made;
  made.event = text_or_expression_of(e, "event", "eventexpr");
  made.target = text_or_expression_of(e, "target", "targetexpr");
  made.type = text_or_expression_of(e, "type", "typeexpr");
  made.delay = text_or_expression_of(e, "delay", "delayexpr");
  exclusive(e, "id", "idlocation");
  made.id = std::string(text_of(e, "id"));
  made.id_location = expression_of(e, "idlocation", expression_kind::location);
  element_index content = no_element;
  made.parameters = compile_payload(e, content);
  exclude_content(e, made.parameters, content);
  if (content != no_element) made.content = compile_content(content);
  check_send(e, made);
  return append(d_.sends, std::move(made), at(e).where);
}

void compiler::check_send(element_index e, const send_operands& send) {
  // BasicHTTP can take the event's name from a parameter (SCXML C.2).
  if (!send.event.given && send.content == none && send.parameters.empty())
    error(at(e).where, "<send> has neither event nor eventexpr nor <content>", "add event=\"…\"");
  if (has_space(send.event.text))
    error(find(e, "event")->value_where,
          "the event name " + quoted(send.event.text) + " has white space in it", "give one word");
  if (!send.delay.text.empty() && !parse_duration_ms(send.delay.text))
    error(find(e, "delay")->value_where, quoted(send.delay.text) + " is no delay",
          "write for example 500ms, 2s or 1.5s");
  if (send.delay.given && send.target.text == "#_internal")
    error(at(e).where, "<send> to #_internal has a delay",
          "remove the delay, or send to the session without a target");
}

index compiler::compile_cancel(element_index e) {
  cancel_operands made;
  made.sendid = text_or_expression_of(e, "sendid", "sendidexpr");
  if (find(e, "id")) { // Genesys
    exclusive(e, "sendid", "id");
    exclusive(e, "sendidexpr", "id");
    if (!made.sendid.given) made.sendid = {std::string(text_of(e, "id")), none, is_given(e, "id")};
  }
  if (!made.sendid.given)
    error(at(e).where, "<cancel> has neither sendid nor sendidexpr", "name the <send> by its id");
  return append(d_.cancels, std::move(made), at(e).where);
}

range compiler::compile_payload(element_index e, element_index& content) {
  std::vector<parameter> parameters;
  if (const auto* names = find(e, "namelist"))
    for_each_word(names->value, [&](std::string_view name) {
      const index location =
          add_expression(std::string(name), expression_kind::location, names->value_where);
      parameters.push_back({std::string(name), location});
    });
  for_each_child(e, [&](element_index child) {
    if (kind_at(child) == kind::param) parameters.push_back(compile_param(child));
    if (kind_at(child) != kind::content) return;
    if (content != no_element)
      return error(at(child).where, "a second <content> in " + tag(e), "keep one");
    content = child;
  });
  return append_all(d_.parameters, std::move(parameters), at(e).where);
}

void compiler::exclude_content(element_index e, range parameters, element_index content) {
  if (content != no_element && !parameters.empty())
    error(at(content).where, tag(e) + " has <content> beside namelist or <param>",
          "keep one of them");
}

parameter compiler::compile_param(element_index e) {
  parameter made;
  made.name = std::string(text_of(e, "name"));
  exclusive(e, "expr", "location");
  made.value = expression_of(e, "expr", expression_kind::value);
  if (made.value == none) made.value = expression_of(e, "location", expression_kind::location);
  if (made.value == none)
    error(at(e).where, "<param> has neither expr nor location", "add expr=\"…\"");
  return made;
}

} // namespace chainring::scxml
