"""The formula a second time, from facts to points, sharing no code with the product.

It reads the entries of each kind, lists single units of work, and does the
arithmetic of the decree in fractions of points rather than integers.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import TypeVar

from hypothesis import example, given

from shared.models.assignment import Assignment
from shared.models.entry import (
    Accepted,
    Cancelled,
    DeadlineMoved,
    ExemptionDecided,
    Fact,
    Reassigned,
    Retracted,
    Returned,
    Submission,
)
from shared.scoring.contribution import contribute
from shared.scoring.fold import fold_all
from shared.scoring.scorecard import score_task
from tests.builders import (
    DAY,
    DUE,
    History,
    a_return,
    a_scheme,
    an_assignment,
    delivered,
)
from tests.strategies import workloads

F = TypeVar("F", bound=Fact)
Workload = list[tuple[Assignment, History]]
SCHEME = a_scheme()
QUARTER = Fraction(1, 4)


@dataclass
class Row:
    assigned: Fraction
    done: Fraction
    quality: Fraction
    progress: Fraction


def facts(history: History, *kinds: type[F]) -> dict[str, F]:
    """Entries of these kinds, the latest last."""
    wanted = [(key, entry) for key, entry in history.items() if isinstance(entry, kinds)]
    return dict(sorted(wanted, key=lambda item: (item[1].at, item[0])))


def is_accepted(history: History, submission: str) -> bool:
    verdicts: dict[str, Accepted | Returned | Retracted] = facts(
        history, Accepted, Returned, Retracted
    )
    named = [entry for entry in verdicts.values() if entry.submission == submission]
    return named[-1:] != [] and named[-1].kind == "accepted"


def waived(history: History) -> tuple[int, int]:
    """Latenesses and faults; of several decisions on one request the last."""
    last = {entry.request: entry for entry in facts(history, ExemptionDecided).values()}.values()
    return sum(entry.lates_waived for entry in last), sum(entry.faults_waived for entry in last)


def units_done(work: Assignment, history: History) -> list[bool]:
    """One truth a unit that counts: whether it came on time; the timely ones first."""
    due = [work.due, *(move.due for move in facts(history, DeadlineMoved).values())][-1]
    timely = [
        sent.at <= due
        for key, sent in facts(history, Submission).items()
        if sent.at < work.period_end and is_accepted(history, key)
        for _ in range(sent.quantity)
    ]
    return sorted(timely, reverse=True)


def faults(work: Assignment, history: History) -> int:
    sent = facts(history, Submission)
    return sum(
        returned.faults
        for returned in facts(history, Returned).values()
        if sent.get(returned.submission or "", returned).at < work.period_end
    )


def withdrawn(history: History) -> int:
    entries: dict[str, Reassigned | Cancelled] = facts(history, Reassigned, Cancelled)
    return sum(entry.quantity for entry in entries.values())


def row(work: Assignment, history: History) -> Row:
    wanted = max(work.quantity - withdrawn(history), 0)
    units = units_done(work, history)[:wanted]
    done = len(units)
    lates_waived, faults_waived = waived(history)
    lates = max(units.count(False) - lates_waived, 0)
    errors = max(faults(work, history) - faults_waived, 0)
    k = Fraction(work.k, 1000)
    return Row(
        assigned=wanted * k,
        done=done * k,
        quality=k * (done - QUARTER * min(errors, 4 * done)),
        progress=k * (done - QUARTER * min(lates, 4 * done)),
    )


def points(workload: Workload) -> Decimal | None:
    """(a + b + c) / 3 × 70, in points with two decimals."""
    rows = [row(work, history) for work, history in workload]
    assigned = sum(one.assigned for one in rows)
    if assigned == 0:
        return None
    a = sum(one.done for one in rows) / Fraction(assigned)
    b = sum(one.quality for one in rows) / Fraction(assigned)
    c = sum(one.progress for one in rows) / Fraction(assigned)
    exact = (a + b + c) / 3 * 70
    with localcontext(prec=80):
        quotient = Decimal(exact.numerator) / Decimal(exact.denominator)
        return quotient.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def scored(workload: Workload) -> Decimal | None:
    rows = [
        contribute(work.model_copy(update={"folded": fold_all(history.items())}), SCHEME)
        for work, history in workload
    ]
    given = score_task(rows, SCHEME).points
    return None if given is None else Decimal(given).scaleb(-2)


@given(workloads)
@example([(an_assignment(), delivered())] + [(an_assignment(), {})] * 4)
@example([(an_assignment(quantity=3), delivered(3, at=DUE + DAY) | {"r": a_return(faults=9)})])
def test_the_product_and_a_second_reading_of_the_formula_agree(workload: Workload) -> None:
    assert scored(workload) == points(workload)


def test_the_second_reading_knows_the_check_cases_too() -> None:
    clean = (an_assignment(), delivered())
    nothing: tuple[Assignment, History] = (an_assignment(), {})
    late = (an_assignment(), delivered(at=DUE + DAY))
    failed = (an_assignment(), delivered() | {"r1": a_return()})
    assert points([clean, *[nothing] * 4]) == Decimal("14.00")
    assert points([*[clean] * 7, late, failed, nothing]) == Decimal("61.83")
