// tree_snapshot.hpp: a session with all that it has invoked, and what is still to arrive, as bytes and back. Every session
// is a snapshot of its own (snapshot.hpp).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scxml/datamodel.hpp"
#include "scxml/effect.hpp"
#include "scxml/result.hpp"
#include "scxml/session_tree.hpp"

namespace chainring::scxml {

/// A message that has been sent, or will come from outside, and has not arrived.
struct pending_message {
  std::int64_t due_ms = 0;        // Unix epoch
  std::uint64_t session = 0;      // the sender's; of a message from outside the receiver's
  std::uint64_t from_outside = 0; // 0: a <send>
  send_effect send;
};

struct saved_tree {
  session_tree sessions;
  std::vector<pending_message> pending;
};

/// The document of that hash (document::hash), as whoever keeps documents has it; null: unknown.
using document_finder = std::function<std::shared_ptr<const document>(std::string_view hash)>;

/// The document itself or one that stands in it, or in one of those, as content of an <invoke>; null: none has the hash.
std::shared_ptr<const document> find_document(const std::shared_ptr<const document>& d, std::string_view hash);

/// All sessions stable (the root may be done), no document awaited. Errors: a session cannot be saved.
result<std::string> save(session_tree& t, std::span<const pending_message> pending);
/// From bytes of save(), possibly damaged since.
result<saved_tree> restore(std::string_view bytes, const document_finder& find, datamodel_source& models);

/// Of each session of a tree the document that it needs (document::hash), from bytes of save(), possibly damaged since.
result<std::vector<std::string>> document_hashes_of(std::string_view bytes);

} // namespace chainring::scxml
