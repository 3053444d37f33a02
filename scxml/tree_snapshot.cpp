// tree_snapshot.cpp: sessions one after the other, invokers before those they invoked, then messages.
#include "scxml/tree_snapshot.hpp"

#include <utility>

#include "scxml/limits.hpp"
#include "scxml/snapshot.hpp"
#include "scxml/snapshot_bytes.hpp"

// The form, with numbers and text as in snapshot.cpp:
//   "SCXT" version:u8  root:text  invoked: count:u16 {invoker:u64 id:text session:text}*
//   pending: count:u32 {due_ms:u64 session:u64 from_outside:u64 send}*  checksum:u64

namespace chainring::scxml {

namespace {

constexpr std::string_view magic{"SCXT\x01", 5};

error damaged(const char* what) {
  return {std::string{"the snapshot is damaged: "} + what, "", "start the session anew"};
}

result<session> restore_session(std::string_view bytes, const document_finder& find, datamodel_source& models) {
  const auto hash = document_hash_of(bytes);
  if (!hash) return hash.error();
  const auto d = find(*hash);
  if (!d) return error{"the snapshot's document is not known", *hash, "keep documents as long as sessions need them"};
  const auto model = models.open(d);
  if (!model) return model.error();
  return restore(bytes, d, *model);
}

bool get_pending(snapshot_reader& r, std::vector<pending_message>& pending) {
  std::uint32_t count = 0;
  if (!r.number(count) || count > limits::runner_sends_delayed_max) return r.fail();
  for (; count > 0; --count) {
    auto& one = pending.emplace_back();
    if (!r.number(one.due_ms) || !r.number(one.session) || !r.number(one.from_outside) || !r.get(one.send)) return false;
    if (one.due_ms < limits::instant_ms_min || one.due_ms > limits::instant_ms_max) return r.fail();
  }
  return r.done();
}

} // namespace

std::shared_ptr<const document> find_document(const std::shared_ptr<const document>& d, std::string_view hash) {
  if (d->hash == hash) return d;
  for (const auto& one : d->invokes)
    if (one.inline_document)
      if (auto found = find_document(one.inline_document, hash)) return found;
  return nullptr;
}

result<std::string> save(session_tree& t, std::span<const pending_message> pending) {
  if (t.awaits_documents())
    return error{"a session waits for a document that it invokes", t.root().document->source, "save it when that has come"};
  snapshot_writer w;
  w.raw(magic);
  result<void> all_saved;
  t.for_each([&](session& s) {
    if (!all_saved) return;
    auto bytes = save(s);
    if (!bytes) {
      all_saved = std::move(bytes).error();
      return;
    }
    if (const auto* how = t.invocation_of(s)) w.number(how->invoker), w.text(how->id);
    w.text(*bytes);
    if (&s == &t.root()) w.number(static_cast<std::uint16_t>(t.size() - 1));
  });
  if (!all_saved) return all_saved.error();
  w.number(static_cast<std::uint32_t>(pending.size()));
  for (const auto& one : pending) w.number(one.due_ms), w.number(one.session), w.number(one.from_outside), w.put(one.send);
  auto bytes = std::move(w).seal();
  if (bytes.size() > limits::snapshot_bytes_max)
    return error{"the sessions' data are too large to be saved", t.root().document->source, "keep less in the data model"};
  return bytes;
}

result<saved_tree> restore(std::string_view bytes, const document_finder& find, datamodel_source& models) {
  auto r = snapshot_reader::open(bytes);
  std::string_view part;
  std::uint16_t count = 0;
  if (!r.expect(magic) || !r.text(part) || !r.number(count)) return damaged("its checksum does not match");
  auto root = restore_session(part, find, models);
  if (!root) return std::move(root).error();
  saved_tree made{session_tree{std::move(*root)}, {}};
  if (count >= limits::sessions_per_tree_max) return damaged("it has too many sessions");
  for (; count > 0; --count) {
    auto one = std::make_unique<invoked_session>();
    if (!r.number(one->invoker) || !r.text(one->id) || !r.text(part)) return damaged("a session is missing");
    auto invoked = restore_session(part, find, models);
    if (!invoked) return std::move(invoked).error();
    one->self = std::move(*invoked);
    const bool known = made.sessions.find(one->self.id) || !made.sessions.find(one->invoker);
    if (known || one->self.phase != session_phase::stable) return damaged("a session has no place among the others");
    made.sessions.add(std::move(one));
  }
  if (!get_pending(r, made.pending)) return damaged("what follows the sessions is wrong");
  return made;
}

result<std::vector<std::string>> document_hashes_of(std::string_view bytes) {
  auto r = snapshot_reader::open(bytes);
  std::string_view part;
  std::uint16_t invoked = 0;
  if (!r.expect(magic) || !r.text(part) || !r.number(invoked)) return damaged("its checksum does not match");
  std::vector<std::string> hashes;
  for (;; --invoked) {
    auto hash = document_hash_of(part);
    if (!hash) return std::move(hash).error();
    hashes.push_back(std::move(*hash));
    std::uint64_t invoker = 0;
    std::string_view id;
    if (invoked == 0) return hashes;
    if (!r.number(invoker) || !r.text(id) || !r.text(part)) return damaged("a session is missing");
  }
}

} // namespace chainring::scxml
