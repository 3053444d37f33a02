// random_expressions.cpp: values where conversions differ most: signs of zero, limits of integers, texts that are nearly
// numbers, letters beyond ASCII.
#include "tests/scxml/models/random_expressions.hpp"

#include <limits>

namespace chainring::scxml::testing {
namespace {

using words = std::vector<std::string>;

const std::string& one_of(const words& list, const expression_choice& below) {
  return list[below(static_cast<unsigned>(list.size()))];
}

const words numbers{"0", "1", "2", "3", "7", "10", "0.5", ".1", "5.", "0.1", "1e3", "1e21", "1.5e-7", "123456789012345680000",
                    "4294967295", "4294967296", "2147483647", "2147483648", "9007199254740991", "9007199254740993", "1e308",
                    "5e-324", "0x10", "0XfF", "0b101", "0o17", "1E2", "0.000001", "0.0000001", "100000000000000000000",
                    "999999999999999900000", "1.7976931348623157e308", "33", "-1", "-0", "-2147483648", "NaN", "Infinity"};

const words texts{"''", "'Busy'", "\"NoAnswer\"", "'Answer'", "'0'", "'-0'", "'1'", "'10'", "' 7 '", "'0x1F'", "'0X1f'", "'0b11'",
                  "'0o7'", "'0x'", "'0xg'", "'-0x1'", "'1e3'", "'1e'", "'.5'", "'5.'", "'.'", "'+1'", "'-1'", "'+'", "'1_0'",
                  "'Infinity'", "'-Infinity'", "'infinity'", "'NaN'", "'null'", "'undefined'", "'true'", "'\\n'", "'\\t12\\n'",
                  "'\\u00a09'", "'a\\u0000b'", "'\\x41'", "'\\u{1F600}'", "'\\uFFFD'", "'\\uE000'", "'é'", "'a'", "'b'", "'B'",
                  "'aa'", "'12345678901234567890'", "'a text that is longer than the fifteen bytes'", "'\\'\"\\\\'",
                  "'2147483648'", "'1e400'", "'0.1'", "'01'", "'[object Object]'", "'length'", "'v'"};

const words event_paths{"_event.name",          "_event.type",   "_event.sendid",       "_event.origin",        "_event.origintype",
                        "_event.invokeid",      "_event.data",   "_event.raw",          "_event.other",         "_event.data.v",
                        "_event.data.w",        "_event.data.callresult", "_event.data.none", "_event.data.list", "_event.data.o",
                        "_event.data.o.v",      "_event.data.none.v", "_event.data.list.length", "_event.data.list[0]",
                        "_event.data.v.length", "_event.data['v']", "_event.data['none']['v']", "_event.data.o['v']",
                        "_event.data.list[1]",  "_event.data.v[0]", "_event", "_event.data.list[v]", "_event.data[a]"};

const words others{"undefined", "null", "true", "false", "_name", "_sessionid", "HDAY", "In('first')", "In(\"second\")",
                   "In('nowhere')", "_data.a", "a.length", "b.length", "c.v", "d[0]", "typeof HDAY", "typeof _event"};

const words binary_signs{"+", "-", "*", "/", "%", "==", "!=", "===", "!==", "<", ">", "<=", ">=", "&&", "||", "&", "|", "^",
                         "<<", ">>", ">>>"};
const words unary_signs{"- ", "+ ", "!", "~", "typeof "};
const words spaces{"", " ", "\n", "\t"};

std::string leaf(const expression_choice& below) {
  switch (below(8)) {
  case 0:
  case 1: return one_of(numbers, below);
  case 2:
  case 3: return one_of(texts, below);
  case 4:
  case 5: return one_of(expression_items(), below);
  case 6: return one_of(event_paths, below);
  default: return one_of(others, below);
  }
}

const std::vector<value>& primitives() {
  static const std::vector<value> all{undefined{}, null{}, true, false, 0, -0.0, 1, 3, 2.5, 1e21, -7,
                                      std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(), "",
                                      "Busy", "Answer", "12", " 12 ", "0x10", "\u00e9\U0001F600", "\uFFFD", "\uE000",
                                      "a text that is longer than the fifteen bytes inside", "v"};
  return all;
}

} // namespace

const std::vector<std::string>& expression_items() {
  static const words items{"a", "b", "c", "d", "e", "v"};
  return items;
}

std::string chosen_expression(const expression_choice& below, int depth) {
  constexpr int depth_max = 4;
  const auto part = [&] { return chosen_expression(below, depth + 1); };
  if (depth >= depth_max) return leaf(below);
  switch (below(10)) {
  case 0:
  case 1:
  case 2: return leaf(below);
  case 3: return one_of(unary_signs, below) + "(" + part() + ")";
  case 4: return "(" + part() + ")";
  case 5: return part() + " ? " + part() + one_of(spaces, below) + " : " + part();
  case 6: return one_of(unary_signs, below) + leaf(below);
  default: {
    const std::string left = part(), sign = one_of(binary_signs, below), space = one_of(spaces, below);
    return left + space + sign + " " + part();
  }
  }
}

value chosen_value(const expression_choice& below, int depth) {
  constexpr int depth_max = 2;
  const auto& plain = primitives();
  const unsigned what = depth < depth_max ? below(12) : 0;
  if (what == 10) {
    array list;
    for (unsigned n = below(3); n > 0; --n) list.push_back(chosen_value(below, depth + 1));
    return list;
  }
  if (what == 11) {
    object o;
    for (const char* name : {"v", "w", "o"})
      if (below(2)) o.set(name, chosen_value(below, depth + 1));
    return o;
  }
  return plain[below(static_cast<unsigned>(plain.size()))];
}

event chosen_event(const expression_choice& below) {
  event e;
  e.name = below(8) ? "ocs.callresult" : "";
  e.type = static_cast<event_type>(below(3));
  if (below(2)) e.sendid = "s1.send.1";
  if (below(3) == 0) e.origin = "#_scxml_s1", e.origintype = scxml_event_processor;
  if (below(3) == 0) e.invokeid = "child";
  if (below(8) == 0) e.raw = "POST /";
  if (below(8) == 0) return e.data = chosen_value(below), e;
  object data;
  for (const char* name : {"v", "w", "callresult", "o", "list"})
    if (below(3)) data.set(name, chosen_value(below, name[0] == 'o' || name[0] == 'l' ? 0 : 1));
  if (below(20) == 0) data.set("w", xml{"<a>1</a>"});
  if (below(20) == 0) data.set("w", std::string("\xed\xa0\x80 no UTF-8 \xff"));
  e.data = std::move(data);
  return e;
}

// -- documents ------------------------------------------------------------------------------------------------------

namespace {

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') out += "&amp;";
    else if (c == '<') out += "&lt;";
    else if (c == '"') out += "&quot;";
    else if (c == '\n') out += "&#10;";
    else if (c == '\t') out += "&#9;";
    else out += c;
  }
  return out;
}

std::string expr(const char* attribute, const expression_choice& below) {
  return std::string(" ") + attribute + "=\"" + escaped(chosen_expression(below, 2)) + "\"";
}

const words contents{"12", " two  words", "true", "-1e2", "null", "01"};

std::string content(const expression_choice& below, int depth) {
  std::string out;
  for (unsigned n = below(3); n > 0; --n) {
    const std::string location = " location=\"" + one_of(expression_items(), below) + "\"";
    switch (below(depth > 1 ? 5 : 7)) {
    case 0:
    case 1: out += "<assign" + location + expr("expr", below) + "/>"; break;
    case 2: out += "<log" + expr("expr", below) + "/>"; break;
    case 3: out += "<raise event=\"e2\"/>"; break;
    case 4: out += "<assign" + location + ">" + one_of(contents, below) + "</assign>"; break;
    case 5:
      out += "<send event=\"e1\" idlocation=\"e\" delay=\"1s\" namelist=\"a b\"><param name=\"v\"" + expr("expr", below) +
             "/><param name=\"w\" location=\"c\"/></send>";
      break;
    default:
      out += "<if" + expr("cond", below) + ">" + content(below, depth + 1) + "<elseif" + expr("cond", below) + "/>" +
             content(below, depth + 1) + "<else/>" + content(below, depth + 1) + "</if>";
    }
  }
  return out;
}

std::string transition(const expression_choice& below, unsigned states) {
  const unsigned event = below(5);
  std::string out = "<transition";
  if (event < 4) out += " event=\"" + (event == 3 ? std::string("*") : "e" + std::to_string(event)) + "\"";
  if (event == 4 || below(2)) out += expr("cond", below);
  if (event == 4 || below(3)) out += " target=\"s" + std::to_string(below(states)) + "\"";
  return out + (below(3) ? ">" : " type=\"internal\">") + content(below, 0) + "</transition>";
}

/// `next` counts the states.
std::string state(const expression_choice& below, unsigned& next, unsigned states, int depth) {
  std::string out = "<state id=\"s" + std::to_string(next++) + "\">";
  if (below(2)) out += "<onentry>" + content(below, 0) + "</onentry>";
  if (below(4) == 0) out += "<onexit>" + content(below, 0) + "</onexit>";
  for (unsigned n = below(4); n > 0; --n) out += transition(below, states);
  while (depth < 2 && next < states && below(2)) out += state(below, next, states, depth + 1);
  return out + "</state>";
}

} // namespace

std::string chosen_document(const expression_choice& below) {
  std::string out = "<scxml xmlns=\"http://www.w3.org/2005/07/scxml\" version=\"1.0\" datamodel=\"ecmascript\" name=\"n\"";
  if (below(3) == 0) out += " binding=\"late\"";
  out += "><datamodel>";
  for (const auto& id : expression_items()) out += "<data id=\"" + id + "\"" + (below(5) ? expr("expr", below) : "") + "/>";
  out += "</datamodel>";
  const unsigned states = 2 + below(5);
  for (unsigned next = 0; next < states;) out += state(below, next, states, 0);
  return out + "</scxml>";
}

} // namespace chainring::scxml::testing
