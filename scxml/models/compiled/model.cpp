// model.cpp: what the interpreter asks of a data model.
#include "scxml/models/compiled/model.hpp"

#include <utility>

#include "scxml/limits.hpp"
#include "scxml/models/compiled/compiled.hpp"
#include "scxml/models/compiled/conversion.hpp"
#include "scxml/models/compiled/parts.hpp"

namespace chainring::scxml::compiled_model {

model::model(std::shared_ptr<const document> d, std::shared_ptr<datamodel_source> quickjs,
             std::shared_ptr<std::pmr::memory_resource> session_data)
    : document_(std::move(d)), program_(*document_->program), quickjs_(std::move(quickjs)),
      session_data_(std::move(session_data)), machine_(program_) {}

// -- life of one session's data -------------------------------------------------------------------------------------

verdict model::create(surroundings& s) {
  destroy(s.self);
  const std::size_t items = document_->data.size();
  if (items == 0) return {};
  void* const room = session_data_->allocate(items * sizeof(slot), alignof(slot));
  std::uninitialized_default_construct_n(static_cast<slot*>(room), items);
  s.self.data.pointer = room;
  return {};
}

void model::destroy(session& s) noexcept {
  if (!s.data.pointer) return;
  const auto all = slots(s);
  std::destroy(all.begin(), all.end());
  session_data_->deallocate(all.data(), all.size_bytes(), alignof(slot));
  s.data = {};
}

// -- to QuickJS -----------------------------------------------------------------------------------------------------

verdict model::hand_over(surroundings& s, std::string_view bytes) {
  auto other = quickjs_->open(document_);
  if (!other) return {failure::out_of_memory, other.error().what};
  destroy(s.self);
  const auto hold = std::exchange(s.self.model, *other);
  return (*other)->restore(s, bytes);
}

verdict model::leave(surroundings& s) {
  const auto bytes = save(s);
  return bytes ? hand_over(s, *bytes) : verdict{failure::failed, bytes.error().what};
}

template <class F> verdict model::leave_and(surroundings& s, F&& then) {
  const auto hold = s.self.model;
  verdict v = leave(s);
  return v.ok() ? then(*s.self.model) : v;
}

// -- evaluation -----------------------------------------------------------------------------------------------------

[[gnu::always_inline]] inline model::outcome model::run(surroundings& s, index e, operand& out) {
  const outcome done = machine_.run(program_.entries[e], s, static_cast<const slot*>(s.self.data.pointer), out);
  s.cpu_us_left -= machine_.take_work_us();
  return done;
}

model::outcome model::keep(surroundings& s, index item, const operand& o) {
  slot& to = slots(s.self)[item];
  const std::size_t before = to.bytes();
  if (!to.store(o)) return outcome::beyond;
  s.self.data.bits += to.bytes() - before;
  return outcome::value;
}

verdict model::condition(surroundings& s, index e, bool& out) {
  operand o;
  out = false;
  switch (run(s, e, o)) {
  case outcome::value: out = to_boolean(o); return {};
  case outcome::failed: return failed();
  case outcome::beyond: break;
  }
  return leave_and(s, [&](datamodel& other) { return other.condition(s, e, out); });
}

verdict model::first_that_holds(surroundings& s, std::span<const candidate> asked, std::size_t& at) {
  for (at = 0; at < asked.size(); ++at) {
    if (asked[at].cond == none) break;
    const entry& asks = program_.entries[asked[at].cond];
    if (asks.guard.name != none && s.cpu_us_left > 0 && machine_.is_other(asks.guard, s)) {
      machine_.add_work(1);
      continue;
    }
    operand o;
    const outcome done = run(s, asked[at].cond, o);
    if (done == outcome::failed) return failed();
    if (done == outcome::beyond)
      return leave_and(s, [&, first = at](datamodel& other) {
        verdict v = other.first_that_holds(s, asked.subspan(first), at);
        at += first;
        return v;
      });
    if (to_boolean(o)) break;
  }
  return {};
}

verdict model::evaluate(surroundings& s, index e, value& out) {
  operand o;
  const outcome done = run(s, e, o);
  if (done == outcome::failed) return failed();
  if (done == outcome::value && to_value(o, out)) return {};
  return leave_and(s, [&](datamodel& other) { return other.evaluate(s, e, out); });
}

namespace {

const char* const too_much = "the data of this session have grown past their memory";

inline bool has_grown_too_much(const session& s) { return s.data.bits > limits::session_heap_growth_bytes_max; }
verdict grown(const session& s) { return has_grown_too_much(s) ? verdict{failure::out_of_memory, too_much} : verdict{}; }

} // namespace

verdict model::undeclared(index location) const {
  return {failure::failed, "ReferenceError: '" + program_.names[program_.entries[location].unknown] + "' is not declared"};
}

[[gnu::always_inline]] inline bool model::assigned(surroundings& s, index location, index expr, operand& o, outcome& done) {
  done = run(s, expr, o);
  const index item = program_.entries[location].slot;
  return done == outcome::value && item != none && !has_grown_too_much(s.self) &&
         static_cast<slot*>(s.self.data.pointer)[item].store_inside(o);
}

[[gnu::always_inline]] inline bool model::assigned(const session& s, const assignment& a) {
  slot* const slots = static_cast<slot*>(s.data.pointer);
  const operand& constant = program_.constants[a.constant];
  switch (a.what) {
  case assignment::form::constant: return slots[a.slot].store_inside(constant);
  case assignment::form::sum: return slots[a.slot].store_sum(slots[a.from], constant.number);
  case assignment::form::general: break;
  }
  return false;
}

verdict model::assign_otherwise(surroundings& s, index location, index expr, const operand& o, outcome done) {
  const index item = program_.entries[location].slot;
  if (done == outcome::failed) return failed();
  if (done == outcome::value && item == none) return undeclared(location);
  if (done == outcome::value && keep(s, item, o) == outcome::value) return grown(s.self);
  return leave_and(s, [&](datamodel& other) { return other.assign(s, location, expr); });
}

verdict model::assign(surroundings& s, index location, index expr) {
  operand o;
  outcome done;
  return assigned(s, location, expr, o, done) ? verdict{} : assign_otherwise(s, location, expr, o, done);
}

verdict model::assign_all(surroundings& s, range assigns, index& done) {
  const assign_operands* const all = document_->assigns.data() + assigns.first;
  const assignment* const forms = program_.assignments.data() + assigns.first;
  const bool is_free = s.cpu_us_left > 0 && !has_grown_too_much(s.self);
  for (done = 0; done < assigns.count; ++done) {
    if (forms[done].what != assignment::form::general && is_free && assigned(s.self, forms[done])) {
      machine_.add_work(forms[done].length);
      continue;
    }
    operand o;
    outcome gave;
    if (assigned(s, all[done].location, all[done].value, o, gave)) [[likely]] continue;
    const auto hold = s.self.model;
    if (verdict v = assign_otherwise(s, all[done].location, all[done].value, o, gave); !v.ok()) return v;
    if (s.self.model == hold) continue;
    const index before = ++done; // the rest is the other model's
    const range rest{static_cast<index>(assigns.first + before), static_cast<index>(assigns.count - before)};
    verdict v = s.self.model->assign_all(s, rest, done);
    done = static_cast<index>(done + before);
    return v;
  }
  return {};
}

verdict model::assign_value(surroundings& s, index location, const value& v) {
  operand o;
  const index item = program_.entries[location].slot;
  if (item == none) return undeclared(location);
  if (machine::outside_operand(v, o) && keep(s, item, o) == outcome::value) return grown(s.self);
  return leave_and(s, [&](datamodel& other) { return other.assign_value(s, location, v); });
}

verdict model::initialize(surroundings& s, index item) {
  const data_item& declared = document_->data[item];
  if (declared.failed_load) return {failure::failed, "the data of '" + declared.id + "' could not be loaded"};
  if (declared.value == none) return {};
  operand o;
  const outcome done = run(s, declared.value, o);
  if (done == outcome::failed) return failed();
  if (done == outcome::value && keep(s, item, o) == outcome::value) return grown(s.self);
  return leave_and(s, [&](datamodel& other) { return other.initialize(s, item); });
}

bool model::set_item(surroundings& s, std::string_view id, const value& v) {
  for (std::size_t i = 0; i < document_->data.size(); ++i) {
    operand o;
    if (document_->data[i].id != id) continue;
    if (machine::outside_operand(v, o) && keep(s, static_cast<index>(i), o) == outcome::value) return true;
    const auto hold = s.self.model;
    if (const verdict left = leave(s); left.ok()) s.self.model->set_item(s, id, v);
    return true;
  }
  return false;
}

verdict model::run_script(surroundings&, index e) {
  return {failure::failed, "'" + document_->expressions[e].text + "': the compiled data model has no scripts"};
}
verdict model::foreach (surroundings&, const foreach_operands& loop, const std::function<bool()>&) {
  return {failure::failed, "'" + document_->expressions[loop.array].text + "': the compiled data model has no arrays"};
}

} // namespace chainring::scxml::compiled_model

namespace chainring::scxml {

std::shared_ptr<datamodel> open_compiled(const std::shared_ptr<const document>& d, const std::shared_ptr<datamodel_source>& quickjs,
                                         const std::shared_ptr<std::pmr::memory_resource>& session_data) {
  return std::make_shared<compiled_model::model>(d, quickjs, session_data);
}

} // namespace chainring::scxml
