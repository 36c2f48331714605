from typing import ClassVar

from shared.models.base import (
    AssignmentId,
    Document,
    Id,
    Line,
    Part,
    PeriodId,
    Quantity,
    Reason,
    ServerTime,
    Signature,
    Text,
    Time,
)


class Reply(Part):
    """The head's: accepted as `assignment`, or declined for a `reason`."""

    by: Id
    at: Time
    assignment: AssignmentId | None = None
    reason: Reason | None = None


class Proposal(Document):
    """Unplanned work that an official registers; it counts once the head has accepted it.

    `unit` is where the official serves. What it is worth is for the head to say.
    """

    collection: ClassVar[str] = "proposals"

    period: PeriodId
    official: Signature
    unit: Id
    at: ServerTime
    title: Line
    quantity: Quantity = 1
    note: Text | None = None


class Registered(Proposal):
    """A proposal and, once given, its answer."""

    reply: Reply | None = None
