from typing import Annotated, Any, ClassVar

from pydantic import Field

from shared.models.base import Digest, Document, Id, Line, Part, Text, Time

DocumentPath = Annotated[str, Field(min_length=1, max_length=1_500)]


class Altered(Part):
    """One field's values; None where the field was or is absent."""

    before: Any = None
    after: Any = None


class Written(Part):
    """What became of one document: digests of its content, absent where it did not stand.

    `altered` are the fields that a change gave other values; a creation needs no copy, because the
    document itself is what came of it. Of an assignment it is about the terms: the
    state that its entries give follows from them.
    """

    path: DocumentPath
    before: Digest | None = None
    after: Digest | None = None
    altered: dict[str, Altered] = {}


class Audit(Document):
    """Who changed what outside entries, and why.

    Its id is derived from the caller and the idempotency key, `request` is the
    digest of what was asked and `reply` what was answered: the record of a call is
    also what makes its repetition harmless and its reuse with another body a refusal.
    `digest` is the SHA-256 of the canonical JSON of everything else.
    """

    collection: ClassVar[str] = "audit"

    by: Id
    at: Time
    action: Line
    target: Line
    reason: Text | None = None
    request: Digest
    reply: dict[str, Any] = {}
    changes: Annotated[list[Written], Field(max_length=1_000)]
    digest: Digest
