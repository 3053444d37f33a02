// datamodel.hpp: the border between the interpreter and what runs a document's expressions. One object serves all
// sessions of one document on one lane; it holds nothing of a session between two calls but what session::data names.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scxml/event.hpp"
#include "scxml/result.hpp"
#include "scxml/session.hpp"

namespace chainring::scxml {

/// Why an evaluation failed. Everything but `none` is an error.execution to the document; `unknown_name` lets an action
/// attribute fall back to its mnemonic; the last two count against the session's budgets.
enum class failure : std::uint8_t { none, failed, unknown_name, out_of_time, out_of_memory };

/// What an evaluation gave; `message` is for the log and for _event.data of error.execution.
struct verdict {
  failure why = failure::none;
  std::string message;
  bool ok() const { return why == failure::none; }
};

/// What scripts may see of the world besides their data; asked only when one looks.
class script_world {
 public:
  virtual ~script_world() = default;
  /// Date.now(): Unix epoch.
  virtual std::int64_t now_ms() const = 0;
  /// Math.random() is a function of it and of how often it was asked.
  virtual std::uint64_t random_seed(const session&) const { return 1; }
  /// Where a session can be sent events (SCXML 5.10, `_ioprocessors`). Type URI → location. Valid until asked again.
  virtual const std::vector<std::pair<std::string, std::string>>& io_processors(const session& s) const = 0;
};

/// Around the calls into the model: made by the interpreter for each macrostep.
struct surroundings {
  session& self;
  const event* current = nullptr; // null: _event is unbound
  std::int64_t cpu_us_left = 0;   // of the macrostep's budget; the model takes off what it used
  const script_world* world = nullptr; // null: time stands at 0, _ioprocessors is empty
  /// Another number for every event, so that the script's `_event` is made once per event and stays the same object; 0:
  /// it is made anew in every evaluation that asks for it.
  std::uint64_t event_number = 0;
};

class datamodel {
 public:
  virtual ~datamodel() = default;

  // -- life of one session's data ------------
  /// Makes the data of a new session: every item of the document is declared and undefined.
  virtual verdict create(surroundings& s) = 0;
  /// Gives them back. Never fails; called on the lane that created them.
  virtual void destroy(session& s) noexcept = 0;

  // -- evaluation: `e` is an expression of the document ------------
  virtual verdict condition(surroundings& s, index e, bool& out) = 0;
  /// Their conditions one by one as condition(), up to the first that holds or cannot be evaluated: `at` is its place; none
  /// holds: their number.
  virtual verdict first_that_holds(surroundings& s, std::span<const candidate> asked, std::size_t& at) {
    bool holds = false;
    for (at = 0; at < asked.size() && !holds; at += !holds) {
      if (asked[at].cond == none) break;
      // By the model that the session has then: with any of them it may have moved to another.
      if (verdict v = s.self.model->condition(s, asked[at].cond, holds); !v.ok()) return v;
    }
    return {};
  }
  virtual verdict evaluate(surroundings& s, index e, value& out) = 0;
  /// <assign>: runs `location = value` where value is an expression of kind value or content.
  virtual verdict assign(surroundings& s, index location, index expr) = 0;
  /// <assign> elements that follow each other, positions in document::assigns, one by one as assign() up to the first that
  /// fails: `done` of them have not.
  virtual verdict assign_all(surroundings& s, range assigns, index& done) {
    for (done = 0; done < assigns.count; ++done) {
      const assign_operands& one = s.self.document->assigns[assigns.first + done];
      // By the model that the session has then: with any of them it may have moved to another.
      if (verdict v = s.self.model->assign(s, one.location, one.value); !v.ok()) return v;
    }
    return {};
  }
  /// Sets a location (idlocation, parameters of an invocation, finalize) to a value from outside.
  virtual verdict assign_value(surroundings& s, index location, const value& v) = 0;
  /// Initializes one data item: `item` is a position in document::data. Failing leaves it declared and undefined.
  virtual verdict initialize(surroundings& s, index item) = 0;
  /// Sets a declared data item by name to a value from outside (session start parameters, SCXML 6.4); false: no such.
  virtual bool set_item(surroundings& s, std::string_view id, const value& v) = 0;
  virtual verdict run_script(surroundings& s, index e) = 0;

  /// <foreach>: takes a shallow copy of the array, then runs `body` once per element with item and position assigned;
  /// it returns false to stop. Declares item and position where they are not; refuses illegal names (SCXML 4.6).
  virtual verdict foreach (surroundings& s, const foreach_operands& loop, const std::function<bool()>& body) = 0;

  // -- snapshots ------------
  /// The session's data as bytes in a checked format of our own; false with the reason when something cannot be saved.
  virtual result<std::string> save(surroundings& s) = 0;
  /// Data from bytes that save() made, possibly damaged since. On failure the session has the data of create().
  virtual verdict restore(surroundings& s, std::string_view bytes) = 0;
};

/// Makes data models: one per lane. `open` gives the model that runs this document on this lane.
class datamodel_source {
 public:
  virtual ~datamodel_source() = default;
  virtual result<std::shared_ptr<datamodel>> open(const std::shared_ptr<const document>& d) = 0;
};

} // namespace chainring::scxml
