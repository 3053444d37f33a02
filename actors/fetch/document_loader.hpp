// document_loader.hpp: URI → compiled document: fetch, make UTF-8, fetch what it refers to,
// compile. No actors here.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/fetch/source.hpp"
#include "actors/limits.hpp"
#include "scxml/compile.hpp"

namespace chainring::actors {

class io_threads;

/// What loading has come to: a document, or why there is none.
struct loaded {
  std::shared_ptr<const scxml::document> document; // null: see problem
  error problem;
  std::vector<error> warnings; // of the compiler, and about resources that could not be had
  /// Of the document, then of its resources in the order of scxml::referenced_resources.
  std::vector<document_version> versions;
  std::chrono::seconds fresh{0}; // the least of what their servers say, or the default
  bool unchanged = false;        // it is the document that was known
};

/// Makes documents with the same text one object, wherever they came from. Thread-safe.
class document_table {
 public:
  struct known {
    std::shared_ptr<const scxml::document> document;
    std::vector<error> warnings;
  };
  /// `key`: of the text and all that it loads. None: nobody holds such a document.
  std::optional<known> find(const std::string& key);
  void add(const std::string& key, const known& one);

 private:
  struct kept {
    std::weak_ptr<const scxml::document> document;
    std::vector<error> warnings;
  };
  std::mutex mutex_;
  std::unordered_map<std::string, kept> by_key_; // guarded by mutex_
};

/// What loading needs. Shared by all fetchers of a node.
struct loading_environment {
  /// The source of a URI's origin, which nobody but another server may have named. Thread-safe.
  using source_finder = std::function<result<std::shared_ptr<source>>(const uri&, bool of_redirect)>;

  loading_environment(io_threads& threads, const scxml::vocabulary* known_actions,
                      source_finder finder)
      : io(threads)
      , actions(known_actions)
      , source_of(std::move(finder)) {}

  io_threads& io;
  const scxml::vocabulary* const actions; // null: only SCXML's own elements; outlives the documents
  const source_finder source_of;
  // Set before the first use:
  bool legacy = false; // expressions are those of OCS 8.0
  std::set<std::string> redirect_to; // origins that other servers may send us to, wherever they are
  std::chrono::milliseconds response_timeout = limits::http_response_timeout_default;
  std::chrono::seconds fresh_default = limits::document_fresh_default; // of what no server says how long it is good for
  document_table documents;
};

/// Calls `done` once, from the worker or an io thread. A resource (`src` of <script> and <data>)
/// that is refused is left to the compiler: a document without a script is not valid, one without
/// data starts with an error (SCXML 5.3, 5.8); one that is only unavailable fails the document,
/// which can be asked for again. `before`: what an earlier load of that URI gave, with its document; servers are asked whether
/// it is the same still.
void load_document(std::shared_ptr<loading_environment> environment, const uri& where, std::shared_ptr<const loaded> before,
                   std::function<void(loaded)> done);

} // namespace chainring::actors
