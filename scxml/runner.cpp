// runner.cpp: external queue, delayed sends and virtual clock of one document alone.
#include "scxml/runner.hpp"

#include <algorithm>
#include <type_traits>

#include "scxml/limits.hpp"

namespace chainring::scxml {

runner::runner(std::shared_ptr<const document> d, std::shared_ptr<datamodel> model,
               runner_callbacks callbacks, const runner_setup& setup)
    : callbacks_(std::move(callbacks))
    , start_ms_(setup.start_ms)
    , now_ms_(setup.start_ms)
    , seed_(setup.seed)
    , watching_(setup.watching)
    , location_("#_scxml_s" + std::to_string(setup.session_id))
    , io_processors_{{scxml_event_processor, location_}}
    , interpreter_(*this) {
  session_.document = std::move(d);
  session_.model = std::move(model);
  session_.id = setup.session_id;
}

// -- running
// ---------------------------------------------------------------------------------------------------------

void runner::start(const object& parameters) {
  draining_ = true; // what callbacks deliver waits until the start is over
  interpreter_.start(session_, parameters, effects_);
  carry_out_effects();
  draining_ = false;
  drain();
}

void runner::deliver(event e) {
  enqueue(std::move(e));
  if (draining_) return;
  processed_ = 0;
  drain();
}

void runner::advance(std::int64_t ms) {
  const std::int64_t until = now_ms_ + ms;
  processed_ = 0;
  while (!delayed_.empty() && delayed_.front().due_ms <= until && !past_limit_) deliver_next_due();
  now_ms_ = until;
}

runner::outcome runner::run() {
  processed_ = 0;
  while (!delayed_.empty() && !past_limit_) deliver_next_due();
  return state();
}

void runner::cancel() {
  interpreter_.cancel(session_, effects_);
  carry_out_effects();
}

void runner::deliver_next_due() {
  delayed next = std::move(delayed_.front());
  delayed_.erase(delayed_.begin());
  now_ms_ = std::max(now_ms_, next.due_ms);
  enqueue(std::move(next.send.what));
  drain();
}

void runner::enqueue(event e) {
  if (external_.size() >= limits::runner_events_queued_max)
    past_limit_ = true;
  else
    external_.push_back(std::move(e));
}

void runner::drain() {
  draining_ = true;
  while (!external_.empty() && session_.phase == session_phase::stable && !past_limit_) {
    const event e = std::move(external_.front());
    external_.pop_front();
    if (++processed_ > limits::runner_events_max) {
      past_limit_ = true;
      break;
    }
    interpreter_.process(session_, e, effects_);
    carry_out_effects();
  }
  draining_ = false;
}

// -- effects
// ---------------------------------------------------------------------------------------------------------

void runner::carry_out_effects() {
  for (auto& wanted : effects_) {
    std::visit(
        [&](auto& what) {
          using kind = std::decay_t<decltype(what)>;
          if constexpr (std::is_same_v<kind, send_effect> || std::is_same_v<kind, cancel_effect> ||
                        std::is_same_v<kind, invoke_effect>) {
            carry_out(what);
          } else if constexpr (std::is_same_v<kind, log_effect>) {
            if (callbacks_.on_log) callbacks_.on_log(what);
          } else if constexpr (std::is_same_v<kind, action_effect>) {
            if (callbacks_.on_action) callbacks_.on_action(*this, what);
          } else if constexpr (std::is_same_v<kind, action_failed_effect>) {
            if (callbacks_.on_action_failed) callbacks_.on_action_failed(*this, what);
          } else if constexpr (std::is_same_v<kind, done_effect>) {
            done_data_ = std::move(what.data);
          }
        },
        wanted);
  }
  effects_.clear();
  if (session_.phase !=
      session_phase::stable) { // SCXML 6.2.4: what is still delayed goes with the session
    delayed_.clear();
    external_.clear();
  }
  if (callbacks_.on_stable) callbacks_.on_stable(*this);
}

void runner::carry_out(send_effect& send) {
  send.what.type = event_type::external;
  send.what.origin = location_;
  send.what.origintype = scxml_event_processor;
  if (send.delay_ms == 0) return enqueue(std::move(send.what));
  if (delayed_.size() >= limits::runner_events_queued_max) {
    past_limit_ = true;
    return;
  }
  const std::int64_t due_ms = now_ms_ + send.delay_ms;
  auto later =
      std::upper_bound(delayed_.begin(), delayed_.end(), due_ms,
                       [](std::int64_t due, const delayed& other) { return due < other.due_ms; });
  delayed_.insert(later, {due_ms, std::move(send)});
}

void runner::carry_out(const cancel_effect& cancel) {
  std::erase_if(delayed_, [&](const delayed& d) { return d.send.sendid == cancel.sendid; });
}

void runner::carry_out(const invoke_effect& invoke) {
  interpreter_.forget_invocation(session_, invoke.id);
  event e;
  e.name = "error.execution";
  e.type = event_type::platform;
  e.invokeid = invoke.id;
  e.data = "a document that runs alone cannot invoke others";
  enqueue(std::move(e));
}

// -- state
// -----------------------------------------------------------------------------------------------------------

runner::outcome runner::state() const {
  if (session_.phase == session_phase::done) return outcome::done;
  if (session_.phase == session_phase::faulted) return outcome::faulted;
  return past_limit_ ? outcome::limit : outcome::waiting;
}

std::optional<std::int64_t> runner::next_due_ms() const {
  if (delayed_.empty()) return std::nullopt;
  return delayed_.front().due_ms - start_ms_;
}

std::vector<std::string> runner::configuration(bool atomic_only) const {
  std::vector<std::string> ids;
  session_.configuration.for_each([&](index s) {
    const auto& state = session_.document->states[s];
    if (!state.id.empty() && (!atomic_only || session_.document->is_atomic(s)))
      ids.push_back(state.id);
  });
  return ids;
}

host::reach runner::reachable(const session&, std::string_view type,
                              std::string_view target) const {
  if (type != scxml_event_processor) return reach::unsupported;
  if (target.empty() || target == location_) return reach::ok;
  return target.starts_with("#_") ? reach::unreachable : reach::unsupported;
}

} // namespace chainring::scxml
