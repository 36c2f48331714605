"""Score facts given as data, without a store: for what-if questions and reproductions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import Field

from shared.errors import Fault, RefusedError, refuse
from shared.models.assignment import Assignment
from shared.models.base import (
    Coefficient,
    Id,
    Line,
    Part,
    Percent,
    PeriodId,
    Points,
    Quantity,
    Time,
)
from shared.models.entry import Entry, EntryId
from shared.models.official import Leave
from shared.models.position import Asked
from shared.models.scheme import Amount, Component, Indicator, Rating, Scheme, Statement
from shared.models.scorecard import Assessment, Capacity, Override, Scorecard, Stretch
from shared.scoring.contribution import contribute
from shared.scoring.evaluation import components
from shared.scoring.fold import fold_all
from shared.scoring.gates import standing_in
from shared.scoring.leave import is_away
from shared.scoring.publication import asked_defects
from shared.scoring.rollup import as_part, pool
from shared.scoring.scorecard import score
from shared.scoring.statement import derive_all
from shared.usecases.calendar import bounds
from shared.usecases.context import asks_positions
from shared.usecases.schemes import SHIPPED, require_sound, shipped
from shared.vietnamese import TIME_ZONE


class Work(Part):
    """One assignment: its terms, and its entries by id."""

    product: Id = "product"
    title: Line = "work"
    k: Coefficient = 1000
    quantity: Quantity = 1
    due: Time
    entries: dict[EntryId, Entry] = {}


class Appraised(Part):
    """The head's scores by criterion, in hundredths."""

    by_head: dict[Id, Points]


class Served(Part):
    """What is known of one stretch: work, scores, statements, measurements.

    `subordinates` are the ratings that a derived statement follows from.
    """

    unit: Id = "unit"
    assignments: Annotated[dict[Id, Work], Field(max_length=1000)] = {}
    appraisal: Appraised | None = None
    statements: dict[Id, Id] = {}
    subordinates: Annotated[list[Rating], Field(max_length=1000)] = []
    indicators: dict[Id, Amount] = {}
    positions: dict[Id, Asked] = {}
    unit_shares: dict[Id, Percent] = {}


class Facts(Served):
    """What `roviec score` reads: see docs/facts.md.

    `scheme` names a shipped scheme or is one; `period` is a month, quarter or
    year in `time_zone`; without `appraisal` the head has not scored. `pool`
    gives what is known by month or quarter, or by unit after a transfer.
    """

    scheme: str | Scheme = "decree-335@1"
    period: PeriodId
    time_zone: Line = TIME_ZONE
    official: Id = "official"
    capacity: Capacity = Capacity()
    leave: Annotated[list[Leave], Field(max_length=50)] = []
    overrides: Annotated[list[Override], Field(max_length=100)] = []
    pool: Annotated[dict[Stretch, Served], Field(max_length=24)] = {}


def score_facts(facts: Facts) -> tuple[Scorecard, Scheme]:
    """The scorecard that the facts give, and the scheme it was scored under."""
    scheme = _scheme(facts.scheme)
    stretches: dict[str, Served] = {**facts.pool, facts.period: facts}
    root = scheme.root(facts.capacity.subject)
    faults = [] if facts.period not in facts.pool else [_twice(facts.period)]
    faults += [
        fault for name, one in stretches.items() for fault in _unknown(name, one, facts, root)
    ]
    if faults:
        raise RefusedError("invalid", *faults)
    cards = [_part(name, served, facts, scheme) for name, served in stretches.items()]
    return pool(cards, facts.period, scheme), scheme


def _scheme(given: str | Scheme) -> Scheme:
    if isinstance(given, Scheme):
        require_sound(given)
        return given
    if given not in SHIPPED:
        known = ", ".join(sorted(SHIPPED))
        raise refuse("missing", "scheme", f"{given} is not shipped; there is {known}", "không có")
    return shipped(given)


def _part(stretch: str, served: Served, facts: Facts, scheme: Scheme) -> Scorecard:
    """Of a period that is part of a roll-up, also what it was rated by itself."""
    card = _card(stretch, served, facts, scheme)
    return as_part(card) if "_" not in stretch and stretch != facts.period else card


def _card(stretch: str, served: Served, facts: Facts, scheme: Scheme) -> Scorecard:
    period, _, moved = stretch.partition("_")
    unit = moved or served.unit
    start, end = bounds(period, facts.time_zone)
    work = {
        f"{period}_{unit}_{facts.official}_{name}": contribute(
            _assignment(period, unit, facts.official, one, scheme, start, end), scheme
        )
        for name, one in served.assignments.items()
    }
    overrides = standing_in(facts.overrides, start, end) if stretch == facts.period else []
    root = scheme.root(facts.capacity.subject)
    derived = derive_all(root, served.subordinates, scheme)
    assessment = Assessment(
        criteria={} if served.appraisal is None else served.appraisal.by_head,
        statements={**derived, **served.statements},
        indicators=served.indicators,
        positions=dict(sorted(served.positions.items())),
        unit=served.unit_shares,
        overrides=overrides,
        away=is_away(facts.leave, start, end),
    )
    return score(
        period=period,
        official=facts.official,
        scheme=scheme,
        path=[unit] if work else [],
        contributions=work,
        assessments={stretch: assessment},
        capacity=facts.capacity,
    )


def _unknown(stretch: str, served: Served, facts: Facts, root: Component) -> list[Fault]:
    """Statements and measurements that the scheme does not ask for."""
    within = "" if stretch == facts.period else f"pool.{stretch}."
    asked = {one.id: one for one in components(root)}
    idle = [
        f"statements.{name}"
        for name, option in served.statements.items()
        if not isinstance(one := asked.get(name), Statement) or option not in one.options
    ]
    of_positions = {one.id for asks in served.positions.values() for one in asks.indicators}
    idle += [
        f"indicators.{name}"
        for name in served.indicators
        if not isinstance(asked.get(name), Indicator) and name not in of_positions
    ]
    idle += [f"positions.{name}" for name in served.positions if not asks_positions(root)]
    return [
        *(_not_asked(within + field) for field in idle),
        *_unsound(f"{within}positions", served.positions),
    ]


def _unsound(within: str, positions: Mapping[str, Asked]) -> list[Fault]:
    return [
        Fault(f"{within}.{name}.{one.node}", one.en, one.vi)
        for name, asked in positions.items()
        for one in asked_defects(asked)
    ]


def _not_asked(field: str) -> Fault:
    return Fault(field, "the scheme does not ask for this", "quy chế không hỏi điều này")


def _twice(period: str) -> Fault:
    return Fault(f"pool.{period}", "stands beside the pool", "để ngoài pool")


def _assignment(
    period: str,
    unit: str,
    official: str,
    work: Work,
    scheme: Scheme,
    start: datetime,
    end: datetime,
) -> Assignment:
    return Assignment(
        period=period,
        unit=unit,
        path=[unit],
        official=official,
        approver="head",
        product=work.product,
        title=work.title,
        k=work.k,
        quantity=work.quantity,
        due=work.due,
        period_end=end,
        scheme=scheme.ref,
        assigned_at=start,
        assigned_by="head",
        folded=fold_all(work.entries.items()),
    )
