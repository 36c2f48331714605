"""What follows by itself from later versions: heads' ratings in the period, and roll-ups.

Computed from the first versions and from the later ones that are given, so it can be
computed anew for any moment: by the task that writes it down, and by `verify`.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from shared import refs
from shared.models.correction import Correction
from shared.models.official import Official
from shared.models.period import Period
from shared.models.result import Result, UnitResult
from shared.models.scheme import Rating, Scheme
from shared.models.scorecard import Work
from shared.models.unit import Unit
from shared.ports import Store, Where
from shared.refs import Ref
from shared.scoring.sources import listed
from shared.usecases.conclude import Conclusion, children_of
from shared.usecases.reading import read_each
from shared.usecases.roll_up import papers_of, read_record, rolled_up, standings_of
from shared.usecases.standing import Standing


class Later:
    """A compiled period with later versions instead of the first, of those who have any."""

    def __init__(self, store: Store, period: Period, corrections: Iterable[Correction]) -> None:
        self._store, self._period = store, period
        self.last: dict[str, Correction] = {}
        for one in sorted(corrections, key=lambda one: one.version):
            self.last[one.result.scorecard.official] = one

    def read(self, ref: Ref[Any]) -> Any:  # noqa: ANN401  # whatever document the reference names
        found = self._store.get(ref)
        if isinstance(found, UnitResult):
            return self._changed(found)
        return self.version(found) if isinstance(found, Result) else found

    def version(self, result: Result) -> Result:
        last = self.last.get(result.scorecard.official)
        return result if last is None else last.result

    def under(self, unit: str) -> list[Correction]:
        """Of everybody in the unit and below, by official."""
        return [one for _, one in sorted(self.last.items()) if unit in one.path]

    def _changed(self, unit: UnitResult) -> UnitResult:
        """A unit's result with what later versions change in it for the units above."""
        later = self.under(unit.unit)
        firsts = [self._first(one) for one in later]
        below = Counter(unit.below)
        below.subtract(_ratings(firsts))
        below.update(_ratings([one.result for one in later]))
        changed = {"below": {rating: n for rating, n in sorted(below.items()) if n}}
        if unit.score is None:
            return unit.model_copy(update=changed)
        work = unit.score.work
        for first, last in zip(firsts, later, strict=True):
            work = _moved(work, first.scorecard.work, last.result.scorecard.work)
        return unit.model_copy(
            update={**changed, "score": unit.score.model_copy(update={"work": work})}
        )

    def _first(self, correction: Correction) -> Result:
        official = correction.result.scorecard.official
        first = self._store.get(refs.official_results(self._period.id)(official))
        return first or correction.result


def concluded(
    store: Store, scheme: Scheme, period: Period, unit: Unit, later: Later
) -> list[Result]:
    """The unit's heads and deputies with what follows from these versions, by official."""
    name = unit.path[-1]
    found = store.find(refs.official_results(period.id), where=Where("unit", "==", name))
    people = [later.version(one.value) for one in found]
    officials = read_each(store, [refs.officials(one.scorecard.official) for one in people])
    postings = {
        one.scorecard.official: official.posting_in(period.start, period.end)
        if isinstance(official, Official)
        else None
        for one, official in zip(people, officials, strict=True)
    }
    children = children_of(store, period, unit, later.read)
    results = Conclusion(
        store, later.read, period, scheme, unit, children, people, postings
    ).results
    led = {uid for uid, posting in postings.items() if posting and posting.duty != "member"}
    return sorted(
        (one for one in results if one.scorecard.official in led),
        key=lambda one: one.scorecard.official,
    )


def follows_of(later: Later, unit: str, official: str) -> list[str]:
    """The versions that a head's rating was concluded from, by path."""
    return [path_of(one) for one in later.under(unit) if one.result.scorecard.official != official]


def outcome(result: Result) -> object:
    """What a version must say anew; a share of the unit that changes nothing is no reason."""
    card = result.scorecard
    return card.nodes, card.total, card.rating, card.gate, card.standing


def path_of(correction: Correction) -> str:
    card = correction.result.scorecard
    return refs.correction(card.period, card.official, correction.version).path


def pooled_again(
    store: Store, scheme: Scheme, period: Period, official: str
) -> tuple[Result, list[str]]:
    """A person's roll-up of the versions and decisions that stand, and their paths."""
    standings: Sequence[Standing] = standings_of(store, period, official)
    papers = papers_of(official, standings)
    record = read_record(store, official)
    pooled = rolled_up(standings, period, scheme, record, listed(official, papers, {}))
    return pooled, sorted(papers)


def _ratings(results: Iterable[Result]) -> list[Rating]:
    return [one.scorecard.rating for one in results if one.scorecard.rating is not None]


def _moved(work: Work, first: Work, last: Work) -> Work:
    changed = {
        name: getattr(work, name) - getattr(first, name) + getattr(last, name)
        for name in Work.model_fields
    }
    return Work(**changed)
