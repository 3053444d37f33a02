// order_book.cpp: see order_book.hpp.
#include "actors/cluster/order_book.hpp"

#include <memory>
#include <utility>

#include <spdlog/spdlog.h>

#include "dialer/limits.hpp"

namespace chainring::actors {

namespace {

constexpr int give_tries_max = 16; // others may give orders at the same time

/// The verbs that lead there from any state, also from one to which verbs before these lead that the campaign has not heard yet.
std::vector<campaign_order::verb> verbs_to(ordered_state wanted) {
  using verb = campaign_order::verb;
  switch (wanted) {
  case ordered_state::running: return {verb::load, verb::start};
  case ordered_state::loaded: return {verb::load, verb::stop};
  case ordered_state::not_loaded: return {verb::unload};
  case ordered_state::not_loaded_at_once: break;
  }
  return {verb::force_unload};
}

/// `next` says what takes the place of the order before, if there is one.
given_order give(dialer::shared_store& in, const std::string& campaign, const char* what,
                 const std::function<result<std::int64_t>(const std::optional<dialer::standing_order>&)>& next) {
  for (int tries = 0; tries < give_tries_max; ++tries) {
    auto before = in.order_of(campaign, what);
    if (!before) return {order_refusal::not_now, std::move(before).error()};
    const auto value = next(*before);
    if (!value) return {order_refusal::as_it_is, value.error()};
    auto given = in.give_order(campaign, what, *value, *before ? (*before)->change : 0);
    if (!given) return {order_refusal::not_now, std::move(given).error()};
    if (*given) return std::move(**given);
  }
  return {order_refusal::not_now, {"too many orders are given at once", "campaign " + campaign, "give it again"}};
}

} // namespace

result<ordered_state> ordered_after(ordered_state before, campaign_order::verb what, const std::string& campaign) {
  using verb = campaign_order::verb;
  const bool is_loaded = before == ordered_state::loaded || before == ordered_state::running;
  switch (what) {
  case verb::load: return is_loaded ? before : ordered_state::loaded;
  case verb::unload: return ordered_state::not_loaded;
  case verb::force_unload: return ordered_state::not_loaded_at_once;
  case verb::start:
  case verb::stop: break;
  }
  if (!is_loaded) return error{"the campaign is not loaded", "campaign " + campaign, "load it first"};
  return what == verb::start ? ordered_state::running : ordered_state::loaded;
}

given_order give_order(dialer::shared_store& in, const std::string& campaign, campaign_order::verb what,
                       ordered_state without_any) {
  return give(in, campaign, state_order, [&](const std::optional<dialer::standing_order>& before) -> result<std::int64_t> {
    const auto value = before ? before->value : static_cast<std::int64_t>(without_any);
    if (value < 0 || value > static_cast<std::int64_t>(ordered_state::not_loaded_at_once))
      return error{"the store has an order that this version does not know", "campaign " + campaign, "ask a newer node"};
    const auto wanted = ordered_after(static_cast<ordered_state>(value), what, campaign);
    if (!wanted) return wanted.error();
    return static_cast<std::int64_t>(*wanted);
  });
}

given_order give_agents(dialer::shared_store& in, const std::string& campaign, std::int32_t agents) {
  return give(in, campaign, agents_order,
              [&](const std::optional<dialer::standing_order>&) { return result<std::int64_t>(std::int64_t{agents}); });
}

void order_book::follow(const dialer::standing_order& order, heard answer) {
  const auto now = terms_.state(order.campaign);
  if (!now) return answer(error{"this node has no such campaign", order.campaign, "let all nodes have the same campaigns"});
  if (order.what == agents_order && order.value >= 0 && order.value <= dialer::limits::agents_max)
    return take_agents(order, *now, answer);
  const bool known = order.what == state_order && order.value >= 0 &&
                     order.value <= static_cast<std::int64_t>(ordered_state::not_loaded_at_once);
  if (!known) return answer(error{"this node does not know that order", order.campaign, "upgrade it"});
  std::lock_guard guard{mutex_};
  auto& last = last_[{order.campaign, order.what}];
  if (order.change <= last.order.change) return answer(*now);
  last = {order, true}; // until the answer says otherwise
  obey(order, std::move(answer)); // under the lock: the campaign hears orders in the order of their changes
}

void order_book::take_agents(const dialer::standing_order& order, campaign_state now, const heard& answer) {
  std::lock_guard guard{mutex_};
  auto& last = last_[{order.campaign, order.what}];
  if (order.change <= last.order.change) return answer(now);
  last = {order, true};
  if (terms_.agents(order.campaign, static_cast<std::int32_t>(order.value))) return answer(now);
  answer(error{"the campaign does not dial against agents", order.campaign, "let its dialing-mode be Progressive at all nodes"});
}

/// The last verb's answer counts: those before it are steps on the way.
void order_book::obey(const dialer::standing_order& order, heard answer) {
  const auto verbs = verbs_to(static_cast<ordered_state>(order.value));
  for (std::size_t n = 0; n < verbs.size(); ++n) {
    campaign_order step{verbs[n], [](const result<campaign_state>&) {}, {}};
    if (n + 1 == verbs.size())
      step.answer = [this, order, answer](result<campaign_state> done) {
        note(order, done.ok());
        answer(std::move(done));
      };
    terms_.order(order.campaign, std::move(step));
  }
}

void order_book::note(const dialer::standing_order& order, bool obeyed) {
  std::lock_guard guard{mutex_};
  auto& last = last_[{order.campaign, order.what}];
  if (last.order.change == order.change) last.obeyed = obeyed;
}

void order_book::try_again() {
  std::lock_guard guard{mutex_};
  for (auto& [key, last] : last_)
    if (!std::exchange(last.obeyed, true))
      obey(last.order, [](const result<campaign_state>& done) {
        if (!done) spdlog::warn("{}; the order is tried again", to_line(done.error()));
      });
}

std::int64_t order_book::change() const {
  std::lock_guard guard{mutex_};
  return change_;
}

void order_book::has_read(std::int64_t change) {
  std::lock_guard guard{mutex_};
  change_ = change;
}

} // namespace chainring::actors
