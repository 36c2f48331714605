from typing import Annotated, ClassVar

from pydantic import Field

from shared.models.base import (
    AssignmentId,
    Document,
    Id,
    Part,
    PeriodId,
    Reason,
    ServerTime,
    Signature,
    Time,
)
from shared.models.correction import Number
from shared.models.entry import EntryId


class Receipt(Part):
    """Who was asked to answer, nobody when no authority is free to; by when, if that is set."""

    at: Time
    to: Annotated[list[Id], Field(max_length=20)]
    answer_by: Time | None = None


class Answer(Part):
    """`version` is that of the result as corrected, when the petition was upheld."""

    by: Id
    at: Time
    upheld: bool
    reason: Reason
    late: bool = False
    """Given after it was due."""
    version: Number | None = None


class Petition(Document):
    """What an official contests in the own result; filed straight in the store.

    It may name the piece of work, the entry in it, or the criterion that it is about; and the
    `version`, where it is a later one: each has a window of its own.
    """

    collection: ClassVar[str] = "appeals"

    period: PeriodId
    official: Signature
    at: ServerTime
    assignment: AssignmentId | None = None
    contested: EntryId | None = None
    criterion: Id | None = None
    version: Number | None = None
    reason: Reason


class Appeal(Petition):
    """A petition, to whom it went and, once given, its answer."""

    receipt: Receipt | None = None
    answer: Answer | None = None
