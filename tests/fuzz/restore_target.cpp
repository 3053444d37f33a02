// restore_target.cpp: damaged snapshots with right checksums: refused, or sessions that can go on. The input names a
// chart, how it is damaged, and then edits of a good snapshot of it, or the whole of its data; or edits of a snapshot of
// the session with all that it has invoked.
#include "scxml/limits.hpp"
#include "scxml/snapshot.hpp"
#include "tests/fuzz/judge.hpp"
#include "tests/fuzz/snapshots.hpp"
#include "tests/fuzz/stage.hpp"

using namespace chainring;
using namespace chainring::fuzz;
using namespace chainring::scxml;

namespace {

constexpr int edits_max = 8, steps_before_max = 8, steps_after = 6;

void edit(std::string& bytes, choices& in) {
  const std::size_t at = in.word() % (bytes.size() + 1);
  switch (in.below(5)) {
  case 0: bytes.insert(at, in.take(in.below(16))); break;
  case 1: bytes.erase(at, in.byte()); break;
  case 2: bytes.insert(at, bytes.substr(at, in.byte())); break;
  default: {
    const auto over = in.take(1 + in.below(8)); // up to the longest number
    bytes.replace(at, over.size(), over);
  }
  }
}

void edit_some(std::string& bytes, choices& in) {
  for (int i = 0; i < edits_max && !in.empty(); ++i) edit(bytes, in);
}

/// Reading the restored data, changing them, moving on: nothing of it may harm.
void go_on(stage& s) {
  constexpr std::uint8_t events[] = {0, 6, 9, 0, 7, 16, 0, 8, 17, 14, 0, 10, 20, 13, 200};
  choices in(events, sizeof events);
  for (int i = 0; i < steps_after; ++i) s.step(in);
}

void restore_and_go_on(const std::string& bytes, const std::shared_ptr<const document>& d) {
  auto restored = restore(bytes, d, model_for(d));
  if (!restored) return;
  judge(*restored);
  require(restored->phase == session_phase::stable || restored->phase == session_phase::done,
          "restored to a session that is neither stable nor done");
  // What could be restored can be saved, and restored from that it is the same.
  if (const auto again = save(*restored)) {
    auto second = restore(*again, d, model_for(d));
    if (!second) fail("saved again it is refused: " + to_line(second.error()));
    const auto third = save(*second);
    if (third) require(*third == *again, "a snapshot of a restored session is another one");
  }
  stage s(d);
  s.restoring = true;
  s.run().self() = std::move(*restored);
  go_on(s);
}

/// The whole of a runner: sessions, who invoked whom, what is still to arrive.
void restore_tree_and_go_on(stage& s, choices& in) {
  auto bytes = s.run().save();
  if (!bytes) return;
  edit_some(*bytes, in);
  reseal(*bytes);
  if (s.put_back(*bytes)) go_on(s);
  look_at_canary();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  choices in(data, size);
  const auto d = chart(in.byte());
  const unsigned how = in.below(5);
  stage s(d);
  s.start();
  for (unsigned i = in.below(steps_before_max); i > 0; --i) s.step(in);
  if (how == 4) return restore_tree_and_go_on(s, in), 0;
  session& self = s.run().self();
  if (self.phase != session_phase::stable && self.phase != session_phase::done) return 0;
  auto good = parts_of(self);
  if (!good) return 0;
  snapshot_parts& parts = *good;
  switch (how) {
  case 0: edit_some(parts.session, in); break;
  case 1: edit_some(parts.data, in); break;
  case 2: parts.session = in.rest(); break;
  default: parts.data = in.rest(); break;
  }
  restore_and_go_on(put_together(parts), d);
  look_at_canary();
  return 0;
}
