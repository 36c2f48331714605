"""Server writes outside entries, each with the record of who did it, and why.

Derived documents (scorecards, results, claims of imported cases, notices) need
none: they follow from what is recorded, and `verify` recomputes them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared import refs
from shared.models.audit import Audit, Written
from shared.models.base import Document, Part
from shared.ports import Store, Write, create, delete, put
from shared.refs import Ref
from shared.scoring.digest import UNSEALED, digest, sealed
from shared.scoring.record import MOST_BYTES, bounded, written
from shared.usecases.keyed import Keyed

PLATFORM = "%platform"
"""Who did what nobody asked for, such as a close at its time; no official's id."""
AT_ONCE = 200
"""Documents in one commit of a seed."""


@dataclass(frozen=True)
class Change:
    """A document as it was read and as it is to be; None where it does not stand."""

    ref: Ref[Any]
    before: Document | None
    after: Document | None

    def write(self) -> Write:
        if self.after is None:
            return delete(self.ref)
        return (create if self.before is None else put)(self.ref, self.after)


def recorded(
    keyed: Keyed,
    now: datetime,
    changes: Sequence[Change],
    *,
    action: str,
    target: str,
    reason: str | None = None,
    reply: Part | None = None,
    copies: bool = True,
) -> list[Write]:
    """The writes that carry the changes out, and with them the record of the call.

    What would change nothing is neither written nor told. Without `copies` the record
    keeps digests alone: of what is erased nothing may stay.
    """
    real = [change for change in changes if change.before != change.after]
    record = Audit(
        by=keyed.by,
        at=now,
        action=action,
        target=target,
        reason=reason,
        request=keyed.request,
        reply={} if reply is None else reply.fields(),
        changes=bounded(map(_told, real), MOST_BYTES if copies else 0),
        digest=UNSEALED,
    )
    return [
        *(change.write() for change in real),
        create(refs.audit(keyed.audit_id), sealed(record)),
    ]


def seen(keyed: Keyed, now: datetime, change: Written, *, action: str, target: str) -> Write:
    """The record of what a person wrote over straight in the store."""
    record = Audit(
        by=keyed.by,
        at=now,
        action=action,
        target=target,
        request=keyed.request,
        changes=bounded([change]),
        digest=UNSEALED,
    )
    return create(refs.audit(keyed.audit_id), sealed(record))


def by_platform(task: Part, *key: str) -> Keyed:
    """The key of a step that the platform takes; the same key is the same step."""
    return Keyed.of(PLATFORM, "-".join(key), task)


def by_content(by: str, request: str, changes: Iterable[Change]) -> Keyed:
    """The key of a call without one: what it changes; `request` is the digest of the call."""
    return Keyed(by, digest([_told(one).fields() for one in changes]), request)


def seed(store: Store, now: datetime, documents: Iterable[tuple[Ref[Any], Document]]) -> None:
    """Create the documents that an organisation starts from, with their records."""
    changes = [Change(ref, None, document) for ref, document in documents]
    for start in range(0, len(changes), AT_ONCE):
        batch = changes[start : start + AT_ONCE]
        keyed = by_content(PLATFORM, digest("seed"), batch)
        store.commit(recorded(keyed, now, batch, action="seed", target=batch[0].ref.path))


def _told(change: Change) -> Written:
    return written(change.ref.path, _fields(change.before), _fields(change.after))


def _fields(document: Document | None) -> dict[str, Any] | None:
    return None if document is None else document.fields()
