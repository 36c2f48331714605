from typing import ClassVar, Literal

from shared.models.base import Digest, Document, Time
from shared.models.scheme import Title, Words


class Notice(Document):
    """A reminder or message in an official's inbox; the client marks it read.

    Its id follows from what it is about, so that nobody is told twice.
    `pushed_at` is when it was handed over to be shown on the person's devices.
    `digest` is of everything else but `read_at`: see shared/scoring/record.
    """

    collection: ClassVar[str] = "inbox"

    kind: Literal["due", "overdue", "returned", "digest", "escalated", "result", "appeal"]
    title: Title
    body: Words
    at: Time
    read_at: Time | None = None
    pushed_at: Time | None = None
    digest: Digest
