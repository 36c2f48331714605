"""A scorecard frozen at close, and the totals of units and periods."""

from collections import Counter
from collections.abc import Sequence

from shared.models.result import PeriodResult, RefusedEntry, Result, UnitResult
from shared.models.scorecard import Scorecard
from shared.scoring.digest import digest, merkle_root


def freeze(
    scorecard: Scorecard,
    *,
    unit: str,
    name: str,
    assignments: int,
    entries: int,
    refused: Sequence[RefusedEntry],
) -> Result:
    """Freeze a scorecard with the number of documents behind it, and digest it."""
    result = Result(
        unit=unit,
        name=name,
        scorecard=scorecard,
        assignments=assignments,
        entries=entries,
        refused=sorted(refused, key=lambda entry: entry.path)[:100],
        refused_count=len(refused),
        digest="0" * 64,
    )
    return result.model_copy(update={"digest": result_digest(result)})


def result_digest(result: Result) -> str:
    """The digest a result must carry: of all its fields but the digest itself."""
    return digest({key: value for key, value in result.fields().items() if key != "digest"})


def total_unit(unit: str, name: str, results: Sequence[Result], drift: int) -> UnitResult:
    """Total a unit's results; the root covers them in the order of official ids."""
    ordered = sorted(results, key=lambda result: result.scorecard.official)
    cards = [result.scorecard for result in ordered]
    standings = Counter(card.standing for card in cards)
    return UnitResult(
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
    )


def total_period(period: str, scheme: str, units: Sequence[UnitResult]) -> PeriodResult:
    """Total a period's units; the root covers theirs in the order of unit ids.

    A unit where nobody served is none of the period's, so one that is founded
    later changes no total.
    """
    ordered = sorted((unit for unit in units if unit.officials), key=lambda unit: unit.unit)
    ratings: Counter[str] = Counter()
    for unit in ordered:
        ratings.update(unit.ratings)
    return PeriodResult.model_validate(
        {
            "period": period,
            "scheme": scheme,
            "units": len(ordered),
            "officials": sum(unit.officials for unit in ordered),
            "assignments": sum(unit.assignments for unit in ordered),
            "entries": sum(unit.entries for unit in ordered),
            "ratings": dict(sorted(ratings.items())),
            "not_assessed": sum(unit.not_assessed for unit in ordered),
            "insufficient_data": sum(unit.insufficient_data for unit in ordered),
            "on_leave": sum(unit.on_leave for unit in ordered),
            "drift": sum(unit.drift for unit in ordered),
            "root": merkle_root([unit.root for unit in ordered]),
        }
    )
