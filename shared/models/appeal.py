from typing import ClassVar

from shared.models.base import Document, Id, Part, PeriodId, Reason, ServerTime, Signature, Time
from shared.models.entry import EntryId


class Answer(Part):
    by: Id
    at: Time
    upheld: bool
    reason: Reason


class Petition(Document):
    """What an official contests in the own result; filed straight in the store."""

    collection: ClassVar[str] = "appeals"

    period: PeriodId
    official: Signature
    at: ServerTime
    contested: EntryId | None = None
    reason: Reason


class Appeal(Petition):
    """A petition and, once given, its answer."""

    answer: Answer | None = None
