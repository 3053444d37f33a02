// fsck_saved.hpp: can what chains have saved be read again, and is all there that they need for it?
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <string>

#include "dialer/record.hpp"
#include "dialer/store/fsck_kinds.hpp"
#include "dialer/store/store_view.hpp"

namespace chainring::dialer::fsck {

/// Hashes of documents.
using document_hashes = boost::unordered_flat_set<std::string>;

/// Those that are kept, and what stands inside them. Each is compiled.
result<document_hashes> check_documents(store_view& in, findings& out);

struct saved_terms {
  const document_hashes& documents;
  std::int64_t epoch = 0;
  std::int64_t due_ms_max = 0;
  std::int64_t handles_end = 1; // reserved below
};
result<void> check_saved(store_view& in, list_id id, const calling_list& form, const saved_terms& terms, findings& out);

} // namespace chainring::dialer::fsck
