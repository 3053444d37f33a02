// ecmascript_event_test.cpp: where only some fields of `_event` are read, an object that is used again and again stands in
// for it: nothing may tell.
#include "scxml/models/ecmascript/event_use.hpp"
#include "tests/scxml/models/fixture.hpp"

using namespace chainring::scxml;
using namespace chainring::scxml::testing;
using chainring::scxml::ecmascript::event_field;
using chainring::scxml::ecmascript::event_fields_read;

static unsigned bit(event_field f) { return 1u << static_cast<unsigned>(f); }

TEST_CASE("the fields of _event that an expression reads") {
  const unsigned data = bit(event_field::data), name = bit(event_field::name);
  CHECK(event_fields_read("n < 3") == 0u);
  CHECK(event_fields_read("my_event.x") == 0u);
  CHECK(event_fields_read("_event.data.callresult=='Busy' && attempts < max") == data);
  CHECK(event_fields_read("_event.data !== 1 || _event.name <= 'b' || a >= _event.data.n") == (data | name));
  CHECK(event_fields_read("f(_event.data, [_event.name])") == (data | name));
  for (const char* text :
       {"_event", "f(_event)", "_event['data']", "_event .data", "_event?.data", "_event.dataset", "_event.data\u00e9",
        "..._event", "_event.toString()", "'_event'", "_event.data = 1", "_event.data += 1", "_event.data >>= 1",
        "_event.data <<= 1", "(_event.data) = 1", "[_event.data] = [1]", "[..._event.data] = [1]", "_event.data++",
        "({a: _event.data} = {a: 1})", "--_event.data", "delete _event.data", "x = _event.data", "_event.data ?""?= 1",
        "_event.data /*=*/= 1", "() => _event.data", "(function () { return _event.data })",
        "({get f() { return _event.data }})", "arguments[0]", "\\u0061rguments[0] + _event.name",
        "_event.name + \\u005fevent"}) {
    INFO(text);
    CHECK_FALSE(event_fields_read(text).has_value());
  }
  CHECK((event_fields_read("\u00a0_event.data") == data)); // a space of another kind
}

TEST_CASE("what is read of _event is what it is, however it is read") {
  auto source = make_ecmascript_source();
  enum { data_kept, keep_data, keep_event, all_kept, name_and_n, grow, in_function, first_argument, fields, undefined_field };
  player p(*source, {"kept", "whole"},
           {"kept === _event.data && kept === [_event][0].data", "kept = _event.data", "whole = _event, 1",
            "[whole.name, whole.data.n, whole.data === _event.data]", "[_event.name, _event.data.n]", "_event.data.list.push(1)",
            "(function () { return _event.data.n })()", "typeof arguments[0] + _event.name",
            "[_event.name, _event.type, _event.sendid, _event.origin, _event.origintype, _event.invokeid, _event.data.n, "
            "_event.raw]",
            "_event.data.none.more"});
  CHECK(p.get(name_and_n).is_undefined());
  CHECK(p.last.message == "TypeError: cannot read property 'name' of undefined");
  event a, b;
  a.name = "a", b.name = "b";
  a.data = object{{{"n", 1}, {"list", array{}}}};
  b.data = object{{{"n", 2}, {"list", array{}}}};
  b.sendid = "s", b.origin = "o", b.origintype = "t", b.invokeid = "i", b.raw = "r";
  p.current = &a;
  p.event_number = 1;
  CHECK(p.get(name_and_n) == value(array{"a", 1}));
  p.get(keep_data);
  CHECK(p.get(data_kept) == value(true));
  CHECK(p.get(grow) == value(1));
  CHECK(p.get(grow) == value(2));
  p.get(keep_event);
  CHECK(p.get(all_kept) == value(array{"a", 1, true}));
  p.get(undefined_field);
  CHECK(p.last.message == "TypeError: cannot read property 'more' of undefined");
  p.current = &b;
  p.event_number = 2;
  CHECK(p.get(all_kept) == value(array{"a", 1, false}));
  CHECK(p.get(name_and_n) == value(array{"b", 2}));
  CHECK(p.get(in_function) == value(2));
  CHECK(p.get(first_argument) == value("undefinedb"));
  CHECK(p.get(fields) == value(array{"b", "external", "s", "o", "t", "i", 2, "r"}));
  p.current = &a;
  p.event_number = 3;
  CHECK(p.get(fields) ==
        value(array{"a", "external", undefined{}, undefined{}, undefined{}, undefined{}, 1, undefined{}}));
  CHECK(p.get(data_kept) == value(false));
}

TEST_CASE("a session sees nothing of another's event") {
  auto source = make_ecmascript_source();
  const auto d = player::document_of({"x"}, {"_event.data.n", "[_event.name, _event.data]"});
  player a(*source, d), b(*source, d);
  event e;
  e.name = "of.a";
  e.data = object{{{"n", 1}}};
  a.current = &e;
  a.event_number = b.event_number = 1;
  CHECK(a.get(0) == value(1));
  b.get(0);
  CHECK(b.last.why == failure::failed);
  event other;
  other.name = "of.b";
  b.current = &other;
  b.event_number = 2;
  CHECK(b.get(1) == value(array{"of.b", undefined{}}));
  CHECK(a.get(1) == value(array{"of.a", object{{{"n", 1}}}}));
}
