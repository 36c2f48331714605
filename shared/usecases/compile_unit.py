"""Compile one unit's results from source, and report the drift of the live scorecards."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, groupby, islice
from typing import Any

from pydantic import ValidationError

from shared import refs
from shared.models.assignment import HELD_FACTS, Assignment
from shared.models.base import Part
from shared.models.entry import Entry
from shared.models.official import Posting
from shared.models.period import Period
from shared.models.position import Position
from shared.models.result import RefusedEntry, Result, UnitResult
from shared.models.scheme import Scheme
from shared.models.scorecard import Scorecard
from shared.models.sources import Sources, WorkSources
from shared.models.unit import Unit
from shared.ports import Found, Services, Store, patch, put
from shared.scoring.contribution import contribute
from shared.scoring.digest import canonical, digest, sealed
from shared.scoring.fold import fold_all
from shared.scoring.result import freeze, total_unit
from shared.scoring.scorecard import score
from shared.scoring.sources import listed, source_digest, sources_root
from shared.usecases.claims import Claim, official_of, orphans, residents
from shared.usecases.close import CompileTask, read_period
from shared.usecases.conclude import Conclusion, Read, children_of
from shared.usecases.context import context, known_from, makes_card, sources_of
from shared.usecases.reading import BATCH, batches, read_each, read_entries, refused
from shared.usecases.roll_up import roll_up_unit
from shared.usecases.schemes import Schemes

HEAVIEST = 20_000
"""Assignments and entries that one commit of results tells of: about half of 10 MiB."""


@dataclass(frozen=True)
class Source:
    """One assignment, with what its entries give, and how many of them are facts.

    It is absent when its terms cannot be read. `drifted`: the state that stands in
    the store is not the one that its entries give. `digests` are of all its documents.
    """

    id: str
    assignment: Assignment | None
    drifted: bool
    entries: int
    refused: list[RefusedEntry]
    digests: WorkSources


@dataclass(frozen=True)
class Traced:
    """A result, and the list of what it rests on."""

    result: Result
    sources: list[Sources]


@dataclass(frozen=True)
class Person:
    """Somebody whose result the unit compiles, with their work from everywhere."""

    uid: str
    claim: Claim
    sources: list[Source]


@dataclass(frozen=True)
class Compiled:
    """A unit's results and total; `live` without what is known only at the close.

    `sources` lists what each result rests on, where somebody asks for it.
    """

    people: list[Person]
    live: list[Result]
    results: list[Result]
    total: UnitResult
    sources: list[list[Sources]] = field(default_factory=list)

    @property
    def traced(self) -> list[Traced]:
        """The results, each with what it rests on, in the order of `people`."""
        pairs = zip(self.results, self.sources, strict=True)
        return [Traced(result, sources) for result, sources in pairs]


def compile_unit(services: Services, schemes: Schemes, task: CompileTask) -> UnitResult | None:
    """Recompute and freeze the results of everybody whom the unit answers for.

    Nothing is done unless the period is closing, so a late or repeated task is
    harmless. Scorecards that drifted are counted, then put right, and so is the
    state of assignments: a late event must find there what it says.
    """
    store = services.store
    period = read_period(services, task.period)
    unit = store.get(refs.units(task.unit))
    if period.state != "closing" or unit is None:
        return None
    compiled = recompute_unit(store, schemes, period, unit, store.get)
    _mend_folded(store, compiled.people)
    ref = refs.unit_results(period.id)(task.unit)
    [before] = read_each(store, [ref])
    drift = _mend_scorecards(store, compiled.people, compiled.live)
    if isinstance(before, UnitResult):
        drift = max(drift, before.drift)  # what an earlier run of this step found and mended
    _write_results(store, period, compiled.traced)
    total = sealed(compiled.total.model_copy(update={"drift": drift}))
    store.commit([put(ref, total)])
    return total


def _write_results(store: Store, period: Period, traced: list[Traced]) -> None:
    """Each result together with its sources."""
    ref = refs.official_results(period.id)
    for batch in _commits(traced):
        lists = [part for one in batch for part in one.sources]
        store.commit(
            [
                *(put(refs.sources(period.id, part), part) for part in lists),
                *(put(ref(one.result.scorecard.official), one.result) for one in batch),
            ]
        )


def _commits(traced: list[Traced]) -> Iterator[list[Traced]]:
    """As many people as go into one commit."""
    batch: list[Traced] = []
    size = 0
    for one in traced:
        weight = 1 + one.result.assignments + one.result.entries
        if batch and (size + weight > HEAVIEST or len(batch) >= BATCH // 2):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += weight
    if batch:
        yield batch


def read_people(store: Store, period: Period, unit: str) -> list[Person]:
    """Everybody whose result the unit compiles, by uid, from what stands in the store."""
    here: dict[str, list[Source]] = {}
    for source in _sources(store, f"{period.id}_{unit}_"):
        here.setdefault(official_of(source.id), []).append(source)
    own = residents(store, period, unit)
    claims = own | orphans(store, period, unit, here.keys() - own.keys() - {""})
    return [
        Person(uid, claim, here.get(uid, []) + _elsewhere(store, period, uid, claim))
        for uid, claim in sorted(claims.items())
    ]


def _elsewhere(store: Store, period: Period, uid: str, claim: Claim) -> list[Source]:
    return [
        source
        for unit in claim.elsewhere
        for source in _sources(store, f"{period.id}_{unit}_{uid}_")
    ]


def recompute_unit(
    store: Store, schemes: Schemes, period: Period, unit: Unit, read: Read
) -> Compiled:
    """The unit's results from their sources, and from the results below it, which `read` gives.

    Raises NotYetError while a unit right under it has none.
    """
    scheme = schemes.get(period.scheme)
    children = children_of(store, period, unit, read)
    if period.parts:
        return _pooled_unit(store, read, period, scheme, unit, children)
    people = read_people(store, period, unit.path[-1])
    traced = list(_traced(store, scheme, period, unit.path, people))
    live = [one.result for one in traced]
    compiled = conclude_unit(store, read, period, scheme, unit, children, people, live)
    return replace(compiled, sources=[one.sources for one in traced])


def _pooled_unit(
    store: Store,
    read: Read,
    period: Period,
    scheme: Scheme,
    unit: Unit,
    children: Sequence[UnitResult],
) -> Compiled:
    """Of a roll-up: what follows from ratings was said in each part, and is pooled from there."""
    rolled_up = list(roll_up_unit(store, scheme, period, unit.path[-1]))
    pooled = [result for result, _ in rolled_up]
    nobody = {one.scorecard.official: None for one in pooled}
    concluded = Conclusion(store, read, period, scheme, unit, children, pooled, nobody)
    total = total_unit(unit.path[-1], unit.name, pooled, 0, children, concluded.score)
    return Compiled([], [], pooled, total, [sources for _, sources in rolled_up])


def conclude_unit(
    store: Store,
    read: Read,
    period: Period,
    scheme: Scheme,
    unit: Unit,
    children: Sequence[UnitResult],
    people: list[Person],
    live: list[Result],
) -> Compiled:
    """The unit's results with what follows from ratings, of the live ones of its people."""
    postings = {one.uid: _posting(one, period) for one in people}
    concluded = Conclusion(store, read, period, scheme, unit, children, live, postings)
    results, score_of_unit = concluded.results, concluded.score
    name, called = unit.path[-1], unit.name_at(period.closes_at)
    total = total_unit(name, called, results, 0, children, score_of_unit)
    return Compiled(people, live, results, total)


def _posting(person: Person, period: Period) -> Posting | None:
    official = person.claim.official
    return None if official is None else official.posting_in(period.start, period.end)


def results_of(
    store: Store, scheme: Scheme, period: Period, path: list[str], people: list[Person]
) -> Iterator[Result]:
    """Everybody's result, in the order of `people`."""
    return (one.result for one in _traced(store, scheme, period, path, people))


def _traced(
    store: Store, scheme: Scheme, period: Period, path: list[str], people: list[Person]
) -> Iterator[Traced]:
    for batch in batches(people):
        wanted = [sources_of(one.claim.official, one.uid, period, scheme) for one in batch]
        found = iter(read_each(store, list(chain.from_iterable(wanted))))
        for person, own in zip(batch, wanted, strict=True):
            read = list(islice(found, len(own)))
            papers = [_as_read(one, period) for one in read]
            sources = _listed(person, dict(zip([ref.path for ref in own], papers, strict=True)))
            result = _result(period, path, person, scheme, read, sources_root(sources))
            yield Traced(result, sources)


def _as_read(paper: Part | None, period: Period) -> Part | None:
    """As much of a document as the result rests on: what a position asks later is not in it."""
    if not isinstance(paper, Position):
        return paper
    asks = [one for one in paper.asks if one.since < period.end]
    return Position(title="-", products=[], asks=asks)


def _listed(person: Person, papers: Mapping[str, Part | None]) -> list[Sources]:
    """The official's record, what else was read of the person, and the work."""
    record = {refs.officials(person.uid).path: person.claim.official}
    told = {**record, **papers}
    return listed(
        person.uid,
        {path: digest(paper.fields()) for path, paper in told.items() if paper is not None},
        {one.id: one.digests for one in person.sources},
    )


def _result(
    period: Period,
    path: list[str],
    person: Person,
    scheme: Scheme,
    found: Sequence[Any],
    sources: str,
) -> Result:
    unread = [*person.claim.refused, *(bad for one in person.sources for bad in one.refused)]
    unread += [one for one in found if isinstance(one, RefusedEntry)]
    read = [None if isinstance(one, RefusedEntry) else one for one in found]
    known = known_from(person.claim.official, period, scheme, read)
    capacity, assessments = context(period, scheme, known)
    work = {one.id: one.assignment for one in person.sources if one.assignment is not None}
    scorecard = score(
        period=period.id,
        official=person.uid,
        scheme=scheme,
        # Of those who were given no work the own unit's head sees the result.
        path=[ancestor for assignment in work.values() for ancestor in assignment.path] or path,
        contributions={name: contribute(one, scheme) for name, one in work.items()},
        assessments=assessments,
        capacity=capacity,
    )
    return freeze(
        scorecard,
        unit=path[-1],
        name=person.claim.name,
        assignments=len(person.sources),
        entries=sum(one.entries for one in person.sources),
        refused=unread,
        sources=sources,
    )


def _sources(store: Store, prefix: str) -> Iterator[Source]:
    return (_source(found, own) for found, own in joined(store, prefix))


def joined(store: Store, prefix: str) -> Iterator[tuple[Found[Assignment], Iterator[Found[Entry]]]]:
    """Assignments with their entries: both come in the order of their names."""
    entries = groupby(store.find(refs.all_entries, prefix=prefix), key=_assignment_of)
    key, group = next(entries, (None, iter(())))
    for found in store.find(refs.assignments, prefix=prefix):
        while key is not None and _order(key) < _order(found.ref.id):
            key, group = next(entries, (None, iter(())))
        yield found, (group if key == found.ref.id else iter(()))


def _order(name: str) -> bytes:
    """Names are ordered by their UTF-8 bytes."""
    return name.encode()


def _assignment_of(found: Found[Any]) -> str:
    return found.ref.path.split("/")[1]


def _source(found: Found[Assignment], entries: Iterable[Found[Entry]]) -> Source:
    entries = list(entries)
    facts, unread = read_entries(entries)
    terms = dict(found.fields)
    standing = terms.pop("folded", None)
    folded = fold_all(facts)
    assignment = None
    try:
        assignment = found.ref.decode(terms).model_copy(update={"folded": folded})
    except ValidationError as error:
        unread.insert(0, refused(found.ref.path, error))
    drifted = assignment is not None and folded.fields() != standing
    digests = WorkSources(
        terms=source_digest(terms),
        entries={one.ref.id: source_digest(one.fields) for one in entries},
    )
    return Source(found.ref.id, assignment, drifted, len(facts), unread, digests)


def _mend_folded(store: Store, people: list[Person]) -> None:
    """But for states that no document could hold: results rest on the entries."""
    wrong = [
        patch(refs.assignments(source.id), {("folded",): source.assignment.folded.fields()})
        for person in people
        for source in person.sources
        if source.assignment is not None
        and source.drifted
        and source.assignment.folded.facts <= HELD_FACTS
    ]
    for batch in batches(wrong):
        store.commit(batch)


def _mend_scorecards(store: Store, people: list[Person], results: list[Result]) -> int:
    """Count the live scorecards that differ from the truth, and overwrite them with it.

    Those that differ are looked at again: their last events may have come meanwhile.
    """
    seen = [person.claim.live for person in people]
    suspects = _differing([as_live(result.scorecard) for result in results], seen)
    live = read_each(store, [refs.scorecard(card.period, card.official) for card in suspects])
    wrong = _differing(suspects, live)
    for batch in batches(wrong):
        store.commit([put(refs.scorecard(card.period, card.official), card) for card in batch])
    return len(wrong)


def as_live(card: Scorecard) -> Scorecard:
    """A live scorecard names only units that assigned work."""
    return card if card.contributions else card.model_copy(update={"path": []})


def _differing(
    truths: list[Scorecard], live: list[Scorecard | RefusedEntry | None]
) -> list[Scorecard]:
    return [truth for truth, one in zip(truths, live, strict=True) if not same_live(truth, one)]


def same_live(truth: Scorecard, live: Scorecard | RefusedEntry | None) -> bool:
    """No scorecard is no drift when nothing was ever assigned or scored."""
    if live is None:
        return not truth.contributions and not makes_card(truth.assessments)
    return canonical(live.fields()) == canonical(truth.fields())
