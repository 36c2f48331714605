from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.models.base import Document, Id, Line, Part, PeriodId, Time
from shared.models.scheme import Amount


class Measured(Part):
    """A value in units of its indicator's last decimal, and where it comes from."""

    value: Amount
    source: Line
    by: Id
    at: Time


class Measurement(Document):
    """What was measured of an official or a unit in a period, by component of the scheme.

    Its id is `{period}_{kind}_{subject}`: people and units may share a name.
    """

    collection: ClassVar[str] = "measurements"

    period: PeriodId
    kind: Literal["official", "unit"]
    subject: Id
    values: Annotated[dict[Id, Measured], Field(max_length=50)]
