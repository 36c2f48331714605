from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.models.base import Document, Id, Line, Part, Reason, Time
from shared.models.scorecard import Override

Role = Literal["official", "head", "organiser", "authority", "administrator", "auditor"]


Duty = Literal["member", "head", "deputy"]


class Posting(Part):
    """Service in a unit from `start` until before `end` (open when absent).

    `field` are the units or people that a deputy is in charge of; without any, the
    whole unit and what is below it.
    """

    unit: Id
    start: Time
    end: Time | None = None
    duty: Duty = "member"
    position: Id | None = None
    field: Annotated[list[Id], Field(max_length=100)] = []

    def overlaps(self, start: datetime, end: datetime) -> bool:
        return self.start < end and (self.end is None or self.end > start)

    def covers(self, moment: datetime) -> bool:
        return self.start <= moment and (self.end is None or moment < self.end)


class Leave(Part):
    """Time not worked, from `start` until before `end`."""

    start: Time
    end: Time
    reason: Reason


class Named(Part):
    """A name that somebody bore until then."""

    name: Line
    until: Time


class StandIn(Part):
    """Acts for the head of `unit`, and below it, from `start` until before `end`."""

    unit: Id
    start: Time
    end: Time


class Ahead(Part):
    """A transfer that is decided and takes effect at `start`, as `by` entered it."""

    unit: Id
    start: Time
    duty: Duty = "member"
    field: Annotated[list[Id], Field(max_length=100)] = []
    position: Id | None = None
    after_gap: bool = False
    reason: Reason
    by: Id


class Official(Document):
    """A person who works and is evaluated; `unit` is where they serve now.

    `units` repeats the units of `postings`, so that a query finds who served where.
    """

    collection: ClassVar[str] = "officials"

    name: Line
    roles: Annotated[list[Role], Field(max_length=6)]
    """None for somebody who has left: results stay, rights go."""
    unit: Id
    position: Id | None = None
    is_head: bool = False
    postings: Annotated[list[Posting], Field(min_length=1, max_length=100)]
    units: Annotated[list[Id], Field(min_length=1, max_length=100)]
    ahead: Ahead | None = None
    """Says nothing about anything until its day."""
    leave: Annotated[list[Leave], Field(max_length=50)] = []
    stands_in: Annotated[list[StandIn], Field(max_length=3)] = []
    """At most three at once: the rules of the store look at each."""
    party_since: Time | None = None
    former: Annotated[list[Named], Field(max_length=20)] = []
    """Earlier names, in order: results keep the name of their time."""
    facts: Annotated[list[Override], Field(max_length=100)] = []
    """What the authority has entered, such as a reprimand: dated, and never taken out again."""

    def claims(self) -> list[str]:
        """The roles for the tokens; whoever stands in may act as a head, on the dates recorded.

        Whoever has left has none, whatever else the record still says.
        """
        heads = bool(self.roles) and (self.is_head or bool(self.stands_in))
        return sorted({*self.roles, *(["head"] if heads else [])})

    def name_at(self, moment: datetime) -> str:
        return next((one.name for one in self.former if moment < one.until), self.name)

    def heads_at(self, moment: datetime) -> list[str]:
        """The units that this person acts for as head, themselves or standing in."""
        if not self.roles:
            return []
        own = [self.unit] if self.is_head else []
        return own + [one.unit for one in self.stands_in if one.start <= moment < one.end]

    def unit_at(self, moment: datetime) -> str | None:
        """Where this person served then."""
        served = (one for one in self.postings if one.covers(moment))
        return next((one.unit for one in served), None)

    def is_deputy_of(self, unit: str) -> bool:
        """By duty, which the last posting says."""
        last = self.postings[-1]
        return (last.duty, last.unit) == ("deputy", unit)

    def unit_in(self, start: datetime, end: datetime) -> str | None:
        """The unit that compiles this person's result: the last one served in."""
        last = self.posting_in(start, end)
        return None if last is None else last.unit

    def posting_in(self, start: datetime, end: datetime) -> Posting | None:
        """The last service of the time: as what, and where, this person is rated in it."""
        served = [posting for posting in self.postings if posting.overlaps(start, end)]
        return max(served, key=lambda posting: posting.start, default=None)

    def held_in(self, posting: Posting) -> str | None:
        """The position of a service; `position` is that of the last, where it names none."""
        last = max(self.postings, key=lambda one: one.start)
        return posting.position or (self.position if posting == last else None)

    def units_in(self, start: datetime, end: datetime) -> list[str]:
        """Every unit served in during the time, sorted."""
        return sorted({p.unit for p in self.postings if p.overlaps(start, end)})
