// result.cpp: complaints as one line.
#include "scxml/result.hpp"

namespace chainring {

std::string to_line(const error& problem) {
  std::string line;
  for (const std::string* part : {&problem.what, &problem.where, &problem.mend}) {
    if (part->empty()) continue;
    if (!line.empty()) line += ": ";
    for (char c : *part) line += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  }
  return line;
}

} // namespace chainring
