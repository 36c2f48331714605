"""Officials and units that an import finds in its source."""

from urllib.parse import unquote

from shared import refs
from shared.models.official import Official, Posting
from shared.models.period import Period
from shared.models.unit import Unit
from shared.ports import Store, Transaction, Write, create, put
from shared.usecases.opened import read_open


def ensure_people(store: Store, period: Period, units: dict[str, str]) -> dict[str, Unit]:
    """Make sure that each official serves somewhere in the period; give their units.

    `units` maps official to unit as the source has it. Who serves already stays
    where they are; others are created, or posted for the time of the period,
    because that is all a log proves. Raises RefusedError unless the period is open.
    """
    return store.transact(lambda transaction: _ensure(transaction, period, units))


def _ensure(transaction: Transaction, period: Period, units: dict[str, str]) -> dict[str, Unit]:
    read_open(transaction, period.id, "cases")
    uids = sorted(units)
    found = transaction.get_all([refs.officials(uid) for uid in uids])
    officials = dict(zip(uids, found, strict=True))
    homes = {
        uid: (official and official.unit_in(period.start, period.end)) or units[uid]
        for uid, official in officials.items()
    }
    known, created = _ensure_units(transaction, sorted(set(homes.values())))
    writes: list[Write] = []
    for uid, official in officials.items():
        writes += _enrolment(uid, official, homes[uid], period)
    transaction.write([*created, *writes])
    return {uid: known[unit] for uid, unit in homes.items()}


def _ensure_units(
    transaction: Transaction, names: list[str]
) -> tuple[dict[str, Unit], list[Write]]:
    known, created = {}, []
    found = transaction.get_all([refs.units(name) for name in names])
    for name, unit in zip(names, found, strict=True):
        known[name] = unit or Unit(name=unquote(name), path=[name])
        if unit is None:
            created.append(create(refs.units(name), known[name]))
    return known, created


def _enrolment(uid: str, official: Official | None, unit: str, period: Period) -> list[Write]:
    ref = refs.officials(uid)
    posting = Posting(unit=unit, start=period.start, end=period.end)
    if official is None:
        name = unquote(uid)
        new = Official(name=name, roles=["official"], unit=unit, postings=[posting], units=[unit])
        return [create(ref, new)]
    if official.unit_in(period.start, period.end) is not None:
        return []
    return [put(ref, _posted(official, posting))]


def _posted(official: Official, posting: Posting) -> Official:
    """With one more posting, joined to one that ends where it starts.

    They serve where the last posting says; whoever headed another unit heads it no more.
    """
    rest = [p for p in official.postings if not (p.unit == posting.unit and p.end == posting.start)]
    joined = [p for p in official.postings if p not in rest]
    start = joined[0].start if joined else posting.start
    postings = sorted(
        [*rest, posting.model_copy(update={"start": start})], key=lambda one: one.start
    )
    units = sorted({*official.units, posting.unit})
    unit = postings[-1].unit
    is_head = official.is_head and unit == official.unit
    return official.model_copy(
        update={"unit": unit, "is_head": is_head, "postings": postings, "units": units}
    )
