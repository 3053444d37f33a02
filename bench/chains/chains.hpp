// chains.hpp: `chainring-bench chains`: many chains as the actors of a node, and what they cost.
#pragma once

#include <cstdint>
#include <string>

namespace chainring::bench {

struct chains_options {
  std::uint32_t chains = 100'000;
  std::uint64_t events = 0; // to be delivered; rounded up to whole loops of the chart; 0: five loops
  std::uint32_t lanes = 1;
  std::uint64_t seed = 42;
  std::string treatment; // a file; empty: the chart that the peers run
  std::string store;     // a file that is made; empty: chains are not stored
};

/// `argv[0]` is the command's name. Prints one JSON line. Exit status: 0 done, 1 a chain is not where it should be, or
/// something cannot be had; 2 bad usage.
int run_chains(int argc, char** argv);

/// The events come from outside, in random order: `treatment` is empty.
int run_chart(const chains_options& wanted);
/// The chains go their own way, with the dialer and a simulated trunk, in virtual time.
int run_treatment(const chains_options& wanted);

} // namespace chainring::bench
