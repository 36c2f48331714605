from typing import Annotated, ClassVar

from pydantic import Field

from shared.models.audit import DocumentPath
from shared.models.base import AssignmentId, Digest, Document, Id, Path, Points, Reason, Time
from shared.models.entry import EntryId
from shared.models.result import Result
from shared.models.scheme import Amount
from shared.models.scorecard import Stretch

FIRST = 1
"""The version that the close compiled."""
Number = Annotated[int, Field(ge=FIRST + 1, le=100)]
"""Of a later version."""


class Correction(Document):
    """A later version of one person's result, beside the ones before; none is ever edited.

    `replaces` is the digest of the version before, so that the versions are a chain;
    the new one is what that one gives with the named `entries`, `criteria`, `statements` and
    `indicators`, and nothing else. One that `follows` from later versions of others, or of
    the parts of a roll-up, is made by the platform. The person has a time to contest each.
    `digest` covers everything else here.
    """

    collection: ClassVar[str] = "corrections"

    version: Number
    replaces: Digest
    result: Result
    path: Path
    """Of the person's unit: whoever heads it or a unit above may look."""
    entries: Annotated[dict[AssignmentId, list[EntryId]], Field(max_length=20)] = {}
    """Those that were appended for it."""
    criteria: Annotated[dict[Stretch, dict[Id, Points]], Field(max_length=20)] = {}
    """Scores of criteria put right or given, by the time they were said for."""
    statements: Annotated[dict[Stretch, dict[Id, Id]], Field(max_length=20)] = {}
    indicators: Annotated[dict[Stretch, dict[Id, Amount]], Field(max_length=20)] = {}
    follows: Annotated[list[DocumentPath], Field(max_length=5_000)] = []
    """The versions and decisions that it was concluded from, where it follows by itself."""
    petition_until: Time | None = None
    """Until when it may be contested, also after final; `answer_until`: and is answered."""
    answer_until: Time | None = None
    appeal: EntryId | None = None
    """The petition that was upheld, if it rests on one."""
    reason: Reason
    by: Id
    at: Time
    digest: Digest
