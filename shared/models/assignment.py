from typing import Annotated, Any, ClassVar, Literal

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
    def order(self) -> tuple[Any, ...]:
        return (self.at, self.id)


class Delivery(Part):
    at: Time
    quantity: Quantity


class Verdict(Stamp):
    """The last word on a submission; `beyond`: the product exceeds what was required."""

    accepted: bool
    beyond: bool = False

    @property
    def order(self) -> tuple[Any, ...]:
        """At the same moment what is not accepted stands, whatever id its judge chose."""
        return (self.at, not self.accepted, self.id)


class Fault(Part):
    at: Time
    units: Quantity
    submission: EntryId | None = None


class Correction(Stamp):
    """The last word on how many units a check failed."""

    units: Annotated[int, Field(ge=0, le=1_000)]


class Move(Part):
    """The deadline was moved at `at`, to `due`."""

    at: Time
    due: Time


class Waiver(Stamp):
    lates: Count
    faults: Count


class Report(Stamp):
    percent: Annotated[int, Field(ge=0, le=100)]


MOST_FACTS = 1_000
"""What clients may say of one piece of work, in all."""
HELD_FACTS = 1_500
"""What its state holds, in some 700 kB of the 1 MiB that a document may have; entries that
were written before the state had followed may be more."""


class Folded(Part):
    """What the entries say together: sets by entry id, and last-writer registers.

    Joining is commutative, associative and idempotent, so any order and any
    repetition of entries gives the same value.
    """

    submissions: dict[EntryId, Delivery] = {}
    verdicts: dict[EntryId, Verdict] = {}
    faults: dict[EntryId, Fault] = {}
    corrections: dict[EntryId, Correction] = {}
    withdrawn: dict[EntryId, Quantity] = {}
    carried: dict[EntryId, Quantity] = {}
    waivers: dict[EntryId, Waiver] = {}
    moves: dict[EntryId, Move] = {}
    progress: Report | None = None

    @property
    def reported(self) -> int:
        """How many facts it holds of what clients said."""
        said = len(self.submissions) + len(self.verdicts)
        return said + len(self.faults) + len(self.corrections)

    @property
    def facts(self) -> int:
        terms = len(self.withdrawn) + len(self.carried) + len(self.waivers) + len(self.moves)
        return self.reported + terms


class Origin(Part):
    """Where imported work comes from, in the words of the source."""

    system: Line
    case: Line
    unit: Line


class Share(Part):
    """One person's part of a product that several make: `percent` of its whole `k`."""

    lead: Id
    percent: Annotated[int, Field(ge=1, le=99)]
    k: Coefficient


Evidenced = Literal["submission", "exemption_requested"]
"""Kinds of entry that may have to name evidence."""


class Assignment(Document):
    """One piece of work: clear person, task, responsibility, product, due date, K.

    All but `folded` is frozen when it is assigned; what happens later is said by
    entries and folded into that.
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
    evidence_for: Annotated[list[Evidenced], Field(max_length=2)] = []
    """Kinds of entry that count only with evidence, as scheme and catalogue asked for then."""
    share: Share | None = None
    continues: AssignmentId | None = None
    """What another person, or an earlier period, did not finish."""
    proposal: EntryId | None = None
    """The unplanned work that it was made of."""
    origin: Origin | None = None
    folded: Folded = Field(default_factory=Folded)

    @property
    def due_now(self) -> Time:
        """As last moved: what to work towards. What counts as late: `scoring/deadline.py`."""
        moves = sorted(self.folded.moves.items(), key=lambda item: (item[1].at, item[0]))
        return moves[-1][1].due if moves else self.due
