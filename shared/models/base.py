"""What every document shares: strictness, identifiers, units of measure."""

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

ID = r"[A-Za-z0-9%][A-Za-z0-9.@%+-]{0,127}"
PERIOD = r"[0-9]{4}(?:-(?:0[1-9]|1[0-2]|Q[1-4]))?"

Id = Annotated[str, Field(pattern=rf"^{ID}$")]
"""A unit, official, position, product or criterion; `_` and `/` are separators, never part."""

PeriodId = Annotated[str, Field(pattern=rf"^{PERIOD}$")]
"""A month `2026-10`, a quarter `2026-Q4` or a year `2026`."""

AssignmentId = Annotated[str, Field(pattern=rf"^{PERIOD}_{ID}_{ID}_{ID}$", max_length=600)]
"""`{period}_{unit}_{official}_{suffix}`: a unit's assignments of a period are one name range."""

SchemeRef = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}@[1-9][0-9]{0,3}$")]
"""A scheme and its version, `decree-335@1`; versions never change."""

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 in hexadecimal."""

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
Time = Annotated[AwareDatetime, Field(ge=EARLIEST, lt=LATEST)]
"""A moment with its zone; the store keeps UTC microseconds."""

Line = Annotated[str, Field(min_length=1, max_length=200)]
Text = Annotated[str, Field(max_length=2000)]
Reason = Annotated[str, Field(min_length=3, max_length=2000)]
"""Why somebody did it; read by the person it concerns, so never empty."""

Points = Annotated[int, Field(ge=0, le=10_000)]
"""Hundredths of a point on the scale of 100."""

Percent = Annotated[int, Field(ge=0, le=10_000)]
"""Hundredths of a per cent."""

Coefficient = Annotated[int, Field(ge=1, le=1_000_000)]
"""K in thousandths: 1000 is the standard product."""

Quantity = Annotated[int, Field(ge=1, le=1_000)]
Count = Annotated[int, Field(ge=0, le=10**12)]
"""How many; holds a country's entries of a period, and stays exact in JavaScript."""
Path = Annotated[list[Id], Field(min_length=1, max_length=8)]
"""A unit's ancestors from the root down to itself."""


class Part(BaseModel):
    """A value inside a document: closed, immutable, and never coerced."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    def fields(self) -> dict[str, Any]:
        """As the store keeps it: an absent value is an absent key."""
        return self.model_dump(exclude_none=True)


class Document(Part):
    """A document of the store; `collection` is its place."""

    collection: ClassVar[str]
