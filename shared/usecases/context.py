"""What is known of a person in a period besides their work, and as what they are rated.

Pure: the live scorecard and the close build it from the same documents by the same
function, so it is the same to the byte.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from shared import refs
from shared.models.appraisal import Appraisal, Scoring
from shared.models.measurement import Measurement
from shared.models.official import Official
from shared.models.period import Period
from shared.models.position import Asked, Position
from shared.models.scheme import (
    POSITIONAL,
    Component,
    Indicator,
    PositionCriteria,
    PositionIndicators,
    Scheme,
    Statement,
)
from shared.models.scorecard import Absence, Assessment, Capacity, InPlace, Override
from shared.refs import Ref
from shared.scoring.evaluation import components
from shared.scoring.gates import standing_in
from shared.scoring.leave import is_away
from shared.scoring.scorecard import OFFICIAL

MANY = 2
Context = tuple[Capacity, dict[str, Assessment]]
"""As what somebody is rated, and what is known by stretch of time."""


@dataclass(frozen=True)
class Known:
    """A person's record, the appraisal, those that name a unit, and what was measured."""

    official: Official | None
    appraisal: Appraisal | None = None
    elsewhere: Mapping[str, Appraisal] = field(default_factory=dict)
    measurement: Measurement | None = None
    positions: Mapping[str, Position] = field(default_factory=dict)
    """Those held in the period, where the scheme counts what they ask."""


def capacity_in(official: Official | None, period: Period) -> Capacity:
    """The duty held last in the period; who is in the Party by its end is bound by its track."""
    posting = None if official is None else official.posting_in(period.start, period.end)
    if official is None or posting is None:
        return OFFICIAL
    return Capacity(
        subject="official" if posting.duty == "member" else "head",
        party_member=official.party_since is not None and official.party_since < period.end,
    )


def sources_of(
    official: Official | None, uid: str, period: Period, scheme: Scheme
) -> list[Ref[Any]]:
    """Where a person's context stands beside the record, in the order of `known_from`."""
    root = scheme.root(capacity_in(official, period).subject)
    measured = any(isinstance(one, Indicator | PositionIndicators) for one in components(root))
    return [
        refs.appraisal(period.id, uid),
        *(refs.appraisal(period.id, uid, unit) for unit in _units(official, period)),
        *([refs.measurement(period.id, "official", uid)] if measured else []),
        *(refs.positions(name) for name in _asking(official, period, root)),
    ]


def known_from(
    official: Official | None, period: Period, scheme: Scheme, found: Sequence[Any]
) -> Known:
    """What the sources say; None stands for one that is not there or cannot be read."""
    units = _units(official, period)
    names = _asking(official, period, scheme.root(capacity_in(official, period).subject))
    said = zip(units, found[1 : 1 + len(units)], strict=True)
    first = len(found) - len(names)
    held = zip(names, found[first:], strict=True)
    return Known(
        official=official,
        appraisal=found[0],
        elsewhere={unit: one for unit, one in said if one is not None},
        measurement=next(iter(found[1 + len(units) : first]), None),
        positions={name: one for name, one in held if one is not None},
    )


def context(period: Period, scheme: Scheme, known: Known) -> Context:
    """Of the person, by what is known; what depends on others' ratings is not in it."""
    official = known.official
    capacity = capacity_in(official, period)
    root = scheme.root(capacity.subject)
    home, said = _said(known, period)
    asks = scheme.justification is not None
    own = _told(said.pop(home, None), root, period, asks=asks).model_copy(
        update={
            "own": _own(known.appraisal),
            "indicators": measured_values(known.measurement),
            "positions": _asked(known, period, root, home),
            "overrides": [] if official is None else known_facts(official, period),
            **({} if official is None else _leave(official, period)),
        }
    )
    others = {
        f"{period.id}_{unit}": _told(said.get(unit), root, period, asks=asks).model_copy(
            update=_held_elsewhere(known, period, root, unit)
        )
        for unit in {*said, *_units(official, period)} - {home}
    }
    return capacity, {period.id: own, **others}


def makes_card(assessments: Mapping[str, Assessment]) -> bool:
    """Whether somebody without work has a scorecard: what was said or measured makes one.

    A record alone makes none: else a period that opens would have to make everybody's.
    """
    return any(one.criteria or one.statements or one.indicators for one in assessments.values())


def depends_on(official: Official | None, period: Period) -> object:
    """All that a period's results follow from in a record, to be compared."""
    if official is None:
        return None
    posting = official.posting_in(period.start, period.end)
    if posting is None:
        return None
    return (
        posting.unit,
        posting.duty,
        posting.field,
        _scored_in(official, period),
        holdings(official, period),
        capacity_in(official, period),
        known_facts(official, period),
        _leave(official, period),
        official.name_at(period.closes_at),
    )


def known_facts(official: Official, period: Period) -> list[Override]:
    """The facts that stand in the period, as they were known when it was locked."""
    known = [
        one
        for one in official.facts
        if (one.entered_at is None or one.entered_at < period.closes_at)
        and (one.withdrawn_at is None or one.withdrawn_at >= period.closes_at)
    ]
    return standing_in(known, period.start, period.end)


class Holding(NamedTuple):
    """A position held in a unit; `since` decides which of the things it ever asked apply."""

    unit: str
    position: str
    since: datetime


def holdings(official: Official, period: Period) -> list[Holding]:
    """The positions held in the period, in the order of time.

    What a position asks is known beforehand: when the period begins, or the service in it.
    """
    served = sorted(official.postings, key=lambda one: one.start)
    return [
        Holding(one.unit, position, max(one.start, period.start))
        for one in served
        if one.overlaps(period.start, period.end)
        and (position := official.held_in(one)) is not None
    ]


def asked_of(held: Sequence[Holding], positions: Mapping[str, Position]) -> dict[str, Asked]:
    """What each of the positions asks of whoever holds it then; of several services the first."""
    asked: dict[str, Asked] = {}
    for one in held:
        position = positions.get(one.position)
        found = None if position is None else position.asked_at(one.since)
        if found is not None:
            asked.setdefault(one.position, found)
    return dict(sorted(asked.items()))


def asks_positions(root: Component) -> bool:
    """Whether a tree counts what positions ask."""
    return any(isinstance(one, POSITIONAL) for one in components(root))


def _asking(official: Official | None, period: Period, root: Component) -> list[str]:
    """The positions whose records a person's context rests on."""
    if official is None or not asks_positions(root):
        return []
    return sorted({one.position for one in holdings(official, period)})


def _asked(known: Known, period: Period, root: Component, unit: str) -> dict[str, Asked]:
    """What the positions held in a unit ask, as far as the tree counts it."""
    if known.official is None or not known.positions:
        return {}
    held = [one for one in holdings(known.official, period) if one.unit == unit]
    kinds = {type(one) for one in components(root)}
    idle: dict[str, list[Any]] = {
        **({} if PositionCriteria in kinds else {"criteria": []}),
        **({} if PositionIndicators in kinds else {"indicators": []}),
    }
    asked = {
        name: one.model_copy(update=idle) for name, one in asked_of(held, known.positions).items()
    }
    return {name: one for name, one in asked.items() if one.criteria or one.indicators}


def _held_elsewhere(
    known: Known, period: Period, root: Component, unit: str
) -> dict[str, dict[str, Any]]:
    """What the positions held in another unit ask, and the values that they ask for."""
    asked = _asked(known, period, root, unit)
    names = {item.id for one in asked.values() for item in one.indicators}
    values = measured_values(known.measurement)
    return {
        "positions": asked,
        "indicators": {name: value for name, value in values.items() if name in names},
    }


def _units(official: Official | None, period: Period) -> list[str]:
    """The units whose heads may have rated this person in a document of its own."""
    return [] if official is None else official.units_in(period.start, period.end)


def _said(known: Known, period: Period) -> tuple[str, dict[str, Scoring | None]]:
    """The unit served in last, and what the heads of each unit of the period said.

    The appraisal without a unit is by the head of where the person served when it was
    written. By whoever has become the head of one who moved on since the period, it is
    of the unit served in last. Of two for one unit the one that names it counts.
    """
    official = known.official
    home = official.unit_in(period.start, period.end) if official else None
    said = {unit: appraisal.by_head for unit, appraisal in known.elsewhere.items()}
    if known.appraisal is not None:
        by_head = known.appraisal.by_head
        here = official.unit_at(by_head.at) if official and by_head else None
        served = here if here in _units(official, period) else home
        said.setdefault(served or "", by_head)
    return home or "", said


def _scored_in(official: Official, period: Period) -> object:
    """The units of the period; of several also when, until the lock: it says which head scored."""
    units = _units(official, period)
    served = [one for one in official.postings if one.overlaps(period.start, period.closes_at)]
    return units if len(units) < MANY else [(one.unit, one.start) for one in served]


def _own(appraisal: Appraisal | None) -> dict[str, int]:
    by_self = None if appraisal is None else appraisal.by_self
    return {} if by_self is None else dict(sorted(by_self.scores.items()))


def _told(scoring: Scoring | None, root: Component, period: Period, *, asks: bool) -> Assessment:
    """What a head said, or somebody in their place; whether in silence where a reason is asked.

    What follows from others' ratings cannot be stated.
    """
    if scoring is None:
        return Assessment()
    derived = {
        one.id for one in components(root) if isinstance(one, Statement) and one.derived is not None
    }
    return Assessment(
        criteria=dict(sorted(scoring.scores.items())),
        unexplained=asks and not (scoring.note or "").strip(),
        in_place=_in_place(scoring, period),
        statements={
            name: option
            for name, option in sorted(scoring.statements.items())
            if name not in derived
        },
    )


def _in_place(scoring: Scoring, period: Period) -> InPlace | None:
    if scoring.in_place is None:
        return None
    since = period.deputies_from if scoring.in_place == "deputy" else period.above_from
    return InPlace(by=scoring.by, standing=scoring.in_place, since=since)


def measured_values(measurement: Measurement | None) -> dict[str, int]:
    values = {} if measurement is None else measurement.values
    return {name: one.value for name, one in sorted(values.items())}


def _leave(official: Official, period: Period) -> dict[str, object]:
    """Away for all that was served of the period, or the absences, each within it."""
    leave = official.leave
    served = [
        (max(one.start, period.start), min(one.end or period.end, period.end))
        for one in official.postings
        if one.overlaps(period.start, period.end)
    ] or [(period.start, period.end)]
    if all(is_away(leave, start, end) for start, end in served):
        return {"away": True}
    within = sorted(
        (max(one.start, period.start), min(one.end, period.end))
        for one in leave
        if one.start < period.end and one.end > period.start
    )
    return {"absences": [Absence(start=start, end=end) for start, end in within]}
