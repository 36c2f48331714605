// The pages: data in, elements out. What they ask for goes through `act`.

import { h } from "./dom.js";
import { bars, ring, scoreline } from "./plots.js";
import { byName, clock, converted, count, day, either, hundredths, moment, month, relative, t, thousandths } from "./text.js";
import { partsOf, points as pointsOf, portion, rootOf, share, standing, walk, weightOf } from "./work.js";

const FEW = 6;
const SCALE = 10_000;
const RATINGS = ["excellent", "good", "completed", "not_completed"];

const chip = (kind, text) => h("span", { class: `chip ${kind}` }, text);
const empty = (key) => h("p", { class: "empty" }, t(key));
const panel = (title, ...content) => h("section", { class: "panel" }, title && h("h2", {}, title), ...content);

// My work

export function mine({ current, work, card, scheme, reasons }, act) {
  if (!current) return [panel(null, empty("no_open"))];
  const now = act.now();
  const items = work.map((one) => ({ ...one, now: standing(one, now) })).sort((a, b) => (a.now.due < b.now.due ? -1 : 1));
  const of = (...states) => items.filter((one) => states.includes(one.now.state));
  const groups = [
    ["group_todo", of("returned", "todo", "started")],
    ["group_waiting", of("waiting")],
    ["group_done", of("accepted")],
    ["group_gone", of("gone")],
  ];
  const titles = Object.fromEntries(work.map((one) => [one.id, one.title]));
  return [
    strip(card),
    h("div", { class: "columns" },
      h("div", {},
        items.length ? null : panel(null, empty("no_work")),
        groups.map(([title, list]) => group(title, list, (one) => task(one, reasons[one.id], act)))),
      h("div", { class: "side", id: "score" }, scorecard(t("score_now"), current.id, card, scheme, titles))),
  ];
}

/** Where there is one column the score comes last, so its sum stands first. */
function strip(card) {
  const show = () => document.getElementById("score").scrollIntoView({ behavior: "smooth" });
  return card && h("button", { type: "button", class: "strip", "data-key": "strip", onclick: show },
    h("span", {}, t("score_now")), h("strong", {}, hundredths(card.total ?? pointsOf(card, "task"))), h("span", { class: "go" }, `${t("score_show")} ↓`));
}

function group(title, items, draw) {
  if (!items.length) return null;
  return h("section", { class: "group" },
    h("h2", {}, t(title), h("span", { class: "count" }, count(items.length))),
    h("ul", { class: "cards" }, items.map(draw)));
}

function task(one, reason, act) {
  const { now: facts } = one;
  const busy = act.sending(one);
  const active = ["returned", "todo", "started"].includes(facts.state);
  return h("li", { class: `card ${facts.overdue ? "bad" : facts.state}` },
    h("div", { class: "card-head" }, h("h3", {}, one.title), h("div", { class: "chips" }, chips(facts, busy))),
    h("p", { class: "facts" }, due(facts, act), dot(), amounts(one, act), dot(), `K ${thousandths(one.k)}`),
    reason && facts.state === "returned" && h("p", { class: "reason" }, h("strong", {}, t("returned_because")), " ", reason),
    active && h("div", { class: "doing" }, slider(one, act, busy), deliver(one, act, busy)));
}

function chips(facts, busy) {
  if (busy) return chip("sending", t("flag_sending"));
  return [
    facts.overdue && chip("late", t("flag_overdue")),
    facts.soon && chip("soon", t("flag_soon")),
    facts.late && chip("late", t("flag_late")),
    chip(facts.state, t(`state_${facts.state}`, { percent: facts.percent })),
  ];
}

const dot = () => h("span", { class: "dot", "aria-hidden": "true" }, " · ");

function due(facts, act) {
  const open = facts.remaining > 0;
  return h("span", { class: facts.overdue ? "strong bad" : "strong" },
    `${t("due")} ${moment(facts.due)}`, open && ` (${relative(facts.due, act.now())})`);
}

function amounts(one, act) {
  const { now: facts } = one;
  const waiting = facts.waiting.reduce((sum, sent) => sum + sent.quantity, 0);
  return h("span", {}, [
    t("assigned_n", { n: count(one.quantity), measure: act.measure(one.product) }),
    facts.withdrawn && t("withdrawn_n", { n: count(facts.withdrawn) }),
    facts.accepted && t("accepted_n", { n: count(facts.accepted) }),
    waiting && t("waiting_n", { n: count(waiting) }),
  ].filter(Boolean).join(", "));
}

function slider(one, act, busy) {
  const percent = act.draft(one.id) ?? one.now.percent ?? 0;
  const output = h("output", {}, `${percent} %`);
  const input = h("input", {
    type: "range", min: 0, max: 100, step: 5, value: percent, disabled: busy,
    "aria-label": t("progress_of", { title: one.title }), "data-key": `slide-${one.id}`, "--done": `${percent}%`,
    "aria-valuetext": `${percent} %`,
    oninput: (event) => {
      const value = Number(event.target.value);
      output.textContent = `${value} %`;
      event.target.style.setProperty("--done", `${value}%`);
      event.target.setAttribute("aria-valuetext", `${value} %`);
      act.progress(one, value);
    },
  });
  return h("div", { class: "slider" }, h("span", { class: "label" }, t("progress")), input, output);
}

function deliver(one, act, busy) {
  const most = one.now.remaining;
  const amount = most > 1 && h("input", {
    type: "number", min: 1, max: most, value: act.amount(one.id) ?? most, inputmode: "numeric", disabled: busy,
    "aria-label": t("deliver_n"), title: t("deliver_n"), "data-key": `amount-${one.id}`,
    oninput: (event) => act.setAmount(one.id, event.target.value),
  });
  const send = () => act.deliver(one, amount ? Math.min(most, Math.max(1, Math.trunc(Number(amount.value)) || most)) : most);
  return h("div", { class: "deliver" }, amount,
    h("button", { type: "button", class: "primary", disabled: busy, "data-key": `deliver-${one.id}`, onclick: send }, t("deliver")));
}

// The scorecard with every number behind it

export function scorecard(title, period, card, scheme, titles, result) {
  const heading = `${title} · ${t("month", { month: month(period) })}`;
  if (!card || !scheme) return panel(heading, empty("insufficient_text"));
  const root = rootOf(scheme, card);
  const known = card.work.assigned_weight > 0;
  return panel(heading,
    h("div", { class: "score" }, ring(card, SCALE), h("dl", {},
      partsOf(root).map((one) => line(either(one.title), reached(one, card))),
      fact("total", hundredths(card.total)),
      fact("rating", rating(card, scheme)))),
    scoreline(card, scheme),
    Object.keys(card.nodes).length > 0 && why(card, scheme),
    known ? shares(card, scheme, titles) : h("p", { class: "empty" }, t(card.standing === "on_leave" ? "standing_on_leave" : "insufficient_text")),
    general(card, root),
    h("p", { class: "small" }, t("scheme_used", { ref: card.scheme, title: either(scheme.title) })),
    result && h("p", { class: "small" }, `${t("digest")}: `, h("code", {}, result.digest)));
}

function reached(part, card) {
  const points = pointsOf(card, part.id);
  if (points !== undefined) return `${hundredths(points)} / ${count(part.weight)}`;
  return t(part.absent === "insufficient_data" ? "standing_insufficient_data" : "not_scored");
}

const line = (label, value) => h("div", {}, h("dt", {}, label), h("dd", {}, value));
const fact = (key, value) => line(t(key), value);

function rating(card, scheme) {
  if (!card.rating) return t("not_rated");
  const gate = scheme.gates.find((one) => one.id === card.gate);
  const by = gate ? t("decided_by_gate", { gate: either(gate.title) }) : t("decided_by_score");
  return [chip(card.rating, t(`rating_${card.rating}`)), " ", h("span", { class: "small" }, by)];
}

/** Each component but the criteria, which have their own list: measures, then what they make up. */
function why(card, scheme) {
  const nodes = walk(rootOf(scheme, card), card).filter(({ node }) => node.id in card.nodes && node.kind !== "criteria");
  return [
    h("h3", {}, t("why")),
    h("div", { class: "measures" }, nodes.filter(({ node }) => !node.parts).map(({ node }) => measure(node, card, scheme))),
    nodes.filter(({ node }) => node.parts).reverse().map(({ node, most }) => formula(node, most, card)),
  ];
}

function measure(node, card, scheme) {
  const { share: part } = card.nodes[node.id];
  return h("div", { class: "measure" },
    h("div", {}, h("strong", {}, either(node.title)), h("span", { class: "value" }, `${hundredths(part)} %`)),
    h("div", { class: "meter", "--part": `${part / 100}%`, "aria-hidden": "true" }),
    node.kind === "task" && h("div", { class: "small" },
      t("fraction", { part: converted(weightOf(card.work, node.measure)), whole: converted(card.work.assigned_weight) }),
      ", ", lessened(node, scheme)));
}

function lessened(node, scheme) {
  if (node.measure === "quality") return t("less_fail", { n: scheme.penalties.per_fail });
  return node.measure === "progress" ? t("less_late", { n: scheme.penalties.per_late }) : t("of_assigned");
}

function formula(node, most, card) {
  const parts = node.parts.filter((one) => one.id in card.nodes);
  const percent = (one) => `${hundredths(card.nodes[one.id].share)} %`;
  const whole = parts.reduce((sum, one) => sum + one.weight, 0);
  const alike = parts.every((one) => one.weight === parts[0].weight);
  const terms = parts.map((one) => (alike ? percent(one) : `${one.weight} × ${percent(one)}`)).join(" + ");
  const share = node.kind === "minimum" ? `min(${parts.map(percent).join("; ")})` : `(${terms}) / ${alike ? parts.length : whole}`;
  return h("p", { class: "formula" }, `${either(node.title)} = ${share} × ${hundredths(most)} = `, h("strong", {}, hundredths(pointsOf(card, node.id))));
}

function shares(card, scheme, titles) {
  const rows = Object.entries(card.contributions)
    .map(([id, row]) => ({ row, title: titles[id] ?? row.product, share: share(row, card, scheme) }))
    .sort((a, b) => b.row.assigned_weight - a.row.assigned_weight);
  const columns = ["work", "k", "assigned", "done", "fails", "lates", "weight", "share"];
  return h("details", { "data-key": `shares-${card.period}`, open: rows.length <= FEW },
    h("summary", {}, `${t("shares")} (${count(rows.length)})`),
    table(t("shares"), columns, rows.map(({ row, title, share: part }) => [
      title, thousandths(row.k), count(row.quantity), count(row.done), count(row.fails), count(row.lates),
      hundredths(portion(row, card)), h("strong", {}, hundredths(part)),
    ])),
    h("p", { class: "small" }, t("shares_note")));
}

function general(card, root) {
  const scores = card.assessments[card.period]?.criteria ?? {};
  const forms = walk(root, card).map(({ node }) => node).filter((node) => node.criteria?.some((one) => one.id in scores));
  return forms.map((form) => [
    h("h3", {}, either(form.title)),
    h("dl", { class: "lines" }, form.criteria.map((one) => line(either(one.title), `${hundredths(scores[one.id])} / ${count(one.most / 100)}`))),
  ]);
}

/** On a narrow screen each row becomes a small card, so every cell repeats its heading. */
function table(label, columns, rows) {
  const headings = columns.map((one) => t(`col_${one}`));
  const cell = (value, index) =>
    index === 0 ? h("th", { scope: "row" }, value) : h("td", { "data-label": headings[index] }, h("span", {}, value));
  return h("table", { "aria-label": label },
    h("thead", {}, h("tr", {}, headings.map((one) => h("th", { scope: "col" }, one)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map(cell)))));
}

// Last month's frozen result

export function last({ closed, result, scheme, titles }) {
  if (!closed || !result) return [panel(null, empty("no_result"))];
  return [h("div", { class: "single" }, scorecard(t("score_frozen"), closed.id, result.scorecard, scheme, titles, result))];
}

// The head's unit

export function unit({ current, work, cards, closed, results }, act) {
  const now = act.now();
  const items = work
    .map((one) => ({ ...one, now: standing(one, now), name: act.name(one.official) }))
    .sort((a, b) => (a.now.due < b.now.due ? -1 : a.now.due > b.now.due ? 1 : byName(a, b)));
  const checks = items
    .filter((one) => one.approver === act.uid && one.official !== act.uid)
    .flatMap((one) => one.now.waiting.map((sent) => ({ ...one, sent })));
  const overdue = items.filter((one) => one.now.overdue);
  const soon = items.filter((one) => one.now.soon);
  return [
    current && h("div", { class: "tiles" },
      tile("overdue", overdue.length, "late"), tile("due_soon", soon.length, "soon"), tile("to_check", checks.length, "waiting")),
    current && h("div", { class: "columns even" },
      listed("to_check", checks, "nobody_waits", (one) => check(one, act), act),
      h("div", {},
        listed("overdue", overdue, "nothing_overdue", (one) => behind(one, act), act),
        listed("due_soon", soon, "nothing_soon", (one) => behind(one, act), act))),
    current && cards.length > 0 && panel(`${t("team_now")} · ${month(current.id)}`, team(cards, act)),
    closed && results.length > 0 && panel(t("results_last", { month: month(closed.id) }), frozen(results, act)),
    !current && !closed && panel(null, empty("no_open")),
  ];
}

const tile = (key, n, kind) => h("div", { class: `tile ${n ? kind : ""}` }, h("strong", {}, count(n)), h("span", {}, t(key)));

function listed(title, items, none, draw, act) {
  const all = act.opened(title);
  const shown = all ? items : items.slice(0, FEW);
  return h("section", { class: "group" },
    h("h2", {}, t(title), h("span", { class: "count" }, count(items.length))),
    items.length ? h("ul", { class: "cards" }, shown.map(draw)) : empty(none),
    shown.length < items.length && h("button", { type: "button", "data-key": `all-${title}`, onclick: () => act.open(title) }, t("show_all", { n: count(items.length) })));
}

function check(one, act) {
  const busy = act.sending(one);
  const named = { title: one.title, name: one.name };
  return h("li", { class: "card waiting" },
    h("div", { class: "card-head" },
      h("h3", {}, one.name),
      h("div", { class: "chips" }, busy && chip("sending", t("flag_sending")), Date.parse(one.sent.at) > Date.parse(one.now.due) && chip("late", t("flag_late")))),
    h("p", {}, one.title),
    h("p", { class: "facts" }, h("span", { class: "strong" }, `${count(one.sent.quantity)} ${act.measure(one.product)}`), dot(),
      t("delivered_at", { time: moment(one.sent.at) }), dot(), `${t("due")} ${moment(one.now.due)}`),
    h("div", { class: "judge" },
      h("button", { type: "button", class: "primary", disabled: busy, "aria-label": t("accept_of", named), "data-key": `accept-${one.sent.id}`, onclick: () => act.accept(one, one.sent) }, t("accept")),
      h("button", { type: "button", disabled: busy, "aria-label": t("give_back_of", named), "data-key": `return-${one.sent.id}`, onclick: () => act.askWhy(one, one.sent) }, t("give_back"))));
}

function behind(one, act) {
  const { now: facts } = one;
  return h("li", { class: `card slim ${facts.overdue ? "bad" : ""}` },
    h("div", { class: "card-head" }, h("h3", {}, one.name), h("div", { class: "chips" }, facts.percent !== undefined && chip("started", `${facts.percent} %`))),
    h("p", {}, one.title),
    h("p", { class: "facts" }, due(facts, act), dot(), t("missing_n", { n: count(facts.remaining), measure: act.measure(one.product) })));
}

function team(cards, act) {
  const rows = cards.map((card) => ({ ...card, name: act.name(card.official) })).sort(byName);
  return table(t("team_now"), ["person", "assigned", "done", "lates", "fails", "task", "general"], rows.map(({ name, work: sums, ...card }) => [
    name, count(sums.assigned), count(sums.done), count(sums.lates), count(sums.fails), h("strong", {}, hundredths(pointsOf(card, "task"))), hundredths(pointsOf(card, "general")),
  ]));
}

function frozen(results, act) {
  const units = new Map();
  for (const one of [...results].sort(byName)) units.set(one.unit, [...(units.get(one.unit) ?? []), one]);
  return [...units].map(([id, list]) => [
    units.size > 1 && h("h3", {}, act.unitName(id)),
    table(act.unitName(id), ["person", "assigned", "done", "lates", "fails", "task", "general", "total", "rating"], list.map(({ name, scorecard: card }) => [
      name, count(card.work.assigned), count(card.work.done), count(card.work.lates), count(card.work.fails),
      hundredths(pointsOf(card, "task")), hundredths(pointsOf(card, "general")), h("strong", {}, hundredths(card.total)),
      card.rating ? chip(card.rating, t(`rating_${card.rating}`)) : chip("unknown", t(`standing_${card.standing}`)),
    ])),
  ]);
}

// The organiser

export function organise({ periods, closed, total, units }, act) {
  return [
    h("div", { class: "columns even" },
      panel(t("period_state"), h("ul", { class: "cards" }, periods.map(periodCard))),
      total ? ratings(closed, total, act) : panel(null, empty("no_result"))),
    total && panel(t("by_unit"), table(t("by_unit"),
      ["unit", "officials", "work", "entries", "drift"],
      units.map((one) => [act.unitName(one.unit), count(one.officials), count(one.assignments), count(one.entries), count(one.drift)]))),
  ];
}

function periodCard(one) {
  const lastDay = new Date(Date.parse(one.end) - 1);
  return h("li", { class: "card slim" },
    h("div", { class: "card-head" }, h("h3", {}, t("month", { month: month(one.id) })), h("div", { class: "chips" }, chip(one.state, t(`state_${one.state}`)))),
    h("p", { class: "facts" }, t("period_time", { start: day(one.start), end: day(lastDay) }), dot(), t("locks_at", { time: `${day(one.closes_at)} ${clock(one.closes_at)}` })));
}

function ratings(closed, total, act) {
  const rows = [
    ...RATINGS.map((one) => ({ kind: one, label: t(`rating_${one}`), n: total.ratings[one] ?? 0 })),
    { kind: "unknown", label: t("standing_not_assessed"), n: total.not_assessed },
    { kind: "unknown", label: t("standing_insufficient_data"), n: total.insufficient_data },
    { kind: "unknown", label: t("standing_on_leave"), n: total.on_leave },
  ];
  const button = (form) => h("button", { type: "button", "data-key": `get-${form}`, onclick: () => act.download(closed.id, form) }, t("download", { form: form.toUpperCase() }));
  return panel(t("ratings_of", { month: month(closed.id) }),
    bars(rows, total.officials),
    h("div", { class: "row" }, button("xlsx"), button("csv")),
    h("p", { class: "small" }, `${t("root")}: `, h("code", {}, total.root)));
}
