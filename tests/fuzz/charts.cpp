// charts.cpp: documents that together use every element, every OCS action, and every kind of data a snapshot can hold.
#include "tests/fuzz/stage.hpp"

namespace chainring::fuzz {

namespace {

constexpr std::string_view regions = R"xml(<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="null"
 name="regions" initial="p">
 <parallel id="p">
  <onentry><raise event="in"/></onentry><onexit><raise event="out"/><log label="left"/></onexit>
  <history id="deep" type="deep"><transition target="a2 b1"/></history>
  <history id="flat"><transition target="a b"/></history>
  <state id="a" initial="a1">
   <history id="ha"><transition target="a1"/></history>
   <state id="a1"><transition event="e" target="a2"/><transition event="f" type="internal" target="a1"/></state>
   <state id="a2"><initial><transition target="a22"><log label="initial"/></transition></initial>
    <state id="a21"><transition event="e" cond="In('b2')" target="a22"/></state>
    <state id="a22"><transition event="e.f g" target="fa"/></state>
   </state>
   <final id="fa"/>
   <transition event="done.state.a" target="b2"/>
  </state>
  <state id="b">
   <state id="b1"><transition event="*" target="b2"/></state>
   <state id="b2"><transition event="in out" target="b1"/><transition event="h" target="fb"/></state>
   <final id="fb"/>
  </state>
  <transition event="done.state.p" target="end"/>
  <transition event="leave" target="aside"/>
 </parallel>
 <state id="aside">
  <onentry>
   <send event="wake" delay="1.5s" id="w"/><send event="wake" delay="500ms"/><cancel sendid="w"/>
   <if cond="In('p')"><raise event="never"/><elseif cond="In('aside')"/><raise event="in"/><else/><raise event="x"/></if>
  </onentry>
  <transition event="wake" target="deep"/><transition event="e" target="flat"/><transition event="f" target="ha"/>
  <transition event="g" target="a21 b2"/>
 </state>
 <final id="end"/>
</scxml>)xml";

constexpr std::string_view kinds_of_data = R"xml(<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0"
 datamodel="ecmascript" name="data">
 <datamodel>
  <data id="numbers" expr="[0, -0, NaN, Infinity, 1e308, 0.1, , 7]"/>
  <data id="texts">["", "\u0000", "é\ud83d\ude00"]</data>
  <data id="nothing"/><data id="empty" expr="null"/><data id="yes" expr="true"/>
  <data id="date" expr="new Date(86400000)"/><data id="pattern" expr="/(a+)b/gi"/>
  <data id="map" expr="new Map([[1, {a: 1}], ['k', new Set([1, 'two'])]])"/>
  <data id="failure" expr="new TypeError('bad')"/><data id="boxed" expr="[new Number(1), new String('s'), new Boolean(false)]"/>
  <data id="tree"><r xmlns=""><i n="1">&lt;</i><!-- c --><![CDATA[x]]></r></data>
  <data id="loaded" src="data.json"/><data id="loaded_tree" src="data.xml"/>
  <data id="ring" expr="({})"/><data id="bare" expr="Object.create(null)"/><data id="got"/><data id="seen" expr="0"/>
 </datamodel>
 <script>
  ring.self = ring; ring.list = [ring, date]; bare.x = map;
  Object.freeze(numbers); Object.defineProperty(bare, 'hidden', {value: 1});
  function grow(x) { seen += 1; return [x, seen]; }
  var late = grow(tree.documentElement), node = tree.getElementsByTagName('i')[0];
 </script>
 <script src="functions.js"/>
 <state id="s">
  <transition event="e"><assign location="got" expr="grow(_event.data)"/></transition>
  <transition event="f"><script>
   ring.more = {again: ring.list}; map.set(_event.name, _event.data); date.setTime(5); pattern.lastIndex = 2;
   failure.name = 'Renamed'; var ix; for (ix in _event.data) bare[ix] = _event.data[ix];
   got = Math.random() + Date.now(); node = node.firstChild; </script></transition>
  <transition event="g" cond="pattern.test('xaab') &amp;&amp; map.size &lt; 9"><assign location="ring.deep" expr="twice(seen)"/>
   <assign location="texts[1]"><b/></assign></transition>
  <transition event="h" target="t"/>
 </state>
 <state id="t"><transition event="e" target="s"/><transition event="f"><assign location="got" expr="grow"/></transition>
  <transition event="g"><assign location="got" expr="function () { return 1; }"/></transition></state>
</scxml>)xml";

constexpr std::string_view content = R"xml(<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0"
 datamodel="ecmascript" binding="late" name="content" initial="one">
 <datamodel><data id="list" expr="[1, 'two', {three: 3}]"/><data id="x" expr="0"/><data id="id"/></datamodel>
 <state id="one">
  <datamodel><data id="local" expr="x + 1"/></datamodel>
  <onentry>
   <foreach array="list" item="it" index="ix"><if cond="typeof it == 'string'"><assign location="x" expr="ix"/>
     <elseif cond="ix == 0"/><raise event="first"/><else/><log label="it" expr="it.three"/></if></foreach>
   <send event="e" delayexpr="x + 's'" idlocation="id" namelist="x local"><param name="p" expr="list"/></send>
   <send eventexpr="'a.' + x" targetexpr="'#_internal'"><content expr="{v: x}"/></send>
   <send event="c"><content>plain  text</content></send><send event="c"><content><m xmlns="">x</m></content></send>
  </onentry>
  <onexit><cancel sendidexpr="id"/></onexit>
  <transition event="e"><foreach array="_event.data" item="x"><script>list.push(x);</script></foreach></transition>
  <transition event="a" cond="_event.data.v &gt; 1" target="two"><assign location="list[0]" expr="_event"/></transition>
  <transition event="c"><log expr="_event.data"/><raise event="unheard"/></transition>
  <transition event="error.*" target="two"><log label="error" expr="_event.data.reason" level="2"/></transition>
  <transition event="bad"><assign location="undeclared.x" expr="1"/></transition>
  <transition event="bad"><send target="nowhere" event="x"/></transition>
  <transition event="worse" cond="no.such.name"/>
 </state>
 <state id="two" initial="in">
  <state id="in"><transition event="e f" target="fin"/><transition event="*" target="one"/></state>
  <final id="fin"><donedata><param name="x" expr="x"/><param name="bad" expr="nope"/></donedata></final>
  <transition event="done.state.two" cond="_event.data.x == 1" target="over"/>
  <transition event="done"/>
 </state>
 <final id="over"><donedata><content expr="list"/></donedata></final>
</scxml>)xml";

constexpr std::string_view treatment = R"xml(<scxml xmlns="http://www.w3.org/2005/07/scxml"
 xmlns:ocs="http://genesyslabs.com/schemas/ocs/treatments" version="1.0" profile="ECMAScript" initial="choose">
 <datamodel><data id="record" expr="null"/><data id="calls" expr="0"/><data id="pause" expr="60"/></datamodel>
 <state id="choose">
  <onentry><ocs:get_daytime/><ocs:get_info what="TIMERANGE" param="'BH'"/>
   <ocs:next_record repeat_chain="'yes'"><ocs:contact_info_type type_id="4"/>
    <ocs:contact_info_type type_name="MOBILE" exclude="yes"/></ocs:next_record></onentry>
  <transition event="ocs.next_record" cond="_event.data.record_id == null" target="end"/>
  <transition event="ocs.next_record" target="dial"><assign location="record" expr="_event.data.record_id"/></transition>
 </state>
 <state id="dial">
  <onentry>
   <ocs:set_flex_attr record_id="record"><ocs:flex_attr attr="'OPTIONS'" type="'string'" key="'CPNDigits'" value="'1'"/>
    </ocs:set_flex_attr>
   <script>calls++;</script><ocs:make_call record_id="record"/><event name="old"/>
   <raise event="with"><param name="p" expr="1"/></raise>
  </onentry>
  <transition event="ocs.callresult" cond="_event.data.callresult == 'Busy' &amp;&amp; calls &lt; 3" target="wait"/>
  <transition event="ocs.callresult" target="choose"/>
 </state>
 <state id="wait"><onentry><ocs:timeout delay="calls % 2 ? pause : HDAY"/></onentry>
  <transition event="ocs.timeout" target="dial"/><transition event="Error.Attribute" target="end"/></state>
 <final id="end"><onentry><ocs:set_exec_flag flag="PostProcessing" value="Switch"/></onentry></final>
</scxml>)xml";

constexpr std::string_view invocations = R"xml(<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0"
 datamodel="ecmascript" name="parent">
 <datamodel><data id="where"/><data id="v" expr="1"/></datamodel>
 <state id="s">
  <invoke id="i" autoforward="true" namelist="v">
   <content><scxml version="1.0" datamodel="ecmascript"><datamodel><data id="v"/></datamodel>
    <state id="child"><onentry><send target="#_parent" event="hello" namelist="v"/></onentry>
     <transition event="e" target="bye"/></state><final id="bye"><donedata><content expr="v"/></donedata></final>
   </scxml></content>
   <finalize><assign location="v" expr="_event.data"/></finalize>
  </invoke>
  <invoke idlocation="where" typeexpr="'scxml'" srcexpr="v == 1 ? 'child.scxml' : 'none'"><param name="p" location="v"/></invoke>
  <transition event="hello"><send target="#_i" event="e"/></transition>
  <transition event="done.invoke.i" target="t"/><transition event="error" target="t"/><transition event="e" target="s"/>
  <transition event="born"><send targetexpr="'#_' + where" event="e"/><send target="#_scxml_s2" event="e"/></transition>
 </state>
 <state id="t"><invoke type="http://example.org/other" src="x"/><transition event="f" target="s"/></state>
</scxml>)xml";

constexpr std::string_view loops =
    R"xml(<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">
 <datamodel><data id="n" expr="0"/><data id="kept" expr="[]"/></datamodel>
 <state id="s">
  <transition cond="n &gt; 0 &amp;&amp; n &lt; 40"><assign location="n" expr="n + 1"/></transition>
  <transition event="e"><assign location="n" expr="1"/><send event="again"/></transition>
  <transition event="again"><send event="again"/><send event="later" delay="1ms"/></transition>
  <transition event="later"><raise event="inside"/></transition>
  <transition event="inside"><raise event="inside"/><raise event="inside"/></transition>
  <transition event="f"><script>var ii; for (ii = 0; ii &lt; 50; ii++) kept.push({i: ii, t: 'text ' + ii});</script></transition>
  <transition event="g"><script>kept = JSON.parse(JSON.stringify(kept)).reverse();</script></transition>
  <transition event="h" target="t"/>
 </state>
 <state id="t"><transition target="s" cond="n == 0"/><transition event="*" target="s"/></state>
</scxml>)xml";

constexpr std::string_view all[] = {regions, kinds_of_data, content, treatment, invocations, loops};

} // namespace

std::span<const std::string_view> charts() { return all; }

} // namespace chainring::fuzz
