// fsck_saved.cpp: see fsck_saved.hpp.
#include "dialer/store/fsck_saved.hpp"

#include "dialer/ocs_vocabulary.hpp"
#include "dialer/saved_chain.hpp"
#include "scxml/document.hpp"
#include "scxml/document_origin.hpp"
#include "scxml/tree_snapshot.hpp"

namespace chainring::dialer::fsck {

namespace {

void note_with_parts(const scxml::document& d, document_hashes& known) {
  known.insert(d.hash);
  for (const auto& one : d.invokes)
    if (one.inline_document) note_with_parts(*one.inline_document, known);
}

/// What is wrong with the bytes, as a part of where it is; empty: nothing.
void check_bytes(std::string_view bytes, std::size_t records, const document_hashes& documents, const std::string& where,
                 findings& out) {
  const auto state = saved_chain_from(bytes, records);
  if (!state) return out.add(kind::saved_unreadable, where + ", " + state.error().what);
  if (state->sessions.empty()) return;
  const auto needed = scxml::document_hashes_of(state->sessions);
  if (!needed) return out.add(kind::saved_unreadable, where + ", " + needed.error().what);
  for (const auto& hash : *needed)
    if (!documents.contains(hash)) return out.add(kind::saved_document, where + ", document " + hash);
}

} // namespace

result<document_hashes> check_documents(store_view& in, findings& out) {
  document_hashes known;
  auto rows = in.select("SELECT hash, bytes FROM documents");
  if (!rows) return std::move(rows).error();
  for (;;) {
    auto one = (*rows)->next();
    if (!one) return std::move(one).error();
    if (!*one) return known;
    const std::string hash((*rows)->text(0));
    const auto made = scxml::unpack((*rows)->text(1), &ocs_vocabulary());
    if (made && (*made)->hash == hash) note_with_parts(**made, known);
    else out.add(kind::document_damaged, "document " + hash + ", " + (made ? "it is " + (*made)->hash : made.error().what));
  }
}

result<void> check_saved(store_view& in, list_id id, const calling_list& form, const saved_terms& terms, findings& out) {
  const auto number = std::to_string(id);
  auto rows = in.select("SELECT i.chain_id, i.bytes, i.epoch, i.due_ms, i.handles_end, (SELECT count(*) FROM list_" + number +
                        " AS t WHERE t.chain_id = i.chain_id) FROM instances AS i WHERE i.list = " + number);
  if (!rows) return std::move(rows).error();
  const auto& row = **rows;
  for (;;) {
    auto one = (*rows)->next();
    if (!one) return std::move(one).error();
    if (!*one) return {};
    const auto where = "list " + form.name + ", chain " + std::to_string(row.integer(0));
    const bool has_begun = !row.text(1).empty();
    if (const auto records = row.integer(5); has_begun && records > 0)
      check_bytes(row.text(1), static_cast<std::size_t>(records), terms.documents, where, out);
    if (row.integer(2) < 0 || row.integer(2) > terms.epoch)
      out.add(kind::saved_epoch, where + ", epoch " + std::to_string(row.integer(2)));
    if (row.integer(3) < 0 || row.integer(3) > terms.due_ms_max)
      out.add(kind::saved_due, where + ", due at " + std::to_string(row.integer(3)));
    if (row.integer(4) > terms.handles_end)
      out.add(kind::handles_end, where + ", handles below " + std::to_string(row.integer(4)));
  }
}

} // namespace chainring::dialer::fsck
