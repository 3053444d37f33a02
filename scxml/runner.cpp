// runner.cpp: delayed sends, documents and the virtual clock of a document alone.
#include "scxml/runner.hpp"

#include <algorithm>

#include "scxml/compile.hpp"
#include "scxml/limits.hpp"
#include "scxml/snapshot_bytes.hpp"

namespace chainring::scxml {

namespace {

session first_session(std::shared_ptr<const document> d, std::shared_ptr<datamodel> model, std::uint64_t id) {
  session s;
  s.document = std::move(d);
  s.model = std::move(model);
  s.id = id;
  return s;
}

} // namespace

runner::runner(session_tree t, runner_callbacks callbacks, runner_setup setup)
    : callbacks_(std::move(callbacks)), setup_(std::move(setup)), now_ms_(setup_.start_ms), tree_(std::move(t)), driver_(*this),
      last_session_id_(setup_.session_id), events_left_(setup_.events_max) {}

runner::runner(std::shared_ptr<const document> d, std::shared_ptr<datamodel> model, runner_callbacks callbacks,
               runner_setup setup)
    : runner(session_tree{first_session(std::move(d), std::move(model), setup.session_id)}, std::move(callbacks),
             std::move(setup)) {}

// -- snapshots -------------------------------------------------------------------------------------------------------------

result<std::string> runner::save() {
  auto tree = scxml::save(tree_, delayed_);
  if (!tree) return tree;
  snapshot_writer w;
  w.number(now_ms_), w.number(last_session_id_), w.number(last_from_outside_), w.put(done_data_), w.text(*tree);
  return std::move(w).seal();
}

result<std::unique_ptr<runner>> runner::restore(std::string_view bytes, const document_finder& find, datamodel_source& models,
                                                runner_callbacks callbacks, runner_setup setup) {
  auto r = snapshot_reader::open(bytes);
  std::int64_t now_ms = 0;
  std::uint64_t last_session_id = 0, last_from_outside = 0;
  value done_data;
  std::string_view tree;
  if (!r.number(now_ms) || !r.number(last_session_id) || !r.number(last_from_outside) || !r.get(done_data) || !r.text(tree) ||
      !r.done() || now_ms < limits::instant_ms_min || now_ms > limits::instant_ms_max)
    return error{"the snapshot is damaged", "", "start the document anew"};
  auto saved = scxml::restore(tree, find, models);
  if (!saved) return std::move(saved).error();
  std::unique_ptr<runner> made{new runner(std::move(saved->sessions), std::move(callbacks), std::move(setup))};
  made->now_ms_ = now_ms;
  made->last_session_id_ = last_session_id;
  made->last_from_outside_ = last_from_outside;
  made->done_data_ = std::move(done_data);
  made->delayed_ = std::move(saved->pending);
  return made;
}

// -- running ---------------------------------------------------------------------------------------------------------------

void runner::start(const object& parameters) {
  driver_.enqueue_start(self(), parameters);
  drain();
}

void runner::deliver(std::uint64_t session_id, event e) {
  driver_.enqueue(session_id, std::move(e));
  if (driver_.running()) return;
  events_left_ = setup_.events_max;
  drain();
}

std::uint64_t runner::deliver_later(std::int64_t delay_ms, std::uint64_t session_id, event e) {
  pending_message later;
  later.session = session_id;
  later.send.what = std::move(e);
  later.from_outside = ++last_from_outside_;
  delay(delay_ms, std::move(later));
  return last_from_outside_;
}

void runner::withdraw(std::uint64_t later) {
  std::erase_if(delayed_, [&](const pending_message& d) { return d.from_outside == later; });
}

void runner::advance(std::int64_t ms) {
  const std::int64_t until_ms = now_ms_ + std::min(ms, limits::instant_ms_max - now_ms_);
  events_left_ = setup_.events_max;
  while (deliver_next_due(until_ms)) {}
  now_ms_ = until_ms;
}

runner::outcome runner::run() {
  events_left_ = setup_.events_max;
  while (deliver_next_due(INT64_MAX)) {}
  return state();
}

void runner::cancel() { driver_.cancel(tree_, *this); }

/// False: nothing more happens until then.
bool runner::deliver_next_due(std::int64_t until_ms) {
  if (past_limit_) return false;
  if (delayed_.empty() || delayed_.front().due_ms > until_ms) return false;
  if (delayed_.front().due_ms > limits::instant_ms_max) return past_limit_ = true, false;
  pending_message next = std::move(delayed_.front());
  delayed_.erase(delayed_.begin());
  now_ms_ = std::max(now_ms_, next.due_ms);
  next.send.delay_ms = 0;
  if (next.from_outside != 0) {
    driver_.enqueue(next.session, std::move(next.send.what));
  } else if (session* sender = tree_.find(next.session)) {
    if (next.send.type == scxml_event_processor) driver_.enqueue(tree_, next.session, next.send);
    else carry_out(*sender, next.send);
  }
  drain();
  return true;
}

void runner::drain() {
  if (driver_.run(tree_, *this, events_left_) == session_driver::outcome::endless) past_limit_ = true;
}

// -- effects ---------------------------------------------------------------------------------------------------------------

void runner::carry_out(session& from, effect& wanted) {
  if (auto* send = std::get_if<send_effect>(&wanted)) {
    carry_out(from, *send);
  } else if (const auto* cancel = std::get_if<cancel_effect>(&wanted)) {
    std::erase_if(delayed_, [&](const pending_message& d) {
      return d.session == from.id && d.from_outside == 0 && d.send.sendid == cancel->sendid;
    });
  } else if (const auto* log = std::get_if<log_effect>(&wanted)) {
    if (callbacks_.on_log) callbacks_.on_log(from, *log);
  } else if (const auto* action = std::get_if<action_effect>(&wanted)) {
    if (callbacks_.on_action) callbacks_.on_action(*this, from, *action);
  } else if (const auto* failed = std::get_if<action_failed_effect>(&wanted)) {
    if (callbacks_.on_action_failed) callbacks_.on_action_failed(*this, from, *failed);
  } else if (auto* done = std::get_if<done_effect>(&wanted)) {
    done_data_ = std::move(done->data);
  }
}

/// Delayed, or for the BasicHTTP processor: the driver has delivered all others.
void runner::carry_out(session& from, send_effect& send) {
  if (send.delay_ms == 0) {
    if (callbacks_.on_post) callbacks_.on_post(*this, from, send);
    return;
  }
  const auto delay_ms = send.delay_ms;
  delay(delay_ms, {0, from.id, 0, std::move(send)});
}

void runner::delay(std::int64_t delay_ms, pending_message what) {
  if (delayed_.size() >= limits::runner_sends_delayed_max) {
    past_limit_ = true;
    return;
  }
  what.due_ms = now_ms_ + delay_ms;
  auto later = std::upper_bound(delayed_.begin(), delayed_.end(), what.due_ms,
                                [](std::int64_t due, const pending_message& other) { return due < other.due_ms; });
  delayed_.insert(later, std::move(what));
}

void runner::session_stepped(session& s) {
  if (callbacks_.on_stable) callbacks_.on_stable(*this, s);
}

void runner::session_ended(const session& s) {
  std::erase_if(delayed_, [&](const pending_message& d) { return d.session == s.id; });
}

// -- documents -------------------------------------------------------------------------------------------------------------

result<std::shared_ptr<datamodel>> runner::open_model(const std::shared_ptr<const document>& d) {
  if (!setup_.models) return error{"a document that runs alone cannot invoke others", d->source, ""};
  return setup_.models->open(d);
}

result<std::shared_ptr<const document>> runner::compile(const document& from, const named_text& what) const {
  compile_options options;
  options.name = what.name;
  options.actions = from.actions_known;
  options.legacy = from.legacy;
  options.load = [&](std::string_view uri) -> std::optional<std::string> {
    if (!setup_.load) return std::nullopt;
    auto loaded = setup_.load(what.name, uri);
    if (!loaded) return std::nullopt;
    return std::move(loaded->text);
  };
  auto made = scxml::compile(what.text, options);
  if (!made.document) return made.first_error();
  return std::move(made.document);
}

result<std::shared_ptr<const document>> runner::compile(const document& from, const std::string& text) {
  return compile(from, named_text{from.source, text});
}

void runner::fetch(const document& from, const std::string& src, std::uint32_t ticket) {
  const auto fetched = [&]() -> result<std::shared_ptr<const document>> {
    if (!setup_.load) return error{"nothing can be loaded here", src, ""};
    const auto loaded = setup_.load(from.source, src);
    if (!loaded) return loaded.error();
    return compile(from, *loaded);
  };
  driver_.fetched(tree_, *this, ticket, fetched());
}

// -- state -----------------------------------------------------------------------------------------------------------------

runner::outcome runner::state() const {
  if (self().phase == session_phase::done) return outcome::done;
  if (self().phase == session_phase::faulted) return outcome::faulted;
  return past_limit_ ? outcome::limit : outcome::waiting;
}

std::optional<std::int64_t> runner::next_due_ms() const {
  if (delayed_.empty()) return std::nullopt;
  return delayed_.front().due_ms - setup_.start_ms;
}

std::vector<std::string> runner::configuration(bool atomic_only) const {
  std::vector<std::string> ids;
  self().configuration.for_each([&](index s) {
    const auto& state = self().document->states[s];
    if (!state.id.empty() && (!atomic_only || self().document->is_atomic(s))) ids.push_back(state.id);
  });
  return ids;
}

host::reach runner::reachable(const session& from, std::string_view type, std::string_view target) const {
  if (type == basic_http_event_processor && !setup_.basic_http.empty())
    return target.empty() ? reach::unreachable : reach::ok; // SCXML C.2.3
  if (type != scxml_event_processor) return reach::unsupported;
  if (tree_.can_reach(from, target)) return reach::ok;
  return target.starts_with("#_") ? reach::unreachable : reach::unsupported;
}

const std::vector<std::pair<std::string, std::string>>& runner::io_processors(const session& s) const {
  const auto here = location_of(s);
  io_processors_ = {{scxml_event_processor, here}};
  if (setup_.basic_http.empty()) return io_processors_;
  io_processors_.emplace_back(basic_http_event_processor, setup_.basic_http + std::to_string(s.id));
  return io_processors_;
}

} // namespace chainring::scxml
