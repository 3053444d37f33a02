// document_origin.hpp: a document as bytes from which it can be compiled again, to the same hash: for whoever keeps documents
// as long as saved sessions need them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scxml/result.hpp"

namespace chainring::scxml {

class document;
struct vocabulary;

/// What a document was compiled from, besides its name and options.
struct document_origin {
  std::string text;
  /// What `src` of its <script> and <data> named, and what was there; none: it could not be had.
  std::vector<std::pair<std::string, std::optional<std::string>>> resources;
};

/// Error: it stands inside another document, which is to be packed instead, or it is too large.
result<std::string> pack(const document& d);
/// From bytes of pack(), possibly damaged since. `actions` outlives the document.
result<std::shared_ptr<const document>> unpack(std::string_view bytes, const vocabulary* actions);

} // namespace chainring::scxml
