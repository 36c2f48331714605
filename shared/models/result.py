from typing import Annotated, ClassVar

from pydantic import Field

from shared.models.base import Count, Digest, Document, Id, Line, Part, PeriodId, SchemeRef, Text
from shared.models.scheme import Rating
from shared.models.scorecard import Scorecard, UnitScore


class RefusedEntry(Part):
    """A document that could not be read, and why."""

    path: Annotated[str, Field(min_length=1, max_length=2_200)]
    reason: Text


class Result(Document):
    """A scorecard frozen at close, recomputed from assignments and entries.

    `sources` is the root over the digests of what it rests on, `digest` the SHA-256
    of the canonical JSON of everything else.
    """

    collection: ClassVar[str] = "officials"

    unit: Id
    name: Line
    scorecard: Scorecard
    assignments: Count
    """All of the person's in the period, with those that could not be read."""
    entries: Count
    refused: Annotated[list[RefusedEntry], Field(max_length=100)] = []
    refused_count: Count = 0
    """How many were refused in all; the list names the first hundred."""
    sources: Digest
    digest: Digest


class UnitResult(Document):
    """A unit's part of a closed period; `root` is the Merkle root of its results.

    `drift` counts scorecards that differed from the recomputation. `below` counts the
    ratings of everybody in the unit and under it; `children` are the digests of the
    results of the units right under it, which it rests on. `score` is the result of
    the unit itself, where the scheme rates units. `digest` is of everything else.
    """

    collection: ClassVar[str] = "units"

    unit: Id
    name: Line
    officials: Count
    assignments: Count
    entries: Count
    ratings: dict[Rating, Count]
    not_assessed: Count
    insufficient_data: Count
    on_leave: Count
    drift: Count
    root: Digest
    below: dict[Rating, Count] = {}
    children: dict[Id, Digest] = {}
    score: UnitScore | None = None
    digest: Digest


class Link(Part):
    """A compiled period, and the digest of its result as it stood."""

    period: PeriodId
    digest: Digest


class PeriodResult(Document):
    """A closed period; `root` is the Merkle root over the digests of its units.

    `rules` is the digest of the scheme, `terms` of what the period was opened with, and
    `previous` the period of the same kind that was compiled before: so each result is
    chained to all before it. `digest` is of everything else.
    """

    collection: ClassVar[str] = "results"

    period: PeriodId
    scheme: SchemeRef
    rules: Digest
    terms: Digest
    previous: Link | None = None
    units: Count
    officials: Count
    assignments: Count
    entries: Count
    ratings: dict[Rating, Count]
    not_assessed: Count
    insufficient_data: Count
    on_leave: Count
    drift: Count
    root: Digest
    digest: Digest
