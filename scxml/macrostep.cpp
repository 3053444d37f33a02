// macrostep.cpp: queue, effects, errors and budgets of the macrostep that runs.
#include "scxml/macrostep.hpp"

#include <utility>

#include "scxml/limits.hpp"

namespace chainring::scxml {

void macrostep::drop_queue() {
  queue_.clear();
  head_ = 0;
}

void macrostep::raise(event e) {
  if (queue_.size() - head_ >= limits::events_queued_max) return give_up(session_fault::queue);
  queue_.push_back(std::move(e));
}

const event& macrostep::next_event() {
  current_ = std::move(queue_[head_++]);
  if (queue_empty()) drop_queue();
  around_->current = &current_;
  around_->event_number = next_event_number();
  return current_;
}

void macrostep::emit(effect e) {
  if (out_->size() - effects_before_ >= limits::effects_max) return give_up(session_fault::queue);
  out_->push_back(std::move(e));
}

void macrostep::report(const verdict& v, position where, std::string_view sendid) {
  if (watch_) watch_->failed(*self_, v, where);
  raise_error("error.execution", v.message, where, sendid);
  if (v.why != failure::out_of_time && v.why != failure::out_of_memory) return;
  fault_seen_ = true;
  if (++self_->faults_in_a_row >= limits::faults_in_a_row_max)
    give_up(v.why == failure::out_of_time ? session_fault::repeated_errors : session_fault::memory);
}

void macrostep::report(std::string message, position where, std::string_view sendid) {
  report(verdict{failure::failed, std::move(message)}, where, sendid);
}

void macrostep::report_unreachable(std::string message, position where, std::string_view sendid) {
  raise_error("error.communication", message, where, sendid);
}

void macrostep::raise_error(const char* name, const std::string& reason, position where,
                            std::string_view sendid) {
  event e;
  e.name = name;
  e.type = event_type::platform;
  e.sendid = sendid;
  e.data = object{
      {{"tagname", element_}, {"line", where.line}, {"column", where.column}, {"reason", reason}}};
  raise(std::move(e));
}

void macrostep::give_up(session_fault why) {
  if (faulted()) return; // the first fault is the one to tell
  self_->phase = session_phase::faulted;
  self_->fault = why;
}

bool macrostep::condition(index expr) {
  bool holds = false;
  if (auto v = model().condition(*around_, expr, holds); !v.ok()) {
    report(v, document_->expressions[expr].where);
    return false;
  }
  if (watch_) watch_->held(*self_, expr, holds);
  return holds;
}

const candidate* macrostep::first_that_holds(std::span<const candidate> asked) {
  if (watch_) { // who watches hears of each
    for (const candidate& one : asked) {
      if (one.cond == none || condition(one.cond)) return &one;
      if (faulted()) return nullptr;
    }
    return nullptr;
  }
  while (!asked.empty()) {
    std::size_t at = 0;
    const auto v = model().first_that_holds(*around_, asked, at);
    if (v.ok()) return at < asked.size() ? &asked[at] : nullptr;
    report(v, document_->expressions[asked[at].cond].where);
    if (faulted()) return nullptr;
    asked = asked.subspan(at + 1);
  }
  return nullptr;
}

bool macrostep::evaluate(index expr, value& out, std::string_view sendid) {
  auto v = model().evaluate(*around_, expr, out);
  if (!v.ok()) report(v, document_->expressions[expr].where, sendid);
  else if (watch_) watch_->evaluated(*self_, expr, out);
  return v.ok();
}

bool macrostep::text_of(const text_or_expression& from, std::string& out, std::string_view sendid) {
  if (from.expr == none) {
    out = from.text;
    return true;
  }
  value v;
  if (!evaluate(from.expr, v, sendid)) return false;
  auto* text = v.as<std::string>();
  out = text ? std::move(*text) : to_text(v);
  return true;
}

} // namespace chainring::scxml
