"""A scorecard frozen at close, and the totals of units and periods."""

from collections import Counter
from collections.abc import Iterable, Sequence

from shared.models.period import Period
from shared.models.result import Link, PeriodResult, RefusedEntry, Result, UnitResult
from shared.models.scheme import Rating
from shared.models.scorecard import Scorecard, UnitScore
from shared.scoring.digest import UNSEALED, digest, merkle_root, sealed


def freeze(
    scorecard: Scorecard,
    *,
    unit: str,
    name: str,
    assignments: int,
    entries: int,
    refused: Sequence[RefusedEntry],
    sources: str,
    refused_count: int | None = None,
) -> Result:
    """Freeze a scorecard with the number of documents behind it, and digest it.

    `refused_count` is for results that only know a part of what they count.
    """
    result = Result(
        unit=unit,
        name=name,
        scorecard=scorecard,
        assignments=assignments,
        entries=entries,
        refused=sorted(refused, key=lambda entry: entry.path)[:100],
        refused_count=len(refused) if refused_count is None else refused_count,
        sources=sources,
        digest=UNSEALED,
    )
    return sealed(result)


def rescored(result: Result, scorecard: Scorecard) -> Result:
    """The same result with another scorecard."""
    return sealed(result.model_copy(update={"scorecard": scorecard}))


def terms_digest(period: Period) -> str:
    """Of what stood when a period was closed; its state goes on, and petitions have their time."""
    later = {"state", "closing", "petition_until", "answer_until"}
    return digest(period.model_dump(exclude_none=True, exclude=later))


def total_unit(
    unit: str,
    name: str,
    results: Sequence[Result],
    drift: int,
    children: Sequence[UnitResult] = (),
    score: UnitScore | None = None,
) -> UnitResult:
    """Total a unit's results; the root covers them in the order of official ids.

    `children` are the results of the units right under it.
    """
    ordered = sorted(results, key=lambda result: result.scorecard.official)
    cards = [result.scorecard for result in ordered]
    standings = Counter(card.standing for card in cards)
    total = UnitResult(
        unit=unit,
        name=name,
        officials=len(ordered),
        assignments=sum(result.assignments for result in ordered),
        entries=sum(result.entries for result in ordered),
        ratings=dict(sorted(Counter(card.rating for card in cards if card.rating).items())),
        not_assessed=standings["not_assessed"],
        insufficient_data=standings["insufficient_data"],
        on_leave=standings["on_leave"],
        drift=drift,
        root=merkle_root([result.digest for result in ordered]),
        below=count_ratings([*(card.rating for card in cards if card.rating), *under(children)]),
        children={child.unit: unit_digest(child) for child in by_name(children)},
        score=score,
        digest=UNSEALED,
    )
    return sealed(total)


def by_name(units: Iterable[UnitResult]) -> list[UnitResult]:
    return sorted(units, key=lambda unit: unit.unit)


def under(children: Iterable[UnitResult]) -> list[Rating]:
    """The rating of everybody in these units and below."""
    below: Counter[Rating] = Counter()
    for child in children:
        below.update(child.below)
    return sorted(below.elements())


def count_ratings(ratings: Iterable[Rating]) -> dict[Rating, int]:
    return dict(sorted(Counter(ratings).items()))


def unit_digest(result: UnitResult) -> str:
    """Of all that a unit's result says but the drift, which tells of the live scorecards."""
    own = {"drift", "digest"}
    return digest({key: value for key, value in result.fields().items() if key not in own})


def is_empty(result: UnitResult) -> bool:
    """Whether nobody served in the unit or below."""
    return not result.officials and not result.children


def is_current(result: UnitResult, children: Iterable[UnitResult]) -> bool:
    """Whether a unit's result rests on those of the units under it as they stand."""
    return result.children == {child.unit: unit_digest(child) for child in by_name(children)}


def total_period(
    period: Period, rules: str, units: Sequence[UnitResult], previous: Link | None
) -> PeriodResult:
    """Total a period's units; the root covers their digests in the order of unit ids.

    How far live scorecards had drifted is counted beside it: when events arrived
    changes no root.

    A unit where nobody served is none of the period's, so one that is founded
    later changes no total.
    """
    ordered = sorted((unit for unit in units if unit.officials), key=lambda unit: unit.unit)
    ratings: Counter[str] = Counter()
    for unit in ordered:
        ratings.update(unit.ratings)
    total = PeriodResult.model_validate(
        {
            "period": period.id,
            "scheme": period.scheme,
            "rules": rules,
            "terms": terms_digest(period),
            "previous": previous,
            "units": len(ordered),
            "officials": sum(unit.officials for unit in ordered),
            "assignments": sum(unit.assignments for unit in ordered),
            "entries": sum(unit.entries for unit in ordered),
            "ratings": dict(sorted(ratings.items())),
            "not_assessed": sum(unit.not_assessed for unit in ordered),
            "insufficient_data": sum(unit.insufficient_data for unit in ordered),
            "on_leave": sum(unit.on_leave for unit in ordered),
            "drift": sum(unit.drift for unit in ordered),
            "root": merkle_root([unit_digest(unit) for unit in ordered]),
            "digest": UNSEALED,
        }
    )
    return sealed(total)
