// document_claims.hpp: the documents that chains of one lane wait for, because they invoke them. Chains in thousands ask for
// the same: the desk is asked once, and for few at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/clock.hpp"
#include "actors/limits.hpp"

namespace chainring::actors {

class document_claims {
 public:
  /// An invocation of the chain at {slot, generation}.
  struct claim {
    std::uint32_t slot = 0, generation = 0, ticket = 0;
  };

  /// Bounded by the sessions of live chains.
  void add(const std::string& uri, claim who, clock& time) {
    if (claims_.empty()) token_ = time.begin_work(); // virtual time stands still
    auto& all = claims_[uri];
    if (all.empty()) unasked_.push_back(uri);
    all.push_back(who);
    ++waiting_;
  }
  /// A document to ask for now.
  std::optional<std::string> next() {
    if (unasked_.empty() || asked_ == limits::batches_in_flight_max) return std::nullopt;
    ++asked_;
    auto uri = std::move(unasked_.front());
    unasked_.pop_front();
    return uri;
  }
  /// It has come, or an error instead: who waited for it.
  std::vector<claim> arrived(const std::string& uri) {
    const auto found = claims_.extract(uri);
    if (found.empty()) return {};
    --asked_;
    waiting_ -= found.mapped().size();
    if (claims_.empty()) token_ = {};
    return std::move(found.mapped());
  }

  /// Invocations that wait.
  std::size_t waiting() const { return waiting_; }

 private:
  std::map<std::string, std::vector<claim>> claims_;
  std::deque<std::string> unasked_;
  std::size_t asked_ = 0, waiting_ = 0;
  work token_;
};

} // namespace chainring::actors
