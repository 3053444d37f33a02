// fixture.hpp: documents and sessions of the ECMAScript data model built by hand, without the compiler.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scxml/datamodel.hpp"
#include "scxml/limits.hpp"
#include "scxml/models/ecmascript/ecmascript.hpp"
#include "scxml/session.hpp"
#include "tests/catch.hpp"

namespace chainring::scxml::testing {

/// A document under construction.
struct written {
  std::shared_ptr<document> made = std::make_shared<document>();

  explicit written(std::vector<std::string> items = {}) {
    made->datamodel = datamodel_kind::ecmascript;
    made->name = "sample";
    for (const char* id : {"", "first", "second"}) {
      state s;
      s.id = id;
      s.subtree_end = static_cast<index>(made->states.size() + 1);
      made->states.push_back(s);
    }
    made->states[0].subtree_end = 3;
    for (auto& id : items) item(id);
  }

  index add(std::string text, expression_kind kind = expression_kind::value) {
    made->expressions.push_back({std::move(text), kind, {}});
    return static_cast<index>(made->expressions.size() - 1);
  }
  index item(const std::string& id, index value = none) {
    data_item d;
    d.id = id;
    d.value = value;
    made->data.push_back(d);
    return static_cast<index>(made->data.size() - 1);
  }
};

/// One session. Expressions are added to the document before the model is opened, so they are given as text up
/// front: each text has a session-independent place in the document.
class player {
 public:
  player(datamodel_source& source, std::vector<std::string> items, std::vector<std::string> texts)
      : player(source, document_of(std::move(items), texts)) {}

  player(datamodel_source& source, std::shared_ptr<const document> d) {
    self.document = std::move(d);
    auto opened = source.open(self.document);
    REQUIRE(opened.ok());
    self.model = *opened;
    self.id = ++last_id();
    auto s = around();
    REQUIRE(self.model->create(s).ok());
  }

  /// Every text as a value, and as a script at the same place plus the number of texts.
  static std::shared_ptr<const document> document_of(std::vector<std::string> items,
                                                     const std::vector<std::string>& texts) {
    written w(std::move(items));
    for (const auto& t : texts) w.add(t);
    for (const auto& t : texts) w.add(t, expression_kind::script);
    return w.made;
  }

  surroundings around() {
    surroundings s{self};
    s.current = current;
    s.cpu_us_left = limits::macrostep_cpu_us_max;
    s.world = &world;
    s.event_number = event_number;
    return s;
  }

  value get(index e = 0) {
    value out;
    auto s = around();
    last = self.model->evaluate(s, e, out);
    spent_us = limits::macrostep_cpu_us_max - s.cpu_us_left;
    return out;
  }
  verdict run(index script) {
    auto s = around();
    last = self.model->run_script(s, script);
    spent_us = limits::macrostep_cpu_us_max - s.cpu_us_left;
    return last;
  }

  session self;
  const event* current = nullptr;
  std::uint64_t event_number = 0;
  struct : script_world {
    std::int64_t now_ms() const override { return 1'000'000; }
    std::uint64_t random_seed(const session&) const override { return 7; }
    const std::vector<std::pair<std::string, std::string>>& io_processors(const session&) const override { return all; }
    std::vector<std::pair<std::string, std::string>> all = {{scxml_event_processor, "#_scxml_s1"}};
  } world;
  verdict last;
  std::int64_t spent_us = 0;

 private:
  static std::uint64_t& last_id() {
    static std::uint64_t id = 0;
    return id;
  }
};

/// The value of one expression over data items given as "name=expression".
class scratchpad {
 public:
  explicit scratchpad(std::vector<std::string> items = {}) : items_(std::move(items)) {}

  value operator()(const std::string& expression) {
    player p(*source_, items_, {expression});
    value out = p.get(0);
    last = p.last;
    spent_us = p.spent_us;
    return out;
  }
  /// Runs a script in a new session and gives the value of an expression afterwards.
  value after(const std::string& script, const std::string& expression) {
    player p(*source_, items_, {script, expression});
    last = p.run(2);
    spent_us = p.spent_us;
    return p.get(1);
  }

  verdict last;
  std::int64_t spent_us = 0;

 private:
  std::unique_ptr<datamodel_source> source_ = make_ecmascript_source();
  std::vector<std::string> items_;
};

} // namespace chainring::scxml::testing
