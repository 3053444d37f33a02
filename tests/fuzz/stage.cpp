// stage.cpp: the host of fuzzed sessions.
#include "tests/fuzz/stage.hpp"

#include <limits>
#include <map>

#include "dialer/ocs_vocabulary.hpp"
#include "scxml/models/models.hpp"
#include "scxml/snapshot.hpp"
#include "tests/fuzz/judge.hpp"

namespace chainring::fuzz {

using namespace scxml;

namespace {

constexpr std::uint64_t events_max = 32; // of one step: loops of sends are as good as their first turns
constexpr std::size_t names_max = 64;
constexpr int restores_max = 8; // of one session

/// Everything about the intrinsics that a script can see without running a getter: names, kinds, what is frozen. Some
/// behaviour too, by what treatments use most.
constexpr std::string_view canary_text = R"xml(<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0"
 datamodel="ecmascript"><datamodel><data id="out"/></datamodel><state><transition event="look" cond="true"><script>
 var seen = [], list = [Object, Array, String, Number, Boolean, Date, RegExp, Map, Set, Error, TypeError, JSON, Math];
 for (var i = 0; i &lt; list.length; i++) {
   var p = list[i].prototype || list[i];
   seen.push(Object.getOwnPropertyNames(list[i]).join(), Object.getOwnPropertyNames(p).join(),
             Object.isFrozen(list[i]), Object.isFrozen(p));
 }
 for (var k in {}) seen.push(k);
 seen.push('' + {}, [3, 1, 2].sort().map(function (x) { return x * 2; }).join(), 'a-b'.replace(/-/, '+'), typeof leaked,
           JSON.stringify({a: [1, {b: null}], c: new Date(0)}), Object.keys([7]).length, parseInt('12px'), 0.1 + 0.2);
 out = seen.join('|');
 </script><log expr="out"/></transition></state></scxml>)xml";

std::string canary_song() {
  static const auto document = compile_as_node(canary_text).document;
  require(document != nullptr, "the canary does not compile");
  static const auto model = model_for(document); // kept, and with it the compiled script
  std::string song;
  runner_callbacks callbacks;
  callbacks.on_log = [&](const session&, const log_effect& l) { song += l.text; };
  runner run(document, model, std::move(callbacks));
  run.start();
  event look;
  look.name = "look";
  run.deliver(look);
  require(!song.empty(), "the canary is silent");
  return song;
}

const std::string& first_song() {
  static const std::string first = canary_song();
  return first;
}

datamodel_source& runtimes() {
  static const auto source = make_models();
  return *source;
}

std::optional<std::string> resource(std::string_view uri) {
  if (uri == "data.json") return R"({"a":[1,2,{"b":null}]})";
  if (uri == "data.xml") return "<r xmlns='urn:x'><i n='1'>&lt;</i></r>";
  if (uri == "functions.js") return "function twice(x) { return 2 * x; }\nvar loaded = twice(3);";
  if (uri == "child.scxml")
    return "<scxml xmlns='http://www.w3.org/2005/07/scxml' version='1.0' datamodel='ecmascript'><datamodel><data "
           "id='p'/>"
           "</datamodel><state><onentry><send event='born' target='#_parent' namelist='p'/></onentry><transition "
           "event='e' "
           "target='f'/></state><final id='f'/></scxml>";
  return std::nullopt;
}

const value& chosen_value(unsigned n) {
  static const std::vector<value> values = [] {
    std::vector<value> all = {undefined{}, null{}, true, 0, -0.0, 1, 2.5, 1e308, -1e21, "", "Busy", "Answer", "x y"};
    all.emplace_back(std::numeric_limits<double>::quiet_NaN());
    all.emplace_back(xml{"<a b='c'>t<d/></a>"});
    all.emplace_back(xml{"no xml <"});
    for (const char* json : {R"([1,[2,[]],{}])", R"({"callresult":"Busy","record_id":1})", R"({"record_id":null})",
                             R"({"__proto__":{"polluted":1},"constructor":1,"toString":2,"length":-1})",
                             R"({"a":{"b":{"c":[null,"\u0000\ud83d\ude00"]}},"v":3,"0":"zero"})"}) {
      value v;
      require(from_json(json, v), "a value of the fuzzer's own is no JSON");
      all.push_back(std::move(v));
    }
    return all;
  }();
  return values[n % values.size()];
}

std::vector<std::string> names_for(const document& d) {
  std::vector<std::string> names = {"e",           "ocs.callresult", "ocs.next_record",
                                    "ocs.timeout", "done.invoke.i",  "error.execution"};
  for (const auto& descriptor : d.descriptors)
    if (!descriptor.prefix.empty() && names.size() < names_max) names.push_back(descriptor.prefix);
  return names;
}

/// What the event that follows an action is called; the rest of the actions have none.
event answer_to(const std::string& action) {
  event e;
  e.name = "ocs." + (action == "make_call" ? "callresult" : action == "get_daytime" ? "daytime_change" : action);
  object data;
  data.set("record_id", action.size() % 3 == 0 ? value(null{}) : value(7));
  data.set("callresult", "Busy");
  e.data = std::move(data);
  return e;
}

} // namespace

compiled compile_as_node(std::string_view bytes) {
  compile_options options;
  options.name = "fuzz.scxml";
  options.actions = &dialer::ocs_vocabulary();
  options.load = resource;
  return compile(bytes, options);
}

std::shared_ptr<const document> chart(unsigned n) {
  struct ready {
    std::shared_ptr<const scxml::document> document;
    std::shared_ptr<datamodel> model; // kept, and with it the compiled expressions
  };
  static const auto all = [] {
    std::vector<ready> made;
    for (const auto text : charts()) {
      auto compiled = compile_as_node(text);
      if (!compiled.document) fail(to_line(compiled.first_error()));
      made.push_back({compiled.document, model_for(compiled.document)});
    }
    return made;
  }();
  return all[n % all.size()].document;
}

std::shared_ptr<datamodel> model_for(const std::shared_ptr<const document>& d) {
  auto opened = runtimes().open(d);
  if (!opened) fail(to_line(opened.error()));
  return *opened;
}

void look_at_canary() {
  if (canary_song() != first_song()) fail("a session changed the intrinsics of others");
}

stage::stage(std::shared_ptr<const document> d)
    : document_(std::move(d))
    , names_(names_for(*document_))
    , claims_(*document_) {
  first_song(); // before anybody can have changed anything
  run_ = std::make_unique<runner>(document_, model_for(document_), callbacks(), setup());
}

runner_callbacks stage::callbacks() {
  runner_callbacks c;
  c.on_stable = [this](runner&, session& s) { at_stable(s); };
  c.on_log = [this](const session&, const log_effect& l) { trace_ += "log " + l.label + " " + l.text + "\n"; };
  c.on_action = [](runner& r, const session& s, const action_effect& a) {
    r.deliver(s.id, answer_to(s.document->actions_known->actions[a.spec].name));
  };
  c.on_post = [this](runner&, const session&, send_effect& send) { trace_ += "post " + send.target + "\n"; };
  return c;
}

runner_setup stage::setup() {
  runner_setup setup;
  setup.events_max = events_max;
  setup.models = &runtimes();
  setup.load = [](const std::string&, std::string_view uri) -> result<named_text> {
    auto text = resource(uri);
    if (!text) return error{"there is no such resource", std::string(uri), ""};
    return named_text{std::string(uri), *std::move(text)};
  };
  setup.basic_http = "http://127.0.0.1:1/";
  setup.watching = this;
  return setup;
}

result<void> stage::put_back(const std::string& bytes) {
  static const auto child = compile_as_node(*resource("child.scxml")).document;
  const auto find = [this](std::string_view hash) {
    return hash == child->hash ? child : find_document(document_, hash);
  };
  auto restored = runner::restore(bytes, find, runtimes(), callbacks(), setup());
  if (!restored) return restored.error();
  run_ = *std::move(restored);
  run_->sessions().for_each([](session& s) { judge(s); });
  return {};
}

void stage::save_and_put_back() {
  const auto bytes = run_->save();
  if (!bytes) {
    unsaved_ = true;
    return;
  }
  const auto back = put_back(*bytes);
  if (back) return;
  // Documents that were made by expressions are nowhere to be found.
  if (back.error().what.find("document is not known") == std::string::npos)
    fail("a good snapshot is refused: " + to_line(back.error()));
  unsaved_ = true;
}

void stage::start() { run_->start(); }

event stage::chosen_event(choices& in) {
  event e;
  const unsigned n = in.byte();
  e.name = names_[n % names_.size()];
  if (n >= 0xc0) e.name += ".more";
  e.data = chosen_value(in.byte());
  return e;
}

void stage::step(choices& in) {
  switch (const unsigned what = in.below(16)) {
  case 15: return run_->cancel();
  case 14: run_->run(); return;
  case 13: return run_->advance(in.byte() * 1000);
  case 12: return run_->advance(in.byte());
  default: {
    event e = chosen_event(in);
    if (what == 11) e.invokeid = "i";
    if (what == 10) e.sendid = "s", e.origin = "#_internal", e.origintype = "x";
    return run_->deliver(std::move(e));
  }
  }
}

void stage::at_stable(session& s) {
  judge(s);
  trace_ += to_text(s.fault);
  trace_ += '\n';
  if (s.fault != session_fault::none) out_of_time_ = true;
  if (restoring && restores_ < restores_max && s.phase == session_phase::stable) save_and_restore(s);
}

void stage::save_and_restore(session& s) {
  ++restores_;
  const auto bytes = save(s);
  if (!bytes) {
    unsaved_ = true;
    return;
  }
  auto restored = restore(*bytes, s.document, s.model);
  if (!restored) fail("a good snapshot is refused: " + to_line(restored.error()));
  s = std::move(*restored);
}

void stage::entered(const session& s, index i) {
  if (s.document == document_ && claims_.never_enters(s.document->states[i]))
    fail("lint says that a state is never entered, and it is");
  trace_ += "+" + std::to_string(i) + s.document->states[i].id + "\n";
}
void stage::exited(const session& s, index i) { trace_ += "-" + std::to_string(i) + s.document->states[i].id + "\n"; }
void stage::taken(const session& s, index t) {
  if (s.document == document_ && claims_.never_takes(s.document->transitions[t]))
    fail("lint says that a transition is never taken, and it is");
}
void stage::failed(const session&, const verdict& v, position) {
  if (v.why == failure::out_of_time || v.why == failure::out_of_memory) out_of_time_ = true;
}

} // namespace chainring::fuzz
