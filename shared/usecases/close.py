"""Close a period: lock it, compile each unit, then total: open → closing → review.

Every step may run twice, be killed midway or come late. The period's state
decides what a step does, never the name of its task; what a step writes is
computed from assignments and entries alone, so writing it again changes nothing.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from pydantic import ValidationError

from shared import refs
from shared.errors import ConflictError, NotYetError, RefusedError, refuse
from shared.models.base import Id, Part, PeriodId
from shared.models.period import Period
from shared.models.result import Link, PeriodResult, Result, UnitResult
from shared.models.unit import Unit
from shared.ports import Queue, Services, Store, Transaction, Write, put
from shared.refs import Collection
from shared.scoring.digest import digest
from shared.scoring.result import total_period
from shared.usecases.calendar import kind_of
from shared.usecases.conclude import deepest_first, stale
from shared.usecases.opened import no_period
from shared.usecases.recorded import Change, by_platform, recorded
from shared.usecases.rescore import rescore
from shared.usecases.schemes import Schemes
from shared.usecases.windows import published

log = logging.getLogger(__name__)
SOON = timedelta(minutes=1)
"""A call this early comes again by itself: whose clock is behind schedules nothing."""
AGAIN = timedelta(hours=1)
"""How soon a roll-up asks again whether its parts are final."""


class CloseTask(Part):
    period: PeriodId


class CompileTask(Part):
    period: PeriodId
    unit: Id


@dataclass(frozen=True)
class _Decision:
    period: Period
    again_at: datetime | None = None
    """When to come again, of a period that cannot be locked yet."""


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

    Called too early, or before a roll-up's parts are final, it only schedules itself
    again: a queue reaches 30 days. Raises NotYetError when it is nearly time, as the
    queue's clock and this one need not agree.
    """
    now = services.clock.now()
    decision = services.store.transact(lambda transaction: _lock(transaction, task.period, now))
    period = decision.period
    if decision.again_at is not None:
        if decision.again_at - now < SOON:
            raise NotYetError(f"{period.id} closes at {period.closes_at:%H:%M:%S}")
        _schedule_again(services, period, decision.again_at, now)
    elif period.state == "closing":
        units = [one.path[-1] for one in deepest_first(_units(services.store))]
        _enqueue_compilation(services.queue, period, units)
        _enqueue(services.queue, "finalize", period)


def close_overdue(queue: Queue, periods: Iterable[Period], now: datetime) -> None:
    """Have each that should be closed asked for again: whatever became of its task."""
    for period in periods:
        if period.state in ("open", "closing") and period.closes_at + AGAIN <= now:
            name = f"close-{period.id}-overdue-{now:%Y%m%dT%H}"
            queue.enqueue("close", {"period": period.id}, name=name)


def finalize(services: Services, task: CloseTask) -> None:
    """Total the period once every unit is compiled; raises NotYetError before that.

    Units still missing are asked for again: the names of tasks that are under way
    make that nothing, and a task that was lost or a unit founded meanwhile blocks
    the close no longer than it takes. Nothing is published while there is work that
    no result rests on: it is named, put on its person's scorecard, where the unit that
    compiles them looks, and everything is compiled again; what cannot be read waits
    until somebody has put its record right.
    """
    store = services.store
    period = read_period(services, task.period)
    if period.state != "closing":
        return
    compiled = {found.ref.id: found.value for found in store.find(refs.unit_results(period.id))}
    units = _units(store)
    missing = [one.path[-1] for one in deepest_first(units) if one.path[-1] not in compiled]
    if missing:
        _enqueue_compilation(services.queue, period, missing)
        raise NotYetError(f"{period.id}: {len(missing)} units to compile, {missing[0]} first")
    if outdated := stale(units, compiled):
        _start_again(services, period, outdated)
        raise NotYetError(f"{period.id}: {len(outdated)} units rest on results that changed")
    totals = list(compiled.values())
    if not _is_whole(store, period, totals):
        lost = unclaimed(store, period, (one.value for one in store.find(_results(period))))
        _put_on_scorecards(store, lost)
        _start_again(services, period, sorted(compiled))
        log.error("%s: no result rests on %d assignments: %s", period.id, len(lost), lost[:20])
        raise NotYetError(f"{period.id}: no result rests on {len(lost)} assignments: {lost[:3]}")
    result = total_period(period, _rules(store, period), totals, _previous(store, period))
    now = services.clock.now()
    store.transact(lambda transaction: _publish(transaction, result, now))


def _units(store: Store) -> list[Unit]:
    return [found.value for found in store.find(refs.units)]


def _rules(store: Store, period: Period) -> str:
    scheme = store.get(refs.schemes(period.scheme))
    if scheme is None:
        raise refuse("missing", "scheme", f"{period.scheme} is gone", "không tìm thấy quy chế")
    return digest(scheme.fields())


def _previous(store: Store, period: Period) -> Link | None:
    """The last compiled period of the same kind before this one."""
    before = [
        found
        for found in store.find(refs.results)
        if found.ref.id < period.id and kind_of(found.ref.id) == period.kind
    ]
    return Link(period=before[-1].ref.id, digest=before[-1].value.digest) if before else None


def _is_whole(store: Store, period: Period, totals: list[UnitResult]) -> bool:
    """Whether every assignment is in some result, and every person has exactly one."""
    results = store.count(_results(period))
    if period.parts:
        return results == sum(total.officials for total in totals)
    assignments = store.count(refs.assignments, prefix=f"{period.id}_")
    return (assignments, results) == (
        sum(total.assignments for total in totals),
        sum(total.officials for total in totals),
    )


def unclaimed(store: Store, period: Period, results: Iterable[Result]) -> list[str]:
    """The period's assignments that none of the results rests on, by id."""
    claimed: set[str] = set()
    for result in results:
        claimed |= result.scorecard.contributions.keys()
        claimed |= {one.path.partition("/")[2] for one in result.refused}
    every = store.find(refs.assignments, prefix=f"{period.id}_")
    return [one.ref.id for one in every if one.ref.id not in claimed]


def _put_on_scorecards(store: Store, lost: Iterable[str]) -> None:
    """As the first event of each would have done."""
    schemes = Schemes(store)
    for name in lost:
        try:
            for first in islice(store.find(refs.entries(name)), 1):
                rescore(store, schemes, name, first.ref.id, first.value)
        except (RefusedError, ValidationError):
            log.exception("%s cannot be put on a scorecard", name)


def _results(period: Period) -> Collection[Result]:
    return refs.official_results(period.id)


def _start_again(services: Services, period: Period, units: list[str]) -> None:
    """Compile anew; under the old names the tasks would be taken for repetitions."""
    now = services.clock.now()
    again = services.store.transact(lambda transaction: _counted(transaction, period.id, now))
    _enqueue_compilation(services.queue, again, units)


def _counted(transaction: Transaction, period_id: str, now: datetime) -> Period:
    ref = refs.periods(period_id)
    period = transaction.get(ref)
    if period is None or period.state != "closing":
        raise ConflictError(f"{period_id} is closing no more")
    again = period.model_copy(update={"closing": period.closing + 1})
    transaction.write(_moved(period, again, now, "compile again"))
    return again


def _publish(transaction: Transaction, result: PeriodResult, now: datetime) -> None:
    """A finalize that comes late must not take a confirmed period back to review."""
    ref = refs.periods(result.period)
    period = transaction.get(ref)
    if period is not None and period.state == "closing":
        scheme = transaction.get(refs.schemes(period.scheme))
        reviewed = published(transaction, period, scheme.windows if scheme else None, now)
        moved = _moved(period, reviewed, now, "publish results")
        transaction.write([put(refs.results(period.id), result), *moved])


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
        return _Decision(period)
    if now < period.closes_at:
        return _Decision(period, period.closes_at)
    if period.parts and not _are_final(transaction, period.parts):
        return _Decision(period, now + AGAIN)
    locked = period.model_copy(update={"state": "closing", "closing": period.closing + 1})
    transaction.write(_moved(period, locked, now, "lock period"))
    return _Decision(locked)


def _are_final(transaction: Transaction, parts: list[str]) -> bool:
    """A roll-up rests on what nobody contests any more."""
    periods = transaction.get_all([refs.periods(part) for part in parts])
    return all(period is not None and period.state == "final" for period in periods)


def _moved(before: Period, after: Period, now: datetime, action: str) -> list[Write]:
    """The platform's own step of the period, once for each start of the closing."""
    ref = refs.periods(before.id)
    keyed = by_platform(CloseTask(period=before.id), action, before.id, str(after.closing))
    return recorded(keyed, now, [Change(ref, before, after)], action=action, target=ref.path)


def _schedule_again(services: Services, period: Period, at: datetime, now: datetime) -> None:
    hop = f"{now:%Y%m%dT%H%M}"
    name = f"close-{period.id}-{period.closes_at:%Y%m%dT%H%M%SZ}-{hop}"
    services.queue.enqueue("close", {"period": period.id}, name=name, at=at)


def _enqueue_compilation(queue: Queue, period: Period, units: Iterable[str]) -> None:
    for unit in units:
        _enqueue(queue, "compile_unit", period, unit=unit)


def _enqueue(queue: Queue, function: str, period: Period, **payload: str) -> None:
    name = "-".join([function, period.id, str(period.closing), *map(task_safe, payload.values())])
    queue.enqueue(function, {"period": period.id, **payload}, name=name)


def task_safe(text: str) -> str:
    """Letters, digits, hyphen and underscore are all that a task's name may have."""
    return "".join(char if char.isalnum() or char == "-" else f"_{ord(char):x}" for char in text)
