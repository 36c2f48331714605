// What the documents mean: an assignment's state, and each assignment's share of the points.

const DAY = 86_400_000;
const SOON = 3 * DAY;

/** Read a folded assignment as of `now`: the server's own counting, put in words. */
export function standing(work, now) {
  const folded = work.folded ?? {};
  const submissions = Object.entries(folded.submissions ?? {}).map(([id, one]) => ({
    id,
    ...one,
    verdict: folded.verdicts?.[id],
  }));
  const units = (some) => some.reduce((sum, one) => sum + one.quantity, 0);
  const quantity = Math.max(0, work.quantity - sum(folded.withdrawn));
  const accepted = units(submissions.filter((one) => one.verdict?.accepted));
  const waiting = submissions.filter((one) => !one.verdict);
  const returned = submissions.filter((one) => one.verdict && !one.verdict.accepted);
  const due = folded.deadline?.due ?? work.due;
  const facts = {
    quantity,
    accepted,
    waiting,
    due,
    withdrawn: work.quantity - quantity,
    remaining: Math.max(0, quantity - accepted - units(waiting)),
    returned: returned.sort((a, b) => (a.verdict.at < b.verdict.at ? 1 : -1)),
    percent: folded.progress?.percent,
    late: submissions.some((one) => one.verdict?.accepted !== false && Date.parse(one.at) > Date.parse(due)),
  };
  const left = Date.parse(due) - now;
  return {
    ...facts,
    state: state(facts),
    overdue: facts.remaining > 0 && left < 0,
    soon: facts.remaining > 0 && left >= 0 && left < SOON,
  };
}

const sum = (values) => Object.values(values ?? {}).reduce((total, n) => total + n, 0);

function state({ quantity, accepted, waiting, remaining, returned, percent }) {
  if (quantity === 0) return "gone";
  if (remaining > 0) return returned.length ? "returned" : percent ? "started" : "todo";
  return waiting.length && accepted < quantity ? "waiting" : "accepted";
}

/** Whether the server has folded this entry in. */
export function holds(work, id) {
  const folded = work.folded ?? {};
  const verdicts = Object.values(folded.verdicts ?? {});
  return (
    id in (folded.submissions ?? {}) ||
    folded.progress?.id === id ||
    verdicts.some((one) => one.id === id)
  );
}

const WEIGHTS = { quantity: "done_weight", quality: "quality_weight", progress: "progress_weight" };
export const weightOf = (part, measure) => part[WEIGHTS[measure]];

export const points = (card, node) => card.nodes[node]?.points;
export const rootOf = (scheme, card) => scheme.subjects[card.capacity.subject] ?? scheme.subjects.official;
/** What the whole is made of, for a scheme of one component that itself. */
export const partsOf = (root) => root.parts ?? [root];

/** Every component from the root down, with the points it can add, the fraction top / bottom. */
export function walk(node, card, top = 100n, bottom = 1n) {
  const weights = portions(node, card);
  const whole = weights.reduce((total, one) => total + one, 0n) || 1n;
  const below = (node.parts ?? []).flatMap((part, i) => walk(part, card, top * weights[i], bottom * whole));
  return [{ node, top, bottom, most: ratio(top * 100n, bottom) }, ...below];
}

/** By weight; a minimum gives all to its least part, and what is left out gets nothing. */
function portions(node, card) {
  const parts = node.parts ?? [];
  if (node.kind !== "minimum")
    return parts.map((part) => (part.id in card.nodes || part.absent !== "excluded" ? BigInt(part.weight) : 0n));
  const known = parts.filter((part) => part.id in card.nodes).map((part) => card.nodes[part.id].share);
  const least = parts.findIndex((part) => card.nodes[part.id]?.share === Math.min(...known));
  return parts.map((_, i) => (i === least ? 1n : 0n));
}

/** What one row adds to the total, in hundredths, rounded half up as the server does. */
export function share(row, card, scheme) {
  const tasks = walk(rootOf(scheme, card), card).filter(({ node }) => node.kind === "task");
  const whole = BigInt(card.work.assigned_weight);
  const [top, bottom] = tasks.reduce(([sum, under], one) => {
    const added = BigInt(weightOf(row, one.node.measure)) * one.top * 100n;
    return [sum * one.bottom + added * under, under * one.bottom];
  }, [0n, 1n]);
  return ratio(top, bottom * whole);
}

/** One row's part of the work, in hundredths of a per cent. */
export const portion = (row, card) =>
  ratio(BigInt(row.assigned_weight) * 10_000n, BigInt(card.work.assigned_weight));

const ratio = (top, bottom) => (bottom === 0n ? 0 : Number((2n * top + bottom) / (2n * bottom)));
