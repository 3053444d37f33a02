// session_driver.cpp: queue, messages between sessions, invocations.
#include "scxml/session_driver.hpp"

#include <utility>

#include "scxml/limits.hpp"

namespace chainring::scxml {

namespace {

event platform_event(std::string name, value data) {
  event e;
  e.name = std::move(name);
  e.type = event_type::platform;
  e.data = std::move(data);
  return e;
}

bool names_scxml(std::string_view type) {
  return type.empty() || type == "scxml" || type == "http://www.w3.org/TR/scxml" || type == "http://www.w3.org/TR/scxml/";
}

/// The text of a document given as content: a string, or XML data.
const std::string* text_of(const value& content) {
  if (const auto* text = content.as<std::string>()) return text;
  if (const auto* markup = content.as<xml>()) return &markup->text;
  return nullptr;
}

/// A message through another I/O processor, now.
bool leaves_the_tree(const effect& wanted) {
  const auto* send = std::get_if<send_effect>(&wanted);
  return send && send->delay_ms <= 0 && send->type != scxml_event_processor;
}

} // namespace

/// The tree and the world at hand while the driver works on them.
class session_driver::turn {
 public:
  turn(session_driver& d, session_tree& t, outside_world& o)
      : driver_(d), tree_(std::exchange(d.tree_, &t)), outside_(std::exchange(d.outside_, &o)) {}
  ~turn() { driver_.tree_ = tree_, driver_.outside_ = outside_; }
  turn(const turn&) = delete;
  turn& operator=(const turn&) = delete;

 private:
  session_driver& driver_;
  session_tree* tree_;
  outside_world* outside_;
};

// -- the external queue --------------------------------------------------------------------------------------------------

void session_driver::enqueue_start(const session& s, object parameters) {
  if (!stopped_) starting_.push_back({s.id, std::move(parameters)}); // limits::sessions_per_tree_max bounds it
}

void session_driver::enqueue(std::uint64_t session_id, event e) {
  if (stopped_) return;
  if (queue_.size() < limits::external_events_max) queue_.push_back({session_id, std::move(e)});
  else overflown_ = true;
}

void session_driver::enqueue(session_tree& t, std::uint64_t sender, send_effect& due) {
  session* from = t.find(sender);
  if (!from) return;
  const auto before = std::exchange(tree_, &t);
  deliver(*from, due);
  tree_ = before;
}

session_driver::outcome session_driver::run(session_tree& t, outside_world& o,
                                                   std::uint64_t& events_left) {
  const turn now(*this, t, o);
  return work_off(events_left);
}

session_driver::outcome session_driver::run(session_tree& t, outside_world& o, std::uint64_t& events_left,
                                            std::uint64_t session_id, const event& first) {
  const turn now(*this, t, o);
  process(session_id, first);
  --events_left;
  if (has_work() || overflown_) return work_off(events_left);
  stopped_ = false;
  return outcome::settled;
}

session_driver::outcome session_driver::work_off(std::uint64_t& events_left) {
  for (; has_work() && !overflown_ && events_left > 0; --events_left) {
    if (!starting_.empty()) {
      const first_step next = std::move(starting_.front());
      starting_.pop_front();
      start(next);
    } else {
      const addressed_event next = std::move(queue_.front());
      queue_.pop_front();
      process(next.to, next.what);
    }
  }
  const bool endless = overflown_ || has_work();
  if (endless) {
    starting_.clear();
    queue_.clear();
  }
  overflown_ = stopped_ = false;
  return endless ? outcome::endless : outcome::settled;
}

void session_driver::stop() {
  starting_.clear();
  queue_.clear();
  overflown_ = false;
  stopped_ = running();
}

void session_driver::cancel(session_tree& t, outside_world& o) {
  const turn now(*this, t, o);
  session& root = t.root();
  effects last;
  interpreter_.cancel(root, last);
  carry_out_last_of(root, last);
  outside_->session_stepped(root);
  outside_->session_ended(root);
}

void session_driver::start(const first_step& next) {
  session* s = tree_->find(next.of);
  if (!s || s->phase != session_phase::created) return;
  effects_.clear(); // of a step whose effects could not be carried out
  interpreter_.start(*s, next.parameters, effects_);
  after_step(*s);
}

void session_driver::process(std::uint64_t to, const event& what) {
  session* s = tree_->find(to);
  if (!s || s->phase != session_phase::stable) return;
  if (!effects_.empty()) effects_.clear();
  interpreter_.process(*s, what, effects_);
  // An invocation that has ended was known until now for the sake of its <finalize>.
  const auto& id = what.invokeid;
  if (!id.empty() && !tree_->has_invoked(*s, id)) interpreter_.forget_invocation(*s, id);
  after_step(*s);
}

void session_driver::after_step(session& s) {
  if (!effects_.empty()) {
    for (auto& one : effects_) carry_out(s, one); // no step begins meanwhile
    effects_.clear();
  }
  outside_->session_stepped(s);
  if (s.phase == session_phase::stable) return;
  outside_->session_ended(s);
  if (tree_->invocation_of(s)) end_invoked(s);
}

// -- effects ---------------------------------------------------------------------------------------------------------------

void session_driver::carry_out(session& from, effect& wanted) {
  if (auto* send = std::get_if<send_effect>(&wanted); send && send->type == scxml_event_processor && send->delay_ms <= 0)
    return deliver(from, *send);
  if (auto* copy = std::get_if<forward_effect>(&wanted)) return forward(from, *copy);
  if (auto* start = std::get_if<invoke_effect>(&wanted)) return invoke(from, *start);
  if (auto* stop = std::get_if<uninvoke_effect>(&wanted)) return cancel_invoked(from, stop->id);
  if (auto* done = std::get_if<done_effect>(&wanted))
    if (const auto* how = tree_->invocation_of(from)) {
      event e = platform_event("done.invoke." + how->id, std::move(done->data));
      e.invokeid = how->id;
      enqueue(how->invoker, std::move(e));
      return;
    }
  outside_->carry_out(from, wanted);
}

void session_driver::deliver(session& from, send_effect& send) {
  event& e = send.what;
  e.type = event_type::external;
  e.origin = location_of(from);
  e.origintype = scxml_event_processor;
  session* to = tree_->resolve(from, send.target);
  if (!to) {
    event failure = platform_event(
        "error.communication",
        object{{{"tagname", "send"}, {"reason", "nobody is there to receive events for '" + send.target + "'"}}});
    failure.sendid = send.sendid;
    enqueue(from.id, std::move(failure));
    return;
  }
  if (const auto* how = tree_->invocation_of(from); how && how->invoker == to->id) e.invokeid = how->id;
  enqueue(to->id, std::move(e));
}

void session_driver::forward(session& from, forward_effect& copy) {
  if (const session* to = tree_->invoked_by(from, copy.id)) enqueue(to->id, std::move(copy.what));
}

// -- invocations -----------------------------------------------------------------------------------------------------------

void session_driver::refuse(session& invoker, const std::string& id, const char* error_name, std::string reason) {
  interpreter_.forget_invocation(invoker, id);
  event e = platform_event(error_name, object{{{"tagname", "invoke"}, {"reason", std::move(reason)}}});
  e.invokeid = id;
  enqueue(invoker.id, std::move(e));
}

void session_driver::invoke(session& invoker, invoke_effect& wanted) {
  constexpr const char* wrong = "error.execution";
  const scxml::invoke& what = invoker.document->invokes[wanted.invoke];
  if (!names_scxml(wanted.type)) return refuse(invoker, wanted.id, wrong, "the type '" + wanted.type + "' cannot be invoked");
  if (tree_->size() >= limits::sessions_per_tree_max || tree_->depth_of(invoker) >= limits::invoke_depth_max)
    return refuse(invoker, wanted.id, wrong, "too many sessions are invoked, or too deep");
  if (what.inline_document) return begin(invoker, wanted.id, std::move(wanted.parameters), what.inline_document);
  if (what.src.given) {
    const auto ticket = ++tickets_given_;
    tree_->await({ticket, invoker.id, wanted.id, std::move(wanted.parameters)});
    return outside_->fetch(*invoker.document, wanted.src, ticket);
  }
  const std::string* text = text_of(wanted.content);
  if (!text) return refuse(invoker, wanted.id, wrong, "the content is no SCXML document");
  const auto compiled = outside_->compile(*invoker.document, *text);
  if (!compiled) return refuse(invoker, wanted.id, wrong, to_line(compiled.error()));
  begin(invoker, wanted.id, std::move(wanted.parameters), *compiled);
}

void session_driver::fetched(session_tree& t, outside_world& o, std::uint32_t ticket,
                             result<std::shared_ptr<const document>> d) {
  const turn now(*this, t, o);
  awaited_document one = t.arrived(ticket);
  session* invoker = t.find(one.invoker);
  if (one.id.empty() || !invoker) return; // cancelled meanwhile
  if (!d) return refuse(*invoker, one.id, "error.communication", to_line(d.error()));
  begin(*invoker, std::move(one.id), std::move(one.parameters), *d);
}

void session_driver::begin(session& invoker, std::string id, object parameters, const std::shared_ptr<const document>& d) {
  auto model = outside_->open_model(d);
  if (!model) return refuse(invoker, id, "error.execution", to_line(model.error()));
  auto made = std::make_unique<invoked_session>();
  made->self.document = d;
  made->self.model = std::move(*model);
  made->self.id = outside_->new_session_id();
  made->invoker = invoker.id;
  made->id = std::move(id);
  enqueue_start(tree_->add(std::move(made)), std::move(parameters));
}

/// A session that was invoked is done, which its invoker has been told, or faulted.
void session_driver::end_invoked(session& s) {
  const auto gone = tree_->remove(s.id);
  session* invoker = tree_->find(gone->invoker);
  if (!invoker || s.phase != session_phase::faulted) return;
  refuse(*invoker, gone->id, "error.communication", std::string{"the invoked session was stopped: "} + to_text(s.fault));
}

void session_driver::cancel_invoked(session& invoker, std::string_view id) {
  tree_->forget_awaited(invoker, id);
  const session* invoked = tree_->invoked_by(invoker, id);
  if (!invoked) return;
  const auto gone = tree_->remove(invoked->id);
  effects last;
  interpreter_.cancel(gone->self, last);
  carry_out_last_of(gone->self, last);
  outside_->session_ended(gone->self);
}

/// Its <onexit> still counts, but nobody hears from a cancelled session any more (SCXML 6.4.3).
void session_driver::carry_out_last_of(session& cancelled, effects& wanted) {
  for (auto& one : wanted) {
    if (auto* stop = std::get_if<uninvoke_effect>(&one)) cancel_invoked(cancelled, stop->id);
    else if (std::holds_alternative<log_effect>(one) || leaves_the_tree(one)) outside_->carry_out(cancelled, one);
  }
}

} // namespace chainring::scxml
