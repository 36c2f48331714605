"""Idempotency keys: the same call twice is one call."""

from base64 import b32encode
from dataclasses import dataclass
from hashlib import sha256

from shared import refs
from shared.errors import refuse
from shared.models.audit import Audit
from shared.models.base import Part
from shared.ports import Transaction
from shared.scoring.digest import digest


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

    def done_before(self, transaction: Transaction) -> bool:
        """Whether this very call was carried out; raises when the key served another one."""
        record: Audit | None = transaction.get(refs.audit(self.audit_id))
        if record is not None and record.request != self.request:
            raise refuse(
                "key-reused",
                "Idempotency-Key",
                "this key was used for another request",
                "khóa này đã dùng cho một yêu cầu khác",
            )
        return record is not None
