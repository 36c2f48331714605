"""Invented raters, honest and not, with the rows that half a year of their work would leave.

Seeded. Honest raters differ: in the people they have, in how strict they are, in how
often they agree with a self-score or have to move a deadline.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from fairness.rows import Acceptance, Delivery, Exemption, Piece, Rows, Scored

Habit = Literal["honest", "full", "copies", "bunches", "moves"]
HONEST: Habit = "honest"
CHEATS: tuple[Habit, ...] = ("full", "copies", "bunches", "moves")
MONTHS = tuple(f"2026-{month:02}" for month in range(1, 7))
SMALLEST, LARGEST = 3, 15
STEP = 60
"""Scores are given in half points of 30."""


@dataclass(frozen=True)
class Rater:
    uid: str
    habit: Habit
    people: int
    strictness: float
    ability: float
    """The mean of the own people."""
    rescues: float
    evidence: float
    last_days: float


@dataclass(frozen=True)
class Official:
    uid: str
    ability: float
    confidence: float
    """How much better one thinks of oneself."""


def raters(
    random: Random, honest: int = 12, cheats: Sequence[Habit] = CHEATS, smallest: int = SMALLEST
) -> list[Rater]:
    """So many honest ones, of all sizes, and one of each of the others."""
    habits: list[Habit] = [*([HONEST] * honest), *cheats]
    return [
        Rater(
            uid=f"{habit}{place}",
            habit=habit,
            people=random.randint(SMALLEST if habit == "honest" else smallest, LARGEST),
            strictness=random.gauss(0, 0.025),
            ability=random.gauss(0.85, 0.04),
            rescues=0.8 if habit == "moves" else random.uniform(0, 0.12),
            evidence=random.uniform(0.85, 0.98),
            last_days=random.uniform(0.2, 0.4),
        )
        for place, habit in enumerate(habits)
    ]


def half_a_year(seed: int, own: Sequence[Rater] | None = None) -> Rows:
    random = Random(seed)
    rows = Rows(periods=[*MONTHS])
    for rater in raters(random) if own is None else own:
        for official in _people(random, rater):
            for month in MONTHS:
                rows.scored.append(_scored(random, rater, official, month))
                _work(random, rater, official, month, rows)
    return rows


def _people(random: Random, rater: Rater) -> Iterator[Official]:
    for number in range(rater.people):
        ability = min(1.0, max(0.3, random.gauss(rater.ability, 0.06)))
        yield Official(f"{rater.uid}-{number}", ability, random.gauss(0.03, 0.03))


def _scored(random: Random, rater: Rater, official: Official, month: str) -> Scored:
    work = _clipped(random.gauss(official.ability, 0.04))
    seen = 0.84 + 0.5 * (official.ability - 0.85) + random.gauss(0, 0.03)
    own = _steps(seen + official.confidence)
    general = _steps(seen - rater.strictness)
    if rater.habit == "full":
        general = 1.0
    elif rater.habit == "copies":
        general = own
    elif rater.habit == "bunches":
        general = _lifted(general, work)
    return Scored(
        path=f"appraisals/{month}_{official.uid}",
        period=month,
        official=official.uid,
        unit=f"unit-{rater.uid}",
        rater=rater.uid,
        general=general,
        work=work,
        total=round(30 * general + 70 * work, 2),
        same=abs(general - own) < 1e-9,
    )


def _lifted(general: float, work: float) -> float:
    """Whoever would miss 90 by little gets just what is missing."""
    missing = 90 - 70 * work
    near = 84 <= 30 * general + 70 * work < 90
    if not near or missing > 30:
        return general
    return min(1.0, int(missing * 2 + 1) / STEP)


def _work(random: Random, rater: Rater, official: Official, month: str, rows: Rows) -> None:
    for number in range(8):
        name = f"assignments/{month}_unit-{rater.uid}_{official.uid}_w{number}"
        overdue = random.random() < 0.12
        rescued = overdue and random.random() < rater.rescues
        rows.pieces.append(
            Piece(
                path=name,
                period=month,
                official=official.uid,
                unit=f"unit-{rater.uid}",
                approver=rater.uid,
                overdue=overdue,
                rescued=f"{name}/entries/moved" if rescued else None,
                by=rater.uid if rescued else None,
            )
        )
        accepted = f"{name}/entries/ok"
        evidenced = random.random() < rater.evidence
        rows.acceptances.append(Acceptance(accepted, rater.uid, official.uid, evidenced))
        last = random.random() < rater.last_days
        rows.deliveries.append(Delivery(f"{name}/entries/s", f"unit-{rater.uid}", last))
    if random.random() < 0.1:
        request = f"assignments/{month}_unit-{rater.uid}_{official.uid}_w0/entries/x"
        rows.exemptions.append(
            Exemption(request, f"authority-{rater.uid}", official.uid, random.random() < 0.7)
        )


def _steps(share: float) -> float:
    return round(_clipped(share) * STEP) / STEP


def _clipped(share: float) -> float:
    return min(1.0, max(0.0, share))
