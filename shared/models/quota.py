"""What a quota and a guideline say about a group of people: they advise, and change nothing."""

from typing import Literal

from shared.models.base import Count, Id, Line, Part, PeriodId, Points, SchemeRef
from shared.models.scheme import Basis, Rating, Title, WholePercent, Words


class Limit(Part):
    """How many may have the quota's rating, by one way to count whom it is a share of."""

    of: Basis
    people: Count
    """Those the share is of, as they are rated now."""
    percent: WholePercent
    exact: Count
    """The share in hundredths of a person."""
    most: Count
    """The share in whole people."""
    keeps: Count
    """Of those who have the rating, how many may keep it when the others get the next one."""
    binding: bool
    """Whether it is the scheme's own way to count."""


class Edge(Part):
    """Everybody who has one and the same total."""

    total: Points
    officials: list[Id]


class Boundary(Part):
    """Who is the last of so many places, and who the first without one.

    Equal totals are not told apart: those who share one across the boundary are `tied`,
    and then `inside` and `outside` are the nearest who are not.
    """

    places: Count
    inside: Edge | None = None
    outside: Edge | None = None
    tied: Edge | None = None


class Places(Part):
    """A share of the guideline in whole people."""

    id: Id
    title: Title
    percent: WholePercent
    exact: Count
    """In hundredths of a person."""
    places: Count
    tied: bool
    """Its remainder is that of another share, and only one of them got a place more."""
    holds: Count | None = None
    """How many have the rating of this name."""
    boundary: Boundary
    """Between this share and the next."""


class QuotaGroup(Part):
    """An agency, or all who do similar work."""

    kind: Literal["agency", "similar_work"]
    id: Id
    title: Line
    outstanding: bool
    people: Count
    """All who have a result, rated or not."""
    computed: dict[Rating, Count]
    ratings: dict[Rating, Count]
    """As decided; as computed where nobody has decided yet."""
    limits: list[Limit]
    boundary: Boundary | None = None
    distribution: list[Places]
    explanation: list[Words]


class QuotaReport(Part):
    period: PeriodId
    scheme: SchemeRef
    groups: list[QuotaGroup]
    unplaced: Count
    """Who belongs to none of the agencies asked about."""
