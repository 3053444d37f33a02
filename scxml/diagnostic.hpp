// diagnostic.hpp: a complaint about a document, with the place it is about.
#pragma once

#include <string>

#include "scxml/document.hpp"
#include "scxml/result.hpp"

namespace chainring::scxml {

enum class severity : std::uint8_t { error, warning };

struct diagnostic {
  scxml::severity severity = scxml::severity::error;
  std::string source; // file name or URI
  position where;
  std::string what; // what is wrong
  std::string mend; // what would be right
};

/// "source:line:column"
std::string place_of(const diagnostic& d);
/// As an error of the program's common form.
error to_error(const diagnostic& d);

} // namespace chainring::scxml
