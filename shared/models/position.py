from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field

from shared.models.base import Document, Id, Line, Part, Time
from shared.models.scheme import Criterion, Indicator, Source


class Asked(Part):
    """What is asked of whoever holds a position, in what begins at `since` or later.

    That is a period, or somebody's service in it, so that it is known beforehand.
    The weights of criteria, and those of indicators, add up to 100.
    """

    since: Time
    criteria: Annotated[list[Criterion], Field(max_length=3)] = []
    """Few, as the head scores them beside those that all have in common."""
    indicators: Annotated[list[Indicator], Field(max_length=10)] = []
    source: Source


class Position(Document):
    """A job position (vị trí việc làm), the products it may be assigned, and what it asks."""

    collection: ClassVar[str] = "positions"

    title: Line
    group: Id | None = None
    """Positions of one group do similar work; without it, the position is a group of its own."""
    products: Annotated[list[Id], Field(max_length=500)]
    asks: Annotated[list[Asked], Field(max_length=50)] = []
    """In the order of time."""

    def asked_at(self, moment: datetime) -> Asked | None:
        return next((one for one in reversed(self.asks) if one.since <= moment), None)
