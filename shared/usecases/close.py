"""Close a period: lock it, compile each unit, then total: open → closing → review.

Every step may run twice, be killed midway or come late. The period's state
decides what a step does, never the name of its task; what a step writes is
computed from assignments and entries alone, so writing it again changes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shared import refs
from shared.errors import NotYetError
from shared.models.base import Id, Part, PeriodId
from shared.models.period import Period
from shared.models.result import PeriodResult
from shared.ports import Queue, Services, Transaction, put
from shared.scoring.result import total_period
from shared.usecases.opened import no_period


class CloseTask(Part):
    period: PeriodId


class CompileTask(Part):
    period: PeriodId
    unit: Id


@dataclass(frozen=True)
class _Decision:
    period: Period
    early: bool


def schedule_close(queue: Queue, period: Period) -> None:
    """Have the period closed at its time; called on every change of an open period.

    A schedule that a later change made obsolete finds the period not due and
    goes no further.
    """
    if period.state == "open":
        stamp = f"{period.closes_at:%Y%m%dT%H%M%SZ}"
        queue.enqueue(
            "close", {"period": period.id}, name=f"close-{period.id}-{stamp}", at=period.closes_at
        )


def close(services: Services, task: CloseTask) -> None:
    """Lock the period and fan its compilation out by unit.

    Called too early, it only schedules itself again: a queue reaches 30 days.
    """
    decision = services.store.transact(
        lambda transaction: _lock(transaction, task.period, services.clock.now())
    )
    period = decision.period
    if decision.early:
        _schedule_again(services, period)
    elif period.state == "closing":
        units = [found.ref.id for found in services.store.find(refs.units)]
        _enqueue_compilation(services.queue, period, units)
        _enqueue(services.queue, "finalize", period)


def finalize(services: Services, task: CloseTask) -> None:
    """Total the period once every unit is compiled; raises NotYetError before that.

    Units still missing are asked for again: the names of tasks that are under way
    make that nothing, and a task that was lost or a unit founded meanwhile blocks
    the close no longer than it takes.
    """
    store = services.store
    period = read_period(services, task.period)
    if period.state != "closing":
        return
    compiled = {found.ref.id: found.value for found in store.find(refs.unit_results(period.id))}
    missing = [found.ref.id for found in store.find(refs.units) if found.ref.id not in compiled]
    if missing:
        _enqueue_compilation(services.queue, period, missing)
        raise NotYetError(f"{period.id}: {len(missing)} units to compile, {missing[0]} first")
    result = total_period(period.id, period.scheme, list(compiled.values()))
    store.transact(lambda transaction: _publish(transaction, result))


def _publish(transaction: Transaction, result: PeriodResult) -> None:
    """A finalize that comes late must not take a confirmed period back to review."""
    ref = refs.periods(result.period)
    period = transaction.get(ref)
    if period is not None and period.state == "closing":
        reviewed = period.model_copy(update={"state": "review"})
        transaction.write([put(refs.results(period.id), result), put(ref, reviewed)])


def read_period(services: Services, period_id: str) -> Period:
    period = services.store.get(refs.periods(period_id))
    if period is None:
        raise no_period(period_id, "period")
    return period


def _lock(transaction: Transaction, period_id: str, now: datetime) -> _Decision:
    ref = refs.periods(period_id)
    period = transaction.get(ref)
    if period is None:
        raise no_period(period_id, "period")
    if period.state != "open":
        return _Decision(period, early=False)
    if now < period.closes_at:
        return _Decision(period, early=True)
    locked = period.model_copy(update={"state": "closing", "closing": period.closing + 1})
    transaction.write([put(ref, locked)])
    return _Decision(locked, early=False)


def _schedule_again(services: Services, period: Period) -> None:
    hop = f"{services.clock.now():%Y%m%dT%H%M}"
    name = f"close-{period.id}-{period.closes_at:%Y%m%dT%H%M%SZ}-{hop}"
    services.queue.enqueue("close", {"period": period.id}, name=name, at=period.closes_at)


def _enqueue_compilation(queue: Queue, period: Period, units: Iterable[str]) -> None:
    for unit in units:
        _enqueue(queue, "compile_unit", period, unit=unit)


def _enqueue(queue: Queue, function: str, period: Period, **payload: str) -> None:
    name = "-".join([function, period.id, str(period.closing), *map(_task_safe, payload.values())])
    queue.enqueue(function, {"period": period.id, **payload}, name=name)


def _task_safe(text: str) -> str:
    """Letters, digits, hyphen and underscore are all that a task's name may have."""
    return "".join(char if char.isalnum() or char == "-" else f"_{ord(char):x}" for char in text)
