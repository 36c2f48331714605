"""Gates beside the score: each may lower a rating to its ceiling, and the lowest decides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from shared.models.scheme import AtLeast, Condition, Gate, NoFact, Pace, Rating, Scheme
from shared.models.scorecard import Capacity, Override, Work

SCORE = "score"
"""What decides when no gate lowers the rating."""


@dataclass(frozen=True)
class Subjected:
    """Whom the gates judge, and on what."""

    capacity: Capacity
    work: Work
    overrides: Sequence[Override]


@dataclass(frozen=True)
class Checked:
    """A gate on one person: the share it measured or the facts it found."""

    gate: Gate
    applies: bool
    passed: bool
    measured: Fraction | None
    found: list[Override]


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
    measured, found = _measured(gate.condition, person), _found(gate.condition, person)
    applies = _applies(gate, person)
    passed = not applies or (_holds(gate.condition, measured) and not found)
    return Checked(gate, applies, passed, measured, found)


def _measured(condition: Condition, person: Subjected) -> Fraction | None:
    return None if isinstance(condition, NoFact) else pace(person.work, condition.pace)


def _found(condition: Condition, person: Subjected) -> list[Override]:
    kinds = condition.facts if isinstance(condition, NoFact) else []
    return [one for one in person.overrides if one.kind in kinds]


def _holds(condition: Condition, measured: Fraction | None) -> bool:
    if measured is None or isinstance(condition, NoFact):
        return True
    percent = Fraction(condition.percent, 100)
    return measured >= percent if isinstance(condition, AtLeast) else measured <= percent


def _applies(gate: Gate, person: Subjected) -> bool:
    match gate.applies_to:
        case "all":
            return True
        case "heads":
            return person.capacity.subject == "head"
        case "party_members":
            return person.capacity.party_member
