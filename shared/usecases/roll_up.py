"""Quarters and years: each person's frozen results as one, in the unit served in last.

What is pooled is each result's last version with the rating that was decided on it,
so nothing of a part is computed again, and a roll-up that is compiled again gives the same.
Dated facts that came after a part was locked still count: the roll-up knows those of its span.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from shared import refs
from shared.models.correction import FIRST
from shared.models.official import Official
from shared.models.period import Period
from shared.models.result import Result
from shared.models.scheme import Scheme
from shared.models.scorecard import Scorecard
from shared.models.sources import Sources
from shared.ports import Store
from shared.scoring.digest import digest
from shared.scoring.result import freeze
from shared.scoring.rollup import as_part, bounded, pool
from shared.scoring.scorecard import span
from shared.scoring.sources import listed, sources_root
from shared.usecases.context import known_facts
from shared.usecases.reading import read_each
from shared.usecases.standing import Standing, Version, read_standing, read_standings


def roll_up_unit(
    store: Store, scheme: Scheme, period: Period, unit: str
) -> Iterator[tuple[Result, list[Sources]]]:
    """The results of everybody whose last part was compiled by the unit, by uid; with sources."""
    parts = sorted(period.parts, key=span)
    here = {
        part: {one.official: one for one in read_standings(store, part, unit)} for part in parts
    }
    for uid in sorted({uid for standings in here.values() for uid in standings}):
        standings = standings_of(store, period, uid, here)
        if standings[-1].result.unit == unit:
            record = read_record(store, uid)
            papers = {} if record is None else {refs.officials(uid).path: digest(record.fields())}
            sources = listed(uid, {**papers_of(uid, standings), **papers}, {})
            yield rolled_up(standings, period, scheme, record, sources), sources


def read_record(store: Store, uid: str) -> Official | None:
    """Whose facts also count when they came after the part that they are dated in was locked."""
    [found] = read_each(store, [refs.officials(uid)])
    return found if isinstance(found, Official) else None


def standings_of(
    store: Store, period: Period, uid: str, here: Mapping[str, Mapping[str, Standing]] = {}
) -> list[Standing]:
    """A person's parts in order; those not read yet are looked up one by one: they are few."""
    found = (
        here.get(part, {}).get(uid) or read_standing(store, part, uid)
        for part in sorted(period.parts, key=span)
    )
    return [one for one in found if one is not None]


def papers_of(uid: str, standings: Iterable[Standing]) -> dict[str, str]:
    """What is pooled, by its digest: the last version of each part, and the decision on it."""
    papers: dict[str, str] = {}
    for one in standings:
        period, number = one.result.scorecard.period, one.version.number
        papers[_path(uid, one.version)] = one.version.digest
        if one.decision is not None:
            papers[refs.decision(period, uid, number).path] = digest(one.decision.fields())
    return papers


def _path(uid: str, version: Version) -> str:
    period = version.result.scorecard.period
    if version.number == FIRST:
        return refs.official_results(period)(uid).path
    return refs.correction(period, uid, version.number).path


def rolled_up(
    standings: Sequence[Standing],
    period: Period,
    scheme: Scheme,
    official: Official | None,
    sources: Sequence[Sources],
) -> Result:
    """A person's parts as one result, with the facts that were known when it was locked."""
    results = [one.result for one in standings]
    facts = [] if official is None else known_facts(official, period)
    return freeze(
        bounded(pool(list(map(_as_part, standings)), period.id, scheme, facts)),
        unit=results[-1].unit,
        name=results[-1].name,
        assignments=sum(one.assignments for one in results),
        entries=sum(one.entries for one in results),
        refused=[bad for one in results for bad in one.refused],
        refused_count=sum(one.refused_count for one in results),
        sources=sources_root(sources),
    )


def _as_part(standing: Standing) -> Scorecard:
    """With its rating as decided, which gates of the roll-up may ask for."""
    card = standing.result.scorecard
    return as_part(card.model_copy(update={"rating": standing.rating}))
