"""Who has a part in a result, and so does not answer a petition about it."""

from collections.abc import Iterable, Iterator

from shared import refs
from shared.models.appraisal import Appraisal
from shared.models.assignment import Assignment
from shared.models.correction import FIRST
from shared.models.decision import Decision
from shared.models.entry import (
    Accepted,
    Corrected,
    DeadlineMoved,
    Entry,
    ExemptionDecided,
    Returned,
)
from shared.models.official import Official
from shared.ports import Transaction
from shared.usecases.reading import read_entries

JUDGING = Accepted | Returned | Corrected | ExemptionDecided | DeadlineMoved
"""What somebody decides about another's work."""


def parties(
    transaction: Transaction, period: str, official: str, assignments: Iterable[str]
) -> set[str]:
    """The person, who scored or decided the rating, and who judged the work that is named."""
    record: Official | None = transaction.get(refs.officials(official))
    units = [] if record is None else record.units
    papers: list[Appraisal | None] = transaction.get_all(
        [
            refs.appraisal(period, official),
            *(refs.appraisal(period, official, unit) for unit in units),
        ]
    )
    found = {official}
    found |= {one.by_head.by for one in papers if one is not None and one.by_head is not None}
    found |= {one.by for one in _decisions(transaction, period, official)}
    for name in assignments:
        found |= _judges(transaction, name)
    return found


def _decisions(transaction: Transaction, period: str, official: str) -> Iterator[Decision]:
    """On every version of the result."""
    number = FIRST
    while True:
        decision: Decision | None = transaction.get(refs.decision(period, official, number))
        if decision is not None:
            yield decision
        number += 1
        if transaction.get(refs.correction(period, official, number)) is None:
            return


def _judges(transaction: Transaction, name: str) -> set[str]:
    assignment: Assignment | None = transaction.get(refs.assignments(name))
    approver = set() if assignment is None else {assignment.approver}
    facts, _ = read_entries(transaction.find(refs.entries(name)))
    return approver | {entry.by for _, entry in facts if _is_judgement(entry)}


def _is_judgement(entry: Entry) -> bool:
    return isinstance(entry, JUDGING)
