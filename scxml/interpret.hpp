// interpret.hpp: the SCXML interpreter (W3C Recommendation, Appendix D). Reads a document, changes a session, returns
// effects. One interpreter serves any number of sessions, one macrostep at a time; it holds the queues and scratch sets
// of the macrostep that runs, so that a waiting session needs none.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "scxml/datamodel.hpp"
#include "scxml/effect.hpp"
#include "scxml/session.hpp"

namespace chainring::scxml {

/// What a host knows that the interpreter must ask during a macrostep. Questions only: nothing is done.
class host : public script_world {
 public:
  enum class reach { ok, unsupported, unreachable };
  /// Can an event be sent there? unsupported → error.execution, unreachable → error.communication (SCXML 6.2).
  virtual reach reachable(const session& from, std::string_view type, std::string_view target) const = 0;
  /// Watches the run: entered, exited, transitions taken. Null: nobody does.
  virtual class observer* watching() const { return nullptr; }
};

/// Follows a run for traces and tests.
class observer {
 public:
  virtual ~observer() = default;
  virtual void entered(const session&, index) {}
  virtual void exited(const session&, index) {}
  virtual void taken(const session&, index) {}
  virtual void failed(const session&, const verdict&, position) {}
  /// A condition, another expression, or a <script> or <assign> has been evaluated; positions in document::expressions.
  virtual void held(const session&, index /*condition*/, bool) {}
  virtual void evaluated(const session&, index /*expression*/, const value&) {}
  virtual void ran(const session&, index /*program or location*/) {}
};

class interpreter {
 public:
  explicit interpreter(const host& h);
  ~interpreter();

  /// Creates the data, applies start parameters (SCXML 6.4), enters the initial configuration, runs to the first stable
  /// configuration.
  void start(session& s, const object& parameters, effects& out);
  /// One external event and everything that follows from it up to the next stable configuration.
  void process(session& s, const event& e, effects& out);
  /// Ends a session from outside: exits all active states in order, running their <onexit>.
  void cancel(session& s, effects& out);
  /// An invocation could not be started or ended by itself: the session forgets it. The event is the host's to send.
  void forget_invocation(session& s, std::string_view id);

 private:
  struct run;
  const host& host_;
  std::unique_ptr<run> run_;
};

} // namespace chainring::scxml
