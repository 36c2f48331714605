"""What if another scheme had been pinned: replay a period under it; nothing is written."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import Discriminator, Tag

from shared import refs
from shared.errors import refuse
from shared.models.base import Document, Id, Part, PeriodId, SchemeRef
from shared.models.period import Period
from shared.models.result import Result
from shared.models.scheme import Scheme, WholePercent
from shared.models.scorecard import Scorecard
from shared.models.simulation import Simulation
from shared.models.unit import Unit
from shared.ports import Services, Store, Where
from shared.refs import Ref
from shared.scoring.replay import carried, supposing
from shared.scoring.result import rescored
from shared.scoring.rollup import as_part, pool
from shared.scoring.scorecard import span
from shared.scoring.simulation import Pair, compare
from shared.usecases.caller import Caller, require
from shared.usecases.compile_unit import (
    Compiled,
    Person,
    conclude_unit,
    read_people,
    results_of,
)
from shared.usecases.conclude import children_of, deepest_first
from shared.usecases.context import known_facts
from shared.usecases.opened import no_period
from shared.usecases.roll_up import read_record
from shared.usecases.schemes import SHIPPED, Schemes, require_sound, shipped

MOST = 10_000
"""Assignments of one call: they are read with all their entries while a caller waits."""


class SimulateRequest(Part):
    """`scheme` is published, shipped or given whole; `unit` narrows it to that unit and below.

    `suppose`: whoever nobody has scored yet has so many per cent of every criterion.
    """

    period: PeriodId
    scheme: Annotated[
        Annotated[SchemeRef, Tag("ref")] | Annotated[Scheme, Tag("whole")],
        Discriminator(lambda given: "ref" if isinstance(given, str) else "whole"),
    ]
    unit: Id | None = None
    suppose: WholePercent | None = None


@dataclass(frozen=True)
class _Side:
    """One of the two schemes, and the results under it so far: heads rest on those below."""

    scheme: Scheme
    prepare: Callable[[Scorecard], Scorecard]
    known: dict[str, Document] = field(default_factory=dict)

    def read(self, ref: Ref[Any]) -> Any:  # noqa: ANN401  # whatever document the reference names
        return self.known.get(ref.path)

    def keep(self, period: Period, unit: Unit, compiled: Compiled) -> None:
        for result in compiled.results:
            ref = refs.official_results(period.id)(result.scorecard.official)
            self.known[ref.path] = result
        self.known[refs.unit_results(period.id)(unit.path[-1]).path] = compiled.total


def simulate(
    services: Services, schemes: Schemes, caller: Caller, request: SimulateRequest
) -> Simulation:
    """For those who decide on schemes; refuses what is too much to replay in one call."""
    require(caller, "organiser", "authority")
    return replay_period(services.store, schemes, request, most=MOST)


def replay_period(
    store: Store, schemes: Schemes, request: SimulateRequest, *, most: int | None = None
) -> Simulation:
    """An operator may wait, so has no bound.

    A roll-up is replayed from the work of its parts. Corrections and decisions are
    not: they were made on what the schemes of then gave.
    """
    period = _read_period(store, request.period)
    parts = [_read_period(store, name) for name in period.parts] or [period]
    new = other_scheme(schemes, request.scheme)
    units = _read_units(store, request.unit)
    if most is not None:
        _require_few(store, parts, request.unit, units, most)
    pairs = [
        pair
        for part in parts
        for pair in _part_pairs(store, part, units, schemes.get(part.scheme), new, request.suppose)
    ]
    old = schemes.get(period.scheme)
    return compare(
        list(_pooled(store, pairs, period, old, new)) if period.parts else pairs,
        old,
        new,
        period=period.id,
        state=period.state,
        suppose=request.suppose,
    )


def _read_period(store: Store, name: str) -> Period:
    period = store.get(refs.periods(name))
    if period is None:
        raise no_period(name, "period")
    return period


def other_scheme(schemes: Schemes, given: SchemeRef | Scheme) -> Scheme:
    """The scheme itself, or the published, else the shipped one of that name."""
    if isinstance(given, Scheme):
        require_sound(given)
        return given
    standing = schemes.find(given)
    if standing is not None:
        return standing
    if given not in SHIPPED:
        raise refuse(
            "missing",
            "scheme",
            f"{given} is neither published nor shipped",
            f"chưa ban hành {given} và hệ thống không có sẵn",
        )
    return shipped(given)


def _read_units(store: Store, within: str | None) -> list[Unit]:
    """The deepest first."""
    where = None if within is None else Where("path", "array_contains", within)
    units = [found.value for found in store.find(refs.units, where=where)]
    if within is not None and not units:
        raise refuse("missing", "unit", f"there is no unit {within}", f"không có đơn vị {within}")
    return deepest_first(units)


def _require_few(
    store: Store, periods: list[Period], within: str | None, units: list[Unit], most: int
) -> None:
    """Counted, not read."""
    below = [""] if within is None else [f"{unit.path[-1]}_" for unit in units]
    prefixes = [f"{period.id}_{unit}" for period in periods for unit in below]
    found = sum(store.count(refs.assignments, prefix=prefix) for prefix in prefixes)
    if found > most:
        raise refuse(
            "too-large",
            "unit",
            f"{found} assignments, and at most {most} in one call: name a unit further down",
            f"có {found} việc, mỗi lần tối đa {most}: hãy chọn đơn vị cấp dưới",
        )


def _part_pairs(
    store: Store,
    part: Period,
    units: list[Unit],
    old: Scheme,
    new: Scheme,
    suppose: int | None,
) -> Iterator[Pair]:
    """Everybody in one period that has work of its own, the deepest unit first."""
    sides = (
        _Side(old, lambda card: supposing(card, old, suppose)),
        _Side(new, lambda card: supposing(carried(card, old, new), new, suppose)),
    )
    for unit in units:
        yield from _pairs(store, part, unit, sides)


def _pooled(
    store: Store, pairs: list[Pair], period: Period, old: Scheme, new: Scheme
) -> Iterator[Pair]:
    """Each person's parts as one, in the unit of the last: both sides as a roll-up pools."""
    by_official: dict[str, list[Pair]] = {}
    for pair in sorted(pairs, key=lambda pair: span(pair.before.period)):
        by_official.setdefault(pair.before.official, []).append(pair)
    for uid, own in by_official.items():
        record = read_record(store, uid)
        facts = [] if record is None else known_facts(record, period)
        before = pool([as_part(pair.before) for pair in own], period.id, old, facts)
        after = pool([as_part(pair.after) for pair in own], period.id, new, facts)
        yield Pair(own[-1].name, own[-1].unit, before, after)


def _pairs(store: Store, period: Period, unit: Unit, sides: tuple[_Side, _Side]) -> Iterator[Pair]:
    """Everybody whose result the unit compiles, as its close would under either scheme."""
    people = read_people(store, period, unit.path[-1])
    before, after = (_compiled(store, period, unit, people, side) for side in sides)
    for one, other in zip(before, after, strict=True):
        yield Pair(one.name, one.unit, one.scorecard, other.scorecard)


def _compiled(
    store: Store, period: Period, unit: Unit, people: list[Person], side: _Side
) -> list[Result]:
    live = [
        rescored(result, side.prepare(result.scorecard))
        for result in results_of(store, side.scheme, period, unit.path, people)
    ]
    children = children_of(store, period, unit, side.read)
    compiled = conclude_unit(store, side.read, period, side.scheme, unit, children, people, live)
    side.keep(period, unit, compiled)
    return compiled.results
