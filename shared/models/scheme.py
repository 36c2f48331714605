"""Scoring rules as data: a small tree of components for each kind of subject, and its ratings.

What a shape can say is said here; what needs the whole tree (weights that add
up, bands that can be reached …) is checked before publication, by
`shared/scoring/publication.py`, so that the error names the node.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.models.base import Document, Id, Line, Part, Points, SchemeRef, Text

Confidence = Literal["law", "guidance", "local", "proposal"]
Rating = Literal["excellent", "good", "completed", "not_completed"]
Subject = Literal["official", "head", "unit"]
Measure = Literal["quantity", "quality", "progress"]
Pace = Literal["on_time", "late", "beyond"]
"""Units of work delivered on time, not delivered on time, or accepted as beyond requirement."""

Unrated = Literal["not_assessed", "insufficient_data"]
Absence = Literal["excluded", "zero"] | Unrated
"""What a component that cannot be scored means for the whole.

`excluded`: the other parts share its weight. `zero`: it counts as nothing.
Otherwise the whole has no score, and this is its state.
"""

Weight = Annotated[int, Field(ge=1, le=1000)]
WholePercent = Annotated[int, Field(ge=0, le=100)]
WorkingDays = Annotated[int, Field(ge=1, le=60)]
Amount = Annotated[int, Field(ge=-(10**12), le=10**12)]
"""A measured value in units of its indicator's last decimal."""


class Title(Part):
    vi: Line
    en: Line


class Words(Part):
    vi: Text
    en: Text


class Source(Part):
    """Where a rule comes from and how sure that is."""

    text: Words
    confidence: Confidence


class Node(Part):
    """What every component has.

    `weight` counts in a sum (points of a hundred) and in a mean (relative);
    without a `source` that of the component above applies.
    """

    id: Id
    title: Title
    weight: Weight = 1
    absent: Absence
    source: Source | None = None


class Sum(Node):
    """Σ weight × share / 100; the weights add up to 100."""

    kind: Literal["sum"]
    parts: "Parts"


class Mean(Node):
    """Σ weight × share / Σ weight."""

    kind: Literal["mean"]
    parts: "Parts"


class Minimum(Node):
    """The least share; weights have no say."""

    kind: Literal["minimum"]
    parts: "Parts"


class Task(Node):
    """One measure of the work: done, done without faults, or done on time, of what was assigned."""

    kind: Literal["task"]
    measure: Measure


class Criterion(Part):
    """Scored from `least` to `most` in hundredths; its share is score / most.

    A scale of five: least 100, most 500, so a three gives 60 per cent.
    """

    id: Id
    title: Title
    weight: Weight
    least: Points = 0
    most: Annotated[Points, Field(ge=1)]


class Criteria(Node):
    """Scored by the head: Σ weight × share / Σ weight. What one says of oneself never counts."""

    kind: Literal["criteria"]
    criteria: Annotated[list[Criterion], Field(min_length=1, max_length=20)]


class Indicator(Node):
    """(measured - start) / (target - start), at least nothing and at most `cap` per cent.

    A target below the start means that less is better. Values are whole numbers
    of the last of `decimals`.
    """

    kind: Literal["indicator"]
    start: Amount
    target: Amount
    cap: Annotated[WholePercent, Field(ge=1)] = 100
    decimals: Annotated[int, Field(ge=0, le=6)] = 0


class PositionCriteria(Node):
    """Scored by the head on the criteria of the position held: each stretch by its own.

    Of several stretches the mean by months, as of criteria that all have in common.
    Where the positions held ask nothing it is left out, whatever `absent` says.
    """

    kind: Literal["position_criteria"]


class PositionIndicators(Node):
    """Measured by the indicators of the position held: of each stretch its own, then the mean.

    Each indicator says what it means that it was not measured; the rest as for criteria.
    """

    kind: Literal["position_indicators"]


class Derivation(Part):
    """A statement that follows from the ratings of the subordinates who have one."""

    at_least: Rating
    met: Id
    unmet: Id


class Statement(Node):
    """One of the options, each with its share in per cent: stated by somebody, or derived."""

    kind: Literal["statement"]
    options: Annotated[dict[Id, WholePercent], Field(min_length=2, max_length=8)]
    derived: Derivation | None = None


Component = Annotated[
    Sum
    | Mean
    | Minimum
    | Task
    | Criteria
    | Indicator
    | PositionCriteria
    | PositionIndicators
    | Statement,
    Field(discriminator="kind"),
]
Parts = Annotated[list[Component], Field(min_length=1, max_length=20)]
COMBINED = Sum | Mean | Minimum
POSITIONAL = PositionCriteria | PositionIndicators


class Subjects(Part):
    """The tree of each kind of subject; one that is absent is scored as officials are."""

    official: Component
    head: Component | None = None
    unit: Component | None = None


class Penalties(Part):
    """What each failed check (`per_fail`) or lateness (`per_late`) takes of one unit of product."""

    per_fail: WholePercent
    per_late: WholePercent
    source: Source


class Band(Part):
    """A rating and the least total, in hundredths of a point, that earns it."""

    rating: Rating
    title: Title
    at_least: Points


class Ratings(Part):
    """From the highest down; the last starts at 0."""

    bands: Annotated[list[Band], Field(min_length=1, max_length=4)]
    source: Source


class AtLeast(Part):
    kind: Literal["at_least"]
    pace: Pace
    percent: Annotated[WholePercent, Field(ge=1)]


class AtMost(Part):
    kind: Literal["at_most"]
    pace: Pace
    percent: Annotated[WholePercent, Field(le=99)]


class NoFact(Part):
    """None of these facts stands against the person in the period."""

    kind: Literal["no_fact"]
    facts: Annotated[list[Id], Field(min_length=1, max_length=20)]


class UnitAtLeast(Part):
    """A component of the unit's own result reaches so much; judges whoever heads the unit.

    `pooled`: how a roll-up takes the periods it is made of together, whichever units were
    headed in them: the mean by months, the least, or the last.
    """

    kind: Literal["unit_at_least"]
    node: Id
    percent: Annotated[WholePercent, Field(ge=1)]
    pooled: Literal["mean", "least", "last"] = "mean"


class NoPart(Part):
    """No period that a roll-up is made of was rated so: any, or only months or quarters."""

    kind: Literal["no_part"]
    rating: Rating
    part: Literal["month", "quarter"] | None = None


Condition = Annotated[AtLeast | AtMost | NoFact | UnitAtLeast | NoPart, Field(discriminator="kind")]


class Gate(Part):
    """Who does not meet the condition is rated `ceiling` at most, whatever the score."""

    id: Id
    title: Title
    applies_to: Literal["all", "heads", "party_members"]
    condition: Condition
    ceiling: Rating
    source: Source


class Rounding(Part):
    """Totals keep so many decimals of a point and are compared with the bands after that."""

    places: Annotated[int, Field(ge=0, le=2)]
    mode: Literal["half_up"]
    source: Source


Basis = Literal["good", "good_or_above"]
WholePeople = Literal["down", "half_up", "up"]


class Quota(Part):
    """How many of those rated so high may be `rating`; it advises and lowers nobody."""

    rating: Rating
    of: Basis
    percent: WholePercent
    outstanding_percent: WholePercent
    """In an organisation that is outstanding itself."""
    rounding: WholePeople = "down"
    """How a part of a person is counted; `down` keeps what is said of "at most"."""
    source: Source


class Share(Part):
    """A rank of the guideline; one that has a rating's id is compared with that rating."""

    id: Id
    title: Title
    percent: Annotated[WholePercent, Field(ge=1)]


class Distribution(Part):
    """How people usually spread, from the highest rank down; it advises and rates nobody."""

    shares: Annotated[list[Share], Field(min_length=2, max_length=10)]
    source: Source


class Justification(Part):
    """An appraisal from `at_least` per cent of its points, or `below`, says why in writing."""

    at_least: WholePercent
    below: WholePercent
    source: Source


class Windows(Part):
    """How long each step may take, in working days.

    One scores oneself from `self_early` before the period's end until `self_score` after it;
    the head's days follow those. Of these, deputies may score in the head's place for the last
    `deputies`, and heads above for the last `above`, so that nobody is left without a score.
    """

    self_early: Annotated[int, Field(ge=0, le=60)] = 0
    self_score: WorkingDays
    head_score: WorkingDays
    deputies: WorkingDays | None = None
    above: WorkingDays | None = None
    petition: WorkingDays
    answer: WorkingDays
    source: Source


class Calendar(Part):
    """What is rated in a year, and the day (month-day) before which the year is."""

    periods: Annotated[list[Literal["month", "quarter"]], Field(min_length=1, max_length=2)]
    year_before: Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
    source: Source


class Evidence(Part):
    """Whether a submission counts only when it names evidence; the catalogue may ask for more."""

    submissions: bool
    source: Source


class Exemptions(Part):
    """How objective causes are confirmed; absent: with evidence, never by whoever set the terms."""

    evidence_required: bool
    assigner_may_decide: bool
    """Whoever assigned the work or moved its deadline, if they have the authority."""
    source: Source


class Deadlines(Part):
    """Whether moving a deadline after it fell due excuses the lateness; absent: it does not."""

    overdue_moves_count: bool
    source: Source


class LeaveRule(Part):
    """Whether what falls due while its person is on leave is excused; absent: it is not.

    What of it was not delivered was not asked for, and what came after it fell due is not late.
    """

    excuses_due_within: bool
    source: Source


class CarryOver(Part):
    """Whether what goes on in a later period leaves the old one; absent: it stays unfinished."""

    leaves_old_period: bool
    source: Source


class Scheme(Document):
    """The scoring rules as data; a version never changes and a period pins one."""

    collection: ClassVar[str] = "schemes"

    ref: SchemeRef
    title: Title
    subjects: Subjects
    ratings: Ratings
    rounding: Rounding
    penalties: Penalties | None = None
    gates: Annotated[list[Gate], Field(max_length=20)] = []
    quota: Quota | None = None
    distribution: Distribution | None = None
    justification: Justification | None = None
    windows: Windows | None = None
    calendar: Calendar | None = None
    evidence: Evidence | None = None
    exemptions: Exemptions | None = None
    deadlines: Deadlines | None = None
    carry_over: CarryOver | None = None
    leave: LeaveRule | None = None

    def root(self, subject: Subject) -> Component:
        match subject:
            case "head":
                return self.subjects.head or self.subjects.official
            case "unit":
                return self.subjects.unit or self.subjects.official
            case "official":
                return self.subjects.official
