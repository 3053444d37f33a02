// compile.hpp: bytes → document. The way is scan → parse → compile; each step can refuse with a diagnostic.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scxml/diagnostic.hpp"
#include "scxml/document.hpp"

namespace chainring::scxml {

/// Fetches what `src` of <script> and <data> names, before the document runs. `uri` is as written; relative ones are
/// relative to the document. Empty: it cannot be had.
using resource_loader = std::function<std::optional<std::string>(std::string_view uri)>;

struct compile_options {
  std::string name;                      // file name or URI, for diagnostics and document::source
  const vocabulary* actions = nullptr;   // outlives the document
  resource_loader load;                  // empty: nothing can be loaded
  bool legacy = false;                   // expressions are those of OCS 8.0, see legacy.hpp
};

/// The document, or every complaint that prevented it; warnings come with both.
struct compiled {
  std::shared_ptr<const scxml::document> document; // null: see complaints
  /// Without a document: the tables as far as they could be made, so that expressions and actions can be checked in one
  /// go with everything else. Never to be run. Null when the bytes are no SCXML at all.
  std::shared_ptr<const scxml::document> draft;
  std::vector<diagnostic> complaints;              // errors and warnings in source order

  /// The first error as a one-line error. Call only when document is null.
  error first_error() const;
};

/// `bytes` are UTF-8 (the fetcher has seen to that). Never throws; bounded by scxml/limits.hpp.
compiled compile(std::string_view bytes, const compile_options& options);

/// The `src` of every <script> and <data> of a document, as written, each once, for hosts that must fetch them
/// asynchronously before they call compile(). Empty for documents that do not parse.
std::vector<std::string> referenced_resources(std::string_view bytes);

} // namespace chainring::scxml
