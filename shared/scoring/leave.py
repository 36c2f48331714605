"""Time that is not worked."""

from collections.abc import Iterable
from datetime import datetime

from shared.models.official import Leave
from shared.models.scorecard import Absence, Contribution


def is_away(leave: Iterable[Leave], start: datetime, end: datetime) -> bool:
    """Whether leave covers everything from `start` until before `end`, also in several pieces."""
    for one in sorted(leave, key=lambda one: one.start):
        if one.start > start:
            return False
        start = max(start, one.end)
        if start >= end:
            return True
    return False


def excused(row: Contribution, absences: Iterable[Absence]) -> Contribution:
    """As it counts: of what fell due on leave nothing is missing and nothing late."""
    due = row.due
    if due is None or not any(one.start <= due < one.end for one in absences):
        return row
    changes = {
        "quantity": row.done,
        "lates": 0,
        "assigned_weight": row.done_weight,
        "progress_weight": row.done_weight,
    }
    return row.model_copy(update=changes)
