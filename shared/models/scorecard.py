from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.models.appraisal import Place
from shared.models.assignment import Share
from shared.models.base import (
    ID,
    PERIOD,
    AssignmentId,
    Coefficient,
    Count,
    Document,
    Id,
    Part,
    Percent,
    PeriodId,
    Points,
    Quantity,
    Reason,
    SchemeRef,
    Time,
)
from shared.models.position import Asked
from shared.models.scheme import Amount, Rating, Subject, Unrated

Weighed = Annotated[int, Field(ge=0, le=10**15)]
"""Converted quantity in hundred-thousandths: units × thousandths of K × per cent."""

Stretch = Annotated[str, Field(pattern=rf"^{PERIOD}(?:_{ID})?$")]
"""A period, or `{period}_{unit}`: somebody's part of it in one unit."""

Standing = Literal["rated", "on_leave"] | Unrated
"""`insufficient_data`: nothing was assigned. `not_assessed`: the head has not scored yet.

`on_leave`: no time of the period was worked.
"""


class Sums(Part):
    """Units of product, and their weights by K and penalties.

    a = done / assigned, b = quality / assigned, c = progress / assigned, by weight.
    """

    done: Count
    beyond: Count
    fails: Count
    lates: Count
    assigned_weight: Weighed
    done_weight: Weighed
    quality_weight: Weighed
    progress_weight: Weighed


class Excused(Part):
    """What the competent authority waived of lateness and failed checks."""

    lates: Count
    fails: Count
    undelivered: Quantity | None = None
    """Units never delivered, which therefore were not asked for either."""


class Contribution(Sums):
    """What one assignment adds: the facts, and the four sums they feed."""

    product: Id
    k: Coefficient
    quantity: Count
    share: Share | None = None
    excused: Excused | None = None
    overdue_moves: Annotated[int, Field(ge=1, le=10**6)] | None = None
    """How often its deadline was moved after it fell due."""
    continues: AssignmentId | None = None
    carried: Quantity | None = None
    """Units that go on in a later period."""
    due: Time | None = None
    """When it fell due, where the scheme excuses what falls due on leave."""


class Work(Sums):
    """The sums over the contributions of the time worked."""

    assigned: Count


class Override(Part):
    """A dated fact that the authority enters, such as a reprimand; gates name its kind.

    It stands in every period that its time touches: the moment `at`, or from then
    until before `until`. A period knows what was entered, and not yet withdrawn, when
    it was locked: what is said later never reaches back.
    """

    kind: Id
    at: Time
    until: Time | None = None
    reason: Reason
    by: Id
    entered_at: Time | None = None
    withdrawn_at: Time | None = None


class Absence(Part):
    """Time not worked, from `start` until before `end`; why is not said where scores are."""

    start: Time
    end: Time


class InPlace(Part):
    """Who scored in the head's place, as what, and since when they might."""

    by: Id
    standing: Place
    since: Time | None = None


class Assessment(Part):
    """What is known of a person for a stretch of time besides their work."""

    criteria: dict[Id, Points] = {}
    """The head's scores in hundredths, by criterion."""
    unexplained: bool = False
    """The head gave them without a written reason; a scheme may ask for one (`justification`)."""
    in_place: InPlace | None = None
    own: dict[Id, Points] = {}
    """What the person scored themselves: shown beside the head's scores, never counted."""
    statements: dict[Id, Id] = {}
    """Component → option."""
    indicators: dict[Id, Amount] = {}
    positions: dict[Id, Asked] = {}
    """What the positions held in it ask, where the scheme counts that."""
    overrides: Annotated[list[Override], Field(max_length=100)] = []
    away: bool = False
    """On leave throughout: nothing of this time counts."""
    absences: Annotated[list[Absence], Field(max_length=50)] = []
    """Leave for parts of it; a scheme may excuse what fell due then (`leave`)."""
    unit: dict[Id, Percent] = {}
    """Of the unit that the person heads: the shares of its result that gates ask for."""
    rating: Rating | None = None
    """What a period that is part of a roll-up was rated."""


class Capacity(Part):
    """As what somebody is rated: the tree that applies, and the gates."""

    subject: Subject = "official"
    party_member: bool = False


class NodeScore(Part):
    """A component's share of its maximum, and what it adds to the total; each rounded by itself."""

    share: Percent
    points: Points


class UnitScore(Part):
    """A unit's own result: everybody's pooled work, in it and below, and what is known of it."""

    work: Work
    assessment: Assessment
    nodes: dict[Id, NodeScore]
    total: Points | None = None
    rating: Rating | None = None
    gate: Id | None = None
    standing: Standing


class Scorecard(Document):
    """One person in one period, live; `roviec score` prints its explanation."""

    collection: ClassVar[str] = "scorecards"

    period: PeriodId
    official: Id
    capacity: Capacity
    scheme: SchemeRef
    path: Annotated[list[Id], Field(max_length=100)]
    """Every unit, with its ancestors, that assigned the work: who may look."""
    contributions: dict[AssignmentId, Contribution]
    assessments: dict[Stretch, Assessment]
    work: Work
    nodes: dict[Id, NodeScore]
    """Those that can be scored, by the component's id in the scheme."""
    total: Points | None = None
    rating: Rating | None = None
    gate: Id | None = None
    """What decided the rating: `score`, or the scheme's gate that lowered it."""
    standing: Standing

    def share(self, node: str) -> int | None:
        """Hundredths of a per cent, of a component that could be scored."""
        return self.nodes[node].share if node in self.nodes else None

    def points(self, node: str) -> int | None:
        """Hundredths of a point, of a component that could be scored."""
        return self.nodes[node].points if node in self.nodes else None
