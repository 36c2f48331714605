"""A later version of a result: what it names is scored anew, all else stands as it was frozen."""

from collections.abc import Mapping

from shared.models.result import Result
from shared.models.scheme import Scheme
from shared.models.scorecard import Assessment, Contribution
from shared.scoring.digest import sealed
from shared.scoring.scorecard import score

Criteria = Mapping[str, Mapping[str, int]]
"""Scores by the stretch that they were said for."""


def correct(
    previous: Result,
    scheme: Scheme,
    *,
    contributions: Mapping[str, Contribution],
    criteria: Criteria,
    entries: int,
) -> Result:
    """The version before with these contributions and scores, and so many entries more."""
    card = previous.scorecard
    scorecard = score(
        period=card.period,
        official=card.official,
        scheme=scheme,
        path=card.path,
        contributions={**card.contributions, **contributions},
        assessments=_assessments(card.assessments, criteria),
        capacity=card.capacity,
    )
    result = previous.model_copy(
        update={"scorecard": scorecard, "entries": previous.entries + entries}
    )
    return sealed(result)


def _assessments(standing: Mapping[str, Assessment], criteria: Criteria) -> dict[str, Assessment]:
    changed = {
        stretch: _scored(standing.get(stretch, Assessment()), scores)
        for stretch, scores in criteria.items()
    }
    return {**standing, **changed}


def _scored(assessment: Assessment, scores: Mapping[str, int]) -> Assessment:
    criteria = dict(sorted({**assessment.criteria, **scores}.items()))
    # The correction itself says why, so a reason that the head owed is given.
    return assessment.model_copy(update={"criteria": criteria, "unexplained": False})
