// lint.cpp: all rules over a document and those inside it.
#include "scxml/lint/lint.hpp"

#include "scxml/lint/rules.hpp"

namespace chainring::scxml {

namespace {

void apply_rules(const document& d, complaints& out) {
  find_unreachable_states(d, out);
  find_shadowed_transitions(d, out);
  find_impossible_events(d, out);
  find_dangling_names(d, out);
  for (const invoke& i : d.invokes)
    if (i.inline_document) apply_rules(*i.inline_document, out);
}

} // namespace

std::vector<diagnostic> lint(const document& d) {
  complaints out(d.source);
  apply_rules(d, out);
  return out.take();
}

} // namespace chainring::scxml
