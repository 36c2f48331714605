"""Change assigned work: move a deadline, reassign, cancel; each with a reason."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from shared import refs
from shared.errors import refuse
from shared.models.assignment import Assignment
from shared.models.base import AssignmentId, Id, Part, Reason, Time
from shared.models.entry import Cancelled, DeadlineMoved, Entry, Reassigned
from shared.models.period import Period
from shared.models.unit import Unit
from shared.ports import Services, Store, Transaction
from shared.scoring.deadline import has_fallen_due
from shared.usecases.assign import (
    Assignments,
    Serving,
    check_due,
    first_entry,
    new_assignment,
    read_receiver,
    require_room,
)
from shared.usecases.caller import Caller, require_authority_over
from shared.usecases.keyed import Keyed
from shared.usecases.opened import read_open
from shared.usecases.recorded import recorded
from shared.usecases.work import append_entry, read_work, require_open_units


class MoveDeadline(Part):
    action: Literal["move_deadline"]
    assignment: AssignmentId
    due: Time
    reason: Reason


class Reassign(Part):
    """What is not yet delivered goes to another person of the same authority."""

    action: Literal["reassign"]
    assignment: AssignmentId
    to: Id
    reason: Reason


class Cancel(Part):
    """What is not yet delivered is no longer wanted."""

    action: Literal["cancel"]
    assignment: AssignmentId
    reason: Reason


Amendment = Annotated[MoveDeadline | Reassign | Cancel, Field(discriminator="action")]


def amend(services: Services, caller: Caller, key: str, request: Amendment) -> Assignments:
    """Append the entry that says what changed; the reply names the assignments it concerns."""
    keyed = Keyed.of(caller.uid, key, request)
    now = services.clock.now()
    return keyed.once(
        services.store,
        Assignments,
        lambda transaction: _amend(services.store, transaction, caller, keyed, request, now),
    )


def _amend(
    store: Store,
    transaction: Transaction,
    caller: Caller,
    keyed: Keyed,
    request: Amendment,
    now: datetime,
) -> Assignments:
    assignment = _read(transaction, caller, request.assignment)
    period = read_open(transaction, assignment.period, "assignment")
    successor = _successor(transaction, caller, keyed, request, assignment, period, now)
    if isinstance(request, Reassign):
        require_room(store, period, {request.to: 1}, {request.to: "to"})
    reply = Assignments(assignments=[request.assignment, *successor])
    entry = _entry(caller, request, assignment, period, next(iter(successor), None), now)
    entry_id = keyed.suffix("entry")
    given = {
        name: one.model_copy(update={"quantity": require_open_units(assignment)})
        for name, one in successor.items()
    }
    writes = append_entry(request.assignment, assignment, entry_id, entry)
    record = recorded(
        keyed,
        now,
        [new_assignment(name, one) for name, one in given.items()],
        action=request.action,
        target=refs.assignments(request.assignment).path,
        reason=request.reason,
        reply=reply,
    )
    transaction.write([*writes, *record, *(first_entry(name, one) for name, one in given.items())])
    return reply


def _read(transaction: Transaction, caller: Caller, assignment_id: str) -> Assignment:
    """The assignment as it stands now; raises RefusedError unless the caller may change it."""
    assignment, _ = read_work(transaction, assignment_id)
    unit: Unit | None = transaction.get(refs.units(assignment.unit))
    require_authority_over(caller, unit, assignment.official, "assignment")
    if caller.uid == assignment.official:
        raise refuse(
            "forbidden",
            "assignment",
            "nobody changes the terms of their own work",
            "không ai tự thay đổi việc của mình",
        )
    return assignment


def _entry(
    caller: Caller,
    request: Amendment,
    assignment: Assignment,
    period: Period,
    successor: str | None,
    now: datetime,
) -> Entry:
    match request:
        case MoveDeadline():
            check_due(request.due, period, now, "due")
            return DeadlineMoved(
                by=caller.uid,
                at=now,
                due=request.due,
                overdue=has_fallen_due(assignment, now),
                reason=request.reason,
            )
        case Reassign():
            _require_in_time(assignment, now)
            return Reassigned(
                by=caller.uid,
                at=now,
                quantity=require_open_units(assignment),
                successor=successor or "",
                reason=request.reason,
            )
        case Cancel():
            _require_in_time(assignment, now)
            return Cancelled(
                by=caller.uid,
                at=now,
                quantity=require_open_units(assignment),
                reason=request.reason,
            )


def _require_in_time(assignment: Assignment, now: datetime) -> None:
    """What was late or never done stays whose it was: it may be assigned anew, or excused."""
    if has_fallen_due(assignment, now):
        raise refuse(
            "conflict",
            "assignment",
            "it has fallen due and stays as it is: assign it anew, or ask for exemption",
            "đã quá hạn nên giữ nguyên; hãy giao việc mới hoặc đề nghị xét nguyên nhân khách quan",
        )


def _successor(
    transaction: Transaction,
    caller: Caller,
    keyed: Keyed,
    request: Amendment,
    assignment: Assignment,
    period: Period,
    now: datetime,
) -> dict[str, Assignment]:
    if not isinstance(request, Reassign):
        return {}
    if request.to == assignment.official:
        raise refuse("invalid", "to", "has this work already", "người này đang làm việc đó")
    receiver = read_receiver(
        transaction, caller, Serving.from_now_on(period, now), request.to, "to"
    )
    unit = receiver.unit.path[-1]
    folded = assignment.folded
    new_id = refs.assignment_id(assignment.period, unit, request.to, keyed.suffix("successor"))
    approver = caller.uid if assignment.approver == request.to else assignment.approver
    changes = {
        "unit": unit,
        "path": receiver.unit.path,
        "official": request.to,
        "approver": approver,
        "due": assignment.due_now,
        "assigned_at": now,
        "assigned_by": caller.uid,
        "continues": request.assignment,
        "folded": type(folded)(),
    }
    return {new_id: assignment.model_copy(update=changes)}
