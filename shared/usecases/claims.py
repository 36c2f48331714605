"""Which unit compiles whose result: each person's exactly one, with their work from everywhere.

It is the unit in which they served last in the period. Work of somebody who served
nowhere, by the postings as they are now, or whose record cannot be read, still counts:
it is compiled where it was assigned, in the first unit by name if it was in several.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import ValidationError

from shared import refs
from shared.models.official import Official
from shared.models.period import Period
from shared.models.result import RefusedEntry
from shared.models.scorecard import Scorecard
from shared.ports import Store, Where
from shared.usecases.reading import read_each

PARTS = 4
"""Of an assignment's id: see refs.assignment_id."""


@dataclass(frozen=True)
class Claim:
    """Somebody whose result the unit compiles; `elsewhere` are other units to look for work in.

    Without `official` there is no record that can be read.
    """

    name: str
    official: Official | None
    elsewhere: list[str]
    refused: list[RefusedEntry]
    live: Scorecard | RefusedEntry | None


def official_of(assignment_id: str) -> str:
    """Whose it is; nobody's when it is no assignment's id."""
    parts = assignment_id.split("_")
    return parts[2] if len(parts) == PARTS else ""


def unit_of(assignment_id: str) -> str:
    return assignment_id.split("_")[1]


def residents(store: Store, period: Period, unit: str) -> dict[str, Claim]:
    """Those who served last in the unit.

    Work may also be where they served earlier, and by postings corrected since
    anywhere: the live scorecard tells where. What it does not tell, finalize misses.
    """
    officials = _residents(store, period, unit)
    return {
        uid: Claim(
            officials[uid].name_at(period.closes_at),
            officials[uid],
            _elsewhere(unit, officials[uid].units_in(period.start, period.end), live),
            [],
            live,
        )
        for uid, live in _live(store, period, sorted(officials))
    }


def orphans(store: Store, period: Period, unit: str, strangers: Iterable[str]) -> dict[str, Claim]:
    """Of those who have work in the unit but served last elsewhere: whom no unit calls its own."""
    uids = sorted(strangers)
    officials = read_each(store, [refs.officials(uid) for uid in uids])
    homeless = {
        uid: official
        for uid, official in zip(uids, officials, strict=True)
        if not isinstance(official, Official) or _home(official, period) is None
    }
    claims = {}
    for uid, live in _live(store, period, sorted(homeless)):
        units = _units_of(store, period, uid)
        if unit == min({unit, *units}):
            name, refused = _named(uid, homeless[uid], period)
            official = homeless[uid]
            known = official if isinstance(official, Official) else None
            claims[uid] = Claim(name, known, _elsewhere(unit, units, live), refused, live)
    return claims


def _residents(store: Store, period: Period, unit: str) -> dict[str, Official]:
    officials = {}
    for found in store.find(refs.officials, where=Where("units", "array_contains", unit)):
        try:
            if _home(found.value, period) == unit:
                officials[found.ref.id] = found.value
        except ValidationError:
            continue  # their work is compiled where it is, and names this record
    return officials


def _home(official: Official, period: Period) -> str | None:
    """The unit that finds this official and compiles the result, if there is one."""
    unit = official.unit_in(period.start, period.end)
    return unit if unit in official.units else None


def _named(
    uid: str, official: Official | RefusedEntry | None, period: Period
) -> tuple[str, list[RefusedEntry]]:
    match official:
        case Official():
            return official.name_at(period.closes_at), []
        case RefusedEntry():
            return uid, [official]
        case None:
            path = refs.officials(uid).path
            return uid, [RefusedEntry(path=path, reason="does not exist")]


def _units_of(store: Store, period: Period, uid: str) -> set[str]:
    """The units that a person's work of the period was assigned in."""
    found = store.find(refs.assignments, where=Where("official", "==", uid), prefix=f"{period.id}_")
    return {unit_of(one.ref.id) for one in found}


def _live(
    store: Store, period: Period, uids: list[str]
) -> Iterator[tuple[str, Scorecard | RefusedEntry | None]]:
    cards = read_each(store, [refs.scorecard(period.id, uid) for uid in uids])
    return zip(uids, cards, strict=True)


def _elsewhere(unit: str, units: Iterable[str], live: Scorecard | RefusedEntry | None) -> list[str]:
    seen = map(unit_of, live.contributions) if isinstance(live, Scorecard) else ()
    return sorted({*units, *seen} - {unit})
