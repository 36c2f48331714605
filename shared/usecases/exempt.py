"""Decide on a request for exemption: what of lateness and failed checks had an objective cause."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from shared import refs
from shared.errors import refuse
from shared.models.assignment import Assignment
from shared.models.base import AssignmentId, Part, Reason
from shared.models.entry import DeadlineMoved, Entry, EntryId, ExemptionDecided, ExemptionRequested
from shared.models.scheme import Scheme
from shared.ports import Services, Transaction
from shared.scoring.waivers import left_to_waive
from shared.usecases.assign import Assignments
from shared.usecases.caller import Caller, require_competence
from shared.usecases.keyed import Keyed
from shared.usecases.opened import read_open
from shared.usecases.recorded import recorded
from shared.usecases.schemes import Schemes
from shared.usecases.work import append_entry, read_work

Waived = Annotated[int, Field(ge=0, le=1_000_000)]


class DecideExemption(Part):
    """How many latenesses and failed checks are waived; none of either says no.

    A later decision on the same request replaces this one; both stay to be read.
    """

    action: Literal["decide_exemption"]
    assignment: AssignmentId
    request: EntryId
    lates_waived: Waived
    faults_waived: Waived
    reason: Reason


def decide_exemption(
    services: Services, schemes: Schemes, caller: Caller, key: str, request: DecideExemption
) -> Assignments:
    """Append the decision; raises RefusedError."""
    keyed = Keyed.of(caller.uid, key, request)
    now = services.clock.now()
    return keyed.once(
        services.store,
        Assignments,
        lambda transaction: _decide(transaction, schemes, caller, keyed, request, now),
    )


def _decide(
    transaction: Transaction,
    schemes: Schemes,
    caller: Caller,
    keyed: Keyed,
    request: DecideExemption,
    now: datetime,
) -> Assignments:
    assignment, facts = read_work(transaction, request.assignment)
    unit = transaction.get(refs.units(assignment.unit))
    require_competence(caller, unit, "assignment", assignment.official)
    read_open(transaction, assignment.period, "assignment")
    scheme = schemes.get(assignment.scheme)
    _require_request(facts, request.request)
    require_unbiased(caller.uid, assignment, (entry for _, entry in facts), scheme)
    _require_within(assignment, scheme, request, now)
    entry = ExemptionDecided(
        by=caller.uid,
        at=now,
        request=request.request,
        lates_waived=request.lates_waived,
        faults_waived=request.faults_waived,
        reason=request.reason,
    )
    reply = Assignments(assignments=[request.assignment])
    record = recorded(
        keyed,
        now,
        [],
        action=request.action,
        target=refs.assignments(request.assignment).path,
        reason=request.reason,
        reply=reply,
    )
    writes = append_entry(request.assignment, assignment, keyed.suffix("entry"), entry)
    transaction.write([*writes, *record])
    return reply


def _require_request(facts: Iterable[tuple[str, Entry]], name: str) -> None:
    if not any(key == name and isinstance(one, ExemptionRequested) for key, one in facts):
        raise refuse(
            "missing", "request", f"nobody asked for {name}", f"không có đề nghị miễn trừ {name}"
        )


def require_unbiased(
    by: str, assignment: Assignment, facts: Iterable[Entry], scheme: Scheme
) -> None:
    """Neither for oneself nor, unless the scheme allows it, from terms that one set oneself."""
    if by == assignment.official:
        raise refuse(
            "forbidden",
            "assignment",
            "nobody decides on their own exemption",
            "không ai tự quyết định miễn trừ cho mình",
        )
    setters = {assignment.assigned_by, *(one.by for one in facts if isinstance(one, DeadlineMoved))}
    allowed = scheme.exemptions is not None and scheme.exemptions.assigner_may_decide
    if by in setters and not allowed:
        raise refuse(
            "forbidden",
            "assignment",
            "you assigned this work or moved its deadline, so somebody else decides",
            "bạn đã giao việc hoặc dời hạn việc này nên người khác phải quyết định",
        )


def _require_within(
    assignment: Assignment, scheme: Scheme, request: DecideExemption, now: datetime
) -> None:
    left = left_to_waive(assignment, scheme, request.request, now)
    for field, wanted, most in (
        ("lates_waived", request.lates_waived, left.lates),
        ("faults_waived", request.faults_waived, left.fails),
    ):
        if wanted > most:
            raise refuse(
                "invalid",
                field,
                f"there is no more to waive than {most}",
                f"chỉ còn {most} có thể miễn",
            )
