"""Append an entry for those who cannot use the store's SDK."""

import json
from typing import Annotated, Any

from pydantic import Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from shared import refs
from shared.errors import refuse
from shared.models.assignment import Assignment
from shared.models.base import AssignmentId, Part
from shared.models.entry import (
    CLIENT_ENTRY,
    Accepted,
    ClientEntry,
    ClientEntryId,
    Corrected,
    Returned,
)
from shared.models.unit import Unit
from shared.ports import Clock, Services, Transaction, create
from shared.usecases.caller import Caller
from shared.usecases.ground import require_ground
from shared.usecases.opened import read_open
from shared.usecases.room import require_room_for_entry

STAMPS = ("by", "at")
"""Who and when: the server's to say for people, a trusted system's own."""

BOTH_OR_NEITHER = {"by": ["at"], "at": ["by"]}


class _UnstampedEntry:
    """Documents a field as a client entry in which `by` and `at` may be left out."""

    @classmethod
    def __get_pydantic_json_schema__(
        cls, _: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        union = handler(CLIENT_ENTRY.core_schema)
        kinds = [handler.resolve_ref_schema(kind) for kind in union["oneOf"]]
        return {"oneOf": [_unstamped(kind) for kind in kinds]}


def _unstamped(kind: JsonSchemaValue) -> JsonSchemaValue:
    needed = [name for name in kind["required"] if name not in STAMPS]
    return {**kind, "required": ["kind", *needed], "dependentRequired": BOTH_OR_NEITHER}


class ReportRequest(Part):
    """`entry` is one client entry; people leave out `by` and `at`, trusted systems give both."""

    assignment: AssignmentId
    id: ClientEntryId
    entry: Annotated[dict[str, Any], Field(min_length=1, max_length=12), _UnstampedEntry]


class _Told(Part):
    """The entry in its place, which faults name."""

    entry: ClientEntry


class Reported(Part):
    """`repeated` when the very same entry stood there already."""

    assignment: str
    id: str
    repeated: bool


def report(services: Services, caller: Caller, request: ReportRequest) -> Reported:
    """Append the entry, or find that it is there; raises RefusedError."""
    entry = _entry(services.clock, caller, request)
    return services.store.transact(lambda transaction: _append(transaction, caller, request, entry))


def _entry(clock: Clock, caller: Caller, request: ReportRequest) -> ClientEntry:
    given = dict(request.entry)
    if not caller.is_system:
        _refuse_stamps(given)
        given |= {"by": caller.uid, "at": clock.now().isoformat()}
    entry = _Told.model_validate_json(json.dumps({"entry": given})).entry
    if entry.at > clock.now():
        raise refuse("invalid", "entry.at", "lies in the future", "nằm trong tương lai")
    return entry


def _refuse_stamps(given: dict[str, Any]) -> None:
    for field in STAMPS:
        if field in given:
            raise refuse(
                "invalid", f"entry.{field}", "the server sets it", "do máy chủ ghi, không được gửi"
            )


def _append(
    transaction: Transaction, caller: Caller, request: ReportRequest, entry: ClientEntry
) -> Reported:
    ref = refs.entries(request.assignment)(request.id)
    assignment = transaction.get(refs.assignments(request.assignment))
    if assignment is None:
        raise refuse(
            "missing", "assignment", "there is no such assignment", "không tìm thấy công việc"
        )
    _authorise(transaction, caller, assignment, entry)
    if caller.is_system:
        _require_its_own(transaction, assignment, entry)
    standing = transaction.get(ref)
    if standing is None:
        read_open(transaction, assignment.period, "assignment")
        require_room_for_entry(assignment.folded)
        require_ground(transaction, request.assignment, assignment, entry)
        transaction.write([create(ref, entry)])
    elif not caller.is_system:
        entry = entry.model_copy(update={"at": standing.at})
    if standing not in (None, entry):
        raise refuse(
            "conflict", "id", "another entry has this id", "mã này đã dùng cho một mục khác"
        )
    return Reported(assignment=request.assignment, id=request.id, repeated=standing is not None)


def _require_its_own(transaction: Transaction, assignment: Assignment, entry: ClientEntry) -> None:
    """A system tells what happened to the work, and judges in no person's name."""
    if entry.at < assignment.assigned_at:
        raise refuse(
            "invalid", "entry.at", "lies before the work was assigned", "trước khi việc được giao"
        )
    judges = isinstance(entry, Accepted | Returned | Corrected)
    if judges and transaction.get(refs.officials(entry.by)) is not None:
        raise refuse(
            "forbidden",
            "entry.by",
            f"{entry.by} is an official, who judges in person; give the name of the system",
            f"{entry.by} là cán bộ và phải tự đánh giá; hãy ghi tên hệ thống",
        )


def _authorise(
    transaction: Transaction, caller: Caller, assignment: Assignment, entry: ClientEntry
) -> None:
    """The doer reports and submits; the approver or whoever answers for the doer judges."""
    if isinstance(entry, Accepted | Returned | Corrected):
        allowed = entry.by != assignment.official and (
            caller.is_system or _may_judge(transaction, caller, assignment)
        )
    else:
        allowed = entry.by == assignment.official
    if not allowed:
        raise refuse(
            "forbidden",
            "assignment",
            f"{entry.by} may not append {entry.kind} here",
            f"{entry.by} không được ghi mục này",
        )


def _may_judge(transaction: Transaction, caller: Caller, assignment: Assignment) -> bool:
    if caller.uid == assignment.approver and caller.has("official"):
        return True
    unit: Unit | None = transaction.get(refs.units(assignment.unit))
    return unit is not None and caller.heads(unit.superiors(assignment.official))
