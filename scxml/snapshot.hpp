// snapshot.hpp: a session at a stable configuration as bytes, and back. Versioned, checked, bound to the document by
// its hash; a restored session goes on without running <onentry> again.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "scxml/datamodel.hpp"
#include "scxml/result.hpp"
#include "scxml/session.hpp"

namespace chainring::scxml {

/// The session must be stable or done. An error when its data hold something that cannot be saved.
result<std::string> save(session& s);

/// A session of `d` from bytes of save(), possibly damaged since: every index is checked against the document.
result<session> restore(std::string_view bytes, const std::shared_ptr<const document>& d,
                        const std::shared_ptr<datamodel>& model);

/// The document hash that a snapshot names, to look the document up before restoring.
result<std::string> document_hash_of(std::string_view bytes);

} // namespace chainring::scxml
