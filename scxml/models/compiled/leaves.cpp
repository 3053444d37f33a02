// leaves.cpp: see leaves.hpp.
#include "scxml/models/compiled/leaves.hpp"

namespace chainring::scxml::compiled_model {
namespace {

bool is_binary(op what) { return what >= op::add && what <= op::shift_right_unsigned; }
bool is_jump(op what) { return what >= op::jump && what <= op::keep_if_true; }

} // namespace

void join_leaves(std::vector<step>& steps, std::size_t first) {
  const std::size_t length = steps.size() - first;
  std::vector<bool> is_target(length);
  for (std::size_t i = 0; i < length; ++i)
    if (is_jump(steps[first + i].what)) is_target[steps[first + i].number] = true;
  std::vector<std::uint16_t> moved(length); // where each step has gone
  std::size_t to = 0;
  for (std::size_t from = 0; from < length; ++to) {
    const step* const at = &steps[first + from];
    const bool joins = from + 2 < length && is_leaf(at[0].what) && is_leaf(at[1].what) && is_binary(at[2].what) &&
                       !is_target[from + 1] && !is_target[from + 2];
    const step made = joins ? step{op::of_leaves, 0, at[0].number, at[1].number, at[0].what, at[1].what, at[2].what} : at[0];
    moved[from] = static_cast<std::uint16_t>(to);
    steps[first + to] = made;
    from += joins ? 3 : 1;
  }
  steps.resize(first + to);
  for (std::size_t i = first; i < steps.size(); ++i)
    if (is_jump(steps[i].what)) steps[i].number = moved[steps[i].number];
}

} // namespace chainring::scxml::compiled_model
