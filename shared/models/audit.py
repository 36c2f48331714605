from typing import ClassVar

from shared.models.base import Count, Digest, Document, Id, Line, Text, Time


class Audit(Document):
    """Who changed what outside entries, and why.

    Its id is derived from the caller and the idempotency key, and `request` is
    the digest of what was asked: the record of a call is also what makes its
    repetition harmless and its reuse with another body a refusal.
    """

    collection: ClassVar[str] = "audit"

    by: Id
    at: Time
    action: Line
    target: Line
    reason: Text | None = None
    request: Digest
    documents: Count
