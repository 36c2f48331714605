"""What every document shares: strictness, identifiers, units of measure."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Literal, cast

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema


@dataclass(frozen=True)
class MaxBytes:
    """At most so many bytes in UTF-8.

    Python counts characters as code points, JavaScript and the store's rules as
    UTF-16 units; bytes all of them count alike. A Vietnamese letter takes up to three.
    """

    most: int

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            self._check, handler(source), metadata={"max_bytes": self.most}
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        # JSON Schema counts characters: necessary, and the keyword beside it says the rest.
        return {**handler(schema), "maxLength": self.most, "x-maxBytes": self.most}

    def _check(self, text: str) -> str:
        if len(text.encode()) > self.most:
            raise ValueError(f"at most {self.most} bytes in UTF-8")
        return text


@dataclass(frozen=True)
class OfRequest:
    """A field that says of a client's write who made it, or when; the rules check it.

    Servers write such a field too, so Python cannot: it only knows the type.
    """

    is_: Literal["caller", "time"]

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        schema = handler(source)
        metadata = {**schema.get("metadata", {}), "of_request": self.is_}
        return cast(CoreSchema, {**schema, "metadata": metadata})


DEFERRED = ConfigDict(defer_build=True)
"""Built when first used: of eighty models a fresh process builds the five that it needs."""

ID = r"[A-Za-z0-9%][A-Za-z0-9.@%+-]{0,127}"
PERIOD = r"[0-9]{4}(?:-(?:0[1-9]|1[0-2]|Q[1-4]))?"

Id = Annotated[str, Field(pattern=rf"^{ID}$")]
"""A unit, official, position, product or criterion; `_` and `/` are separators, never part."""

PeriodId = Annotated[str, Field(pattern=rf"^{PERIOD}$")]
"""A month `2026-10`, a quarter `2026-Q4` or a year `2026`."""

AssignmentId = Annotated[str, Field(pattern=rf"^{PERIOD}_{ID}_{ID}_{ID}$")]
"""`{period}_{unit}_{official}_{suffix}`: a unit's assignments of a period are one name range."""

SchemeRef = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}@[1-9][0-9]{0,3}$")]
"""A scheme and its version, `decree-335@1`; versions never change."""

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 in hexadecimal."""

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
Time = Annotated[AwareDatetime, Field(ge=EARLIEST, lt=LATEST)]
"""A moment with its zone; the store keeps UTC microseconds."""

Signature = Annotated[Id, OfRequest("caller")]
"""Whoever wrote it; of a client's write, the caller."""

ServerTime = Annotated[Time, OfRequest("time")]
"""When it was written; of a client's write, the server's time and no other."""

Line = Annotated[str, Field(min_length=1), MaxBytes(600)]
Text = Annotated[str, MaxBytes(6_000)]
Reason = Annotated[str, Field(pattern=r"^(?:[ \t\r\n]*[^ \t\r\n]){3}"), MaxBytes(6_000)]
"""Why somebody did it; read by the person it concerns, so at least three characters."""

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

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, **DEFERRED)

    def fields(self) -> dict[str, Any]:
        """As the store keeps it: an absent value is an absent key."""
        return self.model_dump(exclude_none=True)


class Document(Part):
    """A document of the store; `collection` is its place."""

    collection: ClassVar[str]
