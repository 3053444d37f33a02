// content.cpp: blocks and the elements of SCXML 4; <send> is in send.cpp, the host's own in
// action.cpp.
#include "scxml/content.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "scxml/limits.hpp"

namespace chainring::scxml {

namespace {

std::string_view element_of(operation kind) {
  switch (kind) {
  case operation::raise: return "raise";
  case operation::choose: return "if";
  case operation::foreach: return "foreach";
  case operation::log: return "log";
  case operation::assign: return "assign";
  case operation::script: return "script";
  case operation::send: return "send";
  case operation::cancel: return "cancel";
  case operation::action: break; // names itself
  }
  return "";
}

bool execute_raise(macrostep& step, const raise_operands& raise) {
  event e;
  e.name = raise.event;
  e.type = event_type::internal;
  step.raise(std::move(e));
  return !step.faulted();
}

bool execute_choose(macrostep& step, const choose_operands& choose) {
  const document& d = step.document();
  for (const branch& b : d.view(d.branches, choose.branches))
    if (b.cond == none || step.condition(b.cond)) return b.block == none || execute(step, b.block);
  return !step.faulted();
}

bool execute_foreach(macrostep& step, const foreach_operands& loop, position where) {
  bool completed = true;
  std::uint32_t turns = 0;
  auto v = step.model().foreach (step.around(), loop, [&] {
    if (++turns > limits::foreach_turns_max) {
      step.in(element_of(operation::foreach));
      step.report("the array of <foreach> has too many items", where);
      return completed = false;
    }
    return completed =
               step.count_instruction() && (loop.block == none || execute(step, loop.block));
  });
  step.in(element_of(operation::foreach)); // its content has named others
  if (!v.ok()) step.report(v, where);
  return v.ok() && completed;
}

bool execute_log(macrostep& step, const log_operands& log) {
  log_effect entry{log.label, {}, log.level};
  if (log.expr != none) {
    value v;
    if (!step.evaluate(log.expr, v)) return false;
    entry.text = to_text(v);
  }
  step.emit(std::move(entry));
  return !step.faulted();
}

bool execute_cancel(macrostep& step, const cancel_operands& cancel) {
  cancel_effect out;
  if (!step.text_of(cancel.sendid, out.sendid)) return false;
  step.emit(std::move(out));
  return !step.faulted();
}

void add_parameter(object& to, const std::string& name, value what,
                   std::vector<std::string_view>& repeated) {
  value* before = nullptr;
  for (auto& [known, v] : to.members)
    if (known == name) before = &v;
  if (!before) {
    to.set(name, std::move(what));
    return;
  }
  bool is_list = false;
  for (auto r : repeated) is_list = is_list || r == name;
  if (!is_list) {
    *before = array{std::move(*before)};
    repeated.push_back(name);
  }
  before->as<array>()->push_back(std::move(what));
}

} // namespace

std::size_t assigns_ahead(std::span<const instruction> all) {
  std::size_t count = 0;
  while (count < all.size() && all[count].kind == operation::assign && all[count].operand == all.front().operand + count) ++count;
  return count;
}

void tell_of_assigns(macrostep& step, std::span<const instruction> all, index done, const verdict& v) {
  if (step.watch())
    for (const auto& assign : step.document().view(step.document().assigns, {all.front().operand, done}))
      step.watch()->ran(step.self(), assign.location);
  if (!v.ok()) step.report(v, all[done].where);
}

bool execute_one(macrostep& step, const instruction& i) {
  const document& d = step.document();
  step.in(element_of(i.kind));
  switch (i.kind) {
  case operation::raise: return execute_raise(step, d.raises[i.operand]);
  case operation::choose: return execute_choose(step, d.chooses[i.operand]);
  case operation::foreach: return execute_foreach(step, d.foreaches[i.operand], i.where);
  case operation::log: return execute_log(step, d.logs[i.operand]);
  case operation::assign: return execute_assign(step, i);
  case operation::script:
    return step.checked(d.scripts[i.operand].program, step.model().run_script(step.around(), d.scripts[i.operand].program),
                        i.where);
  case operation::send: return execute_send(step, d.sends[i.operand], i.where);
  case operation::cancel: return execute_cancel(step, d.cancels[i.operand]);
  case operation::action: return execute_action(step, i.operand);
  }
  return true;
}

bool execute(macrostep& step, index block) {
  const document& d = step.document();
  auto left = d.view(d.instructions, d.blocks[block].instructions);
  while (!left.empty()) {
    const std::size_t assigns = assigns_ahead(left);
    if (!step.count_instructions(std::max<std::size_t>(assigns, 1))) return false;
    if (!(assigns > 1 ? execute_assigns(step, left.first(assigns)) : execute_one(step, left.front()))) return false;
    left = left.subspan(std::max<std::size_t>(assigns, 1));
  }
  return true;
}

void execute_all(macrostep& step, range blocks) {
  for (index b = blocks.first; b < blocks.first + blocks.count && !step.faulted(); ++b)
    execute(step, b);
}

bool evaluate_parameters(macrostep& step, range parameters, object& out, std::string_view sendid) {
  const document& d = step.document();
  std::vector<std::string_view> repeated;
  for (const parameter& p : d.view(d.parameters, parameters)) {
    value v;
    if (!step.evaluate(p.value, v, sendid)) return false;
    add_parameter(out, p.name, std::move(v), repeated);
  }
  return true;
}

bool evaluate_message(macrostep& step, range parameters, index content, value& out,
                      std::string_view sendid) {
  if (content != none) return step.evaluate(content, out, sendid);
  if (parameters.empty()) return true;
  object members;
  if (!evaluate_parameters(step, parameters, members, sendid)) return false;
  out = std::move(members);
  return true;
}

value evaluate_donedata(macrostep& step, index donedata) {
  if (donedata == none) return {};
  const document& d = step.document();
  const auto& source = d.donedatas[donedata];
  step.in("donedata");
  value data;
  if (source.content != none) {
    step.evaluate(source.content, data);
    return data;
  }
  object members;
  std::vector<std::string_view> repeated;
  for (const parameter& p : d.view(d.parameters, source.parameters)) {
    value v;
    if (step.evaluate(p.value, v)) add_parameter(members, p.name, std::move(v), repeated);
  }
  if (!members.members.empty()) data = std::move(members);
  return data;
}

} // namespace chainring::scxml
