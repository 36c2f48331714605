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
export const LETTERS = { quantity: "a", quality: "b", progress: "c" };
export const weightOf = (part, measure) => part[WEIGHTS[measure]];

/** What one row gives of the task points, in hundredths, rounded half up as the server does. */
export function share(row, card, scheme) {
  const { measures, max_points: most } = scheme.task;
  const used = measures.reduce((total, one) => total + BigInt(weightOf(row, one)), 0n);
  return ratio(used * BigInt(most), BigInt(card.task.assigned_weight) * BigInt(measures.length));
}

/** One row's part of the work, in hundredths of a per cent. */
export const portion = (row, card) =>
  ratio(BigInt(row.assigned_weight) * 10_000n, BigInt(card.task.assigned_weight));

const ratio = (top, bottom) => (bottom === 0n ? 0 : Number((2n * top + bottom) / (2n * bottom)));
