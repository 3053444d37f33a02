// snapshot.cpp: sessions as bytes; nothing read back is believed.
#include "scxml/snapshot.hpp"

#include <utility>

#include "scxml/limits.hpp"
#include "scxml/snapshot_bytes.hpp"

// The form, all numbers little-endian:
//   "SCXS" version:u8  hash:text  id:u64 ids_given:u32 faults_in_a_row:u8 phase:u8
//   globals_initialized:u8 configuration:set initialized:set history: count:u16 {history:u16 set}*
//   invocations: count:u16 {invoke:u16 id:text}* data:text  checksum:u64 (FNV-1a of all before)
// with text = length:u32 bytes, set = count:u16 {state:u16}*.

namespace chainring::scxml {

namespace {

constexpr std::string_view magic{"SCXS\x01", 5};

void put_set(snapshot_writer& w, const state_set& s) {
  w.number(static_cast<std::uint16_t>(s.size()));
  s.for_each([&](index state) { w.number(state); });
}

/// States of the document in rising order, no <scxml> and no history among them.
bool get_set(snapshot_reader& r, const document& d, state_set& s) {
  std::uint16_t count = 0;
  index before = 0;
  if (!r.number(count)) return false;
  for (index state = 0; count > 0; --count, before = state) {
    if (!r.number(state) || state <= before || state >= d.states.size() || d.is_history(state)) return r.fail();
    s.insert(state);
  }
  return true;
}

error damaged(const std::string& what) {
  return {"the snapshot is damaged: " + what, "", "start the session anew"};
}

// -- legal configurations (SCXML 3.11) ------------------------------------------------------------------------------

/// `active` is complete below `root`: a compound state has one active child, a parallel one all,
/// others none.
bool is_complete(const document& d, const state_set& active, index root) {
  const state& s = d.states[root];
  std::size_t children = 0, inside = 0;
  for (index child = static_cast<index>(root + 1); child < s.subtree_end;
       child = d.states[child].subtree_end) {
    if (d.is_history(child)) continue;
    ++children;
    if (active.contains(child)) {
      ++inside;
      if (!is_complete(d, active, child)) return false;
    } else if (active.intersects(child, d.states[child].subtree_end)) {
      return false;
    }
  }
  if (s.kind == state_kind::compound) return inside == 1;
  return s.kind != state_kind::parallel || inside == children;
}

/// What entering the recorded states would make active below the history's parent is complete.
bool is_legal_history(const document& d, const history_value& h) {
  const index parent = d.states[h.history].parent;
  const bool deep = d.states[h.history].kind == state_kind::deep_history;
  state_set active;
  std::size_t children = 0;
  bool legal = !h.states.empty();
  h.states.for_each([&](index s) {
    legal = legal && d.is_descendant(s, parent) &&
            (deep ? d.is_atomic(s) : d.states[s].parent == parent);
    for (index a = s; legal && a != parent; a = d.states[a].parent) active.insert(a);
    ++children;
  });
  if (!legal || deep) return legal && is_complete(d, active, parent);
  std::size_t wanted = 0;
  for (index c = static_cast<index>(parent + 1); c < d.states[parent].subtree_end;
       c = d.states[c].subtree_end)
    wanted += !d.is_history(c);
  return children == (d.states[parent].kind == state_kind::parallel ? wanted : 1);
}

bool is_legal_configuration(const document& d, const session& s) {
  if (s.phase == session_phase::stable) return is_complete(d, s.configuration, 0);
  bool only_final =
      s.configuration.size() <= 1; // done: the final state reached, or nothing when cancelled
  s.configuration.for_each([&](index state) {
    only_final =
        only_final && d.states[state].kind == state_kind::final && d.states[state].parent == 0;
  });
  return only_final;
}

// -- the parts of a session -----------------------------------------------------------------------------------------

bool read_history(snapshot_reader& r, session& s) {
  std::uint16_t count = 0;
  if (!r.number(count) || count > s.document->histories.size()) return false;
  for (; count > 0; --count) {
    history_value h;
    if (!r.number(h.history) || h.history >= s.document->states.size() ||
        !s.document->is_history(h.history))
      return false;
    for (const auto& known : s.history)
      if (known.history == h.history) return false;
    if (!get_set(r, *s.document, h.states) || !is_legal_history(*s.document, h)) return false;
    s.history.push_back(std::move(h));
  }
  return true;
}

bool read_invocations(snapshot_reader& r, session& s) {
  std::uint16_t count = 0;
  if (!r.number(count) || count > s.document->invokes.size()) return false;
  for (; count > 0; --count) {
    invocation one;
    std::string_view id;
    if (!r.number(one.invoke) || one.invoke >= s.document->invokes.size() || !r.text(id))
      return false;
    if (!s.is_active(s.document->invokes[one.invoke].state)) return false;
    one.id = id;
    s.invocations.push_back(std::move(one));
  }
  return true;
}

bool read_session(snapshot_reader& r, session& s, std::string_view& data) {
  const document& d = *s.document;
  std::uint8_t phase = 0, globals_initialized = 0;
  r.number(s.id), r.number(s.ids_given), r.number(s.faults_in_a_row), r.number(phase),
      r.number(globals_initialized);
  s.phase = static_cast<session_phase>(phase);
  if (s.phase != session_phase::stable && s.phase != session_phase::done) return false;
  if (s.faults_in_a_row >= limits::faults_in_a_row_max) return false;
  if (!get_set(r, d, s.configuration) || !is_legal_configuration(d, s)) return false;
  if (!get_set(r, d, s.initialized)) return false;
  if (globals_initialized != 0) s.initialized.insert(0);
  return read_history(r, s) && read_invocations(r, s) && r.text(data) && r.done();
}

} // namespace

// -- public ---------------------------------------------------------------------------------------------------------

result<std::string> save(session& s) {
  if (s.phase != session_phase::stable && s.phase != session_phase::done)
    return error{"a session that is neither stable nor done cannot be saved", s.document->source,
                 ""};
  surroundings around{s};
  around.cpu_us_left = limits::macrostep_cpu_us_max;
  auto data = s.model->save(around);
  if (!data) return data.error();
  snapshot_writer w;
  w.raw(magic);
  w.text(s.document->hash);
  w.number(s.id), w.number(s.ids_given), w.number(s.faults_in_a_row);
  w.number(static_cast<std::uint8_t>(s.phase)),
      w.number(static_cast<std::uint8_t>(s.initialized.contains(0)));
  state_set initialized = s.initialized;
  initialized.erase(0);
  put_set(w, s.configuration), put_set(w, initialized);
  w.number(static_cast<std::uint16_t>(s.history.size()));
  for (const auto& h : s.history) w.number(h.history), put_set(w, h.states);
  w.number(static_cast<std::uint16_t>(s.invocations.size()));
  for (const auto& one : s.invocations) w.number(one.invoke), w.text(one.id);
  w.text(*data);
  auto bytes = std::move(w).seal();
  if (bytes.size() > limits::snapshot_bytes_max)
    return error{"the session's data are too large to be saved", s.document->source, "keep less in the data model"};
  return bytes;
}

result<session> restore(std::string_view bytes, const std::shared_ptr<const document>& d,
                        const std::shared_ptr<datamodel>& model) {
  auto r = snapshot_reader::open(bytes);
  std::string_view hash, data;
  if (!r.expect(magic) || !r.text(hash)) return damaged("its checksum does not match");
  if (hash != d->hash)
    return error{"the snapshot belongs to another version of the document", d->source,
                 "restore it with that version"};
  session s;
  s.document = d;
  if (!read_session(r, s, data))
    return damaged("it does not describe a configuration of the document");
  s.model = model;
  surroundings around{s};
  around.cpu_us_left = limits::macrostep_cpu_us_max;
  if (auto v = model->restore(around, data); !v.ok()) return damaged(v.message);
  return s;
}

result<std::string> document_hash_of(std::string_view bytes) {
  auto r = snapshot_reader::open(bytes);
  std::string_view hash;
  if (!r.expect(magic) || !r.text(hash)) return damaged("its checksum does not match");
  return std::string(hash);
}

} // namespace chainring::scxml
