"""Take the name and the words of somebody who left long ago out of what is kept."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from shared import refs
from shared.errors import refuse
from shared.models.appeal import Appeal
from shared.models.appraisal import Appraisal, Scoring
from shared.models.base import Count, Document, Id, Part, Reason
from shared.models.correction import Correction
from shared.models.decision import Decision
from shared.models.device import Device
from shared.models.notice import Notice
from shared.models.official import Official
from shared.models.result import Result
from shared.ports import Services, Store
from shared.usecases.caller import Caller, require
from shared.usecases.keyed import Keyed
from shared.usecases.personal_data import about
from shared.usecases.reading import batches
from shared.usecases.recorded import Change, by_content, recorded

ERASED = "(đã xóa)"
"""Stands where a name or a reason stood."""
YEAR = timedelta(days=366)


class EraseRequest(Part):
    official: Id
    reason: Reason


class Erased(Part):
    """How many documents were changed or removed, with those of calls that were cut short."""

    official: Id
    documents: Count


def erase(
    services: Services, caller: Caller, key: str, request: EraseRequest, years: int
) -> Erased:
    """Erase what tells who somebody was; what they did, and its numbers, stay provable.

    `years` is how long everything is kept after the last service. Each document is
    recorded by its digests, without a copy, so that verification knows it was meant.
    Cut short, it goes on where it stopped when it is called again.
    """
    require(caller, "administrator")
    now, store = services.clock.now(), services.store
    keyed = Keyed.of(caller.uid, key, request)
    repeated = store.transact(lambda transaction: keyed.replied(transaction, Erased))
    if repeated is not None:
        return repeated
    _require_time(store.get(refs.officials(request.official)), request.official, now, years)
    _require_final(store, request.official)
    number = 0
    for batch in batches(_changes(store, request.official)):
        record = by_content(caller.uid, keyed.request, batch)
        store.commit(_told(record, now, batch, request))
        number += len(batch)
    reply = Erased(official=request.official, documents=number)
    store.commit(_told(keyed, now, [], request, reply))
    return reply


def _told(
    keyed: Keyed,
    now: datetime,
    changes: list[Change],
    request: EraseRequest,
    reply: Erased | None = None,
) -> list[Any]:
    return recorded(
        keyed,
        now,
        changes,
        action="erase personal data",
        target=refs.officials(request.official).path,
        reason=request.reason,
        reply=reply,
        copies=False,
    )


def _require_time(official: Official | None, uid: str, now: datetime, years: int) -> None:
    if official is None:
        raise refuse("missing", "official", f"{uid} does not exist", f"không tìm thấy {uid}")
    ends = [posting.end for posting in official.postings]
    left = [end for end in ends if end is not None]
    if official.roles or len(left) < len(ends):
        raise refuse(
            "conflict", "official", f"{uid} is in service", f"{uid} đang công tác, không thể xóa"
        )
    until = max(left) + years * YEAR
    if now < until:
        raise refuse(
            "conflict",
            "official",
            f"is kept until {until:%Y-%m-%d}, {years} years after the last service",
            f"phải lưu đến {until:%d/%m/%Y}, {years} năm sau khi thôi công tác",
        )


def _require_final(store: Store, uid: str) -> None:
    """What a result may still be contested with stays."""
    for period in store.find(refs.periods):
        if period.value.state == "final":
            continue
        if store.get(refs.scorecard(period.ref.id, uid)) is not None:
            raise refuse(
                "conflict",
                "official",
                f"has work in {period.ref.id}, which is not final",
                f"còn việc trong kỳ {period.ref.id} chưa chốt",
            )


def _changes(store: Store, uid: str) -> Iterator[Change]:
    for found in list(about(store, uid)):
        try:
            before = found.value
        except ValidationError:
            continue  # verification names it; nobody can tell what it says
        after = None if isinstance(before, Notice | Device) else _without(before)
        if after != before:
            yield Change(found.ref, before, after)


def _without(document: Document) -> Document:
    """The document without the words in it, and without the name."""
    match document:
        case Official():
            leave = [one.model_copy(update={"reason": ERASED}) for one in document.leave]
            gone = {"name": ERASED, "former": [], "leave": leave, "ahead": None}
            return document.model_copy(update=gone)
        case Result():
            return document.model_copy(update={"name": ERASED})
        case Appraisal():
            parts = {"by_self": document.by_self, "by_head": document.by_head}
            return document.model_copy(update={name: _silent(part) for name, part in parts.items()})
        case Appeal():
            answer = document.answer and document.answer.model_copy(update={"reason": ERASED})
            return document.model_copy(update={"reason": ERASED, "answer": answer})
        case Correction():
            result = document.result.model_copy(update={"name": ERASED})
            return document.model_copy(update={"reason": ERASED, "result": result})
        case Decision():
            return document.model_copy(update={"reason": document.reason and ERASED})
    return document.model_copy(update=_words(document))


def _silent(part: Scoring | None) -> Scoring | None:
    """That there was a justification stays: without one some scores do not count."""
    return part and part.model_copy(update={"note": part.note and ERASED})


def _words(entry: Document) -> dict[str, Any]:
    """Of an entry, whatever its kind; other documents have none of these."""
    empty: dict[str, Any] = {"note": None, "reason": ERASED, "evidence": []}
    return {name: value for name, value in empty.items() if name in type(entry).model_fields}
