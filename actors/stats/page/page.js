// page.js: asks this node, which answers for all, and shows what it says. Whatever comes from it is put in as text, never as HTML.
"use strict";

const answer_timeout_ms = 4_000; // the node gives up after half of it
const gone_shown_max = 16;
const results_shown_max = 4;
const shards_count = 256;
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const by_id = (id) => document.getElementById(id);

// -- texts --------------------------------------------------------------------------------------------------------------------

const count_text = (n) => Number(n ?? 0).toLocaleString("en");
const clock_text = (at) => at.toLocaleTimeString("en-GB");

function duration_text(ms) {
  const s = Math.max(0, Math.floor(ms / 1_000));
  if (s < 60) return `${s} s`;
  if (s < 3_600) return `${Math.floor(s / 60)} min`;
  if (s < 86_400) return `${Math.floor(s / 3_600)} h ${Math.floor((s % 3_600) / 60)} min`;
  return `${Math.floor(s / 86_400)} d ${Math.floor((s % 86_400) / 3_600)} h`;
}

function share_text(part, of) {
  return of > 0 ? `${(Math.floor((part / of) * 1_000) / 10).toFixed(1)}\u00a0%` : ""; // not 100 before it is all
}

const list_text = (names) => names.join(", ");
const silent_text = (names) => `without ${list_text(names)}, which ${names.length > 1 ? "do" : "does"} not answer`;

// -- elements -----------------------------------------------------------------------------------------------------------------

/// What is inside is an element, or a text and stays one.
function make(tag, of_class, ...inside) {
  const made = document.createElement(tag);
  if (of_class) made.className = of_class;
  made.append(...inside.map((one) => (one instanceof Node ? one : String(one))));
  return made;
}

const shown = new WeakMap(); // by element: what it shows, so that what has not changed is left alone
function is_new(element, what) {
  const text = JSON.stringify(what);
  if (shown.get(element) === text) return false;
  shown.set(element, text);
  return true;
}

/// A cell is a text, or {text, mood, key, bar: {value, max}, wide}.
function show_cell(element, label, what) {
  if (!is_new(element, what)) return;
  const cell = typeof what === "object" ? what : { text: what };
  const inside = [];
  if (cell.key) inside.push(key_of(cell.key));
  if (cell.bar) {
    const bar = make("progress");
    bar.max = Math.max(1, cell.bar.max);
    bar.value = Math.min(cell.bar.value, bar.max);
    bar.setAttribute("aria-label", label);
    inside.push(bar);
  }
  inside.push(make("span", cell.mood ?? "", cell.text));
  element.classList.toggle("wide", cell.wide ?? false);
  element.classList.toggle("empty", cell.text === "");
  element.replaceChildren(...inside);
}

/// rows: [{key, gone, cells}]. Roles are said aloud, because style sheets that make cards of rows would take them away.
function show_rows(table, rows) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const before = new Map([...body.rows].map((row) => [row.dataset.key, row]));
  const now = rows.map((one) => {
    const row = before.get(one.key) ?? make_row(one.key, heads);
    row.className = one.gone ? "gone" : "";
    one.cells.forEach((cell, n) => show_cell(row.cells[n], heads[n].textContent, cell));
    return row;
  });
  if (now.length !== body.rows.length || now.some((row, n) => row !== body.rows[n])) body.replaceChildren(...now);
}

function make_row(key, heads) {
  const row = make("tr");
  row.dataset.key = key;
  row.setAttribute("role", "row");
  for (const head of heads) {
    const cell = make("td", head.className);
    cell.dataset.label = head.textContent;
    cell.setAttribute("role", "cell");
    row.append(cell);
  }
  return row;
}

function say_roles() {
  for (const [selector, role] of [["table", "table"], ["thead, tbody", "rowgroup"], ["thead tr", "row"], ["th", "columnheader"]])
    for (const one of document.querySelectorAll(selector)) one.setAttribute("role", role);
}

/// facts: [[name, text, mood]]
function show_facts(list, facts) {
  if (!is_new(list, facts)) return;
  list.replaceChildren(...facts.map(([name, text, mood]) => make("div", "", make("dt", "", name), make("dd", mood ?? "", text))));
}

function show_text(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// -- the cluster --------------------------------------------------------------------------------------------------------------

const places = new Map(); // by node's label: which letter and colour, as long as it is shown
const gone = new Map();   // by node's name: what it was, and since when it is no member any more
let known = new Map();    // by node's name: members of the last look

/// Two of one name, when it has been started again before its first lease was over: the later one has the name.
function labelled(members) {
  const newest = new Map();
  for (const m of members) newest.set(m.node, Math.max(m.epoch, newest.get(m.node) ?? 0));
  return members.map((m) => ({ ...m, label: newest.get(m.node) === m.epoch ? m.node : `${m.node} (epoch ${m.epoch})` }));
}

function give_places(labels) {
  for (const label of [...places.keys()]) if (!labels.includes(label)) places.delete(label);
  const taken = new Set(places.values());
  let next = 0;
  for (const label of [...labels].sort()) {
    if (places.has(label)) continue;
    while (taken.has(next)) ++next;
    places.set(label, next);
    taken.add(next);
  }
}

const letter_of = (label) => letters[places.get(label)] ?? "+";
const classes_of = (label) =>
  label ? `owner${places.get(label) % 8} stripes${Math.floor(places.get(label) / 8) % 4}` : "nobody";

function key_of(label) {
  const key = make("span", `key ${classes_of(label)}`, letter_of(label));
  key.setAttribute("aria-hidden", "true");
  return key;
}

/// "0-84,170" as numbers.
function shards_in(ranges) {
  const out = [];
  for (const range of (ranges ?? "").split(",").filter(Boolean)) {
    const [first, last] = range.split("-").map(Number);
    for (let n = first; n <= (last ?? first); ++n) out.push(n);
  }
  return out;
}

/// Members of a cluster whose nodes do not talk to each other have no "answered".
const is_silent = (m) => m.answered === false;

function notice_gone(members, at) {
  const now = new Map(members.map((m) => [m.node, m]));
  for (const [name, m] of known) if (!now.has(name)) gone.set(name, { ...m, since: at });
  for (const name of now.keys()) gone.delete(name);
  while (gone.size > gone_shown_max) gone.delete(gone.keys().next().value);
  known = now;
}

function show_map(members) {
  const owners = new Array(shards_count).fill("");
  for (const m of members) for (const n of shards_in(m.shards_owned)) owners[n] = m.label;
  const map = by_id("map");
  if (map.children.length === 0) map.append(...owners.map(() => make("i")));
  owners.forEach((label, n) => {
    const cell = map.children[n];
    if (!is_new(cell, [label, places.get(label) ?? null])) return;
    cell.className = classes_of(label);
    cell.textContent = label ? letter_of(label) : "–";
    cell.title = `shard ${n}: ${label || "nobody's"}`;
    cell.dataset.owner = label;
  });
  const free = owners.filter((label) => !label).length;
  const all = members.map((m) => [m.label, m.shards, m.shards_owned, is_silent(m)]);
  if (is_new(by_id("owners"), [all, free, [...places]])) {
    const lines = all.map(([label, count, , silent]) =>
      make("li", silent ? "bad" : "", key_of(label), `${label}: ${count}${silent ? ", does not answer" : ""}`));
    if (free > 0) lines.push(make("li", "bad", make("span", "key nobody", "–"), `nobody's, and not dialed: ${free}`));
    by_id("owners").replaceChildren(...lines);
    const said = all.map(([label, count, ranges]) => `${label} has ${count}${count > 0 ? ` (${ranges})` : ""}`);
    map.setAttribute("aria-label", `Who has which of ${shards_count} shards: ${list_text(said)}; ${free} are nobody's`);
  }
  return free;
}

/// What a node may use of a trunk, or of a campaign that has limits of its own.
function limits_text(share) {
  const parts = [[share.channels, "channels"], [share.calls_per_second, "calls/s"], [share.calls_per_minute, "calls/min"]];
  return `${share.name}: ${parts.filter(([n]) => n !== undefined).map(([n, what]) => `${count_text(n)} ${what}`).join(", ")}`;
}

function state_cell(m) {
  const bad = [], warn = [];
  if (m.lease_left_ms <= 0) bad.push("its lease is over");
  if (is_silent(m)) bad.push(`does not answer${m.why_not ? `: ${m.why_not}` : ""}`);
  if (m.connected === false) warn.push("not connected");
  if (m.leaving) warn.push("leaves");
  const well = m.self ? "shows this page" : m.answered ? "answers" : "has its lease";
  const mood = bad.length ? "bad" : warn.length ? "warn" : "good";
  return { text: list_text([...bad, ...warn]) || well, mood, wide: bad.length > 0 };
}

function member_row(m) {
  const shares = [...m.trunks, ...m.campaigns].map(limits_text);
  return {
    key: `member ${m.epoch}`,
    cells: [
      { text: m.label, key: m.label }, state_cell(m), m.epoch, m.shards, `${(Math.max(0, m.lease_left_ms) / 1_000).toFixed(1)} s`,
      m.says ? count_text(m.says.chains_live) : "", m.says ? count_text(m.says.calls) : "",
      { text: shares.join("; "), wide: true },
      m.says ? `${duration_text(m.says.uptime_ms)}, ${m.says.version}` : ""],
  };
}

function gone_row([name, m]) {
  const state = { text: `no member any more since ${clock_text(m.since)}`, mood: "bad", wide: true };
  return { key: `gone ${name}`, gone: true, cells: [{ text: name, key: name }, state, m.epoch, 0, "", "", "", "", ""] };
}

function show_cluster(cluster, at) {
  const members = labelled(cluster.members);
  notice_gone(members, at);
  give_places([...members.map((m) => m.label), ...gone.keys()]);
  show_rows(by_id("members"), [...members.map(member_row), ...[...gone].map(gone_row)]);
  const free = show_map(members);
  const nodes = `${members.length} ${members.length === 1 ? "node" : "nodes"}`;
  show_text(by_id("cluster_title").querySelector(".scope"), `${nodes}, saved chains of format ${cluster.saved_chains}`);
  const warnings = members.filter(is_silent).map((m) => `Node ${m.label} has not answered: ${m.why_not ?? "nobody knows why"}.`);
  for (const m of members) if (m.lease_left_ms <= 0) warnings.push(`The lease of node ${m.label} is over: it dials nothing.`);
  if (free > 0) warnings.push(`${free} shards are nobody's: their chains are not dialed until a node takes them.`);
  return warnings;
}

// -- campaigns and trunks -----------------------------------------------------------------------------------------------------

function campaign_state(c) {
  const states = Object.entries(c.nodes ?? {});
  const same = states.every(([, state]) => state === states[0][1]);
  const text = c.done ? "done" : c.state;
  const each = states.map(([node, state]) => `${node} ${state}`);
  return same ? text : { text: `${text}: ${list_text(each)}`, mood: "warn", wide: true };
}

function results_text(results) {
  const all = Object.entries(results ?? {}).sort(([, a], [, b]) => b - a);
  const sum = all.reduce((so_far, [, count]) => so_far + count, 0);
  const few = all.slice(0, results_shown_max).map(([name, count]) => `${name} ${count_text(count)} (${share_text(count, sum)})`);
  const rest = all.slice(results_shown_max).reduce((so_far, [, count]) => so_far + count, 0);
  return list_text(rest > 0 ? [...few, `others ${count_text(rest)}`] : few);
}

function campaign_remarks(c) {
  const said = [];
  if (c.not_answered) said.push(silent_text(c.not_answered));
  if (c.faulted > 0) said.push(`${count_text(c.faulted)} chains ended by a fault`);
  if (c.without_treatment > 0) said.push(`${count_text(c.without_treatment)} chains wait for their treatment`);
  if (c.treatment_failures > 0) said.push(`${count_text(c.treatment_failures)} times no treatment: ${c.treatment_failure}`);
  if (c.not_saved > 0) said.push(`${count_text(c.not_saved)} chains could not be saved`);
  return { text: said.join("; "), mood: "warn", wide: true };
}

function show_campaigns(campaigns) {
  show_rows(document.querySelector("#campaigns table"), campaigns.map((c) => ({
    key: `campaign ${c.name}`,
    cells: [
      c.name, campaign_state(c),
      { text: `${count_text(c.ended)} of ${count_text(c.chains)}, ${share_text(c.ended, c.chains)}`,
        bar: { value: c.ended, max: c.chains }, wide: true },
      count_text(c.live), count_text(c.passive), count_text(c.attempts), { text: results_text(c.results), wide: true },
      campaign_remarks(c)],
  })));
  return campaigns.filter((c) => c.treatment_failures > 0 && c.without_treatment > 0)
    .map((c) => `Campaign ${c.name} waits for its treatment: ${c.treatment_failure}.`);
}

let begun_before = null; // calls of each trunk at the last look, and of which nodes
function rates_of(trunks, cluster) {
  const nodes = JSON.stringify([(cluster?.members ?? []).map((m) => m.epoch), trunks.not_answered ?? []]);
  const now = { at: performance.now(), nodes, counts: new Map(trunks.trunks.map((t) => [t.name, t.started])) };
  const rates = new Map();
  if (begun_before?.nodes === nodes)
    for (const [name, count] of now.counts) {
      const more = count - (begun_before.counts.get(name) ?? Infinity);
      if (more >= 0) rates.set(name, (more * 1_000) / (now.at - begun_before.at));
    }
  begun_before = now;
  return rates;
}

function show_trunks(trunks, cluster) {
  const rates = rates_of(trunks, cluster);
  show_rows(document.querySelector("#trunks table"), trunks.trunks.map((t) => ({
    key: `trunk ${t.name}`,
    cells: [
      t.name, t.fault ? { text: t.fault, mood: "bad", wide: true } : { text: "works", mood: "good" },
      { text: `${count_text(t.calls)} of ${count_text(t.channels)}`, bar: { value: t.calls, max: t.channels }, wide: true },
      `${rates.has(t.name) ? rates.get(t.name).toFixed(1) : "–"} of ${count_text(t.calls_per_second)}`, count_text(t.started)],
  })));
  show_facts(by_id("waiting"), [
    ["for a channel", count_text(trunks.queued)], ["for their window", count_text(trunks.held)],
    ["for validation", count_text(trunks.validating)], ["for a release (Preview)", count_text(trunks.previews)]]);
  show_facts(by_id("refused"), [
    ["not called, on the do-not-call list", count_text(trunks.refused_do_not_call)],
    ["refused by validation", count_text(trunks.refused_validation)], ["carried by no trunk", count_text(trunks.not_carried)],
    ["of unknown end", count_text(trunks.ended_unknown)]]);
  const faults = trunks.trunks.filter((t) => t.fault).map((t) => `Trunk ${t.name}: ${t.fault}.`);
  return trunks.not_answered ? [`Sums of campaigns and trunks are ${silent_text(trunks.not_answered)}.`, ...faults] : faults;
}

function show_scope(node, cluster, silent) {
  const alone = cluster && !cluster.members.some((m) => "answered" in m);
  let text = silent ? "of the nodes that answer" : "of all nodes";
  if (alone) text = `of ${node.name} alone: nodes of this cluster do not talk to each other`;
  if (!cluster) text = "";
  for (const id of ["campaigns_title", "trunks_title"]) show_text(by_id(id).querySelector(".scope"), text);
}

// -- this node ----------------------------------------------------------------------------------------------------------------

let first_version = null;
function show_node(node, ready, cluster) {
  show_text(by_id("name"), node.name);
  show_text(document.querySelector("title"), `${node.name} – chainring`);
  const members = cluster?.members ?? [];
  const silent = members.filter(is_silent).length;
  const nodes = cluster ? `${members.length}${silent ? `, ${silent} without an answer` : ""}` : "1, no cluster";
  show_facts(by_id("facts"), [
    ["version", node.version], ["up", `${duration_text(node.uptime_ms)}${node.virtual_time ? " of virtual time" : ""}`],
    ready.ok ? ["", "ready", "good"] : ["", `not ready: ${ready.why}`, "bad"], ["nodes", nodes, silent ? "bad" : ""],
    ["store", node.store]]);
  first_version ??= node.version;
  const warnings = ready.ok ? [] : [`Node ${node.name} is not ready: ${ready.why}.`];
  if (node.version !== first_version) warnings.push("The node has another version now: reload this page.");
  return warnings;
}

/// Of an error of the API.
const why_in = (body, status) => (body?.what ? `${body.what}${body.mend ? ` (${body.mend})` : ""}` : `HTTP status ${status}`);

// -- looks: one at a time, while somebody can see them ------------------------------------------------------------------------

let under_way = false, paused = false, next_look = 0, token = "";
let last_look = null; // when the node answered last

async function ask(path) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const answer = await fetch(path, { headers, cache: "no-store", signal: AbortSignal.timeout(answer_timeout_ms) });
  const text = await answer.text();
  let body = null;
  try { body = JSON.parse(text); } catch { /* /ready is a word */ }
  return { status: answer.status, ok: answer.ok, body, why: answer.ok ? "" : why_in(body, answer.status) };
}

const parts = ["api/v1/node", "ready", "api/v1/cluster", "api/v1/campaigns", "api/v1/trunks"];

/// Each part that has come is shown; the others stay as they were, and look it.
function show_look([node, ready, cluster, campaigns, trunks]) {
  const at = new Date(), warnings = [];
  const section = (id, answer, show) => {
    const part = by_id(id);
    if (answer.ok) {
      warnings.push(...show());
      part.hidden = false;
    } else if (!part.hidden) {
      warnings.push(`${part.querySelector("h2").firstChild.textContent.trim()}: not of now: ${answer.why}.`);
    }
    part.classList.toggle("stale", !answer.ok);
  };
  const all = cluster.ok ? cluster.body : null;
  if (node.ok) warnings.push(...show_node(node.body, ready, all));
  else warnings.push(`What the node says of itself is not of now: ${node.why}.`);
  if (cluster.status === 404) by_id("cluster").hidden = true; // no cluster
  else section("cluster", cluster, () => show_cluster(all, at));
  section("campaigns", campaigns, () => show_campaigns(campaigns.body));
  section("trunks", trunks, () => show_trunks(trunks.body, all));
  if (node.ok) show_scope(node.body, all, trunks.ok && trunks.body.not_answered);
  if (node.ok) last_look = at;
  return warnings;
}

function show_banner(lines, of_class) {
  const banner = by_id("banner");
  banner.hidden = lines.length === 0;
  banner.className = of_class;
  if (is_new(banner, lines)) banner.replaceChildren(...lines.map((line) => make("li", "", line)));
}

function show_age(is_stale) {
  document.body.classList.toggle("stale", is_stale && last_look !== null);
  document.body.dataset.looks = String(Number(document.body.dataset.looks ?? 0) + 1); // whoever waits for one sees it
  show_text(by_id("as_of"), last_look ? `as of ${clock_text(last_look)}` : "");
}

function show_answers(answers) {
  const refused = answers[0].status === 401 || answers[0].status === 403;
  by_id("token_form").hidden = !refused;
  if (refused) show_banner(token ? ["The node does not take this token."] : [], "bad");
  else show_banner(show_look(answers), "");
  show_age(refused);
}

function show_silence() {
  const since = last_look ? `: what stands here is of ${clock_text(last_look)}` : "";
  show_banner([`The node at ${location.host} does not answer${since}. It is asked again.`], "bad");
  show_age(true);
}

async function look() {
  clearTimeout(next_look);
  if (under_way || paused || document.visibilityState !== "visible") return;
  under_way = true;
  const all = await Promise.allSettled(parts.map(ask));
  under_way = false;
  if (paused) return show_paused();
  next_look = setTimeout(look, Number(by_id("every").value));
  try {
    if (all.some((one) => one.status === "rejected")) show_silence();
    else show_answers(all.map((one) => one.value));
  } catch (problem) { // ours; what is old must not look new
    console.error(problem);
    show_banner([`This page does not understand what the node says (${problem.message}): reload it.`], "bad");
    show_age(true);
  }
}

function show_paused() {
  show_banner([`Paused: what stands here is of ${last_look ? clock_text(last_look) : "no time"}.`], "");
  document.body.classList.add("stale");
}

function pause() {
  paused = !paused;
  by_id("pause").setAttribute("aria-pressed", String(paused));
  show_text(by_id("pause"), paused ? "Go on" : "Pause");
  if (!paused) look();
  else if (!under_way) show_paused();
}

say_roles();
by_id("every").addEventListener("change", look);
by_id("pause").addEventListener("click", pause);
by_id("token_form").addEventListener("submit", (event) => {
  event.preventDefault();
  token = by_id("token").value;
  look();
});
document.addEventListener("visibilitychange", look);
look();
