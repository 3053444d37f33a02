// live_explanation.cpp: one question goes from actor to actor and gathers what each of them knows.
#include "actors/node/live_explanation.hpp"

#include <utility>

#include <caf/send.hpp>

#include "actors/chain.hpp"
#include "actors/protocols.hpp"

namespace chainring::actors {

namespace {

struct question : std::enable_shared_from_this<question> {
  live_explanation_terms terms;
  std::function<void(result<std::string>)> answer;
  std::vector<record_facts> facts;

  void ask_lanes(std::size_t next);
  void ask_dialer_last();
};

/// Lane by lane, from fact `next` on.
void question::ask_lanes(std::size_t next) {
  if (next == facts.size()) return ask_dialer_last();
  auto& fact = facts[next];
  const auto* job = terms.job_of(fact.list, fact.campaign);
  if (!job) return ask_lanes(next + 1);
  const auto chain_id = fact.row.chain_id;
  terms.lanes[lane_of(chain_id, terms.lanes.size())]->post([self = shared_from_this(), job, chain_id, next](lane& here) {
    for (std::uint32_t slot = 0; slot < here.slots(); ++slot)
      if (const auto* c = here.find<chain>(slot); c && c->is(*job, chain_id)) self->facts[next].at_work = c->place();
    self->ask_lanes(next + 1);
  });
}

void question::ask_dialer_last() {
  caf::anon_send(terms.dialer, ask_dialer{[self = shared_from_this()](dialer::switchboard& calls) {
                                            const auto& t = self->terms;
                                            explanation_terms how{.zones = *t.zones, .no_calls = *t.no_calls};
                                            how.customer_column = t.customer_column;
                                            how.redial_gaps_ms = t.redial_gaps_ms;
                                            how.now_ms = t.time->now_ms();
                                            how.running = true;
                                            for (auto& f : self->facts)
                                              f.request = calls.place_of(f.list, f.row.record_id, how.now_ms);
                                            self->answer(explain(self->facts, how));
                                          },
                                          {}});
}

} // namespace

void explain_live(const live_explanation_terms& terms, std::int64_t record_id, std::function<void(result<std::string>)> answer) {
  auto asked = std::make_shared<question>();
  asked->terms = terms;
  asked->answer = std::move(answer);
  caf::anon_send(terms.keeper, ask_store{[asked, record_id](dialer::store& s) {
                                           auto facts = facts_of(s, {}, record_id);
                                           if (!facts) return asked->answer(std::move(facts).error());
                                           asked->facts = std::move(*facts);
                                           asked->ask_lanes(0);
                                         },
                                         {}});
}

} // namespace chainring::actors
