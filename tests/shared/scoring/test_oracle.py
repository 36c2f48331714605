"""The formula a second time, from facts to points, sharing no code with the product.

It reads the entries of each kind, lists single units of work, and does the
arithmetic of the decree in fractions of points rather than integers.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any, TypeVar

from hypothesis import example, given
from hypothesis import strategies as st

from shared.models.assignment import Assignment
from shared.models.entry import (
    Accepted,
    Cancelled,
    CarriedOver,
    Corrected,
    DeadlineMoved,
    ExemptionDecided,
    Fact,
    Reassigned,
    Retracted,
    Returned,
    Submission,
)
from shared.models.scorecard import Assessment, Capacity, Contribution
from shared.scoring.contribution import contribute
from shared.scoring.fold import fold_all
from tests.builders import (
    DAY,
    DUE,
    TICK,
    History,
    a_return,
    a_scheme,
    a_scorecard,
    an_assessment,
    an_assignment,
    an_override,
    assignment_id,
    delivered,
    full_marks,
)
from tests.strategies import workloads
from tests.trees import Case, cases

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


def decisions(history: History) -> list[ExemptionDecided]:
    """The earliest first; of several on one request the last."""
    last = {entry.request: entry for entry in facts(history, ExemptionDecided).values()}.values()
    return sorted(last, key=lambda entry: entry.at)


def due_of(work: Assignment, history: History, moment: datetime | None = None) -> datetime:
    """The deadline as it was known at a moment: whoever moves it when it has passed is too late."""
    due = work.due
    for move in facts(history, DeadlineMoved).values():
        if move.at <= due and (moment is None or move.at <= moment):
            due = move.due
    return due


def units_done(work: Assignment, history: History) -> list[bool]:
    """One truth a unit that counts: whether it came on time; the timely ones first."""
    timely = [
        sent.at <= due_of(work, history, sent.at)
        for key, sent in facts(history, Submission).items()
        if sent.at < work.period_end and is_accepted(history, key)
        for _ in range(sent.quantity)
    ]
    return sorted(timely, reverse=True)


def faults(work: Assignment, history: History) -> list[datetime]:
    """When each check failed; a correction leaves the number that it names at most."""
    sent = facts(history, Submission)
    corrected = {entry.returned: entry.faults for entry in facts(history, Corrected).values()}
    return [
        returned.at
        for key, returned in facts(history, Returned).items()
        if sent.get(returned.submission or "", returned).at < work.period_end
        for _ in range(min(returned.faults, corrected.get(key, 1000)))
    ]


def withdrawn(history: History) -> int:
    entries: dict[str, Reassigned | Cancelled] = facts(history, Reassigned, Cancelled)
    return sum(entry.quantity for entry in entries.values())


def carried(history: History) -> int:
    return sum(entry.quantity for entry in facts(history, CarriedOver).values())


def left(standing: list[datetime], waivers: list[tuple[datetime, int]]) -> int:
    """What is not waived: each decision strikes out the oldest that it reaches."""
    standing = sorted(standing)
    for decided, most in waivers:
        reached = min(most, len([one for one in standing if one <= decided]))
        standing = standing[reached:]
    return len(standing)


def row(work: Assignment, history: History) -> Row:
    wanted = max(work.quantity - withdrawn(history), 0)
    units = units_done(work, history)[: max(wanted - carried(history), 0)]
    done = len(units)
    decided = decisions(history)
    late, overdue = units.count(False), units.count(False) + wanted - done
    fell_due = [due_of(work, history) + TICK] * overdue
    waived = overdue - left(fell_due, [(entry.at, entry.lates_waived) for entry in decided])
    lates, never = max(late - waived, 0), max(waived - late, 0)
    errors = left(faults(work, history), [(entry.at, entry.faults_waived) for entry in decided])
    k = Fraction(work.k, 1000)
    return Row(
        assigned=(wanted - never) * k,
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
    given = a_scorecard(contributions=contributions_of(workload)).points("task")
    return None if given is None else Decimal(given).scaleb(-2)


def contributions_of(workload: Workload) -> dict[str, Contribution]:
    return {
        assignment_id(f"w{n}"): contribute(
            work.model_copy(update={"folded": fold_all(history.items())}), SCHEME
        )
        for n, (work, history) in enumerate(workload)
    }


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


# Heads: (a + b + c + d + đ + e) / 6 × 70, and the criteria on top


def heads_total(
    workload: Workload, answers: dict[str, bool | None], general: int
) -> Decimal | None:
    """d is left out while no subordinate has a rating; đ and e must be answered."""
    rows = [row(work, history) for work, history in workload]
    assigned = Fraction(sum(one.assigned for one in rows))
    if assigned == 0 or answers["dd"] is None or answers["e"] is None:
        return None
    measures = [
        sum(one.done for one in rows) / assigned,
        sum(one.quality for one in rows) / assigned,
        sum(one.progress for one in rows) / assigned,
        *(Fraction(1 if yes else QUARTER * 2) for yes in answers.values() if yes is not None),
    ]
    exact = sum(measures, Fraction(0)) / len(measures) * 70 + Fraction(general, 100)
    with localcontext(prec=80):
        quotient = Decimal(exact.numerator) / Decimal(exact.denominator)
        return quotient.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


answers = st.fixed_dictionaries(dict.fromkeys(["d", "dd", "e"], st.none() | st.booleans()))


@given(workloads, answers, st.integers(0, 1000))
def test_heads_too(workload: Workload, given: dict[str, bool | None], each: int) -> None:
    stated = {name: "yes" if yes else "no" for name, yes in given.items() if yes is not None}
    card = a_scorecard(
        contributions=contributions_of(workload),
        assessments=an_assessment(full_marks(each), statements=stated),
        capacity=Capacity(subject="head"),
    )
    total = None if card.total is None else Decimal(card.total).scaleb(-2)
    assert total == heads_total(workload, given, 3 * each)


# Any tree, read from its plain data


Plain = dict[str, Any]


def share(node: Plain, case: Case, told: list[tuple[int, Plain]]) -> Fraction | str:
    """From 0 to 1; else the name of the state the whole is in, or `excluded`."""
    if node["kind"] in ("sum", "mean", "minimum"):
        shares = [(one["weight"], share(one, case, told)) for one in node["parts"]]
        states = {one for _, one in shares if isinstance(one, str)} - {"excluded"}
        for state in ("insufficient_data", "not_assessed"):
            if state in states:
                return state
        known = [(weight, one) for weight, one in shares if not isinstance(one, str)]
        if not known:
            return absent(node)
        if node["kind"] == "minimum":
            return min(one for _, one in known)
        return Fraction(sum(weight * one for weight, one in known), sum(w for w, _ in known))
    found = LEAVES[node["kind"]](node, case, told)
    return absent(node) if found is None else found


def absent(node: Plain) -> Fraction | str:
    return Fraction(0) if node["absent"] == "zero" else str(node["absent"])


def of_work(node: Plain, case: Case, told: list[tuple[int, Plain]]) -> Fraction | None:
    del told
    rows = [one.fields() for one in case.contributions.values()] if works(case) else []
    parts = {"quantity": "done", "quality": "quality", "progress": "progress"}
    assigned = sum(one["assigned_weight"] for one in rows)
    done = sum(one[f"{parts[node['measure']]}_weight"] for one in rows)
    return Fraction(done, assigned) if assigned else None


def works(case: Case) -> bool:
    """All assignments are of October; leave in that month takes them out."""
    october = case.assessments.get("2026-10")
    return october is None or not october.away


def of_criteria(node: Plain, case: Case, told: list[tuple[int, Plain]]) -> Fraction | None:
    asked = {row["id"] for form in forms(case.scheme.fields()) for row in form["criteria"]}
    rows = node["criteria"]
    top, bottom = Fraction(0), 0
    for months, said in told:
        scores = said["criteria"]
        valid = all(row["least"] <= scores.get(row["id"], -1) <= row["most"] for row in rows)
        if not valid or set(scores) - asked:
            continue
        weight = Fraction(months, sum(row["weight"] for row in rows))
        top += sum(weight * row["weight"] * scores[row["id"]] / row["most"] for row in rows)
        bottom += months
    return top / bottom if bottom else None


def forms(value: Any) -> list[Plain]:
    if isinstance(value, dict):
        inner = [form for one in value.values() for form in forms(one)]
        return [value, *inner] if value.get("kind") == "criteria" else inner
    return [form for one in value for form in forms(one)] if isinstance(value, list) else []


def of_indicator(node: Plain, _: Case, told: list[tuple[int, Plain]]) -> Fraction | None:
    values = [
        said["indicators"][node["id"]] for _, said in told if node["id"] in said["indicators"]
    ]
    if not values:
        return None
    way = Fraction(values[-1] - node["start"], node["target"] - node["start"])
    return sorted([Fraction(0), way, Fraction(node["cap"], 100)])[1]


def of_statement(node: Plain, _: Case, told: list[tuple[int, Plain]]) -> Fraction | None:
    named = [said["statements"].get(node["id"]) for _, said in told]
    values = [node["options"][one] for one in named if one in node["options"]]
    return Fraction(min(values), 100) if values else None


LEAVES = {
    "task": of_work,
    "criteria": of_criteria,
    "indicator": of_indicator,
    "statement": of_statement,
}
MONTHS = {"2026-10": 1, "2026-11": 1, "2026-Q4": 3}


@given(cases())
def test_any_tree_too(case: Case) -> None:
    # Away in any stretch of a month is away in the month; what says nothing is not kept.
    away = {name.partition("_")[0] for name, one in case.assessments.items() if one.away}
    told = [
        (months, case.assessments[name].fields())
        for name, months in MONTHS.items()
        if case.assessments.get(name, Assessment()) != Assessment() and name not in away
    ]
    card = case.card()
    if card.standing == "on_leave":
        assert not told
        return
    expected = share(case.root.fields(), case, told)
    if isinstance(expected, str):
        assert (card.standing, card.total) == (expected, None)
    else:
        with localcontext(prec=80):
            exact = Decimal(expected.numerator) / Decimal(expected.denominator) * 100
            assert card.total is not None
            assert Decimal(card.total).scaleb(-2) == exact.quantize(
                Decimal("0.01"), rounding=ROUND_HALF_UP
            )


# The Party track, rating by rating from the highest


@given(
    workload=workloads, each=st.integers(0, 1000), member=st.booleans(), reprimanded=st.booleans()
)
def test_gates_too(workload: Workload, each: int, *, member: bool, reprimanded: bool) -> None:
    card = a_scorecard(
        contributions=contributions_of(workload),
        assessments=an_assessment(
            full_marks(each), overrides=[an_override().fields()] if reprimanded else []
        ),
        capacity=Capacity(party_member=member),
    )
    if card.total is None:
        assert card.rating is None
        return
    rows = card.contributions.values()
    units = sum(one.quantity for one in rows)
    timely = sum(one.done - one.lates for one in rows)
    beyond = sum(one.beyond for one in rows)
    reached = {
        "excellent": card.total >= 9000
        and (not member or (timely == units and 10 * beyond >= 3 * units)),
        "good": card.total >= 7000 and (not member or timely == units),
        "completed": card.total >= 5000 and (not member or 5 * (units - timely) <= units),
    }
    expected = next((one for one, met in reached.items() if met), "not_completed")
    assert card.rating == ("not_completed" if reprimanded else expected)
    by_score = next(one for one, least in LEAST.items() if card.total >= least)
    assert (card.gate == "score") is (by_score == card.rating)


LEAST = {"excellent": 9000, "good": 7000, "completed": 5000, "not_completed": 0}
