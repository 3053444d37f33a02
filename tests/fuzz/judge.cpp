// judge.cpp: the rules, written apart from the engine's own checks.
#include "tests/fuzz/judge.hpp"

#include <cstdio>
#include <cstdlib>

#include "scxml/limits.hpp"

namespace chainring::fuzz {

using namespace scxml;

namespace {

bool is_one_line(const std::string& s) { return s.find('\n') == std::string::npos; }

class tables {
 public:
  explicit tables(const document& d)
      : d_(d) {}

  void check() const {
    const auto& d = d_;
    require(!d.states.empty(), "a document without states");
    entry(d.expressions, d.global_script);
    for (index s = 0; s < d.states.size(); ++s) check_state(s);
    for (const auto& t : d.transitions) check_transition(t);
    for (const index s : d.target_states) require(s < d.states.size(), "a target that is no state");
    for (const auto& i : d.data) entry(d.expressions, i.value);
    for (const auto& b : d.blocks) run(d.instructions, b.instructions);
    for (const auto& i : d.instructions) check_instruction(i);
    for (const index h : d.histories) require(h < d.states.size() && d.is_history(h), "a history that is none");
    check_content();
  }

 private:
  template <class T> static void run(const std::vector<T>& table, range r) {
    require(std::size_t{r.first} + r.count <= table.size(), "a range beyond its table");
  }
  /// `none` is an entry too.
  template <class T> static void entry(const std::vector<T>& table, index i) {
    require(i == none || i < table.size(), "an index beyond its table");
  }
  void either(const text_or_expression& from) const { entry(d_.expressions, from.expr); }

  void check_state(index self) const {
    const state& s = d_.states[self];
    require(s.subtree_end > self && s.subtree_end <= d_.states.size(), "a subtree beyond the states");
    require(self == 0 ? s.parent == none : s.parent < self, "a state before its parent");
    require(self == 0 || s.subtree_end <= d_.states[s.parent].subtree_end, "a state that its parent does not hold");
    require(self == 0 || s.depth == d_.states[s.parent].depth + 1, "a depth that is not the parent's and one");
    const bool needs_initial = s.kind == state_kind::compound || d_.is_history(self);
    require(needs_initial == (s.initial != none), "an initial transition too many or too few");
    entry(d_.transitions, s.initial);
    run(d_.transitions, s.transitions);
    run(d_.blocks, s.on_entry), run(d_.blocks, s.on_exit);
    run(d_.data, s.data), run(d_.invokes, s.invokes);
    entry(d_.donedatas, s.donedata);
  }
  void check_transition(const transition& t) const {
    require(t.source < d_.states.size(), "a transition of no state");
    run(d_.target_states, t.targets), run(d_.descriptors, t.events);
    entry(d_.expressions, t.cond), entry(d_.blocks, t.block), entry(d_.states, t.domain);
    require(t.targets.empty() || t.domain != none, "a transition with targets and without a domain");
  }
  void check_instruction(const instruction& i) const {
    const auto in = [&](const auto& table) { require(i.operand < table.size(), "an operand beyond its table"); };
    switch (i.kind) {
    case operation::raise: return in(d_.raises);
    case operation::choose: return in(d_.chooses);
    case operation::foreach: return in(d_.foreaches);
    case operation::log: return in(d_.logs);
    case operation::assign: return in(d_.assigns);
    case operation::script: return in(d_.scripts);
    case operation::send: return in(d_.sends);
    case operation::cancel: return in(d_.cancels);
    case operation::action: return in(d_.actions);
    }
    fail("an instruction of no kind");
  }
  void check_content() const {
    const auto& d = d_;
    for (const auto& b : d.branches) entry(d.expressions, b.cond), require(b.block < d.blocks.size(), "no block");
    for (const auto& c : d.chooses) run(d.branches, c.branches);
    for (const auto& f : d.foreaches) entry(d.expressions, f.array), require(f.block < d.blocks.size(), "no block");
    for (const auto& l : d.logs) entry(d.expressions, l.expr);
    for (const auto& a : d.assigns) entry(d.expressions, a.location), entry(d.expressions, a.value);
    for (const auto& s : d.scripts) require(s.program < d.expressions.size(), "no program");
    for (const auto& p : d.parameters) entry(d.expressions, p.value);
    for (const auto& s : d.sends) {
      either(s.event), either(s.target), either(s.type), either(s.delay);
      entry(d.expressions, s.id_location), entry(d.expressions, s.content), run(d.parameters, s.parameters);
    }
    for (const auto& c : d.cancels) either(c.sendid);
    for (const auto& a : d.action_attributes) require(a.expr < d.expressions.size(), "no attribute");
    for (const auto& a : d.actions) run(d.action_attributes, a.attributes), run(d.actions, a.children);
    for (const auto& x : d.donedatas) run(d.parameters, x.parameters), entry(d.expressions, x.content);
    for (const auto& i : d.invokes) {
      require(i.state < d.states.size(), "an invocation of no state");
      either(i.type), either(i.src);
      entry(d.expressions, i.id_location), entry(d.expressions, i.content), run(d.parameters, i.parameters);
      entry(d.blocks, i.finalize);
      if (i.inline_document) judge(*i.inline_document);
    }
  }

  const document& d_;
};

/// One active child of a compound state, all of a parallel one, none of the others.
void judge_below(const session& s, index root) {
  const document& d = *s.document;
  std::size_t children = 0, active = 0;
  for (index child = static_cast<index>(root + 1); child < d.states[root].subtree_end;
       child = d.states[child].subtree_end) {
    if (d.is_history(child)) {
      require(!s.is_active(child), "an active history");
      continue;
    }
    ++children;
    if (s.is_active(child))
      ++active, judge_below(s, child);
    else
      require(!s.configuration.intersects(child, d.states[child].subtree_end), "an active state in an inactive one");
  }
  if (d.states[root].kind == state_kind::compound) require(active == 1, "a compound state without its one child");
  if (d.states[root].kind == state_kind::parallel)
    require(active == children, "a parallel state with a sleeping region");
}

} // namespace

void fail(const std::string& why) {
  std::fprintf(stderr, "broken rule: %s\n", why.c_str());
  std::abort();
}

void judge(const compiled& made) {
  std::size_t errors = 0;
  for (const auto& d : made.complaints) {
    errors += d.severity == severity::error;
    require(!d.what.empty() && is_one_line(to_line(to_error(d))), "a complaint that is not one line");
    require(d.where.line > 0 && d.where.column > 0, "a complaint without a place");
  }
  require((errors == 0) == (made.document != nullptr), "a document with errors, or no document and no errors");
  require(made.complaints.size() <= limits::complaints_max + 1, "more complaints than the limit");
  if (made.document) judge(*made.document);
}

void judge(const document& d) { tables(d).check(); }

void judge(const session& s) {
  const document& d = *s.document;
  if (s.phase == session_phase::stable) {
    judge_below(s, 0);
  } else if (s.phase == session_phase::done) {
    require(s.configuration.size() <= 1, "a session that is done in several states");
    s.configuration.for_each([&](index i) {
      require(i < d.states.size() && d.states[i].kind == state_kind::final && d.states[i].parent == 0,
              "a session that is done in no final state");
    });
  }
  for (const auto& h : s.history) {
    require(h.history < d.states.size() && d.is_history(h.history), "the history of a state that is none");
    h.states.for_each([&](index i) {
      require(i < d.states.size() && d.is_descendant(i, d.states[h.history].parent), "a history from elsewhere");
    });
  }
  for (const auto& i : s.invocations) require(i.invoke < d.invokes.size(), "an invocation of nothing");
  if (s.phase != session_phase::stable) require(s.invocations.empty(), "an invocation that outlives its session");
}

} // namespace chainring::fuzz
