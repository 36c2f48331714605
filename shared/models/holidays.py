from typing import Annotated, ClassVar

from pydantic import Field

from shared.models.base import Document, Part
from shared.models.scheme import Source, Title

Day = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
"""Month and day of the list's year."""


class SpecialDay(Part):
    day: Day
    title: Title
    source: Source | None = None
    """Where this day comes from, if not from where the whole list does."""


class Holidays(Document):
    """A year's days off besides weekends, and the weekend days that are worked instead.

    Windows that count working days rest on it. A list may be published anew when
    the government says more; what was frozen before stays.
    """

    collection: ClassVar[str] = "calendars"

    year: Annotated[int, Field(ge=1900, le=2199)]
    off: Annotated[list[SpecialDay], Field(max_length=100)]
    worked: Annotated[list[SpecialDay], Field(max_length=20)] = []
    source: Source
