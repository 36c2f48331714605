"""What an entry rests on: evidence, a delivery, a verdict of one's own. The rules ask the same."""

from shared import refs
from shared.errors import refuse
from shared.models.assignment import Assignment
from shared.models.entry import (
    Accepted,
    ClientEntry,
    Corrected,
    ExemptionRequested,
    Returned,
    Submission,
)
from shared.ports import Transaction


def require_ground(
    transaction: Transaction, assignment_id: str, assignment: Assignment, entry: ClientEntry
) -> None:
    """Raises RefusedError when there is nothing for the entry to rest on."""
    match entry:
        case Submission() | ExemptionRequested():
            _require_evidence(assignment, entry)
        case Returned(submission=None):
            _require_at_most(entry.faults, assignment.quantity)
        case Accepted(submission=str(name)) | Returned(submission=str(name)):
            _require_delivery(transaction, assignment_id, name, entry)
        case Corrected():
            _require_own_return(transaction, assignment_id, entry)


def _require_evidence(assignment: Assignment, entry: Submission | ExemptionRequested) -> None:
    if entry.kind in assignment.evidence_for and not entry.evidence:
        raise refuse(
            "invalid",
            "entry.evidence",
            "is needed here: name the document, the number or the address that proves it",
            "cần minh chứng: ghi số văn bản, hồ sơ hoặc đường dẫn",
        )


def _require_delivery(
    transaction: Transaction, assignment_id: str, name: str, entry: Accepted | Returned
) -> None:
    delivery = transaction.get(refs.entries(assignment_id)(name))
    if not isinstance(delivery, Submission):
        raise refuse(
            "missing", "entry.submission", f"{name} was not delivered", f"chưa có lần nộp {name}"
        )
    if isinstance(entry, Returned):
        _require_at_most(entry.faults, delivery.quantity)


def _require_own_return(transaction: Transaction, assignment_id: str, entry: Corrected) -> None:
    returned = transaction.get(refs.entries(assignment_id)(entry.returned))
    if not isinstance(returned, Returned):
        raise refuse(
            "missing",
            "entry.returned",
            f"nothing was returned by {entry.returned}",
            f"không có lần trả lại {entry.returned}",
        )
    if returned.by != entry.by:
        raise refuse(
            "forbidden",
            "entry.returned",
            f"{returned.by} returned it, and nobody else corrects that",
            f"chỉ {returned.by}, người đã trả lại, được sửa",
        )
    _require_at_most(entry.faults, returned.faults)


def _require_at_most(faults: int, most: int) -> None:
    if faults > most:
        raise refuse(
            "invalid", "entry.faults", f"at most {most} can have failed", f"không thể quá {most}"
        )
