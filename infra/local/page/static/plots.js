// The few plots, as inline SVG that follows the colours of the page.

import { h, svg } from "./dom.js";
import { count, either, hundredths, t } from "./text.js";
import { partsOf, points as pointsOf, rootOf } from "./work.js";

const ROUND = 2 * Math.PI * 42;

/** The points reached as part of the scale. */
export function ring(card, scale) {
  const points = card.total ?? pointsOf(card, "task");
  const part = (points ?? 0) / scale;
  const name = card.total === undefined ? t("task_points") : t("total");
  return svg("svg", { class: `ring ${card.rating ?? ""}`, viewBox: "0 0 100 100", role: "img", "aria-label": `${name}: ${hundredths(points)} ${t("out_of", { n: scale / 100 })}` },
    svg("circle", { class: "track", cx: 50, cy: 50, r: 42 }),
    part > 0 && svg("circle", { class: "arc", cx: 50, cy: 50, r: 42, "stroke-dasharray": `${part * ROUND} ${ROUND}`, transform: "rotate(-90 50 50)" }),
    svg("text", { x: 50, y: 52, class: "number" }, hundredths(points)),
    svg("text", { x: 50, y: 68, class: "unit" }, t("out_of", { n: scale / 100 })));
}

/** The points of each part on one line, with the least total of each rating. */
export function scoreline(card, scheme) {
  const marks = scheme.ratings.bands.filter((band) => band.at_least > 0).map((band) =>
    h("span", { class: "mark", "--at": `${band.at_least / 100}%`, title: either(band.title) }, count(band.at_least / 100)));
  const parts = partsOf(rootOf(scheme, card));
  const label = parts.map((one) => `${either(one.title)}: ${hundredths(pointsOf(card, one.id))}`).join("; ");
  return h("div", { class: "scoreline", role: "img", "aria-label": label },
    h("div", { class: "stripes" },
      parts.map((one) => h("i", { class: one.id, "--part": `${(pointsOf(card, one.id) ?? 0) / 100}%` }))),
    marks);
}

/** How many got which rating; a list for those who do not see the bars. */
export function bars(rows, whole) {
  const most = Math.max(1, ...rows.map((row) => row.n));
  return h("ul", { class: "bars" }, rows.map((row) => h("li", {},
    h("span", { class: "bar-label" }, row.label),
    svg("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
      svg("rect", { class: "track", width: 100, height: 10, rx: 1 }),
      svg("rect", { class: row.kind, width: (row.n / most) * 100, height: 10, rx: 1 })),
    h("span", { class: "value" }, t("people_n", { n: count(row.n) }), h("span", { class: "small" }, ` ${count(Math.round((row.n * 1000) / (whole || 1)) / 10)} %`)))));
}
