"""What if another scheme had been pinned: replay a period under it; nothing is written."""

from collections.abc import Iterator
from dataclasses import dataclass

from shared import refs
from shared.errors import refuse
from shared.models.base import Id, Part, PeriodId, SchemeRef
from shared.models.period import Period
from shared.models.scheme import Scheme, WholePercent
from shared.models.simulation import Simulation
from shared.models.unit import Unit
from shared.ports import Services, Store, Where
from shared.scoring.replay import carried, supposing
from shared.scoring.simulation import Pair, compare
from shared.usecases.caller import Caller, require
from shared.usecases.compile_unit import read_people, results_of
from shared.usecases.opened import no_period
from shared.usecases.schemes import SHIPPED, Schemes, require_sound, shipped

MOST = 10_000
"""Assignments of one call: they are read with all their entries while a caller waits."""


class SimulateRequest(Part):
    """`scheme` is published, shipped or given whole; `unit` narrows it to that unit and below.

    `suppose`: whoever nobody has scored yet has so many per cent of every criterion.
    """

    period: PeriodId
    scheme: SchemeRef | Scheme
    unit: Id | None = None
    suppose: WholePercent | None = None


@dataclass(frozen=True)
class _Schemes:
    old: Scheme
    new: Scheme
    suppose: int | None


def simulate(
    services: Services, schemes: Schemes, caller: Caller, request: SimulateRequest
) -> Simulation:
    """For those who decide on schemes; refuses what is too much to replay in one call."""
    require(caller, "organiser", "authority")
    return replay_period(services.store, schemes, request, most=MOST)


def replay_period(
    store: Store, schemes: Schemes, request: SimulateRequest, *, most: int | None = None
) -> Simulation:
    """An operator may wait, so has no bound."""
    period = store.get(refs.periods(request.period))
    if period is None:
        raise no_period(request.period, "period")
    new = other_scheme(schemes, request.scheme)
    units = _read_units(store, request.unit)
    if most is not None:
        _require_few(store, period, request.unit, units, most)
    old = schemes.get(period.scheme)
    both = _Schemes(old, new, request.suppose)
    return compare(
        [pair for unit in units for pair in _pairs(store, period, unit, both)],
        old,
        new,
        period=period.id,
        state=period.state,
        suppose=request.suppose,
    )


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
    return sorted(units, key=lambda unit: (-len(unit.path), unit.path))


def _require_few(
    store: Store, period: Period, within: str | None, units: list[Unit], most: int
) -> None:
    """Counted, not read."""
    prefixes = [f"{period.id}_"]
    if within is not None:
        prefixes = [f"{period.id}_{unit.path[-1]}_" for unit in units]
    found = sum(store.count(refs.assignments, prefix=prefix) for prefix in prefixes)
    if found > most:
        raise refuse(
            "too-large",
            "unit",
            f"{found} assignments, and at most {most} in one call: name a unit further down",
            f"có {found} việc, mỗi lần tối đa {most}: hãy chọn đơn vị cấp dưới",
        )


def _pairs(store: Store, period: Period, unit: Unit, schemes: _Schemes) -> Iterator[Pair]:
    """Everybody whose result the unit compiles, as its close would under either scheme."""
    people = read_people(store, period, unit.path[-1])
    before, after = (
        results_of(store, scheme, period, unit.path, people)
        for scheme in (schemes.old, schemes.new)
    )
    for one, other in zip(before, after, strict=True):
        moved = carried(other.scorecard, schemes.old, schemes.new)
        yield Pair(
            one.name,
            one.unit,
            supposing(one.scorecard, schemes.old, schemes.suppose),
            supposing(moved, schemes.new, schemes.suppose),
        )
