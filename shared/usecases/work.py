"""One piece of work as its entries say it stands, and what the server adds to it."""

from shared import refs
from shared.errors import refuse
from shared.models.assignment import Assignment
from shared.models.entry import Entry
from shared.ports import Found, Transaction, Where, Write, create, patch
from shared.scoring.fold import fold, fold_all
from shared.usecases.reading import read_entries
from shared.usecases.room import require_held


def read_work(
    transaction: Transaction, assignment_id: str
) -> tuple[Assignment, list[tuple[str, Entry]]]:
    """The assignment with its entries folded as they stand now: events may be behind.

    An entry that is no fact counts here as little as at close.
    """
    assignment: Assignment | None = transaction.get(refs.assignments(assignment_id))
    if assignment is None:
        raise refuse(
            "missing", "assignment", "there is no such assignment", "không tìm thấy công việc"
        )
    facts, _ = read_entries(transaction.find(refs.entries(assignment_id)))
    return assignment.model_copy(update={"folded": fold_all(facts)}), facts


def append_entry(
    assignment_id: str, assignment: Assignment, entry_id: str, entry: Entry
) -> list[Write]:
    """Fold it in here and not only by the trigger: two decisions at once contend for the work."""
    folded = require_held(fold(assignment.folded, entry_id, entry))
    return [
        create(refs.entries(assignment_id)(entry_id), entry),
        patch(refs.assignments(assignment_id), {("folded",): folded.fields()}),
    ]


def goes_on(transaction: Transaction, assignment_id: str) -> list[Found[Assignment]]:
    """What was made of its units in later periods."""
    found = transaction.find(refs.assignments, where=Where("continues", "==", assignment_id))
    here = assignment_id.partition("_")[0]
    return [one for one in found if one.ref.id.partition("_")[0] != here]


def open_units(assignment: Assignment, *, awaits: bool = True, carried: int | None = None) -> int:
    """Units neither withdrawn, carried over nor delivered within the period.

    Those carried over after the period was locked no entry tells of: `carried` has them too.
    A delivery that `awaits` its check is the doer's; one that nobody can accept any more is not.
    """
    folded = assignment.folded
    delivered = sum(
        delivery.quantity
        for name, delivery in folded.submissions.items()
        if delivery.at < assignment.period_end
        and (folded.verdicts[name].accepted if name in folded.verdicts else awaits)
    )
    told = sum(folded.carried.values())
    gone = sum(folded.withdrawn.values()) + (told if carried is None else carried)
    return max(0, assignment.quantity - gone - delivered)


def require_open_units(
    assignment: Assignment, *, awaits: bool = True, carried: int | None = None
) -> int:
    """As `open_units`; raises RefusedError when there are none."""
    left = open_units(assignment, awaits=awaits, carried=carried)
    if left == 0:
        raise refuse(
            "conflict",
            "assignment",
            "nothing is left of it: all was delivered, withdrawn or carried over",
            "công việc đã được nộp, rút hoặc chuyển kỳ hết",
        )
    return left
