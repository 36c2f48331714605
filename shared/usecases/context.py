"""What is known of a person in a period besides their work, and as what they are rated.

Pure: the live scorecard and the close build it from the same documents by the same
function, so it is the same to the byte.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared import refs
from shared.models.appraisal import Appraisal, Scoring
from shared.models.measurement import Measurement
from shared.models.official import Official
from shared.models.period import Period
from shared.models.scheme import Component, Indicator, Scheme, Statement
from shared.models.scorecard import Absence, Assessment, Capacity, Override
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
    measured = any(isinstance(one, Indicator) for one in components(root))
    return [
        refs.appraisal(period.id, uid),
        *(refs.appraisal(period.id, uid, unit) for unit in _units(official, period)),
        *([refs.measurement(period.id, "official", uid)] if measured else []),
    ]


def known_from(official: Official | None, period: Period, found: Sequence[Any]) -> Known:
    """What the sources say; None stands for one that is not there or cannot be read."""
    units = _units(official, period)
    said = zip(units, found[1 : 1 + len(units)], strict=True)
    return Known(
        official=official,
        appraisal=found[0],
        elsewhere={unit: one for unit, one in said if one is not None},
        measurement=next(iter(found[1 + len(units) :]), None),
    )


def context(period: Period, scheme: Scheme, known: Known) -> Context:
    """Of the person, by what is known; what depends on others' ratings is not in it."""
    official = known.official
    capacity = capacity_in(official, period)
    root = scheme.root(capacity.subject)
    home, said = _said(known, period)
    asks = scheme.justification is not None
    own = _told(said.pop(home, None), root, asks=asks).model_copy(
        update={
            "own": _own(known.appraisal),
            "indicators": measured_values(known.measurement),
            "overrides": [] if official is None else known_facts(official, period),
            **({} if official is None else _leave(official, period)),
        }
    )
    others = {
        f"{period.id}_{unit}": _told(by_head, root, asks=asks) for unit, by_head in said.items()
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


def _told(scoring: Scoring | None, root: Component, *, asks: bool) -> Assessment:
    """What a head said, and whether in silence where the scheme may ask why.

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
        statements={
            name: option
            for name, option in sorted(scoring.statements.items())
            if name not in derived
        },
    )


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
