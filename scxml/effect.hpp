// effect.hpp: what the interpreter wants done. It never does anything itself: the host carries effects out after the
// macrostep, in order, and answers with events.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "scxml/document.hpp"
#include "scxml/event.hpp"

namespace chainring::scxml {

/// <send> to anywhere but the own internal queue. `target` empty: the session itself.
struct send_effect {
  std::string target;
  std::string type;           // canonical URI of the I/O processor
  std::int64_t delay_ms = 0;
  event what;                 // name, sendid (as given or generated and asked for), data; origin is the host's to fill
  std::string sendid;         // always set: what <cancel> names
  bool content = false;       // the data are a <content>, not names and values
};
struct cancel_effect {
  std::string sendid;
};
struct log_effect {
  std::string label;
  std::string text;
  std::uint8_t level = 0;
};
struct action_argument {
  index spec = none; // position in action_specification::attributes
  value what;
};
/// An element of the vocabulary, its attributes evaluated.
struct action_effect {
  index spec = none; // position in vocabulary::actions (for a child: action_specification::children)
  std::vector<action_argument> arguments;
  std::vector<action_effect> children;

  const value* find(index attribute) const {
    for (const auto& a : arguments)
      if (a.spec == attribute) return &a.what;
    return nullptr;
  }
};
/// An attribute of an action could not be evaluated. The interpreter has raised error.execution already; hosts whose
/// vocabulary has an event of its own for that (OCS: Error.Attribute) send it on this.
struct action_failed_effect {
  index spec = none;
  std::string attribute;
  std::string message;
};
struct invoke_effect {
  index invoke = none;
  std::string id;
  std::string type, src;
  object parameters;
  value content;
};
struct uninvoke_effect {
  std::string id;
};
/// autoforward: pass the external event just processed on to this invocation.
struct forward_effect {
  std::string id;
  event what;
};
/// The session has ended in a top-level final state; `data` is its donedata.
struct done_effect {
  value data;
};

using effect = std::variant<send_effect, cancel_effect, log_effect, action_effect, action_failed_effect, invoke_effect,
                            uninvoke_effect, forward_effect, done_effect>;
using effects = std::vector<effect>;

} // namespace chainring::scxml
