from typing import ClassVar, Literal

from shared.models.base import Document, Line, Text, Time


class Notice(Document):
    """A reminder or message in an official's inbox; the client marks it read."""

    collection: ClassVar[str] = "inbox"

    kind: Literal["due", "overdue", "returned", "digest", "result"]
    title: Line
    body: Text
    at: Time
    read_at: Time | None = None
