// complaints.hpp: what a configuration is blamed for, for the tests of its parts.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "actors/node/configuration.hpp"
#include "tests/catch.hpp"

namespace chainring::tests {

/// The complaints about a text, each as one line.
inline std::vector<std::string> complaints(const std::string& text) {
  const auto outcome = actors::read_configuration(text, "/etc/c.toml");
  REQUIRE(outcome.settings.has_value() == outcome.errors.empty());
  std::vector<std::string> lines;
  for (const auto& problem : outcome.errors) lines.push_back(to_line(problem));
  return lines;
}

inline std::vector<std::string> one(std::string line) { return {std::move(line)}; }

} // namespace chainring::tests
