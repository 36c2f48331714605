"""Compare what the close froze of one person with what its sources give now."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from shared import refs
from shared.models.period import Period
from shared.models.result import RefusedEntry, Result
from shared.models.sources import Sources
from shared.ports import Store
from shared.scoring.digest import seal
from shared.scoring.sources import source_digest, sources_root
from shared.usecases.compile_unit import Person, Traced, as_live, same_live
from shared.usecases.findings import Findings, altered
from shared.usecases.ledger import RECORDED, Ledger
from shared.usecases.reading import read_each

Digests = dict[str, str]
"""Of sources, by path."""
Difference = tuple[str, str | None, str | None]
"""What is wrong, and the digests: as the close read it, and as it is."""


@dataclass(frozen=True)
class Frozen:
    """What the close left of a person; None where it is gone."""

    result: Result | RefusedEntry | None
    lists: list[Sources | RefusedEntry | None]

    @property
    def sources(self) -> list[Sources] | None:
        """The lists, when they are those of the result."""
        lists = [one for one in self.lists if isinstance(one, Sources)]
        if not isinstance(self.result, Result) or len(lists) < len(self.lists):
            return None
        return lists if sources_root(lists) == self.result.sources else None


def read_frozen(store: Store, period: Period, compiled: list[Traced]) -> list[Frozen]:
    """What stands of these people, in their order."""
    results = refs.official_results(period.id)
    kept = read_each(store, [results(one.result.scorecard.official) for one in compiled])
    wanted = [refs.sources(period.id, part) for one in compiled for part in one.sources]
    read = read_each(store, wanted)
    lists = iter(read)
    return [
        Frozen(result, [next(lists) for _ in one.sources])
        for one, result in zip(compiled, kept, strict=True)
    ]


@dataclass(frozen=True)
class Judge:
    """`same_rules`: the scheme is the one that the results were scored by.

    Of those `corrected` since, what is live goes on from there. Units are `doubtful`
    when what is known of them, or of somebody in them, is not what it was.
    """

    period: Period
    ledger: Ledger
    findings: Findings
    same_rules: bool
    corrected: set[str]
    doubtful: set[str]

    def judge(
        self, person: Person, live: Result, compiled: Traced, frozen: Frozen
    ) -> Result | None:
        """The result to go on with: the one frozen where its sources were altered since."""
        uid, truth, kept = person.uid, compiled.result, frozen.result
        path = refs.official_results(self.period.id)(uid).path
        self.findings.look("results")
        if kept is None and not any(frozen.lists) and self._came_later(person):
            return None
        believed, wrong = truth, None
        if kept is None:
            wrong = "missing"
        elif isinstance(kept, RefusedEntry):
            wrong = f"altered: {kept.reason}"
        elif seal(kept.fields()) != kept.digest:
            believed, wrong = self._unsealed(path, kept, compiled, frozen)
        elif kept != truth:
            believed, wrong = self._differing(compiled, kept, frozen)
        self.findings.add(path, wrong)
        self._lists(compiled, frozen, believed)
        if uid in self.corrected or self.period.parts:
            return believed
        self._state(person)
        self._card(person, live, [believed, kept], known=believed == truth)
        return believed

    def _came_later(self, person: Person) -> bool:
        """Into the unit, after the close or without a record: the period knows nothing of them."""
        return not person.sources and self.changed(person.uid)

    def changed(self, uid: str) -> bool:
        """Whether the official's record is another than at the close, rightly or not."""
        path = refs.officials(uid).path
        later = self.ledger.changed_after(path, self.period.closes_at)
        return later or path in self.findings.reasons

    def _unsealed(
        self, path: str, kept: Result, compiled: Traced, frozen: Frozen
    ) -> tuple[Result, str | None]:
        """Altered, unless a record says so; its digest is still the one that was frozen.

        Where its sources were erased, what they gave at the close has only that digest.
        """
        truth = compiled.result.model_copy(update={"name": kept.name, "digest": kept.digest})
        if not self._explained(path, None, source_digest(kept.fields())):
            lists = [one for one in frozen.lists if isinstance(one, Sources)]
            same = sources_root(lists) == compiled.result.sources
            believed = (
                compiled.result
                if same
                else truth.model_copy(update={"sources": sources_root(lists)})
            )
            return believed, altered(compiled.result.fields(), kept.fields())
        return self._differing(replace(compiled, result=truth), kept, frozen)

    def _differing(
        self, compiled: Traced, kept: Result, frozen: Frozen
    ) -> tuple[Result, str | None]:
        """Sources that were altered are named, and the result is what it was."""
        if kept == compiled.result:
            return kept, None
        if frozen.sources is not None:
            changed = dict(_changed(digests(frozen.sources), digests(compiled.sources)))
            for path, (reason, before, after) in changed.items():
                if not self._recorded(path) and not self._explained(path, before, after):
                    self.findings.add(path, reason)
            if changed:
                return kept, None
        if not self.same_rules or self._follows(compiled.result):
            return kept, None
        return compiled.result, altered(compiled.result.fields(), kept.fields())

    def _follows(self, truth: Result) -> bool:
        """Whether it may differ by what was altered of others; its unit's root covers it."""
        unit = refs.units(truth.unit).path in self.findings.reasons
        head = truth.scorecard.capacity.subject == "head" and truth.unit in self.doubtful
        return unit or head

    def _recorded(self, path: str) -> bool:
        """Whether the audit records alone say what it must be: decided for its collection."""
        return path.count("/") == 1 and path.partition("/")[0] in RECORDED

    def _explained(self, path: str, before: str | None, after: str | None) -> bool:
        """Whether a record says that this change was meant: personal data was erased."""
        explained = self.ledger.explains(path, before, after)
        if explained:
            self.findings.erased[path] = self.ledger.record_of(path)
        return explained

    def _lists(self, compiled: Traced, frozen: Frozen, believed: Result) -> None:
        kept = [one for one in frozen.lists if isinstance(one, Sources)]
        if len(kept) == len(frozen.lists) and sources_root(kept) == believed.sources:
            return
        for truth, one in zip(compiled.sources, frozen.lists, strict=True):
            path = refs.sources(self.period.id, truth).path
            if one is None:
                self.findings.add(path, "missing")
            elif isinstance(one, RefusedEntry):
                self.findings.add(path, f"altered: {one.reason}")
            elif one != truth:
                self.findings.add(path, altered(truth.fields(), one.fields()))

    def _state(self, person: Person) -> None:
        """The state that stands in an assignment is what its entries give."""
        for source in person.sources:
            path = refs.assignments(source.id).path
            if source.drifted and not self.findings.any_below(path):
                self.findings.add(path, "altered: folded is not what its entries give")

    def _card(
        self,
        person: Person,
        live: Result,
        frozen: list[Result | RefusedEntry | None],
        *,
        known: bool,
    ) -> None:
        """The live scorecard follows its sources also after the close.

        It says nothing that only the close knows: of heads whose sources were
        altered nobody can tell what it was.
        """
        truth, stands = as_live(live.scorecard), person.claim.live
        path = refs.scorecard(self.period.id, person.uid).path
        cards = [as_live(one.scorecard) for one in frozen if isinstance(one, Result)]
        if any(same_live(card, stands) for card in (truth, *cards)):
            return
        if stands is None:
            self.findings.add(path, "missing")
        elif isinstance(stands, RefusedEntry):
            self.findings.add(path, f"altered: {stands.reason}")
        elif known or live.scorecard.capacity.subject == "official":
            self.findings.add(path, altered(truth.fields(), stands.fields()))


def digests(lists: list[Sources]) -> Digests:
    """Every source by its path."""
    found: Digests = {}
    for one in lists:
        found |= one.papers
        for name, work in one.work.items():
            ref = refs.assignments(name)
            found[ref.path] = work.terms
            entries = refs.entries(name)
            found |= {entries(entry).path: told for entry, told in work.entries.items()}
    return found


def _changed(pinned: Digests, now: Digests) -> Iterator[tuple[str, Difference]]:
    """Where an assignment is gone or new, its entries need no telling."""
    for path in sorted(pinned.keys() | now.keys()):
        before, after = pinned.get(path), now.get(path)
        parent = "/".join(path.split("/")[:2])
        if before == after or (path != parent and (parent in pinned) != (parent in now)):
            continue
        reason = "altered since the close"
        if before is None:
            reason = "extra: it was not there at the close"
        elif after is None:
            reason = "missing"
        yield path, (reason, before, after)
