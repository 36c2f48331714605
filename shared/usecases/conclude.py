"""What follows for a unit and for its heads from everybody's ratings, known only at the close.

First those who answer for nobody, then deputies by their field, then heads by all
that is below them; the units below come first. So the order of units, and the
order within one, is fixed by the tree.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from shared import refs
from shared.errors import NotYetError
from shared.models.appraisal import UnitAppraisal
from shared.models.measurement import Measurement
from shared.models.official import Posting
from shared.models.period import Period
from shared.models.result import RefusedEntry, Result, UnitResult
from shared.models.scheme import Rating, Scheme, UnitAtLeast
from shared.models.scorecard import Assessment, Scorecard, UnitScore
from shared.models.unit import Unit
from shared.ports import Store, Where
from shared.refs import Ref
from shared.scoring.result import is_current, is_empty, rescored, under
from shared.scoring.scorecard import pooled, score, score_unit
from shared.scoring.statement import derive_all
from shared.usecases.context import measured_values
from shared.usecases.reading import read_each

Read = Callable[[Ref[Any]], Any]
"""A result of a unit or a person that is compiled already, or None."""


def children_of(store: Store, period: Period, unit: Unit, read: Read) -> list[UnitResult]:
    """The results of the units right under this one; raises NotYetError while one is missing.

    One where nobody served is left out, so that one founded later changes no result.
    """
    below = store.find(refs.units, where=Where("parent", "==", unit.path[-1]))
    names = [one.ref.id for one in below if _is_under(one.value, unit)]
    results = {name: read(refs.unit_results(period.id)(name)) for name in names}
    missing = [name for name, result in results.items() if result is None]
    if missing:
        raise NotYetError(f"{unit.path[-1]} rests on {len(missing)} units, {missing[0]} first")
    return [result for result in results.values() if not is_empty(result)]


def unit_papers(period: str, unit: str) -> list[Ref[Any]]:
    """What a unit's own score rests on, beside the work."""
    return [refs.unit_appraisal(period, unit), refs.measurement(period, "unit", unit)]


def deepest_first(units: Iterable[Unit]) -> list[Unit]:
    """In the order in which they can be compiled."""
    return sorted(units, key=lambda unit: (-len(unit.path), unit.path[-1]))


def stale(units: Iterable[Unit], compiled: Mapping[str, UnitResult]) -> list[str]:
    """The units whose results rest on results of units below that are others now."""
    known = {one.path[-1]: one for one in units}
    children: dict[str, list[UnitResult]] = {name: [] for name in known}
    for name, unit in known.items():
        above = known.get(unit.parent or "")
        if above is not None and _is_under(unit, above) and not is_empty(compiled[name]):
            children[above.path[-1]].append(compiled[name])
    return [name for name, below in children.items() if not is_current(compiled[name], below)]


class Conclusion:
    """A unit's results with what follows from ratings, beside those without it.

    Attributes:
        results: With the statements that follow, and what gates ask of the unit.
        score: The unit's own, where the scheme rates units.
    """

    def __init__(
        self,
        store: Store,
        read: Read,
        period: Period,
        scheme: Scheme,
        unit: Unit,
        children: Sequence[UnitResult],
        live: Sequence[Result],
        postings: Mapping[str, Posting | None],
    ) -> None:
        self._store, self._read, self._period, self._scheme = store, read, period, scheme
        self._unit = unit
        self._rated = {result.scorecard.official: result for result in live}
        self._postings = postings
        self._members = [one for one in self._rated if self._duty(one) == "member"]
        below = [*self._ratings(self._members), *under(children)]
        self.score = self._unit_score(children, below)
        for uid in self._of("deputy"):
            self._tell(uid, self._in_field(uid, below), {})
        everybody = [*below, *self._ratings(self._of("deputy"))]
        for uid in self._of("head"):
            self._tell(uid, everybody, self._asked())
        self.results = list(self._rated.values())

    def _duty(self, uid: str) -> str:
        posting = self._postings[uid]
        return "member" if posting is None else posting.duty

    def _of(self, duty: str) -> list[str]:
        return [uid for uid in self._rated if self._duty(uid) == duty]

    def _ratings(self, uids: Iterable[str]) -> list[Rating]:
        cards = [self._rated[uid].scorecard for uid in uids]
        return [card.rating for card in cards if card.rating is not None]

    def _in_field(self, uid: str, below: list[Rating]) -> list[Rating]:
        """Of the units and people that a deputy is in charge of; of all without such a field."""
        posting = self._postings[uid]
        if posting is None or not posting.field:
            return below
        return [rating for name in posting.field for rating in self._of_name(name)]

    def _of_name(self, name: str) -> Iterator[Rating]:
        """Of a unit below, or of a person in this unit or below; of anything else nothing."""
        if name in self._members:
            yield from self._ratings([name])
        elif self._lies_below(name):
            yield from under([self._read(refs.unit_results(self._period.id)(name))])
        else:
            result = self._read(refs.official_results(self._period.id)(name))
            if result is not None and self._lies_below(result.unit) and result.scorecard.rating:
                yield result.scorecard.rating

    def _lies_below(self, name: str) -> bool:
        unit = self._store.get(refs.units(name))
        return unit is not None and _is_under(unit, self._unit)

    def _tell(self, uid: str, ratings: Iterable[Rating], unit: Mapping[str, int]) -> None:
        result = self._rated[uid]
        card = result.scorecard
        derived = derive_all(self._scheme.root(card.capacity.subject), ratings, self._scheme)
        if derived or unit:
            told = _told(card, derived, unit, self._scheme)
            self._rated[uid] = rescored(result, told)

    def _asked(self) -> dict[str, int]:
        """The shares of the unit's own result that some gate asks for."""
        nodes = {} if self.score is None else self.score.nodes
        conditions = [gate.condition for gate in self._scheme.gates]
        asked = {one.node for one in conditions if isinstance(one, UnitAtLeast)}
        return {name: node.share for name, node in sorted(nodes.items()) if name in asked}

    def _unit_score(self, children: Sequence[UnitResult], below: list[Rating]) -> UnitScore | None:
        root = self._scheme.subjects.unit
        if root is None:
            return None
        said, measured = self._known_of_unit()
        by_head = None if said is None else said.by_head
        work = [result.scorecard.work for result in self._rated.values()]
        work += [child.score.work for child in children if child.score is not None]
        assessment = Assessment(
            criteria={} if by_head is None else dict(sorted(by_head.scores.items())),
            statements={
                **({} if by_head is None else dict(sorted(by_head.statements.items()))),
                **derive_all(root, below, self._scheme),
            },
            indicators=measured_values(measured),
        )
        return score_unit(pooled(work), assessment, self._scheme)

    def _known_of_unit(self) -> tuple[UnitAppraisal | None, Measurement | None]:
        """What stands and can be read."""
        found = read_each(self._store, unit_papers(self._period.id, self._unit.path[-1]))
        said, measured = (None if isinstance(one, RefusedEntry) else one for one in found)
        return said, measured


def _is_under(unit: Unit, other: Unit) -> bool:
    return len(unit.path) > len(other.path) and unit.path[: len(other.path)] == other.path


def _told(
    card: Scorecard, derived: Mapping[str, str], unit: Mapping[str, int], scheme: Scheme
) -> Scorecard:
    known = card.assessments.get(card.period, Assessment())
    statements = dict(sorted({**known.statements, **derived}.items()))
    told = known.model_copy(update={"statements": statements, "unit": dict(unit)})
    return score(
        period=card.period,
        official=card.official,
        scheme=scheme,
        path=card.path,
        contributions=card.contributions,
        assessments={**card.assessments, card.period: told},
        capacity=card.capacity,
    )
