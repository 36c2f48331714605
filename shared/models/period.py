from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.models.base import Count, Document, Line, PeriodId, SchemeRef, Time

Kind = Literal["month", "quarter", "year"]
State = Literal["open", "closing", "review", "final"]
PUBLISHED: tuple[State, ...] = ("review", "final")
"""When people may read what was compiled."""


class Period(Document):
    """A time that is evaluated together, from `start` until before `end`.

    Work counts while it is delivered before `end`; its review may follow until
    `closes_at`, when the period locks. `state` only moves forward:
    open → closing → review → final.

    The scheme's windows are frozen as times, so that nobody has to count working
    days: people score themselves from `self_from` until `self_until`, heads score until
    the lock, in their place deputies from `deputies_from` and heads above from `above_from`
    (without which these may at any time); once the results are up for review, petitions
    come until `petition_until` and are answered until `answer_until`. A window that is
    absent has no bound of its own.
    """

    collection: ClassVar[str] = "periods"

    id: PeriodId
    kind: Kind
    start: Time
    end: Time
    closes_at: Time
    time_zone: Line
    scheme: SchemeRef
    parts: Annotated[list[PeriodId], Field(max_length=12)] = []
    """Of a roll-up: the periods whose results it pools; it has no work or scores of its own."""
    state: State
    self_from: Time | None = None
    self_until: Time | None = None
    deputies_from: Time | None = None
    above_from: Time | None = None
    petition_until: Time | None = None
    answer_until: Time | None = None
    rated_before: Time | None = None
    """Of a year: the day before which the scheme's calendar wants it rated."""
    closing: Count = 0
    """How often closing was started; part of the task names, so a restart is not deduplicated."""
