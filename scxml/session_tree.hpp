// session_tree.hpp: a session and those it has invoked, nested (SCXML 6.4): who is whose, and which session a target names.
// Data only: what stands between two events. session_driver.hpp makes it run.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "scxml/session.hpp"
#include "scxml/value.hpp"

namespace chainring::scxml {

/// "#_scxml_s7": what other sessions send to, `origin` of its events, its entry in _ioprocessors (SCXML C.1.1).
std::string location_of(const session& s);

/// A session that another one has invoked.
struct invoked_session {
  session self;
  std::uint64_t invoker = 0; // session::id
  std::string id;            // of the invocation: "#_id" for the invoker
};

/// An invocation whose document is on its way.
struct awaited_document {
  std::uint32_t ticket = 0;
  std::uint64_t invoker = 0;
  std::string id;
  object parameters;
};

class session_tree {
 public:
  explicit session_tree(session root) : root_(std::move(root)) {}

  session& root() { return root_; }
  const session& root() const { return root_; }
  /// By session::id; null: it has ended.
  session* find(std::uint64_t id) { return root_.id == id ? &root_ : const_cast<session*>(find_invoked(id)); }
  const session* find(std::uint64_t id) const { return root_.id == id ? &root_ : find_invoked(id); }
  /// How a session came to be; null for the root, and for one that has been taken out.
  const invoked_session* invocation_of(const session& s) const;
  session* invoker_of(const session& s);
  session* invoked_by(const session& invoker, std::string_view id);
  /// It runs, or its document is on its way.
  bool has_invoked(const session& invoker, std::string_view id) const;
  /// Invocations around it; the root's is 0.
  std::size_t depth_of(const session& s) const;
  /// Sessions, and documents awaited for more.
  std::size_t size() const;
  bool awaits_documents() const { return nested_ && !nested_->awaited.empty(); }

  /// The session that a target of the SCXML event processor names (SCXML C.1.1), "#_internal" apart; null: nobody.
  session* resolve(const session& from, std::string_view target);
  /// Could it, once the invocations that `from` has just asked for have begun?
  bool can_reach(const session& from, std::string_view target) const;

  session& add(std::unique_ptr<invoked_session> one);
  /// Takes it out; the caller ends it. Null: it is not there.
  std::unique_ptr<invoked_session> remove(std::uint64_t id);
  void await(awaited_document one);
  /// What waited for that document; id empty: nobody any more.
  awaited_document arrived(std::uint32_t ticket);
  void forget_awaited(const session& invoker, std::string_view id);

  /// The root first, invokers before those they invoked.
  template <class F> void for_each(F&& f) {
    f(root_);
    if (nested_)
      for (auto& one : nested_->sessions) f(one->self);
  }

 private:
  struct nested {
    std::vector<std::unique_ptr<invoked_session>> sessions; // in the order of their starts
    std::vector<awaited_document> awaited;
  };
  nested& more();
  const session* find_invoked(std::uint64_t id) const;

  session root_;
  std::unique_ptr<nested> nested_; // most sessions invoke nothing
};

} // namespace chainring::scxml
