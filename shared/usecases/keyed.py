"""Idempotency keys: the same call twice is one call."""

from base64 import b32encode
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar

from shared import refs
from shared.errors import refuse
from shared.models.audit import Audit
from shared.models.base import Part
from shared.ports import Store, Transaction
from shared.scoring.digest import digest

R = TypeVar("R", bound=Part)


@dataclass(frozen=True)
class Keyed:
    """A caller's key and the digest of what they asked for under it."""

    by: str
    key: str
    request: str

    @classmethod
    def of(cls, by: str, key: str, request: Part) -> "Keyed":
        return cls(by, key, digest(request.fields()))

    @property
    def audit_id(self) -> str:
        return self.suffix("audit")

    def suffix(self, *parts: str) -> str:
        """An id that the same key and parts always give; 130 bits."""
        text = "\x00".join([self.by, self.key, *parts])
        return b32encode(sha256(text.encode()).digest()).decode().lower()[:26]

    def once(self, store: Store, reply: type[R], act: Callable[[Transaction], R]) -> R:
        """Act in a transaction; the same call again is answered what it was answered then."""
        return store.transact(
            lambda transaction: self.replied(transaction, reply) or act(transaction)
        )

    def replied(self, transaction: Transaction, reply: type[R]) -> R | None:
        """What this very call was answered, if it was carried out.

        To be asked first: whatever has changed since, the answer is the same.
        Raises RefusedError when the key served another call.
        """
        record: Audit | None = transaction.get(refs.audit(self.audit_id))
        if record is None:
            return None
        if record.request != self.request:
            raise refuse(
                "key-reused",
                "Idempotency-Key",
                "this key was used for another request",
                "khóa này đã dùng cho một yêu cầu khác",
            )
        return reply.model_validate(record.reply)
