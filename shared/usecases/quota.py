"""How a period's ratings stand against the quota and the guideline, by agency and similar work."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from shared import refs
from shared.errors import refuse
from shared.models.base import Id, Part, PeriodId
from shared.models.official import Official
from shared.models.position import Position
from shared.models.quota import QuotaGroup, QuotaReport
from shared.models.scheme import Rating, Scheme
from shared.models.unit import Unit
from shared.ports import Store
from shared.scoring.quota import (
    Candidate,
    limits,
    quota_boundary,
    spread,
    tell_limit,
    tell_places,
)
from shared.usecases.caller import Caller, require
from shared.usecases.reading import read_each
from shared.usecases.reviewed import require_compiled
from shared.usecases.schemes import Schemes
from shared.usecases.standing import Standing, read_standings

TOP = 2
"""How deep the agencies lie unless others are named: the root and the units below it."""


class QuotaRequest(Part):
    """`agency`: units that count as one agency each, with everything below them."""

    period: PeriodId
    agency: Annotated[list[Id], Field(max_length=100)] = []
    outstanding: Annotated[list[Id], Field(max_length=100)] = []
    """Agencies that are outstanding themselves and may have more."""


@dataclass(frozen=True)
class _Group:
    """People who are counted together; one with a wide share if `outstanding`."""

    kind: Literal["agency", "similar_work"]
    id: str
    title: str
    outstanding: bool
    people: list[Standing]


def report_quota(
    store: Store, schemes: Schemes, caller: Caller, request: QuotaRequest
) -> QuotaReport:
    """Both ways to count, exact and in whole people, with who is on the edge; nothing changes."""
    require(caller, "organiser", "authority", "auditor")
    period = require_compiled(store.get(refs.periods(request.period)), request.period)
    units = {one.ref.id: one.value for one in store.find(refs.units)}
    agencies = _agencies(request, units)
    people = read_standings(store, period.id)
    placed = _placed(people, units, agencies)
    counted = [one for group in placed.values() for one in group]
    groups = [
        *_by_agency(placed, units, request.outstanding),
        *_by_work(store, counted),
    ]
    scheme = schemes.get(period.scheme)
    return QuotaReport(
        period=period.id,
        scheme=scheme.ref,
        groups=[_told(group, scheme) for group in groups],
        unplaced=len(people) - len(counted),
    )


def _agencies(request: QuotaRequest, units: Mapping[str, Unit]) -> set[str]:
    for field, named in (("agency", request.agency), ("outstanding", request.outstanding)):
        unknown = next((one for one in named if one not in units), None)
        if unknown is not None:
            raise refuse("missing", field, f"there is no unit {unknown}", "không có đơn vị này")
    agencies = set(request.agency) or {
        name for name, unit in units.items() if len(unit.path) <= TOP
    }
    stray = next((one for one in request.outstanding if one not in agencies), None)
    if stray is not None:
        raise refuse(
            "invalid",
            "outstanding",
            f"{stray} is none of the agencies asked about",
            f"{stray} không thuộc các cơ quan đang xét",
        )
    return agencies


def _placed(
    people: Iterable[Standing], units: Mapping[str, Unit], agencies: set[str]
) -> dict[str, list[Standing]]:
    """Everybody in the nearest agency above them; one that has nobody is listed too."""
    placed: dict[str, list[Standing]] = {name: [] for name in sorted(agencies)}
    for one in people:
        unit = units.get(one.result.unit)
        nearest = [] if unit is None else [name for name in unit.path if name in agencies]
        if nearest:
            placed[nearest[-1]].append(one)
    return placed


def _by_agency(
    placed: Mapping[str, list[Standing]], units: Mapping[str, Unit], outstanding: list[str]
) -> list[_Group]:
    return [
        _Group("agency", name, units[name].name, name in outstanding, people)
        for name, people in placed.items()
    ]


def _by_work(store: Store, people: list[Standing]) -> list[_Group]:
    """By the position that each holds now; who holds none does work like nobody else's."""
    records = read_each(store, [refs.officials(one.official) for one in people])
    positions = {one.ref.id: one.value for one in store.find(refs.positions)}
    groups: dict[str, list[Standing]] = defaultdict(list)
    for one, record in zip(people, records, strict=True):
        held = record.position if isinstance(record, Official) else None
        if held is not None:
            groups[_similar(held, positions)].append(one)
    return [
        _Group("similar_work", name, _title(name, positions), outstanding=False, people=group)
        for name, group in sorted(groups.items())
    ]


def _similar(position: str, positions: Mapping[str, Position]) -> str:
    record = positions.get(position)
    return record.group if record is not None and record.group else position


def _title(group: str, positions: Mapping[str, Position]) -> str:
    """The titles of the positions that do this work."""
    titles = {one.title for name, one in positions.items() if _similar(name, positions) == group}
    return ", ".join(sorted(titles))[:150] or group


def _told(group: _Group, scheme: Scheme) -> QuotaGroup:
    candidates = [
        Candidate(one.official, one.result.scorecard.total, one.rating)
        for one in group.people
        if one.result.scorecard.total is not None and one.rating is not None
    ]
    quota, guideline = scheme.quota, scheme.distribution
    allowed = limits(candidates, scheme, quota, outstanding=group.outstanding) if quota else []
    places = spread(candidates, guideline) if guideline else []
    ratings = _counted(one.rating for one in group.people)
    binding = next((one for one in allowed if one.binding), None)
    told = [
        tell_limit(one, quota, scheme, ratings.get(quota.rating, 0)) for one in allowed if quota
    ]
    return QuotaGroup(
        kind=group.kind,
        id=group.id,
        title=group.title,
        outstanding=group.outstanding,
        people=len(group.people),
        computed=_counted(one.result.scorecard.rating for one in group.people),
        ratings=ratings,
        limits=allowed,
        boundary=quota_boundary(candidates, scheme, quota, binding) if quota and binding else None,
        distribution=places,
        explanation=[*told, *tell_places(places)],
    )


def _counted(ratings: Iterable[Rating | None]) -> dict[Rating, int]:
    return dict(sorted(Counter(one for one in ratings if one is not None).items()))
