"""Carry unfinished work over to a later period, explicitly and each unit once."""

from base64 import b32encode
from datetime import datetime
from hashlib import sha256
from typing import Literal

from shared import refs
from shared.errors import refuse
from shared.models.assignment import Assignment, Folded
from shared.models.base import AssignmentId, Part, PeriodId, Reason, Time
from shared.models.entry import CarriedOver
from shared.models.period import Period
from shared.models.unit import Unit
from shared.ports import Services, Store, Transaction
from shared.usecases.assign import (
    Assignments,
    Serving,
    check_due,
    evidence_for,
    first_entry,
    new_assignment,
    read_receiver,
    require_room,
)
from shared.usecases.caller import Caller, require_authority_over
from shared.usecases.keyed import Keyed
from shared.usecases.opened import read_open
from shared.usecases.recorded import recorded
from shared.usecases.schemes import Schemes
from shared.usecases.work import append_entry, goes_on, read_work, require_open_units


class CarryOver(Part):
    """What was not delivered goes on in `period`, with the same product and K."""

    action: Literal["carry_over"]
    assignment: AssignmentId
    period: PeriodId
    due: Time
    reason: Reason


def carry_over(
    services: Services, schemes: Schemes, caller: Caller, key: str, request: CarryOver
) -> Assignments:
    """Make the successor; the reply names the old assignment and the new one."""
    keyed = Keyed.of(caller.uid, key, request)
    now = services.clock.now()
    return keyed.once(
        services.store,
        Assignments,
        lambda transaction: _carry(
            services.store, schemes, transaction, caller, keyed, request, now
        ),
    )


def _carry(
    store: Store,
    schemes: Schemes,
    transaction: Transaction,
    caller: Caller,
    keyed: Keyed,
    request: CarryOver,
    now: datetime,
) -> Assignments:
    old, _ = read_work(transaction, request.assignment)
    unit: Unit | None = transaction.get(refs.units(old.unit))
    require_authority_over(caller, unit, old.official, "assignment")
    period = read_open(transaction, request.period, "period")
    _require_later(period, old)
    check_due(request.due, period, now, "due")
    left_open = _is_open(transaction, old.period)
    before = goes_on(transaction, request.assignment)
    carried = sum(one.value.quantity for one in before)
    quantity = require_open_units(old, awaits=left_open, carried=carried)
    receiver = read_receiver(
        transaction, caller, Serving.from_now_on(period, now), old.official, "assignment"
    )
    require_room(store, period, {old.official: 1}, {old.official: "assignment"})
    serves_in = receiver.unit.path[-1]
    suffix = _suffix(request.assignment, len(before))
    new_id = refs.assignment_id(period.id, serves_in, old.official, suffix)
    product = transaction.get(refs.catalogue(old.product))
    changes = {
        "period": period.id,
        "period_end": period.end,
        "scheme": period.scheme,
        "unit": serves_in,
        "path": receiver.unit.path,
        "quantity": quantity,
        "due": request.due,
        "assigned_at": now,
        "assigned_by": caller.uid,
        "continues": request.assignment,
        "proposal": None,
        "evidence_for": evidence_for(schemes.get(period.scheme), product),
        "folded": Folded(),
    }
    reply = Assignments(assignments=[request.assignment, new_id])
    new = old.model_copy(update=changes)
    writes = [first_entry(new_id, new)]
    if left_open:
        entry = CarriedOver(
            by=caller.uid, at=now, quantity=quantity, successor=new_id, reason=request.reason
        )
        writes += append_entry(request.assignment, old, keyed.suffix("entry"), entry)
    record = recorded(
        keyed,
        now,
        [new_assignment(new_id, new)],
        action=request.action,
        target=refs.assignments(request.assignment).path,
        reason=request.reason,
        reply=reply,
    )
    transaction.write([*record, *writes])
    return reply


def _require_later(period: Period, old: Assignment) -> None:
    if period.start < old.period_end:
        raise refuse(
            "invalid",
            "period",
            f"must come after {old.period}, in which the work was assigned",
            f"phải sau kỳ {old.period} mà việc được giao",
        )


def _is_open(transaction: Transaction, period_id: str) -> bool:
    """Whether the old period may still be told: a locked one is not touched."""
    period: Period | None = transaction.get(refs.periods(period_id))
    return period is not None and period.state == "open"


def _suffix(assignment_id: str, before: int) -> str:
    """The same for whoever carries it over: once, and once again for what came back since."""
    again = f" {before}" if before else ""
    text = f"carry {assignment_id}{again}"
    return b32encode(sha256(text.encode()).digest()).decode().lower()[:26]
