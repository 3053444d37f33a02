// ways.hpp: what taking a transition amounts to, laid out beforehand: found once per document, so that a step walks a list
// instead of the tree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace chainring::scxml {

class document;

/// One deed on the way. What it does is what the procedures of SCXML Appendix D do at that place.
struct way_step {
  enum class deed : std::uint8_t {
    leave,       // subject: a state that has nothing to run, or whose content stands before
    leave_whole, // subject: a state that has invocations to cancel; its content comes with it
    execute,     // subject: of document::instructions
    assign,      // subject: of document::instructions; it is an <assign>
    assign_all,  // subject: as above, of the first of `count` that follow each other
    enter,       // subject: a state whose content stands behind
    enter_whole, // subject: a state with invocations, data of late binding or a done event; its content comes with it
  };
  deed what = deed::leave;
  std::uint8_t count = 0;
  std::uint16_t subject = 0;
  /// enter_whole: the transition whose content runs as by default entry, or none. execute, assign…: how many of the steps behind
  /// belong to the same block, which an error ends.
  std::uint16_t more = 0;
};

/// The ways of a document that never has more than one atomic state active, and where the targets of transitions are known
/// beforehand: no <parallel>, no <history>, at most one target each. Others have none, nor have documents whose ways would be
/// very long: limits::way_steps_max.
class way_table {
 public:
  way_table() = default;
  explicit way_table(const document& d);

  /// Only then the functions below may be called.
  bool known() const { return !onward_.empty(); }

  /// Out of an atomic state and its ancestors, up to the root's children.
  std::span<const way_step> leaving(std::uint16_t atomic) const { return view(leaving_[atomic]); }
  /// How many steps of leaving() it takes until the children of each ancestor are left; `up_to`: per state, and only ancestors'
  /// are set.
  void measure_leaving(const document& d, std::uint16_t atomic, std::vector<std::uint16_t>& up_to) const;
  /// Content of the transition, and in from its domain to an atomic state; of the document's initial transition without
  /// content.
  std::span<const way_step> onward(std::uint16_t transition) const { return view(onward_[transition]); }

 private:
  struct part {
    std::uint32_t first = 0, count = 0; // in steps_
  };
  std::span<const way_step> view(part p) const { return {steps_.data() + p.first, p.count}; }

  std::vector<way_step> steps_;
  std::vector<part> leaving_; // per state
  std::vector<part> onward_;  // per transition
};

} // namespace chainring::scxml
