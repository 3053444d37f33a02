// refused_treatments.hpp: treatments in which a lane hung. The store keeps them, so that the node's next start does not hang
// in them again. A document that has been changed is another one, and is taken up.
#pragma once

#include <string>
#include <vector>

#include "dialer/store/store.hpp"
#include "scxml/result.hpp"

namespace chainring::actors {

struct refused_treatment {
  std::string hash; // scxml::document::hash
  std::string uri;  // where it came from
  friend bool operator==(const refused_treatment&, const refused_treatment&) = default;
};

result<std::vector<refused_treatment>> refused_treatments(dialer::store& in);
/// At most limits::refused_treatments_max are kept: the oldest goes.
result<void> refuse_treatment(dialer::store& in, const refused_treatment& what);
result<void> lift_refusals(dialer::store& in);

} // namespace chainring::actors
