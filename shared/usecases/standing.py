"""What stands of a compiled period: each result's last version, and what was decided on it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shared import refs
from shared.models.correction import FIRST, Correction
from shared.models.decision import Decision
from shared.models.result import Result
from shared.models.scheme import Rating
from shared.ports import Found, Store, Where
from shared.usecases.reading import batches


@dataclass(frozen=True)
class Version:
    """A result as it was compiled or as it was last corrected; `digest` is its document's."""

    number: int
    result: Result
    digest: str


@dataclass(frozen=True)
class Standing:
    """One person's last version, and the decision that rests on it, if there is one."""

    version: Version
    decision: Decision | None

    @property
    def result(self) -> Result:
        return self.version.result

    @property
    def official(self) -> str:
        return self.result.scorecard.official

    @property
    def rating(self) -> Rating | None:
        """As decided; as computed while nobody has decided."""
        return self.decision.rating if self.decision else self.result.scorecard.rating


def first(result: Result) -> Version:
    return Version(FIRST, result, result.digest)


def corrected(correction: Correction) -> Version:
    return Version(correction.version, correction.result, correction.digest)


def rests_on(decision: Decision | None, version: Version) -> Decision | None:
    """The decision, unless the result was corrected since."""
    return decision if decision is not None and decision.result == version.digest else None


def read_versions(store: Store, period: str, unit: str | None = None) -> list[Version]:
    """Every result's last version, of a period or of one unit in it, by unit and official."""
    where = None if unit is None else Where("unit", "==", unit)
    versions = {one.ref.id: first(one.value) for one in store.find(_results(period), where=where)}
    for correction in _corrections(store.find(refs.corrections(period))):
        official = correction.result.scorecard.official
        standing = versions.get(official)
        if standing is not None and correction.version > standing.number:
            versions[official] = corrected(correction)
    return sorted(versions.values(), key=_by_unit)


def read_version(store: Store, period: str, official: str) -> Version | None:
    """One person's last version."""
    result = store.get(_results(period)(official))
    if result is None:
        return None
    found = store.find(refs.corrections(period), prefix=f"{official}_")
    later = map(corrected, _corrections(found))
    return max([first(result), *later], key=lambda version: version.number)


def read_standings(store: Store, period: str, unit: str | None = None) -> list[Standing]:
    """Every result's last version with the decision on it, by unit and official."""
    return [
        Standing(version, rests_on(decision, version))
        for batch in batches(read_versions(store, period, unit))
        for version, decision in zip(batch, _decisions(store, period, batch), strict=True)
    ]


def read_standing(store: Store, period: str, official: str) -> Standing | None:
    """One person's last version with the decision on it."""
    version = read_version(store, period, official)
    if version is None:
        return None
    return standing_on(store, version)


def standing_on(store: Store, version: Version) -> Standing:
    """A version with the decision on it."""
    card = version.result.scorecard
    decision = store.get(refs.decision(card.period, card.official, version.number))
    return Standing(version, rests_on(decision, version))


def _decisions(store: Store, period: str, versions: list[Version]) -> Iterator[Decision | None]:
    stored = store.get_all(
        [refs.decision(period, one.result.scorecard.official, one.number) for one in versions]
    )
    return (None if one is None else one.value for one in stored)


def _corrections(found: Iterable[Found[Correction]]) -> Iterator[Correction]:
    return (one.value for one in found)


def _results(period: str) -> refs.Collection[Result]:
    return refs.official_results(period)


def _by_unit(version: Version) -> tuple[str, str]:
    return version.result.unit, version.result.scorecard.official
