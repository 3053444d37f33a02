// compile_test.cpp: documents → tables: states, transitions, content, data.
#include "scxml/compile.hpp"

#include <map>

#include "tests/catch.hpp"

using namespace chainring::scxml;

namespace {

std::shared_ptr<const document> compiled_from(const std::string& body,
                                              const std::string& attributes = "") {
  compile_options options;
  options.name = "d.scxml";
  options.load = [](std::string_view uri) -> std::optional<std::string> {
    if (uri == "a.js") return "a()";
    if (uri == "d.json") return "[1]";
    return std::nullopt;
  };
  const compiled c = compile(
      "<scxml xmlns='http://www.w3.org/2005/07/scxml' version='1.0' datamodel='ecmascript' " +
          attributes + ">" + body + "</scxml>",
      options);
  for (const diagnostic& d : c.complaints) INFO(chainring::to_line(to_error(d)));
  if (!c.document) FAIL(chainring::to_line(c.first_error()));
  return c.document;
}

std::vector<std::string> targets(const document& d, const transition& t) {
  std::vector<std::string> out;
  for (index s : d.view(d.target_states, t.targets)) out.push_back(d.states[s].id);
  return out;
}
std::vector<std::string> initial_of(const document& d, std::string_view id) {
  const state& s = id.empty() ? d.states[0] : d.states[d.find_state(id)];
  REQUIRE(s.initial != none);
  return targets(d, d.transitions[s.initial]);
}
using names = std::vector<std::string>;

} // namespace

TEST_CASE("states are numbered in document order and know their subtree", "[compile]") {
  const auto d =
      compiled_from("<state id='a'><state id='b'/><parallel id='p'><state id='c'/><history id='h'>"
                    "<transition target='c'/></history></parallel></state><final id='f'/>",
                    "name='n' initial='f'");
  REQUIRE(d->states.size() == 7);
  const char* ids[] = {"", "a", "b", "p", "c", "h", "f"};
  const index parents[] = {none, 0, 1, 1, 3, 3, 0};
  const index ends[] = {7, 6, 3, 6, 5, 6, 7};
  const state_kind kinds[] = {
      state_kind::compound, state_kind::compound,        state_kind::atomic, state_kind::parallel,
      state_kind::atomic,   state_kind::shallow_history, state_kind::final};
  for (std::size_t i = 0; i < 7; ++i) {
    CHECK(d->states[i].id == ids[i]);
    CHECK(d->states[i].parent == parents[i]);
    CHECK(d->states[i].subtree_end == ends[i]);
    CHECK(d->states[i].kind == kinds[i]);
  }
  CHECK(d->states[4].depth == 3);
  CHECK(d->name == "n");
  CHECK(d->source == "d.scxml");
  CHECK(d->histories == std::vector<index>{5});
  CHECK(initial_of(*d, "") == names{"f"});
  CHECK(initial_of(*d, "a") == names{"b"});
  CHECK(d->states[3].initial == none);
}

TEST_CASE("the default initial state is the first child state, not a history", "[compile]") {
  const auto d = compiled_from(
      "<state id='a'><history id='h'><transition target='c'/></history><state id='b'/>"
      "<state id='c'/></state>");
  CHECK(initial_of(*d, "a") == names{"b"});
}

TEST_CASE("initial states by attribute and by element", "[compile]") {
  const auto d = compiled_from(
      "<state id='a' initial=' c '><state id='b'/><state id='c'/></state>"
      "<state id='x'><state id='y'/><initial><transition target='z'><log expr='1'/></transition>"
      "</initial><state id='z'/></state>");
  CHECK(initial_of(*d, "a") == names{"c"});
  CHECK(initial_of(*d, "x") == names{"z"});
  CHECK(d->transitions[d->states[d->find_state("x")].initial].block != none);
}

TEST_CASE("transitions: events, guards, kinds", "[compile]") {
  const auto d =
      compiled_from("<state id='a'><transition event='e.* error. * a.b' cond='x &lt; 1' target='a' "
                    "type='internal'/><transition cond='y'/></state>");
  const auto list = d->view(d->transitions, d->states[1].transitions);
  REQUIRE(list.size() == 2);
  std::vector<std::string> prefixes;
  for (const auto& e : d->view(d->descriptors, list[0].events)) prefixes.push_back(e.prefix);
  CHECK(prefixes == names{"e", "error", "", "a.b"});
  CHECK(list[0].internal);
  CHECK(d->expressions[list[0].cond].text == "x < 1");
  CHECK(d->expressions[list[0].cond].kind == expression_kind::condition);
  CHECK(list[0].block == none);
  CHECK(list[1].targets.empty());
  CHECK(list[1].domain == none);
  CHECK(list[1].events.empty());
}

TEST_CASE("transition domains are those of Appendix D", "[compile]") {
  const auto d = compiled_from(
      "<state id='a'>"
      "<transition event='out' target='z'/>"
      "<transition event='in' target='b1' type='internal'/>"
      "<transition event='ext' target='b1'/>"
      "<transition event='self' target='a' type='internal'/>"
      "<state id='b'><state id='b1'><transition event='x' target='b2'/></state>"
      "<state id='b2'/></state></state>"
      "<parallel id='p'><transition event='pi' target='q1' type='internal'/>"
      "<state id='q'><state id='q1'><transition event='r' target='r1'/></state></state>"
      "<state id='r'><state id='r1'/></state></parallel>"
      "<state id='z'><history id='h'><transition target='z1'/></history><state id='z1'>"
      "<transition event='hist' target='h'/></state></state>");
  std::map<std::string, const transition*> by_event;
  for (const transition& t : d->transitions)
    if (!t.events.empty()) by_event[d->descriptors[t.events.first].prefix] = &t;
  const auto domain = [&](const char* event) { return by_event.at(event)->domain; };
  CHECK(domain("out") == 0);
  CHECK(domain("in") == d->find_state("a"));
  CHECK(domain("ext") == 0);
  CHECK(domain("self") == 0);
  CHECK(domain("x") == d->find_state("b"));
  CHECK(domain("pi") == 0); // a parallel source is never its own domain
  CHECK(domain("r") == 0);  // nor is a parallel the common ancestor
  CHECK(by_event.at("hist")->dynamic_domain);
  CHECK_FALSE(by_event.at("x")->dynamic_domain);
}

TEST_CASE("entry and exit blocks: one per element, in order", "[compile]") {
  const auto d = compiled_from("<state id='a'><onexit><log/></onexit><onentry><raise "
                               "event='e1'/><raise event='e2'/></onentry>"
                               "<onentry><raise event='e3'/></onentry></state>");
  const state& a = d->states[1];
  REQUIRE(a.on_entry.count == 2);
  CHECK(a.on_exit.count == 1);
  const auto first = d->view(d->instructions, d->blocks[a.on_entry.first].instructions);
  REQUIRE(first.size() == 2);
  CHECK(first[1].kind == operation::raise);
  CHECK(d->raises[first[1].operand].event == "e2");
  CHECK(first[0].where.line == 1);
}

TEST_CASE("if, elseif, else and foreach nest", "[compile]") {
  const auto d = compiled_from("<state><onentry><if cond='c1'><log/><if "
                               "cond='c2'><log/></if><elseif cond='c3'/><raise event='x'/>"
                               "<else/><foreach array='l' item='i' index='n'><log "
                               "expr='i'/></foreach></if><log/></onentry></state>");
  const auto outer = d->view(d->instructions, d->blocks[d->states[1].on_entry.first].instructions);
  REQUIRE(outer.size() == 2);
  REQUIRE(outer[0].kind == operation::choose);
  const auto branches = d->view(d->branches, d->chooses[outer[0].operand].branches);
  REQUIRE(branches.size() == 3);
  CHECK(d->expressions[branches[0].cond].text == "c1");
  CHECK(d->expressions[branches[1].cond].text == "c3");
  CHECK(branches[2].cond == none);
  CHECK(d->blocks[branches[0].block].instructions.count == 2);
  const auto last = d->view(d->instructions, d->blocks[branches[2].block].instructions);
  REQUIRE(last.size() == 1);
  const foreach_operands& loop = d->foreaches[last[0].operand];
  CHECK(loop.item == "i");
  CHECK(loop.position == "n");
  CHECK(d->expressions[loop.array].text == "l");
  CHECK(d->blocks[loop.block].instructions.count == 1);
}

TEST_CASE("data: expressions, content and loaded resources", "[compile]") {
  const auto d = compiled_from(
      "<datamodel><data id='a' expr='1'/><data id='b'>{\"x\": 1 &lt; 2}</data><data id='c'> <k "
      "xmlns=''/> "
      "</data><data id='d' src='d.json'/><data id='e' src='gone'/><data id='f'/></datamodel>"
      "<state><datamodel><data id='g' _type='parameter' _desc='x'/></datamodel></state>",
      "binding='late'");
  CHECK_FALSE(d->early_binding);
  REQUIRE(d->data.size() == 7);
  const auto value_of = [&](std::size_t i) { return d->expressions[d->data[i].value]; };
  CHECK(value_of(0).kind == expression_kind::value);
  CHECK(value_of(1).text == "{\"x\": 1 < 2}");
  CHECK(value_of(1).kind == expression_kind::content);
  CHECK(value_of(2).text == "<k xmlns=''/>");
  CHECK(value_of(3).text == "[1]");
  CHECK(d->data[4].failed_load);
  CHECK(d->data[5].value == none);
  CHECK(d->states[0].data.count == 6);
  CHECK(d->states[1].data.first == 6);
  CHECK(d->data[6].parameter);
}

TEST_CASE("send, cancel, assign, script, invoke, donedata", "[compile]") {
  const auto d =
      compiled_from("<script src='a.js'/><script>b()</script>"
                    "<state id='s'><onentry><send event='e' target='#_parent' delay='1.5s' id='i' "
                    "namelist='x y'><param name='p' expr='1'/>"
                    "</send><send eventexpr='v' typeexpr='t' "
                    "idlocation='l'><content>text</content></send><cancel sendidexpr='k'/>"
                    "<assign location='x' expr='2'/><script>c()</script></onentry>"
                    "<invoke type='scxml' id='inv' autoforward='true'><param name='a' "
                    "location='x'/><content><scxml version='1.0'>"
                    "<final id='inner'/></scxml></content><finalize/></invoke></state>"
                    "<final id='f'><donedata><param name='r' expr='3'/></donedata></final>");
  CHECK(d->expressions[d->global_script].text == "a()\n;\nb()");
  REQUIRE(d->sends.size() == 2);
  const send_operands& s = d->sends[0];
  CHECK(s.event.text == "e");
  CHECK(s.delay.text == "1.5s");
  CHECK(s.id == "i");
  REQUIRE(s.parameters.count == 3);
  const auto parameters = d->view(d->parameters, s.parameters);
  CHECK(parameters[1].name == "y");
  CHECK(d->expressions[parameters[1].value].kind == expression_kind::location);
  CHECK(parameters[2].name == "p");
  CHECK(d->sends[1].event.given);
  CHECK(d->expressions[d->sends[1].event.expr].text == "v");
  CHECK(d->expressions[d->sends[1].content].text == "text");
  CHECK(d->expressions[d->cancels[0].sendid.expr].text == "k");
  CHECK(d->expressions[d->assigns[0].location].kind == expression_kind::location);
  CHECK(d->expressions[d->scripts[0].program].text == "c()");
  REQUIRE(d->invokes.size() == 1);
  const invoke& i = d->invokes[0];
  CHECK(i.state == 1);
  CHECK(i.autoforward);
  CHECK(i.parameters.count == 1);
  CHECK(d->blocks[i.finalize].instructions.empty());
  REQUIRE(i.inline_document);
  CHECK(i.inline_document->states.size() == 2);
  CHECK(i.inline_document->find_state("inner") == 1);
  CHECK(i.inline_document->hash != d->hash);
  CHECK(d->donedatas[d->states[d->find_state("f")].donedata].parameters.count == 1);
}

TEST_CASE("the hash is the SHA-256 of the bytes", "[compile]") {
  const std::string text =
      "<scxml xmlns='http://www.w3.org/2005/07/scxml' version='1.0'><final/></scxml>";
  const compiled c = compile(text, {});
  REQUIRE(c.document);
  CHECK(c.document->hash == compile(text, {}).document->hash);
  CHECK(c.document->hash != compile(text + "\n", {}).document->hash);
  CHECK(c.document->hash.size() == 64);
}
