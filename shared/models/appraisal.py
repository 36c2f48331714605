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

MOST_SCORES = 7
"""As many as the rules of the store can look at in one appraisal."""
Scores = Annotated[dict[Id, Points], Field(min_length=1, max_length=MOST_SCORES)]
"""Criterion → hundredths of a point."""

MOST_STATEMENTS = 2
Statements = Annotated[dict[Id, Id], Field(max_length=MOST_STATEMENTS)]
"""Component → option, such as đ and e of a head; the head above states them."""


Place = Annotated[str, Field(pattern=r"^(?:deputy|above)$")]


class Scoring(Part):
    """One side's scores of the general criteria, and what it states.

    `in_place`: as what somebody scored whose turn had come because the head had not; the
    rules of the store hold each to the truth.
    """

    by: Signature
    at: ServerTime
    scores: Scores
    statements: Statements = {}
    note: Text | None = None
    in_place: Place | None = None


class UnitAppraisal(Document):
    """How the head above scores a unit; its id is `{period}_{unit}`."""

    collection: ClassVar[str] = "unit_appraisals"

    period: PeriodId
    unit: Id
    by_head: Scoring


class Appraisal(Document):
    """General criteria by oneself and by the head; only the head's part scores.

    Whoever served in several units of the period is also rated by the others' heads,
    in a document for each `unit`, `{period}_{uid}_{unit}`.
    """

    collection: ClassVar[str] = "appraisals"

    period: PeriodId
    official: Id
    unit: Id | None = None
    by_self: Scoring | None = None
    by_head: Scoring | None = None
