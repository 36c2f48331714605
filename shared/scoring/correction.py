"""A later version of a result: what it names is scored anew, all else stands as it was frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from shared.models.result import Result
from shared.models.scheme import Component, Scheme
from shared.models.scorecard import Assessment, Contribution
from shared.scoring.digest import sealed
from shared.scoring.evaluation import unknown_criteria
from shared.scoring.scorecard import score

V = TypeVar("V")


@dataclass(frozen=True)
class Given:
    """Scores, options and measured values that a correction gives, by the stretch they are of."""

    criteria: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    statements: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    indicators: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def stretches(self) -> list[str]:
        return sorted({*self.criteria, *self.statements, *self.indicators})


def correct(
    previous: Result,
    scheme: Scheme,
    *,
    contributions: Mapping[str, Contribution],
    given: Given,
    entries: int,
) -> Result:
    """The version before with these contributions and what is given, and so many entries more."""
    card = previous.scorecard
    scorecard = score(
        period=card.period,
        official=card.official,
        scheme=scheme,
        path=card.path,
        contributions={**card.contributions, **contributions},
        assessments={
            **card.assessments,
            **assessed(card.assessments, scheme.root(card.capacity.subject), given),
        },
        capacity=card.capacity,
    )
    result = previous.model_copy(
        update={"scorecard": scorecard, "entries": previous.entries + entries}
    )
    return sealed(result)


def assessed(
    standing: Mapping[str, Assessment], root: Component, given: Given
) -> dict[str, Assessment]:
    """The stretches of which something is given, as they are with it."""
    return {
        stretch: _with(standing.get(stretch, Assessment()), root, given, stretch)
        for stretch in given.stretches
    }


def _with(before: Assessment, root: Component, given: Given, stretch: str) -> Assessment:
    said = before.model_copy(
        update={
            "statements": _merged(before.statements, given.statements.get(stretch, {})),
            "indicators": _merged(before.indicators, given.indicators.get(stretch, {})),
        }
    )
    if stretch not in given.criteria:
        return said
    # What is no criterion would make the scores void that are given now. The correction
    # itself says why, so a reason that the head owed is given.
    scores = _merged(before.criteria, given.criteria[stretch])
    strange = unknown_criteria(root, before)
    known = {name: points for name, points in scores.items() if name not in strange}
    return said.model_copy(update={"criteria": known, "unexplained": False})


def _merged(before: Mapping[str, V], given: Mapping[str, V]) -> dict[str, V]:
    return dict(sorted({**before, **given}.items()))
