// session_target.cpp: sessions under chosen events. The first byte says what runs: a chart of ours, or a document that is
// the text up to the first NUL.
#include "tests/fuzz/judge.hpp"
#include "tests/fuzz/stage.hpp"

using namespace chainring;
using namespace chainring::fuzz;
using namespace chainring::scxml;

namespace {

constexpr int steps_max = 32;

/// The same steps with and without save and restore at every stable configuration do the same.
void play(const std::shared_ptr<const document>& d, choices in) {
  const bool twice = in.byte() % 2 != 0;
  stage straight(d), restored(d);
  restored.restoring = true;
  straight.start();
  if (twice) restored.start();
  for (int i = 0; i < steps_max && !in.empty(); ++i) {
    choices same = in;
    straight.step(in);
    if (!twice || restored.unsaved() || restored.out_of_time()) continue;
    restored.step(same);
    if (i % 4 == 3 && !restored.unsaved()) restored.save_and_put_back();
    if (straight.out_of_time() || restored.out_of_time() || restored.unsaved()) continue;
    const std::string wanted = straight.take_trace(), got = restored.take_trace();
    if (wanted != got) fail("saved and restored a session does otherwise:\n" + wanted + "instead:\n" + got);
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  choices in(data, size);
  if (in.below(2) == 0) {
    const auto d = chart(in.byte());
    play(d, in);
  } else {
    const auto made = compile_as_node(in.text());
    judge(made);
    if (made.document) play(made.document, in);
  }
  look_at_canary();
  return 0;
}
