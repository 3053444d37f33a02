// compile_content.cpp: executable content (SCXML 4): blocks, <if>, <foreach>, <log>, <assign>.
#include "scxml/compiler.hpp"

namespace chainring::scxml {

block compiler::compile_block(element_index e) {
  std::vector<instruction> instructions;
  for_each_child(e, [&](element_index child) { compile_instruction(child, instructions); });
  return {append_all(d_.instructions, std::move(instructions), at(e).where)};
}

index compiler::add_block(element_index e) {
  return append(d_.blocks, compile_block(e), at(e).where);
}

index compiler::add_block(std::vector<instruction>&& instructions, position where) {
  return append(d_.blocks, block{append_all(d_.instructions, std::move(instructions), where)},
                where);
}

void compiler::compile_instruction(element_index e, std::vector<instruction>& into) {
  const auto add = [&](operation what, index operand) {
    if (operand != none) into.push_back({what, operand, at(e).where});
  };
  switch (kind_at(e)) {
  case kind::raise:
    if (at(e).first_child != no_element) return add(operation::send, compile_raise_with_data(e));
    return add(operation::raise, compile_raise(e, "event"));
  case kind::event:
    warning(at(e).where, "<event name> is the old form of <raise event>",
            "write <raise event=\"…\"/>");
    return add(operation::raise, compile_raise(e, "name"));
  case kind::choose: return add(operation::choose, compile_choose(e));
  case kind::foreach: return add(operation::foreach, compile_foreach(e));
  case kind::log: return add(operation::log, compile_log(e));
  case kind::assign: return add(operation::assign, compile_assign(e));
  case kind::script: return add(operation::script, compile_script(e));
  case kind::send: return add(operation::send, compile_send(e));
  case kind::cancel: return add(operation::cancel, compile_cancel(e));
  case kind::action: return add(operation::action, compile_action(e));
  default: return; // complained about by check_structure
  }
}

index compiler::compile_choose(element_index e) {
  struct part {
    index cond;
    position where;
    std::vector<instruction> instructions;
  };
  std::vector<part> parts;
  parts.push_back({expression_of(e, "cond", expression_kind::condition), at(e).where, {}});
  bool otherwise = false;
  for_each_child(e, [&](element_index child) {
    const kind k = kind_at(child);
    if (k != kind::elseif && k != kind::otherwise)
      return compile_instruction(child, parts.back().instructions);
    if (otherwise) error(at(child).where, tag(child) + " after <else>", "<else> comes last, once");
    otherwise = otherwise || k == kind::otherwise;
    parts.push_back(
        {expression_of(child, "cond", expression_kind::condition), at(child).where, {}});
  });
  std::vector<branch> branches;
  for (part& p : parts) branches.push_back({p.cond, add_block(std::move(p.instructions), p.where)});
  return append(d_.chooses,
                choose_operands{append_all(d_.branches, std::move(branches), at(e).where)},
                at(e).where);
}

index compiler::compile_foreach(element_index e) {
  foreach_operands made;
  made.array = expression_of(e, "array", expression_kind::value);
  made.item = std::string(text_of(e, "item"));
  made.position = std::string(text_of(e, "index"));
  made.block = add_block(e);
  return append(d_.foreaches, std::move(made), at(e).where);
}

index compiler::compile_log(element_index e) {
  log_operands made;
  if (const auto* label = find(e, "label")) made.label = std::string(label->value);
  made.expr = expression_of(e, "expr", expression_kind::value);
  if (const std::string_view level = text_of(e, "level"); !level.empty()) {
    if (level.size() == 1 && level[0] >= '1' && level[0] <= '4')
      made.level = static_cast<std::uint8_t>(level[0] - '0');
    else
      warning(find(e, "level")->where, "the level " + quoted(level) + " of <log> is ignored",
              "write 1 (reporting), 2 (error), 3 (warning) or 4 (debug)");
  }
  return append(d_.logs, std::move(made), at(e).where);
}

index compiler::compile_assign(element_index e) {
  assign_operands made;
  made.location = expression_of(e, "location", expression_kind::location);
  made.value = expression_of(e, "expr", expression_kind::value);
  if (made.value != none && has_content(e))
    error(at(e).where, "<assign> has both expr and content", "keep one of them");
  else if (made.value == none)
    made.value = child_content(e);
  if (made.value == none) error(at(e).where, "<assign> has no value", "add expr=\"…\"");
  return append(d_.assigns, made, at(e).where);
}

} // namespace chainring::scxml
