// scion.js CHART SESSIONS LOOPS WARM WAY: SCION (@scion-scxml/scxml, found over NODE_PATH) plays the sequence of README.md in each
// of SESSIONS sessions, WARM loops before the clock runs and LOOPS while it does, and prints one line of JSON.
// WAY: prepared, as SCION's documentation has it, a context of V8 for each session; or bound, the kindest to SCION that keeps the
// data of sessions apart: the function that it compiled, in a scope of its own for each.
'use strict';
const assert = require('assert');
const fs = require('fs');
const scxml = require('@scion-scxml/scxml');

const loop = [['ocs.record', { phone: '15551234567' }], ['ocs.callresult', { callresult: 'Busy' }], ['ocs.timeout'],
  ['ocs.callresult', { callresult: 'NoAnswer' }], ['ocs.timeout'], ['ocs.callresult', { callresult: 'Answer' }], ['ocs.next']]
  .map(([name, data]) => ({ name, data }));

const [chart, way] = [process.argv[2], process.argv[6]];
const [sessions, loops, warm] = process.argv.slice(3, 6).map(Number);

function cpuNs() {
  const used = process.cpuUsage();
  return (used.user + used.system) * 1000;
}

function residentBytes() {
  return Number(fs.readFileSync('/proc/self/statm', 'ascii').split(' ')[1]) * 4096;
}

/** 0 ... count-1, in an order that is random and always the same. */
function shuffled(count) {
  const all = [...Array(count).keys()];
  let seed = 42;
  for (let i = count - 1; i > 0; --i) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const j = Math.floor(seed / 2 ** 32 * (i + 1));
    [all[i], all[j]] = [all[j], all[i]];
  }
  return all;
}

const prepared = (model) => new Promise((done, failed) => model.prepare((problem, made) => problem ? failed(problem) : done(made)));

/** Gives a function that makes what a session is constructed from. */
async function maker(model) {
  if (way === 'prepared') return () => prepared(model);
  const compiled = await prepared(model);
  return eval(`(() => { var attempts, maxAttempts, calls, lastResult, phone, delay; return (${compiled}); })`);
}

function play(all, order, times) {
  for (let n = 0; n < times; ++n)
    for (const event of loop)
      for (const i of order) all[i].gen(event);
}

function check(session) {
  const [states, , , data] = session.getSnapshot();
  const expected = {
    attempts: 3, maxAttempts: 3, calls: 3 * (warm + loops), lastResult: 'Answer', phone: '15551234567', delay: 30,
  };
  assert.deepEqual([...states], ['next_record']);
  assert.deepEqual({ ...data }, expected);
}

async function measure(model) {
  const make = await maker(model);
  const order = shuffled(sessions);
  const all = new Array(sessions);
  const before = residentBytes();
  const created = cpuNs();
  for (let i = 0; i < sessions; ++i) {
    all[i] = new scxml.core.Statechart(await make());
    all[i].start();
    all[i].gen('ocs.start');
  }
  const createNs = cpuNs() - created;
  const bytes = residentBytes() - before;
  play(all, order, warm);
  const began = cpuNs();
  play(all, order, loops);
  const cpuS = (cpuNs() - began) / 1e9;
  all.forEach(check);
  const events = sessions * loops * loop.length;
  console.log(JSON.stringify({ events, cpu_s: cpuS, events_per_cpu_s: Math.round(events / cpuS),
    rss_bytes_each: Math.round(bytes / sessions), create_cpu_ns: Math.round(createNs / sessions) }));
}

scxml.pathToModel(chart, (problem, model) => {
  if (problem) throw problem;
  measure(model).catch((failed) => { console.error(`scion.js: ${failed.message}`); process.exit(1); });
});
