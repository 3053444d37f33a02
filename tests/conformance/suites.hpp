// suites.hpp: the suites. Failures are printed as they are found.
#pragma once

#include "tests/conformance/performance.hpp"

namespace chainring::scxml::conformance {

/// `suite`: the package's test folder; `own`: documents that it lacks.
struct w3c_tally {
  tally automatic, manual;
};
w3c_tally run_w3c(const std::filesystem::path& suite, const std::filesystem::path& own);
tally run_scion(const std::filesystem::path& suite);

} // namespace chainring::scxml::conformance
