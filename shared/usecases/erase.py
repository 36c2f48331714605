"""Take the name and the words of somebody who left long ago out of what is kept."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pydantic import ValidationError

from shared import refs
from shared.errors import refuse
from shared.models.appeal import Answer, Appeal
from shared.models.appraisal import Appraisal, Scoring
from shared.models.base import Count, Document, Id, Part, Reason
from shared.models.correction import Correction
from shared.models.decision import Decision
from shared.models.device import Device
from shared.models.measurement import Measured, Measurement
from shared.models.notice import Notice
from shared.models.official import Official
from shared.models.proposal import Registered, Reply
from shared.models.result import Result
from shared.models.scorecard import Assessment, Scorecard
from shared.ports import Found, Services, Store, Where
from shared.scoring.digest import canonical
from shared.usecases.caller import Caller, require
from shared.usecases.keyed import Keyed
from shared.usecases.personal_data import about
from shared.usecases.reading import batches, read_each
from shared.usecases.recorded import Change, by_content, recorded
from shared.vietnamese import day

ERASED = "(đã xóa)"
"""Stands where a name or a reason stood."""
YEAR = timedelta(days=366)

P = TypeVar("P", bound=Part)
A = TypeVar("A", Answer, Reply)


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
    official = store.get(refs.officials(request.official))
    left = _require_time(official, request.official, now, years)
    _require_final(store, request.official)
    number = 0
    for batch in batches(_changes(store, request.official, left)):
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


def _require_time(official: Official | None, uid: str, now: datetime, years: int) -> datetime:
    """When the last service ended."""
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
            f"is kept until {day(until)}, {years} years after the last service",
            f"phải lưu đến {day(until)}, {years} năm sau khi thôi công tác",
        )
    return max(left)


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


def _changes(store: Store, uid: str, left: datetime) -> Iterator[Change]:
    """The official's own record comes last: until then it says whom to look for."""
    [own] = read_each(store, [refs.officials(uid)])
    named = _naming(store, uid, own, left) if isinstance(own, Official) else ()
    both = [*about(store, uid), *named]
    for found in sorted(both, key=lambda one: one.ref.path == refs.officials(uid).path):
        try:
            before = found.value
        except ValidationError:
            continue  # verification names it; nobody can tell what it says
        after = None if isinstance(before, Notice | Device) else _without(before)
        if after != before:
            yield Change(found.ref, before, after)


def _naming(store: Store, uid: str, official: Official, left: datetime) -> Iterator[Found[Notice]]:
    """Notices to others that name the person, of the time of service and a year after.

    Heads and deputies are told of those below them, organisers and authorities of
    what is stuck. Some may name another of the same name: by now all are old.
    """
    names = {uid, official.name, *(one.name for one in official.former)}
    spelled = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(names)))})(?!\w)")
    for reader in sorted(_told_of(store, official) - {uid}):
        for notice in store.find(refs.inbox(reader)):
            said = canonical({**notice.fields, "at": None}).decode()
            told = notice.fields.get("at")
            if isinstance(told, datetime) and told < left + YEAR and spelled.search(said):
                yield notice


def _told_of(store: Store, official: Official) -> set[str]:
    """Who serves or served in the person's units or above them, and who sees all."""
    units = store.get_all([refs.units(unit) for unit in official.units])
    above = {name for unit in units if unit is not None for name in unit.value.path}
    served = [Where("units", "array_contains", unit) for unit in sorted(above)]
    roles = [Where("roles", "array_contains", role) for role in ("organiser", "authority")]
    return {
        one.ref.id for where in (*served, *roles) for one in store.find(refs.officials, where=where)
    }


def _without(document: Document) -> Document:
    """The document without the words in it, and without the name."""
    return document.model_copy(update=_blanks(document))


def _blanks(document: Document) -> dict[str, Any]:
    blanks: dict[str, Any] = _words(document)
    match document:
        case Official(leave=leave, facts=facts):
            silent = {"leave": _unexplained(leave), "facts": _unexplained(facts)}
            blanks = {"name": ERASED, "former": [], "ahead": None, **silent}
        case Result(scorecard=card):
            blanks = {"name": ERASED, "scorecard": _without(card)}
        case Scorecard(assessments=said):
            blanks = {"assessments": {name: _bare(one) for name, one in said.items()}}
        case Correction(result=result):
            blanks = {"reason": ERASED, "result": _without(result)}
        case Appraisal():
            blanks = {"by_self": _silent(document.by_self), "by_head": _silent(document.by_head)}
        case Appeal(answer=answer):
            blanks = {"reason": ERASED, "answer": answer and _replied(answer)}
        case Registered(reply=reply):
            blanks = {"title": ERASED, "note": None, "reply": reply and _replied(reply)}
        case Decision(reason=reason):
            blanks = {"reason": reason and ERASED}
        case Measurement(values=values):
            blanks = {"values": {name: _measured(one) for name, one in values.items()}}
    return blanks


def _unexplained(parts: Sequence[P]) -> list[P]:
    return [one.model_copy(update={"reason": ERASED}) for one in parts]


def _bare(said: Assessment) -> Assessment:
    """Facts stay where gates look for them, without their reasons."""
    return said.model_copy(update={"overrides": _unexplained(said.overrides)})


def _replied(answer: A) -> A:
    return answer.model_copy(update={"reason": answer.reason and ERASED})


def _measured(one: Measured) -> Measured:
    return one.model_copy(update={"source": ERASED})


def _silent(part: Scoring | None) -> Scoring | None:
    """That there was a justification stays: without one some scores do not count."""
    return part and part.model_copy(update={"note": part.note and ERASED})


def _words(entry: Document) -> dict[str, Any]:
    """Of an entry, whatever its kind; other documents have none of these."""
    empty: dict[str, Any] = {"note": None, "reason": ERASED, "evidence": []}
    return {name: value for name, value in empty.items() if name in type(entry).model_fields}
