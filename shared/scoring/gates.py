"""Gates beside the score: each may lower a rating to its ceiling, and the lowest decides."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from shared.models.scheme import (
    AtLeast,
    AtMost,
    Condition,
    Gate,
    NoFact,
    NoPart,
    Pace,
    Rating,
    Scheme,
    UnitAtLeast,
)
from shared.models.scorecard import Capacity, Override, Work

SCORE = "score"
"""What decides when no gate lowers the rating."""


@dataclass(frozen=True)
class Subjected:
    """Whom the gates judge, and on what.

    `units` are the shares, in hundredths of a per cent, of the units that they headed, each
    for so many months, in the order of time; `parts` the ratings of the periods that theirs
    is made of.
    """

    capacity: Capacity
    work: Work
    overrides: Sequence[Override]
    units: Sequence[tuple[int, Mapping[str, int]]] = ()
    parts: Mapping[str, Rating] = field(default_factory=dict)


@dataclass(frozen=True)
class Checked:
    """A gate on one person: the share it measured, the facts or the parts it found."""

    gate: Gate
    applies: bool
    passed: bool
    measured: Fraction | None
    found: list[Override]
    parts: list[str] = field(default_factory=list)


def check(scheme: Scheme, person: Subjected) -> list[Checked]:
    return [_check(gate, person) for gate in scheme.gates]


def by_score(total: int, scheme: Scheme) -> Rating:
    """The highest band whose threshold the rounded total reaches."""
    return next(band.rating for band in scheme.ratings.bands if total >= band.at_least)


def decide(total: int, scheme: Scheme, checked: Iterable[Checked]) -> tuple[Rating, str]:
    """The rating, and what decided it: the first of the gates that lower it the most."""
    order = [band.rating for band in scheme.ratings.bands]
    rating, gate = by_score(total, scheme), SCORE
    for one in checked:
        if not one.passed and order.index(one.gate.ceiling) > order.index(rating):
            rating, gate = one.gate.ceiling, one.gate.id
    return rating, gate


def standing_in(overrides: Iterable[Override], start: datetime, end: datetime) -> list[Override]:
    """The facts that stand in the period from `start` until before `end`."""
    return [
        one
        for one in overrides
        if one.at < end and (one.at >= start if one.until is None else one.until > start)
    ]


def pace(work: Work, wanted: Pace) -> Fraction | None:
    """A share of the units assigned; none where nothing was assigned.

    What was never delivered is late too: else not delivering would be the better choice.
    """
    if work.assigned == 0:
        return None
    on_time = Fraction(work.done - work.lates, work.assigned)
    match wanted:
        case "on_time":
            return on_time
        case "late":
            return 1 - on_time
        case "beyond":
            return Fraction(work.beyond, work.assigned)


def _check(gate: Gate, person: Subjected) -> Checked:
    condition = gate.condition
    measured = _measured(condition, person)
    found, parts = _found(condition, person), _parts(condition, person)
    applies = _applies(gate, person)
    passed = not applies or (_holds(condition, measured) and not found and not parts)
    return Checked(gate, applies, passed, measured, found, parts)


def _measured(condition: Condition, person: Subjected) -> Fraction | None:
    match condition:
        case AtLeast() | AtMost():
            return pace(person.work, condition.pace)
        case UnitAtLeast():
            return _of_units(condition, person.units)
        case _:
            return None


def _of_units(
    condition: UnitAtLeast, units: Sequence[tuple[int, Mapping[str, int]]]
) -> Fraction | None:
    """Pooled over the time for which a unit had a result."""
    told = [(months, unit[condition.node]) for months, unit in units if condition.node in unit]
    if not told:
        return None
    shares = [share for _, share in told]
    match condition.pooled:
        case "mean":
            whole = 10_000 * sum(months for months, _ in told)
            return Fraction(sum(months * share for months, share in told), whole)
        case "least":
            return Fraction(min(shares), 10_000)
        case "last":
            return Fraction(shares[-1], 10_000)


def _found(condition: Condition, person: Subjected) -> list[Override]:
    kinds = condition.facts if isinstance(condition, NoFact) else []
    return [one for one in person.overrides if one.kind in kinds]


def _parts(condition: Condition, person: Subjected) -> list[str]:
    """The periods that were rated what none of them may be."""
    if not isinstance(condition, NoPart):
        return []
    return [
        period
        for period, rating in sorted(person.parts.items())
        if rating == condition.rating and condition.part in (None, _kind(period))
    ]


def _kind(period: str) -> str:
    part = period.partition("-")[2]
    return "quarter" if part.startswith("Q") else "month" if part else "year"


def _holds(condition: Condition, measured: Fraction | None) -> bool:
    """What could not be measured is held against nobody."""
    if measured is None or isinstance(condition, NoFact | NoPart):
        return True
    percent = Fraction(condition.percent, 100)
    return measured <= percent if isinstance(condition, AtMost) else measured >= percent


def _applies(gate: Gate, person: Subjected) -> bool:
    match gate.applies_to:
        case "all":
            return True
        case "heads":
            return person.capacity.subject == "head"
        case "party_members":
            return person.capacity.party_member
