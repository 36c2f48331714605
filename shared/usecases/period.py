"""Open a period, move its close, confirm its results."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from shared import refs
from shared.errors import refuse
from shared.models.base import Line, Part, PeriodId, Reason, SchemeRef, Time
from shared.models.period import Period, State
from shared.ports import Services, Store, Transaction, Where
from shared.usecases.calendar import bounds, kind_of
from shared.usecases.caller import Caller, require
from shared.usecases.keyed import Keyed
from shared.usecases.opened import no_period
from shared.usecases.parts import rolled_up
from shared.usecases.recorded import Change, recorded
from shared.usecases.windows import Scoring, handed_on, scoring_windows
from shared.vietnamese import TIME_ZONE

SHOWN = 10
"""Petitions that a refusal names."""


class OpenPeriod(Part):
    """Without `closes_at` the scheme's windows say when the heads' time ends.

    With `parts` the period is a roll-up of these periods' results; see rolled_up.
    """

    action: Literal["open"]
    period: PeriodId
    scheme: SchemeRef
    time_zone: Line = TIME_ZONE
    closes_at: Time | None = None
    parts: Annotated[list[PeriodId], Field(max_length=12)] = []


class Reschedule(Part):
    """Move the lock of an open period, and with `self_until` the end of self-scoring.

    The times from which others score in the head's place move along.
    """

    action: Literal["reschedule"]
    period: PeriodId
    closes_at: Time
    self_until: Time | None = None
    reason: Reason


class Confirm(Part):
    """Make reviewed results final, once petitions were heard and answered."""

    action: Literal["confirm"]
    period: PeriodId


PeriodRequest = Annotated[OpenPeriod | Reschedule | Confirm, Field(discriminator="action")]


class PeriodReply(Part):
    period: PeriodId
    state: State
    closes_at: Time
    self_from: Time | None = None
    self_until: Time | None = None
    deputies_from: Time | None = None
    above_from: Time | None = None
    petition_until: Time | None = None
    answer_until: Time | None = None
    rated_before: Time | None = None


def change_period(
    services: Services, caller: Caller, key: str, request: PeriodRequest
) -> PeriodReply:
    """Carry out the organiser's wish; the change of the document schedules the close."""
    require(caller, "organiser")
    keyed = Keyed.of(caller.uid, key, request)
    now = services.clock.now()
    return keyed.once(
        services.store,
        PeriodReply,
        lambda transaction: _change(services.store, transaction, keyed, request, now),
    )


def _change(
    store: Store, transaction: Transaction, keyed: Keyed, request: PeriodRequest, now: datetime
) -> PeriodReply:
    ref = refs.periods(request.period)
    standing = transaction.get(ref)
    period = _changed(store, transaction, standing, request, now)
    reply = _reply(period)
    writes = recorded(
        keyed,
        now,
        [Change(ref, standing, period)],
        action=f"period {request.action}",
        target=ref.path,
        reason=request.reason if isinstance(request, Reschedule) else None,
        reply=reply,
    )
    transaction.write(writes)
    return reply


def _changed(
    store: Store,
    transaction: Transaction,
    standing: Period | None,
    request: PeriodRequest,
    now: datetime,
) -> Period:
    match request:
        case OpenPeriod():
            return _opened(transaction, standing, request, now)
        case Reschedule():
            return _rescheduled(standing, request, now)
        case Confirm():
            return _confirmed(store, standing, request, now)


def _opened(
    transaction: Transaction, standing: Period | None, request: OpenPeriod, now: datetime
) -> Period:
    if standing is not None:
        raise refuse("conflict", "period", "is open already or was", "kỳ này đã được mở")
    scheme = transaction.get(refs.schemes(request.scheme))
    if scheme is None:
        raise refuse("missing", "scheme", "is not published", "quy chế chấm điểm chưa ban hành")
    if request.parts:
        frame = rolled_up(transaction, scheme, request.period, request.parts, request.time_zone)
        ready = max(frame.end, now)
        closes_at = _not_before(ready, request.closes_at or ready)
        return frame.model_copy(update={"closes_at": closes_at})
    start, end = bounds(request.period, request.time_zone)
    scoring = (
        scoring_windows(transaction, scheme.windows, end, now, request.time_zone)
        if scheme.windows
        else None
    )
    closes_at = _not_before(max(end, now), request.closes_at or _default_close(scoring))
    handed = handed_on(transaction, scheme.windows, end, closes_at, request.time_zone)
    return Period(
        id=request.period,
        kind=kind_of(request.period),
        start=start,
        end=end,
        closes_at=closes_at,
        time_zone=request.time_zone,
        scheme=request.scheme,
        state="open",
        self_from=scoring.self_from if scoring else None,
        self_until=min(scoring.self_until, closes_at) if scoring else None,
        deputies_from=handed.deputies_from,
        above_from=handed.above_from,
    )


def _default_close(scoring: Scoring | None) -> datetime:
    if scoring is None:
        raise refuse(
            "invalid",
            "closes_at",
            "the scheme has no windows that say when: give a time",
            "quy chế không quy định thời hạn: hãy nêu thời điểm khóa kỳ",
        )
    return scoring.closes_at


def _rescheduled(standing: Period | None, request: Reschedule, now: datetime) -> Period:
    period = _in_state(standing, request.period, "open", "only an open period can be rescheduled")
    closes_at = _not_before(max(period.end, now), request.closes_at)
    self_until = request.self_until or period.self_until
    if self_until is not None:
        self_until = min(self_until, closes_at)
    moved = closes_at - period.closes_at
    steps = {"deputies_from": period.deputies_from, "above_from": period.above_from}
    later = {name: max(period.end, at + moved) for name, at in steps.items() if at is not None}
    changes = {"closes_at": closes_at, "self_until": self_until, **later}
    return period.model_copy(update=changes)


def _confirmed(store: Store, standing: Period | None, request: Confirm, now: datetime) -> Period:
    """Nobody can petition once the window has passed, so what is answered then stays so."""
    period = _in_state(standing, request.period, "review", "only reviewed results can be confirmed")
    if period.petition_until is not None and now <= period.petition_until:
        until = period.petition_until.isoformat(timespec="minutes")
        raise refuse(
            "conflict",
            "period",
            f"petitions are heard until {until}",
            f"còn nhận kiến nghị đến {until}",
        )
    _require_answers(store, period)
    return period.model_copy(update={"state": "final"})


def _require_answers(store: Store, period: Period) -> None:
    """A petition that cannot be read is not answered either."""
    filed = store.find(refs.appeals, where=Where("period", "==", period.id))
    waiting = [found.ref.id for found in filed if found.fields.get("answer") is None]
    if waiting:
        named = ", ".join(sorted(waiting)[:SHOWN])
        raise refuse(
            "conflict",
            "period",
            f"{len(waiting)} petitions are not answered: {named}",
            f"còn {len(waiting)} kiến nghị chưa trả lời: {named}",
        )


def _not_before(earliest: datetime, closes_at: datetime) -> datetime:
    if closes_at < earliest:
        raise refuse(
            "invalid",
            "closes_at",
            "lies before the period's end or in the past",
            "trước khi kỳ kết thúc hoặc đã qua",
        )
    return closes_at


def _in_state(standing: Period | None, period_id: str, state: State, otherwise: str) -> Period:
    if standing is None:
        raise no_period(period_id, "period")
    if standing.state != state:
        raise refuse(
            "conflict",
            "period",
            f"{otherwise}; this one is {standing.state}",
            f"kỳ đang ở trạng thái {standing.state}, không thực hiện được",
        )
    return standing


def _reply(period: Period) -> PeriodReply:
    return PeriodReply(
        period=period.id,
        state=period.state,
        closes_at=period.closes_at,
        self_from=period.self_from,
        self_until=period.self_until,
        deputies_from=period.deputies_from,
        above_from=period.above_from,
        petition_until=period.petition_until,
        answer_until=period.answer_until,
        rated_before=period.rated_before,
    )
