from typing import Any, ClassVar

from shared.models.base import Count, Digest, Document, Id, Line, Text, Time


class Audit(Document):
    """Who changed what outside entries, and why.

    Its id is derived from the caller and the idempotency key, `request` is the
    digest of what was asked and `reply` what was answered: the record of a call is
    also what makes its repetition harmless and its reuse with another body a refusal.
    """

    collection: ClassVar[str] = "audit"

    by: Id
    at: Time
    action: Line
    target: Line
    reason: Text | None = None
    request: Digest
    reply: dict[str, Any]
    documents: Count
