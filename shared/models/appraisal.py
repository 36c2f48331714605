from typing import Annotated, ClassVar

from pydantic import Field

from shared.models.base import (
    Document,
    Id,
    Part,
    PeriodId,
    Points,
    ServerTime,
    Signature,
    Text,
)

Scores = Annotated[dict[Id, Points], Field(min_length=1, max_length=6)]
"""Criterion → hundredths of a point."""


class Scoring(Part):
    """One side's scores of the general criteria."""

    by: Signature
    at: ServerTime
    scores: Scores
    note: Text | None = None


class Appraisal(Document):
    """General criteria by oneself and by the head; only the head's part scores."""

    collection: ClassVar[str] = "appraisals"

    period: PeriodId
    official: Id
    by_self: Scoring | None = None
    by_head: Scoring | None = None
