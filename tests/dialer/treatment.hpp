// treatment.hpp: a whole treatment for tests, from text to outcome: the compiler, the ECMAScript data model, a session and the
// OCS actions together, with a chain of three records.
#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "dialer/ocs_events.hpp"
#include "dialer/treatment_uri.hpp"
#include "scxml/compile.hpp"
#include "scxml/models/ecmascript/ecmascript.hpp"
#include "scxml/runner.hpp"
#include "tests/catch.hpp"
#include "tests/dialer/actions.hpp"

namespace chainring::dialer::testing {

struct treatment_run {
  campaign t;
  std::vector<call_result> results; // of the calls in their order; after these every call ends Busy
  bool clock_moves = false;         // a timeout lasts; else it expires at once
  std::vector<std::string> trace;   // what the treatment asked for, in order
  std::vector<std::string> warnings;
  bool done = false;
  std::string heard; // donedata

  void answer(scxml::runner& r, action_outcome out) {
    warnings.insert(warnings.end(), out.warnings.begin(), out.warnings.end());
    if (const auto* due = std::get_if<events_due>(&out.answer))
      for (const auto& e : *due) r.deliver(e);
    if (const auto* call = std::get_if<call_wanted>(&out.answer)) {
      trace.push_back("call " + t.c.at(call->position).contact_info);
      auto result = call_result::busy;
      if (calls_ < results.size()) result = results[calls_];
      ++calls_;
      t.c.note_result(call->position, result, t.now_ms);
      if (const auto heard_of = call_result_event(result, t.c.handle_of(call->position))) r.deliver(*heard_of);
    }
    if (const auto* timeout = std::get_if<timeout_wanted>(&out.answer)) {
      trace.push_back("wait " + std::to_string(timeout->delay_ms / 1'000));
      if (clock_moves) t.now_ms += timeout->delay_ms;
      r.deliver(expire_timeout(t.c));
    }
    for (const auto& w : out.rows)
      for (const auto& [column, to] : w.columns)
        trace.push_back(column + " = " + to.value_or(""));
  }

  void run(const std::string& text, const std::string& uri = "file:///t.scxml") {
    auto compiled = scxml::compile(text, {"t.scxml", &ocs_vocabulary(), {}});
    for (const auto& c : compiled.complaints) UNSCOPED_INFO(c.what + " " + c.mend);
    REQUIRE(compiled.document);
    for (const auto& c : compiled.complaints) warnings.push_back(c.what);
    const auto source = scxml::make_ecmascript_source();
    auto model = source->open(compiled.document);
    REQUIRE(model.ok());
    scxml::runner_callbacks callbacks;
    callbacks.on_action = [&](scxml::runner& r, const scxml::session&, const scxml::action_effect& action) {
      answer(r, perform(t.c, action, t.environment(), t.now_ms));
    };
    callbacks.on_action_failed = [&](scxml::runner& r, const scxml::session&, const scxml::action_failed_effect& failed) {
      answer(r, perform(failed));
    };
    scxml::runner r(compiled.document, *model, callbacks);
    r.start(*treatment_parameters(uri));
    done = r.run() == scxml::runner::outcome::done;
    heard = scxml::to_text(r.done_data());
  }

 private:
  std::size_t calls_ = 0;
};

inline std::string document(const std::string& body, const std::string& namespace_uri = ocs::namespace_uri) {
  return R"(<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript" initial="s1" )"
         R"(xmlns:ocs=")" +
         namespace_uri + R"("><datamodel><data id="record_id"/><data id="heard" expr="''"/></datamodel>)" + body +
         R"(<final id="end"><donedata><content expr="heard"/></donedata></final></scxml>)";
}

/// A state that does something, and goes on when the event comes, keeping `expr` of it.
inline std::string state(int n, const std::string& actions, const std::string& event, const std::string& expr) {
  std::ostringstream out;
  out << "<state id=\"s" << n << "\"><onentry>" << actions << "</onentry><transition event=\"" << event << "\" target=\"s"
      << n + 1 << "\"><assign location=\"heard\" expr=\"heard + " << expr << " + ' '\"/></transition></state>";
  return out.str();
}
inline std::string last(int n) { return "<state id=\"s" + std::to_string(n) + "\"><transition target=\"end\"/></state>"; }

/// Monday to Friday 09:00 to 17:00, holiday on Monday, 2026-01-19.
inline daytime_tables with_holiday() {
  weekday_table office;
  for (std::size_t i = 1; i <= 5; ++i) office.days[i] = business_hours{9 * 3'600, 17 * 3'600};
  return *daytime_tables::make(office, {{{2026, 1, 19}}});
}

} // namespace chainring::dialer::testing
