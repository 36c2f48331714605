from typing import ClassVar

from shared.models.base import Document, Id, Part, PeriodId, Reason, Time
from shared.models.entry import EntryId


class Answer(Part):
    by: Id
    at: Time
    upheld: bool
    reason: Reason


class Appeal(Document):
    """A petition against a result: what is contested, and the answer."""

    collection: ClassVar[str] = "appeals"

    period: PeriodId
    official: Id
    at: Time
    contested: EntryId | None = None
    reason: Reason
    answer: Answer | None = None
