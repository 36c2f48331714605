"""The ways a use case ends without doing its work."""

from dataclasses import dataclass
from typing import Literal

Code = Literal[
    "invalid",
    "unauthenticated",
    "forbidden",
    "missing",
    "conflict",
    "closed",
    "key-reused",
    "too-large",
    "too-many",
    "method",
]


@dataclass(frozen=True)
class Fault:
    """One field and what is wrong with it, for a person to read in either language."""

    field: str
    reason: str
    reason_vi: str


class RefusedError(Exception):
    """A permanent no: repeating the request cannot help. Nothing was written."""

    def __init__(self, code: Code, *faults: Fault) -> None:
        super().__init__(code, *(f"{fault.field}: {fault.reason}" for fault in faults))
        self.code = code
        self.faults = faults


class ConflictError(Exception):
    """Somebody else wrote first; read again and retry."""


class NotYetError(Exception):
    """Too early; raising it makes the caller's queue come back later."""


def refuse(code: Code, field: str, reason: str, reason_vi: str) -> RefusedError:
    return RefusedError(code, Fault(field, reason, reason_vi))
