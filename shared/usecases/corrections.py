"""Recompute later versions of results, and the first as it was before any of them."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError

from shared import refs
from shared.errors import NotYetError
from shared.models.assignment import Assignment
from shared.models.correction import FIRST, Correction
from shared.models.period import Period
from shared.models.result import RefusedEntry, Result
from shared.models.scheme import Scheme
from shared.models.scorecard import Contribution
from shared.ports import Found, Store, Stored, Transaction, Where, Write
from shared.refs import Collection, Ref
from shared.scoring.contribution import contribute
from shared.scoring.correction import Given, correct
from shared.scoring.digest import canonical, seal
from shared.scoring.fold import fold_all
from shared.usecases.compile_unit import as_live, same_live
from shared.usecases.consequences import Later, concluded, outcome, path_of, pooled_again
from shared.usecases.reading import read_each, read_entries, refused
from shared.usecases.standing import corrected, first, read_version

M = TypeVar("M")
T = TypeVar("T")
GROUNDS = ("results/", "officials/", "units/", "unit_appraisals/", "measurements/", "schemes/")
Fault = tuple[str, str]
"""A document's path, and what is wrong with it."""


class Before(Store):
    """A store without some documents: as it was before they were written."""

    def __init__(self, store: Store, hidden: frozenset[str]) -> None:
        self._store = store
        self._hidden = hidden

    def get_all(self, refs: Sequence[Ref[Any]]) -> list[Stored[Any] | None]:
        found = self._store.get_all(refs)
        return [
            None if ref.path in self._hidden else one for ref, one in zip(refs, found, strict=True)
        ]

    def find(
        self, collection: Collection[M], *, where: Where | None = None, prefix: str | None = None
    ) -> Iterator[Found[M]]:
        found = self._store.find(collection, where=where, prefix=prefix)
        return (one for one in found if one.ref.path not in self._hidden)

    def count(self, collection: Collection[Any], *, prefix: str = "") -> int:
        return self._store.count(collection, prefix=prefix)

    def commit(self, writes: Sequence[Write]) -> None:
        raise NotImplementedError("the past is only read")

    def transact(self, work: Callable[[Transaction], T]) -> T:
        raise NotImplementedError("the past is only read")


@dataclass(frozen=True)
class Corrections:
    """A period's later versions, by official and number, and those that cannot be read."""

    period: Period
    known: dict[str, dict[int, Correction]]
    unread: list[Fault]

    @classmethod
    def read(cls, store: Store, period: Period) -> "Corrections":
        known: dict[str, dict[int, Correction]] = defaultdict(dict)
        unread: list[Fault] = []
        for found in store.find(refs.corrections(period.id)):
            try:
                correction = found.value
            except ValidationError as error:
                unread.append((found.ref.path, refused(found.ref.path, error).reason))
                continue
            official, number = correction.result.scorecard.official, correction.version
            if found.ref.path != refs.correction(period.id, official, number).path:
                unread.append((found.ref.path, "says that it is another version"))
                continue
            known[official][number] = correction
        return cls(period, dict(known), unread)

    @property
    def number(self) -> int:
        return sum(len(versions) for versions in self.known.values())

    @property
    def every(self) -> list[Correction]:
        return [one for versions in self.known.values() for one in versions.values()]

    @property
    def entries(self) -> int:
        """How many were appended for them."""
        return sum(len(entries_of(one)) for one in self.every)

    def hidden_from(self, store: Store, period: Period) -> Store:
        """The store as it was before any of them, and before what a roll-up did not pool."""
        hidden = {path for one in self.every for path in entries_of(one)}
        return Before(store, frozenset(hidden | _not_pooled(store, period)))

    def faults(
        self, store: Store, scheme: Scheme, truths: Sequence[Result], altered: AbstractSet[str]
    ) -> list[Fault]:
        """The versions that their entries and the recomputed first one do not give.

        Petitions that were `altered` tell of none.
        """
        results = {one.scorecard.official: one for one in truths}
        found = list(self.unread)
        for official, versions in sorted(self.known.items()):
            if official in results:
                found += self._chained(store, scheme, results[official], versions)
            else:
                found += [(self._path(official, one), "has no first version") for one in versions]
        found += self._unanswered(store, altered)
        if found or any(path.startswith(self._grounds()) for path in altered):
            return found  # of documents that were altered only they are named
        try:
            false = list(self._falsely_followed(store, scheme))
            return false or list(self._not_followed(store, scheme))
        except (ValidationError, NotYetError):
            return []  # what it rests on cannot be read, and is named where that is looked at

    def _chained(
        self, store: Store, scheme: Scheme, truth: Result, versions: dict[int, Correction]
    ) -> Iterator[Fault]:
        official, before = truth.scorecard.official, first(truth)
        for number in range(FIRST + 1, max(versions) + 1):
            path = self._path(official, number)
            if number not in versions:
                yield path, "is missing"
                return
            standing = versions[number]
            later = [one for n, one in versions.items() if n > number]
            result = (
                standing.result  # what follows from others is looked at when they are
                if standing.follows
                else _recomputed(store, scheme, before.result, standing, later)
            )
            if standing.replaces != before.digest:
                yield path, "does not replace the version before it"
            if seal(standing.fields()) != standing.digest:
                yield path, "altered: digest"
            if canonical(result.fields()) != canonical(standing.result.fields()):
                yield path, "altered: result"
            missing = [name for name in entries_of(standing) if not _stands(store, name)]
            yield from ((name, "is missing") for name in missing)
            before = corrected(standing)
        if not self.period.parts:
            yield from _live_faults(store, before.result)

    def _grounds(self) -> tuple[str, ...]:
        """Where what versions follow from stands."""
        return ("results/", "decisions/") if self.period.parts else GROUNDS

    def _falsely_followed(self, store: Store, scheme: Scheme) -> Iterator[Fault]:
        for standing in self.every:
            if standing.follows:
                truth, said = self._followed(store, scheme, standing), standing.result
                if truth is None or canonical(truth.fields()) != canonical(said.fields()):
                    yield path_of(standing), "altered: result"

    def _followed(self, store: Store, scheme: Scheme, standing: Correction) -> Result | None:
        """From the versions and decisions that it names, and no others."""
        official, known = _official(standing), set(standing.follows)
        if self.period.parts:
            past = Before(store, frozenset(_later_papers(store, self.period, official) - known))
            return pooled_again(past, scheme, self.period, official)[0]
        own = [one for n, one in self.known[official].items() if n < standing.version]
        others = [one for one in self.every if path_of(one) in known]
        return self._concluded(store, scheme, standing.result.unit, [*own, *others]).get(official)

    def _concluded(
        self, store: Store, scheme: Scheme, name: str, versions: Sequence[Correction]
    ) -> dict[str, Result]:
        unit = store.get(refs.units(name))
        if unit is None:
            return {}
        later = Later(store, self.period, versions)
        results = concluded(store, scheme, self.period, unit, later)
        return {one.scorecard.official: one for one in results}

    def _not_followed(self, store: Store, scheme: Scheme) -> Iterator[Fault]:
        """What would follow from what stands, and was not written down."""
        for official, truth in self._truths(store, scheme):
            last = read_version(store, self.period.id, official)
            if last is not None and outcome(last.result) != outcome(truth):
                yield self._path(official, last.number + 1), "is missing: it follows from others"

    def _truths(self, store: Store, scheme: Scheme) -> Iterator[tuple[str, Result]]:
        if self.period.parts:
            parts = (store.find(refs.corrections(part)) for part in self.period.parts)
            changed = {_official(one.value) for part in parts for one in part}
            for official in sorted(changed):
                if store.get(refs.official_results(self.period.id)(official)) is not None:
                    yield official, pooled_again(store, scheme, self.period, official)[0]
        for name in sorted({unit for one in self.every for unit in one.path}):
            if not self.period.parts:
                yield from self._concluded(store, scheme, name, self.every).items()

    def _unanswered(self, store: Store, altered: AbstractSet[str]) -> Iterator[Fault]:
        """Petitions that were upheld by a version that does not stand."""
        for found in store.find(refs.appeals, where=Where("period", "==", self.period.id)):
            try:
                appeal = found.value
            except ValidationError as error:
                yield found.ref.path, refused(found.ref.path, error).reason
                continue
            number = appeal.answer.version if appeal.answer else None
            made = self.known.get(appeal.official, {}).get(number) if number else None
            doubtful = found.ref.path in altered
            if number and not doubtful and (made is None or made.appeal != found.ref.id):
                yield self._path(appeal.official, number), f"{found.ref.path} rests on it"

    def _path(self, official: str, number: int) -> str:
        return refs.correction(self.period.id, official, number).path


def _official(correction: Correction) -> str:
    return correction.result.scorecard.official


def _not_pooled(store: Store, period: Period) -> set[str]:
    """Versions of a roll-up's parts, and decisions on them, that came after it was compiled."""
    parts = (store.find(refs.corrections(part)) for part in period.parts)
    officials = {_official(one.value) for part in parts for one in part}
    hidden: set[str] = set()
    for official in officials:
        kept = store.get(refs.all_sources(period.id)(official))
        pooled = set() if kept is None else kept.papers.keys()
        hidden |= _later_papers(store, period, official) - pooled
    return hidden


def _later_papers(store: Store, period: Period, official: str) -> set[str]:
    """The later versions of the parts of somebody's roll-up, and the decisions on them."""
    return {
        ref.path
        for part in period.parts
        for one in store.find(refs.corrections(part), prefix=f"{official}_")
        for ref in (
            refs.correction(part, official, one.value.version),
            refs.decision(part, official, one.value.version),
        )
    }


def entries_of(correction: Correction) -> list[str]:
    """The paths of the entries that were appended for it."""
    return [
        refs.entries(name)(suffix).path
        for name, suffixes in correction.entries.items()
        for suffix in suffixes
    ]


def _recomputed(
    store: Store,
    scheme: Scheme,
    before: Result,
    standing: Correction,
    later: Sequence[Correction],
) -> Result:
    """From what stood at the time: the entries of later versions had not been appended."""
    past = Before(store, frozenset(path for one in later for path in entries_of(one)))
    contributions = {
        name: row
        for name in standing.entries
        if (row := _contribution(past, scheme, name)) is not None
    }
    return correct(
        before,
        scheme,
        contributions=contributions,
        given=given_in(standing),
        entries=len(entries_of(standing)),
    )


def given_in(correction: Correction) -> Given:
    return Given(correction.criteria, correction.statements, correction.indicators)


def _contribution(store: Store, scheme: Scheme, name: str) -> Contribution | None:
    try:
        assignment: Assignment | None = store.get(refs.assignments(name))
    except ValidationError:
        return None  # it is named as unreadable where the first version is recomputed
    if assignment is None:
        return None
    facts, _ = read_entries(store.find(refs.entries(name)))
    return contribute(assignment.model_copy(update={"folded": fold_all(facts)}), scheme)


def _stands(store: Store, path: str) -> bool:
    _, assignment, _, suffix = path.split("/")
    try:
        return store.get(refs.entries(assignment)(suffix)) is not None
    except ValidationError:
        return True  # it is named where the version is recomputed


def _live_faults(store: Store, last: Result) -> Iterator[Fault]:
    """The live scorecard is the last version's."""
    card = last.scorecard
    ref = refs.scorecard(card.period, card.official)
    [live] = read_each(store, [ref])
    if isinstance(live, RefusedEntry):
        yield ref.path, f"altered: {live.reason}"
    elif not same_live(as_live(card), live):
        yield ref.path, "missing" if live is None else "is not what the last version says"
