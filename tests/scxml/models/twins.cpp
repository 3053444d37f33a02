// twins.cpp: see twins.hpp.
#include "tests/scxml/models/twins.hpp"

#include <bit>

#include "scxml/compile.hpp"
#include "scxml/limits.hpp"
#include "scxml/models/compiled/translate.hpp"
#include "scxml/models/ecmascript/ecmascript.hpp"
#include "scxml/models/models.hpp"
#include "scxml/runner.hpp"
#include "scxml/snapshot.hpp"
#include "tests/scxml/models/random_expressions.hpp"

namespace chainring::scxml::testing {

std::string shown(const value& v) {
  std::string out;
  if (v.is_undefined()) return "undefined";
  if (const auto* d = v.as<double>()) return *d == *d ? std::to_string(std::bit_cast<std::uint64_t>(*d)) + "=" + to_json(v) : "NaN";
  if (const auto* x = v.as<xml>()) return "xml " + x->text;
  if (const auto* a = v.as<array>()) {
    for (const value& one : *a) out += shown(one) + ",";
    return "[" + out + "]";
  }
  if (const auto* o = v.as<object>()) {
    for (const auto& [name, one] : o->members) out += name + ":" + shown(one) + ",";
    return "{" + out + "}";
  }
  return to_json(v);
}

std::string shown(const verdict& v) { return std::to_string(static_cast<int>(v.why)) + " " + v.message; }

datamodel_source& usual_models() {
  static const auto source = make_models();
  return *source;
}
datamodel_source& quickjs_models() {
  static const auto source = make_ecmascript_source();
  return *source;
}

std::string translated(const std::shared_ptr<document>& d) {
  d->program = compiled_model::translate(*d, d->leaves_compiled);
  return d->leaves_compiled.what;
}

// -- two sessions ---------------------------------------------------------------------------------------------------

twins::twins(const std::shared_ptr<const document>& d) {
  const auto begin = [&](session& s, datamodel_source& source) {
    s.document = d;
    s.model = *source.open(d);
    s.id = 7;
    auto a = around(s);
    s.model->create(a);
  };
  begin(compiled_, usual_models());
  begin(quickjs_, quickjs_models());
  model_ = compiled_.model;
}

surroundings twins::around(session& s) {
  surroundings made{s};
  made.current = event_number_ == 0 ? nullptr : &event_;
  made.cpu_us_left = limits::macrostep_cpu_us_max;
  made.event_number = event_number_;
  return made;
}

std::string twins::compare(const std::function<std::string(surroundings&, datamodel&)>& call) {
  auto mine = around(compiled_), its = around(quickjs_);
  const auto hold = compiled_.model;
  const std::string got = call(mine, *hold), wanted = call(its, *quickjs_.model);
  return got == wanted ? "" : "QuickJS gives " + wanted + ", the compiled model " + got;
}

std::string twins::evaluate(index e) {
  return compare([&](surroundings& s, datamodel& m) {
    value out;
    const verdict v = m.evaluate(s, e, out);
    if (&s.self == &compiled_) seen_ = out;
    return shown(out) + " " + shown(v);
  });
}

std::string twins::condition(index e) {
  return compare([&](surroundings& s, datamodel& m) {
    bool out = true;
    const verdict v = m.condition(s, e, out);
    return std::to_string(out) + " " + shown(v);
  });
}

std::string twins::assign(index location, index expr) {
  return compare([&](surroundings& s, datamodel& m) { return shown(m.assign(s, location, expr)); });
}
std::string twins::assign_value(index location, const value& v) {
  return compare([&](surroundings& s, datamodel& m) { return shown(m.assign_value(s, location, v)); });
}
std::string twins::initialize(index item) {
  return compare([&](surroundings& s, datamodel& m) { return shown(m.initialize(s, item)); });
}
std::string twins::set_item(const std::string& id, const value& v) {
  return compare([&](surroundings& s, datamodel& m) { return std::string(m.set_item(s, id, v) ? "set" : "not set"); });
}

std::string twins::save_and_swap() {
  auto compiled = around(compiled_), quickjs = around(quickjs_);
  const auto mine = compiled_.model->save(compiled), its = quickjs_.model->save(quickjs);
  if (!mine || !its) return mine.ok() == its.ok() ? "" : "only one of them can be saved";
  if (*mine != *its) return "their snapshots differ";
  const auto hold = compiled_.model;
  const verdict a = hold->restore(compiled, *its), b = quickjs_.model->restore(quickjs, *mine);
  return a.ok() && b.ok() ? "" : "a snapshot is refused: " + a.message + b.message;
}

void twins::happens(const event& e) {
  static std::uint64_t number = 0;
  event_ = e;
  event_number_ = ++number;
}

void twins::enters(index state) {
  compiled_.configuration.insert(state);
  quickjs_.configuration.insert(state);
}

// -- expressions ----------------------------------------------------------------------------------------------------

std::string compare_expressions(const std::function<unsigned(unsigned)>& below, int steps, int& compared) {
  constexpr unsigned expressions = 24;
  const auto d = std::make_shared<document>();
  d->datamodel = datamodel_kind::ecmascript;
  d->name = "sample";
  for (const char* id : {"", "first", "second"}) d->states.emplace_back().id = id;
  std::vector<index> values, locations;
  const auto add = [&](std::string text, expression_kind kind) {
    d->expressions.push_back({std::move(text), kind, {}});
    return static_cast<index>(d->expressions.size() - 1);
  };
  for (unsigned i = 0; i < expressions; ++i) values.push_back(add(chosen_expression(below), expression_kind::value));
  for (const auto& id : expression_items()) {
    data_item item;
    item.id = id;
    item.value = values[below(expressions)];
    d->data.push_back(item);
    locations.push_back(add(id, expression_kind::location));
  }
  locations.push_back(add("undeclared", expression_kind::location));
  if (const std::string left = translated(d); !left.empty()) return d->leaves_compiled.text + ": " + left;
  twins both(d);
  std::string difference;
  for (index i = 0; i < d->data.size() && difference.empty(); ++i)
    if (difference = both.initialize(i); !difference.empty()) difference += " in " + d->expressions[d->data[i].value].text;
  for (int step = 0; step < steps && difference.empty() && !both.has_moved(); ++step, ++compared) {
    const index e = values[below(expressions)], to = locations[below(static_cast<unsigned>(locations.size()))];
    switch (below(12)) {
    case 0: both.happens(chosen_event(below)); break;
    case 1: difference = both.save_and_swap(); break;
    case 2: difference = both.assign_value(to, chosen_value(below)); break;
    case 3: difference = both.set_item(expression_items()[below(6)], chosen_value(below)); break;
    case 4: difference = both.condition(e); break;
    case 5: both.enters(static_cast<index>(1 + below(2))); break;
    case 6:
    case 7: difference = both.assign(to, e); break;
    default: difference = both.evaluate(e); break;
    }
    if (difference.empty()) difference = both.evaluate(to == locations.back() ? e : to);
    if (!difference.empty()) difference += " in " + d->expressions[e].text + " or " + d->expressions[to].text;
  }
  return difference;
}

// -- documents ------------------------------------------------------------------------------------------------------

namespace {

/// Everything that can be seen of a run, a line each.
class witness final : public observer {
 public:
  witness(const std::shared_ptr<const document>& d, datamodel_source& models)
      : run_(d, *models.open(d), callbacks(), setup()) {}

  void start() { run_.start(), note_data(); }
  void deliver(const event& e) { run_.deliver(e), note_data(); }
  void move_on() { run_.advance(1'000), note_data(); }
  const datamodel* model() { return run_.self().model.get(); }
  runner::outcome state() const { return run_.state(); }

  std::string seen;

 private:
  void entered(const session&, index s) override { seen += "+" + std::to_string(s) + "\n"; }
  void exited(const session&, index s) override { seen += "-" + std::to_string(s) + "\n"; }
  void taken(const session&, index t) override { seen += "*" + std::to_string(t) + "\n"; }
  void failed(const session&, const verdict& v, position) override { seen += "!" + shown(v) + "\n"; }
  void held(const session&, index e, bool yes) override { seen += "?" + std::to_string(e) + (yes ? " yes\n" : " no\n"); }
  void evaluated(const session&, index e, const value& v) override { seen += "=" + std::to_string(e) + shown(v) + "\n"; }
  void ran(const session&, index e) override { seen += ":" + std::to_string(e) + "\n"; }

  void note_data() {
    const auto bytes = save(run_.self());
    seen += bytes ? *bytes : bytes.error().what;
    seen += "\n";
  }
  runner_callbacks callbacks() {
    runner_callbacks made;
    made.on_log = [this](const session&, const log_effect& l) { seen += "log " + l.text + "\n"; };
    return made;
  }
  runner_setup setup() {
    runner_setup made;
    made.watching = this;
    made.events_max = 64;
    return made;
  }

  runner run_;
};

} // namespace

std::string compare_documents(const std::function<unsigned(unsigned)>& below, int steps, bool& compared) {
  const std::string text = chosen_document(below);
  const auto made = compile(text, {.name = "random.scxml"});
  if (!made.document) return "a random document is refused: " + made.first_error().what + "\n" + text;
  if (!made.document->program) return "a random document leaves the subset: " + made.document->leaves_compiled.what + "\n" + text;
  witness compiled(made.document, usual_models()), quickjs(made.document, quickjs_models());
  const datamodel* const model = compiled.model();
  compiled.start(), quickjs.start();
  // A macrostep that runs out of time ends where the machine was that fast.
  const auto waits = [](const witness& w) { return w.state() == runner::outcome::waiting; };
  const auto faulted = [](const witness& w) { return w.state() == runner::outcome::faulted; };
  for (int step = 0; step < steps && compiled.seen == quickjs.seen && waits(compiled); ++step) {
    if (below(4) == 0) {
      compiled.move_on(), quickjs.move_on();
      continue;
    }
    event e = chosen_event(below);
    e.name = "e" + std::to_string(below(3)) + (below(3) == 0 ? ".more" : "");
    compiled.deliver(e), quickjs.deliver(e);
  }
  if (faulted(compiled) || faulted(quickjs)) return "";
  compared = compiled.model() == model;
  if (compiled.seen == quickjs.seen) return "";
  return "the models go apart\n" + text + "\non QuickJS\n" + quickjs.seen + "\ncompiled\n" + compiled.seen;
}

} // namespace chainring::scxml::testing
