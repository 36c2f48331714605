"""Open a period, move its close, confirm its results."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field

from shared import refs
from shared.errors import refuse
from shared.models.base import Line, Part, PeriodId, Reason, SchemeRef, Time
from shared.models.period import Period, State
from shared.ports import Services, Transaction
from shared.usecases.calendar import bounds, kind_of
from shared.usecases.caller import Caller, require
from shared.usecases.keyed import Keyed
from shared.usecases.opened import no_period
from shared.usecases.recorded import Change, recorded

REVIEW = timedelta(days=5)
"""How long heads may still judge work after a period's end, unless the organiser says otherwise."""


class OpenPeriod(Part):
    action: Literal["open"]
    period: PeriodId
    scheme: SchemeRef
    time_zone: Line = "Asia/Ho_Chi_Minh"
    closes_at: Time | None = None


class Reschedule(Part):
    """Move the lock of an open period."""

    action: Literal["reschedule"]
    period: PeriodId
    closes_at: Time
    reason: Reason


class Confirm(Part):
    """Make reviewed results final."""

    action: Literal["confirm"]
    period: PeriodId


PeriodRequest = Annotated[OpenPeriod | Reschedule | Confirm, Field(discriminator="action")]


class PeriodReply(Part):
    period: PeriodId
    state: State
    closes_at: Time


def change_period(
    services: Services, caller: Caller, key: str, request: PeriodRequest
) -> PeriodReply:
    """Carry out the organiser's wish; the change of the document schedules the close."""
    require(caller, "organiser")
    keyed = Keyed.of(caller.uid, key, request)
    now = services.clock.now()
    return services.store.transact(
        lambda transaction: (
            keyed.replied(transaction, PeriodReply) or _change(transaction, keyed, request, now)
        )
    )


def _change(
    transaction: Transaction, keyed: Keyed, request: PeriodRequest, now: datetime
) -> PeriodReply:
    ref = refs.periods(request.period)
    standing = transaction.get(ref)
    period = _changed(transaction, standing, request, now)
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
    transaction: Transaction, standing: Period | None, request: PeriodRequest, now: datetime
) -> Period:
    match request:
        case OpenPeriod():
            return _opened(transaction, standing, request, now)
        case Reschedule():
            return _rescheduled(standing, request, now)
        case Confirm():
            return _confirmed(standing, request)


def _opened(
    transaction: Transaction, standing: Period | None, request: OpenPeriod, now: datetime
) -> Period:
    if standing is not None:
        raise refuse("conflict", "period", "is open already or was", "kỳ này đã được mở")
    if transaction.get(refs.schemes(request.scheme)) is None:
        raise refuse("missing", "scheme", "is not published", "quy chế chấm điểm chưa ban hành")
    start, end = bounds(request.period, request.time_zone)
    return Period(
        id=request.period,
        kind=kind_of(request.period),
        start=start,
        end=end,
        closes_at=_not_before(max(end, now), request.closes_at or max(end, now) + REVIEW),
        time_zone=request.time_zone,
        scheme=request.scheme,
        state="open",
    )


def _rescheduled(standing: Period | None, request: Reschedule, now: datetime) -> Period:
    period = _in_state(standing, request.period, "open", "only an open period can be rescheduled")
    closes_at = _not_before(max(period.end, now), request.closes_at)
    return period.model_copy(update={"closes_at": closes_at})


def _confirmed(standing: Period | None, request: Confirm) -> Period:
    period = _in_state(standing, request.period, "review", "only reviewed results can be confirmed")
    return period.model_copy(update={"state": "final"})


def _not_before(earliest: datetime, closes_at: datetime) -> datetime:
    """A period of the past, opened for an import, still stays open for the review's length."""
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
    return PeriodReply(period=period.id, state=period.state, closes_at=period.closes_at)
