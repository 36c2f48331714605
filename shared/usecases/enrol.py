"""Officials and units that an import finds in its source."""

from urllib.parse import unquote

from shared import refs
from shared.models.official import Official, Posting
from shared.models.period import Period
from shared.models.result import RefusedEntry
from shared.models.unit import Unit
from shared.ports import Store, Transaction
from shared.usecases.reading import read_each
from shared.usecases.recorded import Change


def find_homes(store: Store, period: Period, units: dict[str, str]) -> dict[str, Unit]:
    """Where each official serves in the period, or else will, once enrolled.

    `units` maps official to unit as the source has it; who serves already stays
    where they are, and whose record cannot be read has no home. Nothing is written.
    """
    uids = sorted(units)
    officials = read_each(store, [refs.officials(uid) for uid in uids])
    names = {
        uid: (official and official.unit_in(period.start, period.end)) or units[uid]
        for uid, official in zip(uids, officials, strict=True)
        if not isinstance(official, RefusedEntry)
    }
    wanted = sorted(set(names.values()))
    known = {
        name: found_unit(name) if found is None else found.value
        for name, found in zip(
            wanted, store.get_all([refs.units(name) for name in wanted]), strict=True
        )
    }
    return {uid: known[name] for uid, name in names.items()}


def enrolments(transaction: Transaction, period: Period, homes: dict[str, Unit]) -> list[Change]:
    """The changes that make these officials serve in the period, in units that exist.

    Who does not serve yet is created, or posted for the time of the period,
    because that is all a log proves.
    """
    units = {home.path[-1]: home for home in homes.values()}
    standing = transaction.get_all([refs.units(name) for name in units])
    officials = transaction.get_all([refs.officials(uid) for uid in homes])
    founded = [
        Change(refs.units(name), None, unit)
        for (name, unit), old in zip(units.items(), standing, strict=True)
        if old is None
    ]
    posted = [
        change
        for (uid, home), official in zip(homes.items(), officials, strict=True)
        for change in _enrolment(uid, official, home.path[-1], period)
    ]
    return [*founded, *posted]


def found_unit(name: str) -> Unit:
    return Unit(name=unquote(name), path=[name])


def _enrolment(uid: str, official: Official | None, unit: str, period: Period) -> list[Change]:
    ref = refs.officials(uid)
    posting = Posting(unit=unit, start=period.start, end=period.end)
    if official is None:
        name = unquote(uid)
        new = Official(name=name, roles=["official"], unit=unit, postings=[posting], units=[unit])
        return [Change(ref, None, new)]
    if official.unit_in(period.start, period.end) is not None:
        return []
    return [Change(ref, official, _posted(official, posting))]


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
