"""Entries: the immutable facts of an assignment, discriminated by `kind`.

`at` is the server's time for people's entries and the source's time for those
of a trusted system. Documents are flat and short: the rules engine evaluates
at most 1,000 expressions a request.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, TypeAdapter

from shared.models.base import (
    DEFERRED,
    AssignmentId,
    Count,
    Document,
    Line,
    Quantity,
    Reason,
    ServerTime,
    Signature,
    Text,
    Time,
)

EntryId = Annotated[str, Field(pattern=r"^[+]?[A-Za-z0-9][A-Za-z0-9.%+-]{0,199}$")]
"""Of an entry that stands; a leading `+` says that a server derived it from a source."""

ClientEntryId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.%+-]{0,199}$")]
"""Made by the client, so that an offline queue may replay it. Never one that a server
derives: whoever can foretell an id could otherwise take its place beforehand."""


ENTRY_ID: TypeAdapter[str] = TypeAdapter(EntryId, config=DEFERRED)
CLIENT_ENTRY_ID: TypeAdapter[str] = TypeAdapter(ClientEntryId, config=DEFERRED)


class Fact(Document):
    collection: ClassVar[str] = "entries"

    by: Signature
    at: ServerTime


class Assigned(Fact):
    """The work was assigned; its terms stand, frozen, in the assignment."""

    kind: Literal["assigned"] = "assigned"


class Progress(Fact):
    """What happened, and how far the work is in whole per cent; it informs, never scores."""

    kind: Literal["progress"] = "progress"
    percent: Annotated[int, Field(ge=0, le=100)] | None = None
    note: Text | None = None


class Submission(Fact):
    """`quantity` units of the product were delivered."""

    kind: Literal["submission"] = "submission"
    quantity: Quantity
    note: Text | None = None
    evidence: Annotated[list[Line], Field(max_length=5)] = []


class Accepted(Fact):
    """Somebody other than the doer accepted a submission; `beyond`: it exceeds requirements."""

    kind: Literal["accepted"] = "accepted"
    submission: EntryId
    beyond: bool = False
    note: Text | None = None


class Returned(Fact):
    """A check failed for `faults` units; names the submission when there was one."""

    kind: Literal["returned"] = "returned"
    submission: EntryId | None = None
    faults: Quantity
    reason: Reason


class Retracted(Fact):
    """A system takes back a delivery that it reported: the case goes on. No check failed."""

    kind: Literal["retracted"] = "retracted"
    submission: EntryId
    reason: Reason


class Corrected(Fact):
    """Whoever failed a check takes some of it back: `faults` units failed, no more."""

    kind: Literal["corrected"] = "corrected"
    returned: EntryId
    faults: Annotated[int, Field(ge=0, le=1_000)]
    reason: Reason


class DeadlineMoved(Fact):
    """`overdue`: moved after it fell due, when lateness stands and only an exemption waives it."""

    kind: Literal["deadline_moved"] = "deadline_moved"
    due: Time
    overdue: bool = False
    reason: Reason


class Reassigned(Fact):
    """`quantity` units went to `successor`, another person's assignment."""

    kind: Literal["reassigned"] = "reassigned"
    quantity: Quantity
    successor: AssignmentId
    reason: Reason


class Cancelled(Fact):
    """`quantity` units are no longer wanted."""

    kind: Literal["cancelled"] = "cancelled"
    quantity: Quantity
    reason: Reason


class CarriedOver(Fact):
    """`quantity` units were not delivered and go on in `successor`, in a later period."""

    kind: Literal["carried_over"] = "carried_over"
    quantity: Quantity
    successor: AssignmentId
    reason: Reason


class ExemptionRequested(Fact):
    """The doer claims an objective cause."""

    kind: Literal["exemption_requested"] = "exemption_requested"
    reason: Reason
    evidence: Annotated[list[Line], Field(max_length=5)] = []


class ExemptionDecided(Fact):
    """The competent authority's answer: how many latenesses and faults are waived."""

    kind: Literal["exemption_decided"] = "exemption_decided"
    request: EntryId
    lates_waived: Count
    faults_waived: Count
    reason: Reason


Entry = Annotated[
    Assigned
    | Progress
    | Submission
    | Accepted
    | Returned
    | Retracted
    | Corrected
    | DeadlineMoved
    | Reassigned
    | Cancelled
    | CarriedOver
    | ExemptionRequested
    | ExemptionDecided,
    Field(discriminator="kind"),
]
ENTRY: TypeAdapter[Entry] = TypeAdapter(Entry, config=DEFERRED)

ClientEntry = Annotated[
    Progress | Submission | Accepted | Returned | Corrected | ExemptionRequested,
    Field(discriminator="kind"),
]
"""What people append themselves; the other kinds follow from a decision of a function."""
CLIENT_ENTRY: TypeAdapter[ClientEntry] = TypeAdapter(ClientEntry, config=DEFERRED)
