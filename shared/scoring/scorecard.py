"""Contributions, assessments and a scheme give a scorecard."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain

from shared.models.scheme import Rounding, Scheme
from shared.models.scorecard import (
    Absence,
    Assessment,
    Capacity,
    Contribution,
    NodeScore,
    Override,
    Scorecard,
    UnitScore,
    Work,
)
from shared.scoring.evaluation import WHOLE, Evaluated, Evidence, Told, evaluate, walk
from shared.scoring.gates import Checked, Subjected, check, decide
from shared.scoring.leave import excused
from shared.scoring.rounding import HUNDREDTHS, PLACES, half_up, hundredths

# Without a validator, which a fresh process would have to build at once.
OFFICIAL = Capacity.model_construct()
UNIT = Capacity.model_construct(subject="unit")


@dataclass(frozen=True)
class Reading:
    """A scorecard's evidence, read under its scheme: all that its numbers follow from."""

    evidence: Evidence
    root: Evaluated
    gates: list[Checked]
    overrides: list[Override]
    on_leave: bool
    counted: Mapping[str, Contribution] = field(default_factory=dict)
    """The work of the time worked, as it counts; the rest is left out."""


def score(
    *,
    period: str,
    official: str,
    scheme: Scheme,
    path: Iterable[str],
    contributions: Mapping[str, Contribution],
    assessments: Mapping[str, Assessment],
    capacity: Capacity = OFFICIAL,
) -> Scorecard:
    """Score one person in one period; assessments that say nothing are not kept.

    Shares are exact and the total is rounded once; ratings compare it after that.
    """
    unscored = Scorecard(
        period=period,
        official=official,
        capacity=capacity,
        scheme=scheme.ref,
        path=sorted(set(path)),
        contributions=dict(sorted(contributions.items())),
        assessments={key: one for key, one in sorted(assessments.items()) if one != Assessment()},
        work=add_up([]),
        nodes={},
        standing="on_leave",
    )
    reading = read(unscored, scheme)
    return unscored.model_copy(update={"work": reading.evidence.work, **_outcome(reading, scheme)})


def read(card: Scorecard, scheme: Scheme) -> Reading:
    """Evaluate what a scorecard holds; what it says of the outcome is not looked at."""
    counted = counted_work(card)
    evidence, overrides = _evidence(card, scheme, counted), _overrides(card)
    units = [(one.months, one.assessment.unit) for one in evidence.told]
    parts = {key: one.rating for key, one in card.assessments.items() if one.rating is not None}
    parts.pop(card.period, None)
    person = Subjected(card.capacity, evidence.work, overrides, units=units, parts=parts)
    return Reading(
        evidence=evidence,
        root=evaluate(scheme.root(card.capacity.subject), evidence),
        gates=check(scheme, person),
        overrides=overrides,
        on_leave=_on_leave(card, evidence),
        counted=counted,
    )


def score_unit(work: Work, assessment: Assessment, scheme: Scheme) -> UnitScore:
    """Score a unit on the pooled work of its people and on what is known of itself."""
    unscored = UnitScore(work=work, assessment=assessment, nodes={}, standing="not_assessed")
    return unscored.model_copy(update=_outcome(read_unit(unscored, scheme), scheme))


def read_unit(found: UnitScore, scheme: Scheme) -> Reading:
    """As `read`, of a unit."""
    evidence = Evidence(found.work, [Told(1, found.assessment)])
    return Reading(
        evidence=evidence,
        root=evaluate(scheme.root("unit"), evidence),
        gates=check(scheme, Subjected(UNIT, found.work, [])),
        overrides=[],
        on_leave=False,
    )


def add_up(contributions: Iterable[Contribution]) -> Work:
    rows = list(contributions)
    return Work(
        assigned=sum(row.quantity for row in rows),
        done=sum(row.done for row in rows),
        beyond=sum(row.beyond for row in rows),
        fails=sum(row.fails for row in rows),
        lates=sum(row.lates for row in rows),
        assigned_weight=sum(row.assigned_weight for row in rows),
        done_weight=sum(row.done_weight for row in rows),
        quality_weight=sum(row.quality_weight for row in rows),
        progress_weight=sum(row.progress_weight for row in rows),
    )


def pooled(works: Iterable[Work]) -> Work:
    """The sums of several, of which nobody can be told any more."""
    rows = list(works)
    return Work(**{name: sum(getattr(row, name) for row in rows) for name in Work.model_fields})


def span(stretch: str) -> tuple[str, int, int, str]:
    """Orders stretches in time, a quarter after its months: year, last month, months, name."""
    year, _, part = _period(stretch).partition("-")
    if part.startswith("Q"):
        return year, 3 * int(part[1:]), 3, stretch
    return (year, int(part), 1, stretch) if part else (year, 12, 12, stretch)


def _outcome(reading: Reading, scheme: Scheme) -> dict[str, object]:
    if reading.on_leave:
        return {"standing": "on_leave"}
    root = reading.root
    nodes = {"nodes": _nodes(root)}
    if root.share is None:
        return {**nodes, "standing": root.unrated}
    total = _total(root.share, scheme.rounding)
    rating, gate = decide(total, scheme, reading.gates)
    return {**nodes, "total": total, "rating": rating, "gate": gate, "standing": "rated"}


def _nodes(root: Evaluated) -> dict[str, NodeScore]:
    scored = {
        node.component.id: NodeScore(
            share=hundredths(node.share * WHOLE), points=hundredths(node.share * most)
        )
        for node, most in walk(root)
        if node.share is not None
    }
    return dict(sorted(scored.items()))


def _total(share: Fraction, rounding: Rounding) -> int:
    """Hundredths of a point, rounded once to as many places as the scheme says."""
    step: int = 10 ** (PLACES - rounding.places)
    return half_up(share * WHOLE * HUNDREDTHS / step) * step


def counted_work(card: Scorecard) -> dict[str, Contribution]:
    """The work of the time that was worked, less what leave excuses."""
    away, absences = _away(card), defaultdict[str, list[Absence]](list)
    for stretch, one in card.assessments.items():
        absences[_period(stretch)] += one.absences
    return {
        name: excused(row, absences.get(_period(name), ()))
        for name, row in card.contributions.items()
        if _period(name) not in away
    }


def _away(card: Scorecard) -> set[str]:
    return {_period(stretch) for stretch, one in card.assessments.items() if one.away}


def _evidence(card: Scorecard, scheme: Scheme, counted: Mapping[str, Contribution]) -> Evidence:
    """The work and assessments of the time that was worked."""
    away = _away(card)
    worked = sorted(span(key) for key in card.assessments if _period(key) not in away)
    told = [Told(months, card.assessments[stretch]) for *_, months, stretch in worked]
    return Evidence(add_up(counted.values()), told, scheme.justification)


def _on_leave(card: Scorecard, evidence: Evidence) -> bool:
    away = any(one.away for one in card.assessments.values())
    return away and not evidence.told and evidence.work.assigned == 0


def _overrides(card: Scorecard) -> list[Override]:
    """Each fact once, also when several stretches know it; in the order of time."""
    known = chain.from_iterable(one.overrides for one in card.assessments.values())
    distinct = {(one.at, one.until or one.at, one.kind, one.by, one.reason): one for one in known}
    return [distinct[key] for key in sorted(distinct)]


def _period(name: str) -> str:
    """Of a stretch or an assignment: both begin with it."""
    return name.partition("_")[0]
