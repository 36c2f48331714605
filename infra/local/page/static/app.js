// Who is looking, at which page; loading, live refresh, and sending entries.

import { h, replace } from "./dom.js";
import { append, connect, download, find, now, read, Refusal, signIn } from "./store.js";
import { byName, second, speak, spoken, t } from "./text.js";
import * as views from "./views.js";
import { holds, standing } from "./work.js";

const REFRESH = 2000;
const SETTLE = 700;
const FORGET = 20_000;
const SAID = 6000;
const MINUTE = 60_000;
const ROLES = { official: "mine", head: "unit", organiser: "organise" };

const place = (id) => document.getElementById(id);
const state = { people: [], units: [], me: null, view: "", shown: "", updated: null, lost: false };
const cache = new Map();
const sent = new Map(); // entry id → { assignment, at }: until the server has folded it in
const intents = new Map(); // what somebody meant to do → the entry id, kept while the answer is unknown
const drafts = new Map();
const amounts = new Map();
const opened = new Set();
let timer = 0;
let sliding = 0;
let generation = 0;

// Who and where: the address says it, so that it can be shared between windows.

const address = () => new URLSearchParams(location.hash.slice(1));

function go(changes) {
  const params = address();
  for (const [name, value] of Object.entries(changes)) {
    if (value) params.set(name, value);
    else params.delete(name);
  }
  location.hash = params.toString();
}

async function follow() {
  const params = address();
  speak(params.get("lang") ?? remembered() ?? "vi");
  document.documentElement.lang = spoken();
  const uid = params.get("as");
  if (uid !== (state.me?.uid ?? null)) await become(uid);
  const tabs = tabsOf(state.me);
  const before = state.view;
  state.view = tabs.includes(params.get("view")) ? params.get("view") : tabs[0];
  state.shown = "";
  drawHeader();
  if (state.view !== before && state.me) replace(place("main"), h("p", { class: "empty" }, t("loading")));
  generation += 1;
  await refresh();
}

const remembered = () => localStorage.getItem("roviec-language");

async function become(uid) {
  state.me = state.people.find((one) => one.uid === uid) ?? null;
  for (const kept of [cache, sent, intents, drafts, amounts, opened]) kept.clear();
  if (state.me) await signIn(uid);
}

function tabsOf(me) {
  if (!me) return ["welcome"];
  const director = me.is_head && unitOf(me).path.length === 1;
  const tabs = [
    !director && "mine",
    me.is_head && "unit",
    me.roles.includes("organiser") && "organise",
    !director && "last",
  ].filter(Boolean);
  // Heads and organisers come for others' work first.
  return [...tabs.filter((one) => one === "unit" || one === "organise"), ...tabs.filter((one) => one === "mine" || one === "last")];
}

const unitOf = (me) => state.units.find((one) => one.id === me.unit);

// Loading

const TAB_NAMES = { mine: "tab_mine", unit: "tab_unit", organise: "tab_organise", last: "tab_last" };

async function load() {
  const periods = (await find("periods")).sort((a, b) => (a.id < b.id ? 1 : -1));
  const current = periods.find((one) => one.state === "open" && Date.parse(one.start) <= now());
  const closed = periods.find((one) => ["review", "final"].includes(one.state));
  state.products = await once("products", async () => Object.fromEntries((await find("catalogue")).map((one) => [one.id, one])));
  return { periods, current, closed, ...(await LOADERS[state.view](current, closed)) };
}

const LOADERS = {
  welcome: async () => ({}),
  mine: async (current) => {
    if (!current) return {};
    const [work, card] = await Promise.all([workOf(current), scorecardOf(current)]);
    return { work, card, scheme: await schemeOf(current), reasons: await reasonsOf(work) };
  },
  last: async (_, closed) => {
    if (!closed) return {};
    const result = await once("result", () => read(`results/${closed.id}/officials/${state.me.uid}`));
    const work = await once("old-work", () => workOf(closed));
    return { result, scheme: await schemeOf(closed), titles: Object.fromEntries(work.map((one) => [one.id, one.title])) };
  },
  unit: async (current, closed) => {
    const under = (field) => [field, "ARRAY_CONTAINS", state.me.unit];
    const month = current && ["period", "EQUAL", current.id];
    const [work, cards, results] = await Promise.all([
      current ? find("assignments", month, under("path")) : [],
      current ? find("scorecards", month, under("path")) : [],
      closed ? once("results", () => find(`results/${closed.id}/officials`, under("scorecard.path"))) : [],
    ]);
    return { work, cards: cards.filter((one) => one.official !== state.me.uid), results: results.filter((one) => led(one.unit)) };
  },
  organise: async (_, closed) => {
    if (!closed) return {};
    const total = await once("total", () => read(`results/${closed.id}`));
    const units = await once("units", () => find(`results/${closed.id}/units`));
    return { total, units: units.sort((a, b) => (pathOf(a.unit) < pathOf(b.unit) ? -1 : 1)) };
  },
};

const led = (id) => state.units.find((one) => one.id === id)?.path.includes(state.me.unit);
const pathOf = (id) => state.units.find((one) => one.id === id)?.path.join("/") ?? id;
const workOf = (period) => find("assignments", ["period", "EQUAL", period.id], ["official", "EQUAL", state.me.uid]);

async function scorecardOf(period) {
  return (await find("scorecards", ["period", "EQUAL", period.id], ["official", "EQUAL", state.me.uid]))[0];
}

const schemeOf = (period) => once(period.scheme, () => read(`schemes/${period.scheme}`));

/** Why work came back: said in the entry, which is read once for each return. */
async function reasonsOf(work) {
  const reasons = {};
  for (const one of work) {
    const verdict = standing(one, now()).returned[0]?.verdict;
    if (!verdict) continue;
    const entry = await once(verdict.id, () => read(`assignments/${one.id}/entries/${verdict.id}`));
    reasons[one.id] = entry?.reason;
  }
  return reasons;
}

async function once(key, fetched) {
  if (!cache.has(key)) cache.set(key, await fetched());
  return cache.get(key);
}

// Live: ask again every so often while somebody looks

async function refresh() {
  clearTimeout(timer);
  const mine = generation;
  try {
    const data = state.me ? await load() : {};
    if (mine !== generation) return;
    settle(data.work ?? []);
    state.lost = false;
    state.updated = new Date();
    draw(data);
  } catch (error) {
    if (mine !== generation) return;
    failed(error);
  }
  drawLive();
  if (!document.hidden && state.me) timer = setTimeout(refresh, REFRESH);
}

function failed(error) {
  if (error instanceof Refusal) {
    refuse(error, "refused_read");
  } else {
    state.lost = true;
    console.error(error);
  }
}

function settle(work) {
  const byId = new Map(work.map((one) => [one.id, one]));
  for (const [id, { assignment, at }] of sent) {
    const one = byId.get(assignment);
    if ((one && holds(one, id)) || Date.now() - at > FORGET) {
      sent.delete(id);
      drafts.delete(assignment);
    }
  }
}

/** Draw only what changed, and never under somebody's hands. */
function draw(data) {
  const shown = JSON.stringify([data, [...sent.keys()], [...opened], spoken(), Math.floor(now() / MINUTE)]);
  const typing = document.activeElement?.matches?.("#main input[type=number]") && amounts.size > 0;
  if (shown === state.shown || sliding || typing) return;
  state.shown = shown;
  state.data = data;
  const content = state.me ? views[state.view](data, act) : welcome();
  replace(place("main"), ...content);
}

const redraw = () => state.data && draw(state.data);

// Sending entries

async function send(work, meant, entry, said) {
  const key = `${work.id} ${meant}`;
  const id = intents.get(key) ?? crypto.randomUUID();
  intents.set(key, id);
  sent.set(id, { assignment: work.id, at: Date.now() });
  redraw();
  try {
    await append(work.id, id, entry);
    intents.delete(key);
    say(said);
  } catch (error) {
    sent.delete(id);
    drafts.delete(work.id);
    if (error instanceof Refusal) intents.delete(key);
    refuse(error, "refused_rules");
  }
  await refresh();
}

const act = {
  now,
  get uid() {
    return state.me.uid;
  },
  name: (uid) => state.people.find((one) => one.uid === uid)?.name ?? uid,
  unitName: (id) => state.units.find((one) => one.id === id)?.name ?? id,
  measure: (product) => state.products[product]?.measure ?? "",
  sending: (work) => [...sent.values()].some((one) => one.assignment === work.id),
  draft: (id) => drafts.get(id),
  amount: (id) => amounts.get(id),
  setAmount: (id, value) => amounts.set(id, value),
  opened: (list) => opened.has(list),
  open: (list) => {
    opened.add(list);
    redraw();
  },
  /** One entry when the hand rests, not one for each step on the way. */
  progress: (work, percent) => {
    drafts.set(work.id, percent);
    clearTimeout(sliding);
    sliding = setTimeout(() => {
      sliding = 0;
      const said = t("said_progress", { percent });
      send(work, `progress ${percent}`, { kind: "progress", percent }, said);
    }, SETTLE);
  },
  deliver: (work, quantity) => {
    amounts.delete(work.id);
    const said = t("said_delivered", { n: quantity, measure: act.measure(work.product) });
    return send(work, `submission ${Object.keys(work.folded?.submissions ?? {}).length}`, { kind: "submission", quantity }, said);
  },
  accept: (work, submission) =>
    send(work, `verdict ${submission.id}`, { kind: "accepted", submission: submission.id }, t("said_accepted")),
  askWhy: (work, submission) => askWhy(work, submission),
  download: async (period, format) => {
    try {
      const file = URL.createObjectURL(await download(period, format));
      h("a", { href: file, download: `${period}.${format}` }).click();
      setTimeout(() => URL.revokeObjectURL(file), MINUTE);
    } catch (error) {
      refuse(error, "refused_read");
    }
  },
};

/** A return needs a reason, which the doer reads, and how many units were faulty. */
function askWhy(work, submission) {
  const dialog = place("dialog");
  const reason = h("textarea", { id: "reason", rows: 4, required: true, minlength: 3, maxlength: 2000 });
  const faults = h("input", { id: "faults", type: "number", min: 1, max: submission.quantity, value: 1, required: true, inputmode: "numeric" });
  const submit = (event) => {
    event.preventDefault();
    if (reason.value.trim().length < 3) {
      reason.setCustomValidity(t("reason_short"));
      reason.reportValidity();
      return;
    }
    dialog.close();
    const entry = { kind: "returned", submission: submission.id, faults: Number(faults.value), reason: reason.value.trim() };
    send(work, `verdict ${submission.id}`, entry, t("said_returned"));
  };
  reason.addEventListener("input", () => reason.setCustomValidity(""));
  dialog.replaceChildren(h("form", { onsubmit: submit },
    h("h2", { id: "dialog-title" }, t("give_back_title")),
    h("p", {}, `${act.name(work.official)}: ${work.title}`),
    h("label", { for: "reason" }, t("reason")), reason,
    h("label", { for: "faults" }, t("faults")), faults,
    h("div", { class: "row end" },
      h("button", { type: "button", onclick: () => dialog.close() }, t("cancel")),
      h("button", { type: "submit", class: "danger" }, t("give_back")))));
  dialog.showModal();
}

// What is said

function say(text) {
  notice(place("said"), text);
}

/** In the server's words when it gave some, else in ours. */
function refuse(error, otherwise) {
  let text = t("refused_network");
  if (error instanceof Refusal) {
    text = error.words?.[spoken() === "vi" ? 0 : 1] ?? (error.status === 403 ? t(otherwise) : t("refused_other", { status: error.status }));
  }
  notice(place("refused"), text);
}

function notice(box, text) {
  const close = h("button", { type: "button", "aria-label": t("close"), onclick: () => box.replaceChildren() }, "×");
  const shown = h("p", {}, h("span", {}, text), close);
  box.replaceChildren(shown);
  setTimeout(() => shown.remove(), box.id === "said" ? SAID : 3 * SAID);
}

// The frame

function drawHeader() {
  place("skip").textContent = t("skip");
  document.title = state.me ? `${state.me.name} · Rõ Việc` : "Rõ Việc";
  const other = spoken() === "vi" ? "en" : "vi";
  const language = h("button", { type: "button", class: "quiet", lang: other, "data-key": "language", onclick: () => switchTo(other) }, t("switch_language"));
  replace(place("top"),
    h("div", { class: "bar" },
      h("a", { class: "brand", href: `#lang=${spoken()}` }, h("img", { src: "icon.svg", alt: "", width: 32, height: 32 }), h("span", {}, h("b", {}, "Rõ Việc"), h("small", {}, t("tagline")))),
      chooser(), language),
    state.me && tabBar());
  replace(place("foot"), h("p", {}, t("local_note")));
}

function switchTo(language) {
  localStorage.setItem("roviec-language", language);
  go({ lang: language });
}

function chooser() {
  const groups = [...state.units]
    .sort((a, b) => (a.path.join("/") < b.path.join("/") ? -1 : 1))
    .map((unit) => h("optgroup", { label: unit.name }, members(unit).map((one) => h("option", { value: one.uid }, label(one)))));
  const select = h("select", { id: "who", "data-key": "who", onchange: (event) => go({ as: event.target.value, view: "" }) },
    h("option", { value: "" }, t("who_none")), groups);
  select.value = state.me?.uid ?? "";
  return h("label", { class: "who" }, h("span", {}, t("who")), select);
}

const label = (one) => [one.name, one.position, one.away && t("away")].filter(Boolean).join(" – ");
const members = (unit) => state.people.filter((one) => one.unit === unit.id).sort((a, b) => b.is_head - a.is_head || byName(a, b));

function tabBar() {
  const tab = (view) => h("a", { href: href({ view }), "aria-current": view === state.view && "page", "data-key": `tab-${view}` }, t(TAB_NAMES[view]));
  return h("div", { class: "tabs" }, h("nav", { "aria-label": t("views") }, tabsOf(state.me).map(tab)), h("span", { id: "live", class: "live" }));
}

function href(changes) {
  const params = address();
  for (const [name, value] of Object.entries(changes)) params.set(name, value);
  return `#${params}`;
}

function drawLive() {
  const live = place("live");
  if (!live) return;
  live.className = state.lost ? "live lost" : "live";
  live.replaceChildren(...(state.lost
    ? [t("offline")]
    : [h("span", { class: "wide" }, t("live")), h("time", {}, second(state.updated ?? new Date()))]));
}

function welcome() {
  const official = state.people.filter((one) => !one.is_head && !one.away && !one.roles.includes("organiser"))[0];
  const examples = {
    official,
    head: state.people.find((one) => one.is_head && one.unit === official?.unit),
    organiser: state.people.find((one) => one.roles.includes("organiser")),
  };
  const choice = ([role, one]) => one && h("a", { class: "choice", href: href({ as: one.uid, view: ROLES[role] }) },
    h("strong", {}, t(`as_${role}`)), h("span", {}, t(`as_${role}_text`)), h("small", {}, one.name));
  return [h("section", { class: "welcome" }, h("h1", {}, t("welcome")), h("p", {}, t("welcome_text")), h("div", { class: "choices" }, Object.entries(examples).map(choice)))];
}

async function start() {
  Object.assign(state, await connect());
  window.addEventListener("hashchange", follow);
  document.addEventListener("visibilitychange", () => !document.hidden && refresh());
  await follow();
}

start().catch((error) => {
  refuse(error, "refused_read");
  console.error(error);
});
