// impossible.cpp: descriptors of events that never happen: names that no event can have, done events of what is never
// done (SCXML 3.7, 6.4), errors that nobody raises (3.12.2).
#include <algorithm>

#include "scxml/lint/descriptors.hpp"
#include "scxml/lint/rules.hpp"

namespace chainring::scxml {

namespace {

constexpr std::string_view done_state = "done.state", done_invoke = "done.invoke", error_event = "error";
constexpr std::string_view error_names[] = {"error.execution", "error.communication", "error.platform"};

class impossible_events {
 public:
  impossible_events(const document& d, complaints& out)
      : d_(d)
      , out_(out)
      , own_(d) {}

  void check(const event_descriptor& e) {
    if (malformed(e) || own_.may_match(e.prefix)) return;
    const std::string_view name = e.prefix;
    if (name == done_state)
      check_any_done(e);
    else if (covers(done_state, name))
      check_done_state(e, name.substr(done_state.size() + 1));
    else if (covers(done_invoke, name))
      check_done_invoke(e, name.size() > done_invoke.size() ? name.substr(done_invoke.size() + 1) : std::string_view());
    else if (covers(error_event, name))
      check_error(e, name);
  }

 private:
  bool malformed(const event_descriptor& e) {
    const std::string& name = e.prefix;
    if (name.find('*') != std::string::npos)
      return out_.warning(e.where,
                          "no event matches " + quoted(name) + ": * stands for itself unless it follows a last dot",
                          "write * alone, or a.b.*"),
             true;
    if (name.ends_with(',') || name.ends_with(';'))
      return out_.warning(e.where, "no event is called " + quoted(name), "separate events by spaces"), true;
    if (name.starts_with('.') || name.find("..") != std::string::npos)
      return out_.warning(e.where, "no event is called " + quoted(name) + ": a word between dots is missing",
                          "write the words with one dot between them"),
             true;
    return false;
  }

  void check_any_done(const event_descriptor& e) {
    for (index s = 1; s < d_.states.size(); ++s)
      if (can_be_done(s)) return;
    out_.warning(e.where, "no state here is ever done, so there is no " + quoted(e.prefix),
                 "add a <final> to a state, or remove it");
  }

  void check_done_state(const event_descriptor& e, std::string_view id) {
    index named = none;
    for (index s = 1; s < d_.states.size(); ++s) {
      if (!covers(id, d_.states[s].id)) continue; // "done.state.a" is a descriptor of "done.state.a.b" too
      if (can_be_done(s)) return;
      named = s;
    }
    if (named == none)
      return out_.warning(e.where, "there is no state " + quoted(id) + " to be done",
                          out_.suggestion(
                              id,
                              [&](auto visit) {
                                for (const state& s : d_.states) visit(s.id);
                              },
                              "name a state"));
    out_.warning(e.where, "the state " + quoted(id) + " is never done: " + why_not_done(named),
                 "add a <final>, or wait for another event");
  }

  void check_done_invoke(const event_descriptor& e, std::string_view id) {
    const auto may_have_it = [&](const invoke& i) {
      // Without an id of its own an invocation is called by its state and a number (6.4.1).
      return id.empty() ||
             (i.id.empty() ? covers(d_.states[i.state].id, id) || d_.states[i.state].id.empty() : covers(id, i.id));
    };
    if (std::any_of(d_.invokes.begin(), d_.invokes.end(), may_have_it)) return;
    if (d_.invokes.empty())
      return out_.warning(e.where, "nothing is invoked here, so there is no " + quoted(e.prefix),
                          "add an <invoke>, or remove it");
    out_.warning(e.where, "there is no <invoke> with the id " + quoted(id),
                 out_.suggestion(
                     id,
                     [&](auto visit) {
                       for (const invoke& i : d_.invokes) visit(i.id);
                     },
                     "give the <invoke> this id"));
  }

  /// Hosts and other sessions may have errors of their own, so only slips of the pen are told.
  void check_error(const event_descriptor& e, std::string_view name) {
    if (std::any_of(std::begin(error_names), std::end(error_names), [&](auto known) { return covers(known, name); }) ||
        name == error_event)
      return;
    const std::string mend = out_.suggestion(name,
                                             [](auto visit) {
                                               for (const auto known : error_names) visit(known);
                                             },
                                             {});
    if (!mend.empty()) out_.warning(e.where, "nobody raises " + quoted(name), mend);
  }

  /// Does entering states inside raise done.state of this one?
  bool can_be_done(index s) const {
    const state_kind kind = d_.states[s].kind;
    if (kind != state_kind::compound && kind != state_kind::parallel) return false;
    bool any = false, all = true;
    for (index c = static_cast<index>(s + 1); c < d_.states[s].subtree_end; c = d_.states[c].subtree_end) {
      if (d_.is_history(c)) continue;
      const bool done = kind == state_kind::compound ? d_.states[c].kind == state_kind::final : can_be_done(c);
      any = any || done, all = all && done;
    }
    return any && (kind == state_kind::compound || all);
  }

  const char* why_not_done(index s) const {
    switch (d_.states[s].kind) {
    case state_kind::compound: return "it has no <final> among its children";
    case state_kind::parallel: return "not every region has a <final>";
    default: return "only states with states inside are";
    }
  }

  const document& d_;
  complaints& out_;
  const own_events own_;
};

} // namespace

void find_impossible_events(const document& d, complaints& out) {
  impossible_events rule(d, out);
  for (const auto& e : d.descriptors) rule.check(e);
}

} // namespace chainring::scxml
