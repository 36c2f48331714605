"""Fold entries into an assignment's state, in any order and any repetition.

Each branch joins one register of `Folded`: a set keyed by entry id, or a last
writer by (time, id). Both are semilattices, so redelivery and reordering of
events cannot change the outcome.
"""

from collections.abc import Iterable
from typing import TypeVar

from shared.models.assignment import (
    Correction,
    Delivery,
    Fault,
    Folded,
    Move,
    Report,
    Stamp,
    Verdict,
    Waiver,
)
from shared.models.base import Part
from shared.models.entry import (
    Accepted,
    Assigned,
    Cancelled,
    CarriedOver,
    Corrected,
    DeadlineMoved,
    Entry,
    ExemptionDecided,
    ExemptionRequested,
    Progress,
    Reassigned,
    Retracted,
    Returned,
    Submission,
)

S = TypeVar("S", bound=Stamp)
V = TypeVar("V", bound=Part | int)


def fold(folded: Folded, entry_id: str, entry: Entry) -> Folded:
    """Join one entry; the same value (the same object) when it says nothing new."""
    match entry:
        case Assigned() | ExemptionRequested():
            return folded
        case Progress():
            return _reported(folded, entry_id, entry)
        case Submission():
            delivery = Delivery(at=entry.at, quantity=entry.quantity)
            return _with(folded, "submissions", _put(folded.submissions, entry_id, delivery))
        case Accepted() | Retracted():
            return _judged(folded, entry.submission, _verdict(entry_id, entry))
        case Returned():
            return _returned(folded, entry_id, entry)
        case Corrected():
            return _corrected(folded, entry_id, entry)
        case DeadlineMoved() | Reassigned() | Cancelled() | CarriedOver():
            return _changed(folded, entry_id, entry)
        case ExemptionDecided():
            return _decided(folded, entry_id, entry)


def fold_all(entries: Iterable[tuple[str, Entry]]) -> Folded:
    """Fold a set of `(id, entry)` from nothing."""
    folded = Folded()
    for entry_id, entry in entries:
        folded = fold(folded, entry_id, entry)
    return folded


def _reported(folded: Folded, entry_id: str, entry: Progress) -> Folded:
    if entry.percent is None:
        return folded
    report = Report(at=entry.at, id=entry_id, percent=entry.percent)
    return _with(folded, "progress", _last(folded.progress, report))


def _returned(folded: Folded, entry_id: str, entry: Returned) -> Folded:
    fault = Fault(at=entry.at, units=entry.faults, submission=entry.submission)
    folded = _with(folded, "faults", _put(folded.faults, entry_id, fault))
    if entry.submission is None:
        return folded
    return _judged(folded, entry.submission, _verdict(entry_id, entry))


def _corrected(folded: Folded, entry_id: str, entry: Corrected) -> Folded:
    correction = Correction(at=entry.at, id=entry_id, units=entry.faults)
    last = _last(folded.corrections.get(entry.returned), correction)
    return _with(folded, "corrections", _put(folded.corrections, entry.returned, last))


def _changed(
    folded: Folded, entry_id: str, entry: DeadlineMoved | Reassigned | Cancelled | CarriedOver
) -> Folded:
    """The terms: until when, and how many units."""
    match entry:
        case DeadlineMoved():
            move = Move(at=entry.at, due=entry.due)
            return _with(folded, "moves", _put(folded.moves, entry_id, move))
        case CarriedOver():
            return _with(folded, "carried", _put(folded.carried, entry_id, entry.quantity))
        case Reassigned() | Cancelled():
            return _with(folded, "withdrawn", _put(folded.withdrawn, entry_id, entry.quantity))


def _verdict(entry_id: str, entry: Accepted | Retracted | Returned) -> Verdict:
    if isinstance(entry, Accepted):
        return Verdict(at=entry.at, id=entry_id, accepted=True, beyond=entry.beyond)
    return Verdict(at=entry.at, id=entry_id, accepted=False)


def _judged(folded: Folded, submission: str, verdict: Verdict) -> Folded:
    last = _last(folded.verdicts.get(submission), verdict)
    return _with(folded, "verdicts", _put(folded.verdicts, submission, last))


def _decided(folded: Folded, entry_id: str, entry: ExemptionDecided) -> Folded:
    waiver = Waiver(at=entry.at, id=entry_id, lates=entry.lates_waived, faults=entry.faults_waived)
    last = _last(folded.waivers.get(entry.request), waiver)
    return _with(folded, "waivers", _put(folded.waivers, entry.request, last))


def _last(old: S | None, new: S) -> S:
    return new if old is None or new.order > old.order else old


def _put(values: dict[str, V], key: str, value: V) -> dict[str, V]:
    """A new mapping in key order, so that equal contents are equal bytes."""
    if values.get(key) == value:
        return values
    if not values or key > next(reversed(values)):
        return {**values, key: value}
    return dict(sorted({**values, key: value}.items()))


def _with(folded: Folded, register: str, value: object) -> Folded:
    if getattr(folded, register) == value:
        return folded
    return folded.model_copy(update={register: value})
