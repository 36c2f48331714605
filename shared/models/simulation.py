"""What another scheme would change: an answer, kept nowhere."""

from typing import Literal

from shared.models.base import Count, Id, Line, Part, Percent, PeriodId, Points, SchemeRef
from shared.models.period import State
from shared.models.scheme import Rating, Title, WholePercent, Words
from shared.models.scorecard import NodeScore, Standing

Label = Rating | Standing
"""The rating, or why there is none."""


class Outcome(Part):
    label: Label
    total: Points | None = None
    gate: Id | None = None
    """What decided the rating: `score`, or a gate of the scheme."""


class Cause(Part):
    """What moved somebody: the node or gate, with its share before and after.

    `threshold`: the total would not have moved them, the bands did. `rounding`: no
    part of the score changed but how the total is rounded.
    """

    kind: Literal["node", "gate", "threshold", "rounding", "standing"]
    id: Id
    before: Percent | None = None
    after: Percent | None = None
    words: Words


class Change(Part):
    """Somebody whose score or rating changes; a cause only where the rating does."""

    official: Id
    name: Line
    unit: Id
    before: Outcome
    after: Outcome
    nodes_before: dict[Id, NodeScore]
    nodes_after: dict[Id, NodeScore]
    """Only the components that differ."""
    cause: Cause | None = None


class Cell(Part):
    before: Label
    after: Label
    officials: Count


class Quartiles(Part):
    """Of those who have it, in hundredths; by nearest rank, so each is somebody's."""

    officials: Count
    least: Points
    lower: Points
    median: Points
    upper: Points
    most: Points


class Spread(Part):
    """How the total, or the share of one component, is distributed before and after."""

    id: Id
    title: Title
    before: Quartiles | None = None
    after: Quartiles | None = None


class Simulation(Part):
    """A period under two schemes: nothing of it is written.

    `suppose`: whoever nobody has scored was given so many per cent of each criterion.
    `table` counts everybody by their label before and after; `changes` are by unit
    and official.
    """

    period: PeriodId
    state: State | None = None
    before: SchemeRef
    after: SchemeRef
    suppose: WholePercent | None = None
    officials: Count
    assignments: Count
    table: list[Cell]
    changes: list[Change]
    spreads: list[Spread]
    notes: list[Words]
