from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.models.base import (
    AssignmentId,
    Coefficient,
    Count,
    Document,
    Id,
    Part,
    Percent,
    PeriodId,
    Points,
    SchemeRef,
)
from shared.models.scheme import Rating

Weight = Annotated[int, Field(ge=0, le=10**15)]
"""Converted quantity in hundred-thousandths: units × thousandths of K × per cent."""

Standing = Literal["rated", "not_assessed", "insufficient_data"]
"""`insufficient_data`: nothing was assigned. `not_assessed`: the head has not scored yet."""


class Contribution(Part):
    """What one assignment adds: the facts, and the four sums they feed."""

    product: Id
    k: Coefficient
    quantity: Count
    done: Count
    fails: Count
    lates: Count
    assigned_weight: Weight
    done_weight: Weight
    quality_weight: Weight
    progress_weight: Weight


class TaskScore(Part):
    """The sums over contributions, the measures a, b, c they give, and the points.

    a = done / assigned, b = quality / assigned, c = progress / assigned, shown in
    hundredths of a per cent; `points` comes from the exact fractions and is
    rounded once. All are absent when nothing was assigned.
    """

    assigned: Count
    done: Count
    fails: Count
    lates: Count
    assigned_weight: Weight
    done_weight: Weight
    quality_weight: Weight
    progress_weight: Weight
    a: Percent | None = None
    b: Percent | None = None
    c: Percent | None = None
    points: Points | None = None


class Scorecard(Document):
    """One person in one period, live; `roviec score` prints its explanation."""

    collection: ClassVar[str] = "scorecards"

    period: PeriodId
    official: Id
    scheme: SchemeRef
    path: Annotated[list[Id], Field(max_length=100)]
    """Every unit, with its ancestors, that assigned the work: who may look."""
    contributions: dict[AssignmentId, Contribution]
    task: TaskScore
    general: dict[Id, Points] | None = None
    general_points: Points | None = None
    total: Points | None = None
    rating: Rating | None = None
    standing: Standing
