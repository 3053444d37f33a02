// live_explanation.cpp: one question goes from actor to actor and gathers what each of them knows.
#include "actors/node/live_explanation.hpp"

#include <atomic>
#include <utility>

#include <caf/send.hpp>

#include "actors/chain.hpp"
#include "actors/protocols.hpp"
#include "dialer/shards.hpp"

namespace chainring::actors {

namespace {

struct question : std::enable_shared_from_this<question> {
  live_explanation_terms terms;
  record_wanted wanted;
  explanation_answer answer;
  std::vector<record_facts> facts;
  std::atomic<std::size_t> unheard{0}; // other nodes that were asked

  void begin(dialer::store& s);
  void ask_others();
  void ask_lanes(std::size_t next);
  void ask_dialer_last();
};

void question::begin(dialer::store& s) {
  auto all = facts_of(s, wanted);
  if (!all) return answer(std::move(all).error());
  if (all->empty()) return answer(std::optional<std::string>{});
  facts = std::move(*all);
  if (terms.whereabouts)
    for (auto& f : facts) f.at = terms.whereabouts(dialer::shard_of(f.list, f.row.chain_id));
  ask_others();
}

/// All at once: the last that is heard of goes on. Of a chain that has ended nobody knows more than the store.
void question::ask_others() {
  std::vector<std::size_t> elsewhere;
  for (std::size_t n = 0; n < facts.size(); ++n)
    if (terms.ask_other && facts[n].at.is == chain_whereabouts::place::other_node && is_open(facts[n].row)) elsewhere.push_back(n);
  if (elsewhere.empty()) return ask_lanes(0);
  unheard = elsewhere.size();
  for (const auto n : elsewhere) {
    auto heard = [self = shared_from_this(), n](result<std::string> said) {
      auto& at = self->facts[n].at;
      if (said) at.said = std::move(*said);
      else at.why_not = to_line(said.error());
      if (--self->unheard == 0) self->ask_lanes(0);
    };
    terms.ask_other(facts[n].at.epoch, {wanted.record_id, facts[n].form.name}, std::move(heard));
  }
}

/// Lane by lane, from fact `next` on.
void question::ask_lanes(std::size_t next) {
  if (next == facts.size()) return ask_dialer_last();
  auto& fact = facts[next];
  if (fact.at.is != chain_whereabouts::place::here) return ask_lanes(next + 1);
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
                                            self->answer(std::optional(explain(self->facts, how)));
                                          },
                                          {}});
}

} // namespace

void explain_live(const live_explanation_terms& terms, const record_wanted& wanted, explanation_answer answer) {
  auto alone = terms;
  alone.ask_other = nullptr;
  explain_everywhere(alone, wanted, std::move(answer));
}

void explain_everywhere(const live_explanation_terms& terms, const record_wanted& wanted, explanation_answer answer) {
  auto asked = std::make_shared<question>();
  asked->terms = terms;
  asked->wanted = wanted;
  asked->answer = std::move(answer);
  caf::anon_send(terms.keeper, ask_store{[asked](dialer::store& s) { asked->begin(s); }, {}});
}

} // namespace chainring::actors
