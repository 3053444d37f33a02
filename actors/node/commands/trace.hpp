// trace.hpp: what `chainring scxml --trace` says: a line per state entered and exited, transition taken, expression
// evaluated.
#pragma once

#include <ostream>
#include <string>

#include "scxml/interpret.hpp"

namespace chainring::actors {

class trace final : public scxml::observer {
 public:
  explicit trace(std::ostream& out) : out_(out) {}

  void entered(const scxml::session& s, scxml::index state) override;
  void exited(const scxml::session& s, scxml::index state) override;
  void taken(const scxml::session& s, scxml::index transition) override;
  void failed(const scxml::session& s, const scxml::verdict& why, scxml::position where) override;
  void held(const scxml::session& s, scxml::index condition, bool holds) override;
  void evaluated(const scxml::session& s, scxml::index expression, const scxml::value& gave) override;
  void ran(const scxml::session& s, scxml::index program) override;

 private:
  std::ostream& line(const scxml::session& s, scxml::position where);
  std::ostream& out_;
};

} // namespace chainring::actors
