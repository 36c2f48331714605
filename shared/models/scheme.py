from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from shared.models.base import Document, Id, Line, Part, Points, SchemeRef, Text

SCALE = 10_000
"""The most a total can be: 100 points in hundredths."""

Confidence = Literal["law", "guidance", "local", "proposal"]
Rating = Literal["excellent", "good", "completed", "not_completed"]
Measure = Literal["quantity", "quality", "progress"]
PenaltyPercent = Annotated[int, Field(ge=0, le=100)]


class Source(Part):
    """Where a rule comes from and how sure that is."""

    text: Text
    confidence: Confidence


class Title(Part):
    vi: Line
    en: Line


class Criterion(Part):
    """One general criterion and the most it can give, in hundredths of a point."""

    id: Id
    title: Title
    max_points: Points


class General(Part):
    """General criteria, scored by the head."""

    criteria: Annotated[list[Criterion], Field(min_length=1, max_length=6)]
    source: Source

    @property
    def max_points(self) -> int:
        return sum(criterion.max_points for criterion in self.criteria)


class TaskResults(Part):
    """Task results: the mean of the measures times `max_points`.

    A penalty is the share of one unit of product, in per cent, that each
    failed check (`per_fail`) or lateness (`per_late`) takes away.
    """

    max_points: Points
    measures: Annotated[list[Measure], Field(min_length=1, max_length=3)]
    per_fail: PenaltyPercent
    per_late: PenaltyPercent
    formula: Line
    source: Source


class Band(Part):
    """A rating and the least total, in hundredths of a point, that earns it."""

    rating: Rating
    title: Title
    at_least: Points


class Scheme(Document):
    """The scoring rules as data; a version never changes and a period pins one.

    Bands go from the highest down and the last starts at 0. Totals are rounded
    half up to hundredths of a point and compared with the bands after that.
    """

    collection: ClassVar[str] = "schemes"

    ref: SchemeRef
    title: Title
    task: TaskResults
    general: General
    bands: Annotated[list[Band], Field(min_length=1, max_length=8)]
    bands_source: Source
    rounding_source: Source

    @model_validator(mode="after")
    def _scores_everybody(self) -> Self:
        """Refuse at publication what would stop the scoring of a whole period."""
        named: dict[str, Sequence[str]] = {
            "general criterion": [criterion.id for criterion in self.general.criteria],
            "measure": self.task.measures,
            "rating": [band.rating for band in self.bands],
        }
        for what, names in named.items():
            if len(set(names)) < len(names):
                raise ValueError(f"a {what} is named twice")
        least = [band.at_least for band in self.bands]
        if self.task.max_points + self.general.max_points > SCALE:
            raise ValueError("task results and general criteria exceed 100 points together")
        if least[-1] != 0 or any(higher <= lower for higher, lower in pairwise(least)):
            raise ValueError("bands must go from the highest down, and the last start at 0")
        return self
