// document_claims.hpp: the documents that chains of one lane wait for, because they invoke them. Chains in thousands ask for
// the same: the desk is asked once, and for few of one origin at a time, so that one that is slow is waited for by its own alone.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/clock.hpp"
#include "actors/fetch/uri.hpp"
#include "actors/limits.hpp"

namespace chainring::actors {

class document_claims {
 public:
  /// An invocation of the chain at {slot, generation}.
  struct claim {
    std::uint32_t slot = 0, generation = 0, ticket = 0;
  };

  /// Bounded by the sessions of live chains.
  void add(const uri& document, claim who, clock& time) {
    if (claims_.empty()) token_ = time.begin_work(); // virtual time stands still
    auto& all = claims_[document.text];
    if (all.who.empty()) {
      all.origin = origin_of(document);
      auto& from = origins_[all.origin];
      from.unasked.push_back(document.text);
      if (from.unasked.size() == 1) give_turn(all.origin, from);
    }
    all.who.push_back(who);
    ++waiting_;
  }
  /// A document to ask for now. Origins take turns.
  std::optional<std::string> next() {
    if (turns_.empty()) return std::nullopt;
    const auto origin = std::move(turns_.front());
    turns_.pop_front();
    auto& from = origins_[origin];
    auto uri = std::move(from.unasked.front());
    from.unasked.pop_front();
    ++from.asked;
    give_turn(origin, from);
    return uri;
  }
  /// It has come, or an error instead: who waited for it.
  std::vector<claim> arrived(const std::string& uri) {
    auto found = claims_.extract(uri);
    if (found.empty()) return {};
    auto& all = found.mapped();
    const auto from = origins_.find(all.origin);
    if (from->second.asked-- == limits::batches_in_flight_max) give_turn(all.origin, from->second);
    if (from->second.asked == 0 && from->second.unasked.empty()) origins_.erase(from);
    waiting_ -= all.who.size();
    if (claims_.empty()) token_ = {};
    return std::move(all.who);
  }

  /// Invocations that wait.
  std::size_t waiting() const { return waiting_; }

 private:
  struct claimed {
    std::string origin;
    std::vector<claim> who;
  };
  struct origin_queue {
    std::deque<std::string> unasked;
    std::size_t asked = 0;
  };

  /// To one that has none and may be asked for something.
  void give_turn(const std::string& origin, const origin_queue& from) {
    if (!from.unasked.empty() && from.asked < limits::batches_in_flight_max) turns_.push_back(origin);
  }

  std::map<std::string, claimed> claims_;       // by URI
  std::map<std::string, origin_queue> origins_; // of those
  std::deque<std::string> turns_;               // of origins that may be asked for something
  std::size_t waiting_ = 0;
  work token_;
};

} // namespace chainring::actors
