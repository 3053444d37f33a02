// document_loader.hpp: URI → compiled document: fetch, make UTF-8, fetch what it refers to,
// compile. No actors here.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/fetch/source.hpp"
#include "scxml/compile.hpp"

namespace chainring::actors {

class io_threads;

/// What a fetcher answers: a document, or why there is none.
struct fetched {
  std::shared_ptr<const scxml::document> document; // null: see problem
  error problem;
  std::vector<error> warnings; // of the compiler, and about resources that could not be had
};

/// Makes documents with the same hash one object, wherever they came from. Thread-safe.
class document_table {
 public:
  /// The one that is already known, or `document`, which is known from now on as long as somebody
  /// holds it.
  std::shared_ptr<const scxml::document> unify(std::shared_ptr<const scxml::document> document);

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::weak_ptr<const scxml::document>> by_hash_;
};

/// What loading needs. Shared by all fetchers of a node.
struct loading_environment {
  /// The source of a URI's origin. Thread-safe.
  using source_finder = std::function<result<std::shared_ptr<source>>(const uri&)>;

  loading_environment(io_threads& threads, const scxml::vocabulary* known_actions,
                      source_finder finder)
      : io(threads)
      , actions(known_actions)
      , source_of(std::move(finder)) {}

  io_threads& io;
  const scxml::vocabulary* const actions; // null: only SCXML's own elements; outlives the documents
  const source_finder source_of;
  bool legacy = false; // expressions are those of OCS 8.0; set before the first use
  document_table documents;
};

/// Calls `done` once, from the worker or an io thread. A resource (`src` of <script> and <data>)
/// that is refused is left to the compiler: a document without a script is not valid, one without
/// data starts with an error (SCXML 5.3, 5.8); one that is only unavailable fails the document,
/// which can be asked for again.
void load_document(std::shared_ptr<loading_environment> environment, const uri& where,
                   std::function<void(fetched)> done);

} // namespace chainring::actors
