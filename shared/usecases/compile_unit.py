"""Compile one unit's results from source, and report the drift of the live scorecards."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any, TypeVar

from pydantic import ValidationError

from shared import refs
from shared.models.appraisal import Appraisal
from shared.models.assignment import Assignment
from shared.models.entry import ENTRY_ID, Entry
from shared.models.official import Official
from shared.models.period import Period
from shared.models.result import RefusedEntry, Result, UnitResult
from shared.models.scheme import Scheme
from shared.models.scorecard import Contribution, Scorecard
from shared.ports import Found, Services, Store, Where, put
from shared.refs import Ref
from shared.scoring.contribution import contribute
from shared.scoring.digest import canonical
from shared.scoring.fold import fold_all
from shared.scoring.result import freeze, total_unit
from shared.scoring.scorecard import score
from shared.usecases.close import CompileTask, read_period
from shared.usecases.schemes import Schemes

T = TypeVar("T")
M = TypeVar("M")
BATCH = 400
"""Documents read or written in one call."""


@dataclass(frozen=True)
class Source:
    """One assignment with its entries, as they stand in the store."""

    id: str
    assignment: Assignment
    entries: list[tuple[str, Entry]]
    refused: list[RefusedEntry]


def compile_unit(services: Services, schemes: Schemes, task: CompileTask) -> UnitResult | None:
    """Recompute and freeze the results of everybody who ended the period in the unit.

    Nothing is done unless the period is closing, so a late or repeated task is
    harmless. Scorecards that drifted are counted, then put right.
    """
    store = services.store
    period = read_period(services, task.period)
    unit = store.get(refs.units(task.unit))
    if period.state != "closing" or unit is None:
        return None
    results = list(recompute_unit(store, schemes, period, task.unit))
    drift = _mend_scorecards(store, [result.scorecard for result in results])
    ref = refs.official_results(period.id)
    for batch in _batches(results):
        store.commit([put(ref(result.scorecard.official), result) for result in batch])
    total = total_unit(task.unit, unit.name, results, drift)
    store.commit([put(refs.unit_results(period.id)(task.unit), total)])
    return total


def recompute_unit(store: Store, schemes: Schemes, period: Period, unit: str) -> Iterator[Result]:
    """Every result of the unit, from assignments, entries and appraisals alone."""
    officials = _officials(store, period, unit)
    sources = _sources_by_official(store, period, unit, officials)
    scheme = schemes.get(period.scheme)
    for batch in _batches(sorted(officials)):
        appraisals = _read_each(store, [refs.appraisal(period.id, uid) for uid in batch])
        for uid, appraisal in zip(batch, appraisals, strict=True):
            own = sources.get(uid, [])
            yield _result(period, unit, officials[uid].name, uid, scheme, own, appraisal)


def _result(
    period: Period,
    unit: str,
    name: str,
    uid: str,
    scheme: Scheme,
    sources: list[Source],
    appraisal: Appraisal | RefusedEntry | None,
) -> Result:
    by_head = appraisal.by_head if isinstance(appraisal, Appraisal) else None
    refused = [refused for source in sources for refused in source.refused]
    if isinstance(appraisal, RefusedEntry):
        refused.append(appraisal)
    scorecard = score(
        period=period.id,
        official=uid,
        scheme=scheme,
        path=[ancestor for source in sources for ancestor in source.assignment.path],
        contributions={source.id: _contribution(source, scheme) for source in sources},
        general=None if by_head is None else by_head.scores,
    )
    return freeze(
        scorecard,
        unit=unit,
        name=name,
        entries=sum(len(source.entries) for source in sources),
        refused=refused,
    )


def _contribution(source: Source, scheme: Scheme) -> Contribution:
    folded = fold_all(source.entries)
    return contribute(source.assignment.model_copy(update={"folded": folded}), scheme)


def _officials(store: Store, period: Period, unit: str) -> dict[str, Official]:
    found = store.find(refs.officials, where=Where("units", "array_contains", unit))
    officials = {one.ref.id: one.value for one in found}
    return {
        uid: official
        for uid, official in officials.items()
        if official.unit_in(period.start, period.end) == unit
    }


def _sources_by_official(
    store: Store, period: Period, unit: str, officials: dict[str, Official]
) -> dict[str, list[Source]]:
    """The unit's assignments, and those that people who moved here have from elsewhere."""
    prefixes = [f"{period.id}_{unit}_"] + [
        f"{period.id}_{other}_{uid}_"
        for uid, official in sorted(officials.items())
        for other in official.units_in(period.start, period.end)
        if other != unit
    ]
    sources: dict[str, list[Source]] = {}
    for prefix in prefixes:
        for source in _sources(store, prefix):
            if source.assignment.official in officials:
                sources.setdefault(source.assignment.official, []).append(source)
    return sources


def _sources(store: Store, prefix: str) -> Iterator[Source]:
    """Join assignments with their entries: both come in the order of their names."""
    entries = groupby(store.find(refs.all_entries, prefix=prefix), key=_assignment_of)
    key, group = next(entries, (None, iter(())))
    for found in store.find(refs.assignments, prefix=prefix):
        while key is not None and _order(key) < _order(found.ref.id):
            key, group = next(entries, (None, iter(())))
        own = group if key == found.ref.id else iter(())
        yield _source(found, own)


def _order(name: str) -> bytes:
    """Names are ordered by their UTF-8 bytes."""
    return name.encode()


def _assignment_of(found: Found[Any]) -> str:
    return found.ref.path.split("/")[1]


def _source(found: Found[Assignment], entries: Iterable[Found[Entry]]) -> Source:
    facts, refused = [], []
    for entry in entries:
        try:
            facts.append((ENTRY_ID.validate_python(entry.ref.id), entry.value))
        except ValidationError as error:
            refused.append(_refused(entry.ref.path, error))
    return Source(found.ref.id, found.value, facts, refused)


def _refused(path: str, error: ValidationError) -> RefusedEntry:
    reason = "; ".join(f"{fault['loc']}: {fault['msg']}" for fault in error.errors())
    return RefusedEntry(path=path, reason=reason[:1_500])


def _read_each(store: Store, wanted: Sequence[Ref[M]]) -> list[M | RefusedEntry | None]:
    """Read documents together; one that cannot be read is named and spoils no other."""
    try:
        stored = store.get_all(wanted)
    except ValidationError:
        one_by_one = _one_by_one(store, wanted)
        return list(one_by_one)
    return [None if one is None else one.value for one in stored]


def _one_by_one(store: Store, wanted: Sequence[Ref[M]]) -> Iterator[M | RefusedEntry | None]:
    for ref in wanted:
        try:
            yield store.get(ref)
        except ValidationError as error:
            yield _refused(ref.path, error)


def _mend_scorecards(store: Store, scorecards: list[Scorecard]) -> int:
    """Count the live scorecards that differ from the truth, and overwrite them with it.

    No scorecard is no drift when nothing was ever assigned or scored.
    """
    drift = 0
    for batch in _batches(scorecards):
        live = _read_each(store, [refs.scorecard(card.period, card.official) for card in batch])
        wrong = [card for card, one in zip(batch, live, strict=True) if not _same(card, one)]
        drift += len(wrong)
        if wrong:
            store.commit([put(refs.scorecard(c.period, c.official), c) for c in wrong])
    return drift


def _same(truth: Scorecard, live: Scorecard | RefusedEntry | None) -> bool:
    if live is None:
        return not truth.contributions and truth.general is None
    return canonical(live.fields()) == canonical(truth.fields())


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH)):
        yield batch
