from typing import Annotated, ClassVar

from pydantic import Field

from shared.models.base import (
    AssignmentId,
    Coefficient,
    Count,
    Document,
    Id,
    Line,
    Part,
    Path,
    PeriodId,
    Quantity,
    SchemeRef,
    Time,
)
from shared.models.entry import EntryId


class Stamp(Part):
    """What orders facts: their time, then their id."""

    at: Time
    id: EntryId

    @property
    def order(self) -> tuple[Time, str]:
        return (self.at, self.id)


class Delivery(Part):
    at: Time
    quantity: Quantity


class Verdict(Stamp):
    """The last word on a submission; `beyond`: the product exceeds what was required."""

    accepted: bool
    beyond: bool = False


class Fault(Part):
    at: Time
    units: Quantity
    submission: EntryId | None = None


class Deadline(Stamp):
    due: Time


class Waiver(Stamp):
    lates: Count
    faults: Count


class Report(Stamp):
    percent: Annotated[int, Field(ge=0, le=100)]


class Folded(Part):
    """What the entries say together: sets by entry id, and last-writer registers.

    Joining is commutative, associative and idempotent, so any order and any
    repetition of entries gives the same value.
    """

    submissions: dict[EntryId, Delivery] = {}
    verdicts: dict[EntryId, Verdict] = {}
    faults: dict[EntryId, Fault] = {}
    withdrawn: dict[EntryId, Quantity] = {}
    waivers: dict[EntryId, Waiver] = {}
    deadline: Deadline | None = None
    progress: Report | None = None


class Origin(Part):
    """Where imported work comes from, in the words of the source."""

    system: Line
    case: Line
    unit: Line


class Assignment(Document):
    """One piece of work: clear person, task, responsibility, product, due date, K.

    `k`, `quantity`, `due`, `period_end` and `scheme` are frozen when it is
    assigned; what happens later is said by entries and folded into `folded`.
    """

    collection: ClassVar[str] = "assignments"

    period: PeriodId
    unit: Id
    path: Path
    official: Id
    approver: Id
    product: Id
    title: Line
    k: Coefficient
    quantity: Quantity
    due: Time
    period_end: Time
    scheme: SchemeRef
    assigned_at: Time
    assigned_by: Id
    continues: AssignmentId | None = None
    origin: Origin | None = None
    folded: Folded = Folded()
