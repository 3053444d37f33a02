// session.hpp: the mutable part of a running document. Small, because there are a million of them:
// queues live in the interpreter, which empties them in every macrostep; what waits between two
// events stands here.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "scxml/document.hpp"
#include "scxml/rare_list.hpp"
#include "scxml/state_set.hpp"

namespace chainring::scxml {

class datamodel;

/// What the data model keeps for one session. Opaque to everything else.
struct model_data {
  void* pointer = nullptr;
  std::uint64_t bits = 0;
};

enum class session_phase : std::uint8_t {
  created, // not yet started
  stable,  // in a stable configuration, waiting for an external event
  done,    // reached a top-level final state or was cancelled
  faulted, // past a budget; `fault` says which
};

enum class session_fault : std::uint8_t {
  none,
  microsteps,
  macrostep_time,
  repeated_errors,
  queue,
  memory
};

/// Why a faulted session was ended, for people.
const char* to_text(session_fault fault);

/// The value of one history state: the states to enter. Only histories that have been recorded are
/// listed.
struct history_value {
  index history = none;
  state_set states;
};

/// A running invocation, as far as the interpreter knows it.
struct invocation {
  index invoke = none; // into document::invokes
  std::string id;
};

struct session {
  std::shared_ptr<const scxml::document> document;
  std::shared_ptr<scxml::datamodel>
      model; // runs the document's expressions; null data for a bare session
  model_data data;
  std::uint64_t id = 0; // `_sessionid` is "s" and this number
  state_set configuration;
  state_set initialized; // late binding: states whose data have been assigned
  rare_list<history_value> history;
  rare_list<invocation> invocations;
  std::uint32_t ids_given = 0; // for generated send and invoke ids
  std::uint8_t faults_in_a_row = 0;
  session_phase phase = session_phase::created;
  session_fault fault = session_fault::none;

  session() = default;
  session(session&&) noexcept;
  session& operator=(session&&) noexcept;
  ~session(); // gives the data back to the model

  bool is_active(index s) const { return configuration.contains(s); }
};

} // namespace chainring::scxml
