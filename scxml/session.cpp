// session.cpp: who owns the data of a session, and what its faults are called.
#include "scxml/session.hpp"

#include <utility>

#include "scxml/datamodel.hpp"

namespace chainring::scxml {

const char* to_text(session_fault fault) {
  switch (fault) {
  case session_fault::none: return "no fault";
  case session_fault::microsteps:
    return "too many microsteps in one macrostep: an endless loop of transitions";
  case session_fault::macrostep_time: return "one macrostep took too much CPU time";
  case session_fault::repeated_errors: return "several evaluations in a row ran out of time";
  case session_fault::queue: return "too many events or effects in one macrostep";
  case session_fault::memory: return "the session's data took too much memory";
  }
  return "unknown fault";
}

session::session(session&& other) noexcept { *this = std::move(other); }

session& session::operator=(session&& other) noexcept {
  if (this == &other) return *this;
  if (model) model->destroy(*this);
  document = std::move(other.document);
  model = std::move(other.model);
  data = std::exchange(other.data, {});
  id = other.id;
  configuration = std::move(other.configuration);
  initialized = std::move(other.initialized);
  history = std::move(other.history);
  invocations = std::move(other.invocations);
  ids_given = other.ids_given;
  faults_in_a_row = other.faults_in_a_row;
  phase = other.phase;
  fault = other.fault;
  return *this;
}

session::~session() {
  if (model) model->destroy(*this);
}

} // namespace chainring::scxml
