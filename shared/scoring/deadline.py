"""When work is late: what its deadline was, and which moves of it count.

A move made in time puts the deadline off or forward. One made after it fell due
excuses nothing, unless the scheme says that it does: who moves a deadline could
otherwise undo a lateness that only the competent authority may waive.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from shared.models.assignment import Assignment, Move
from shared.models.scheme import Scheme


def moves_in_time(assignment: Assignment) -> Iterator[Move]:
    """The moves made before the deadline, as moved until then, had passed; the first first."""
    due = assignment.due
    for move in _in_order(assignment):
        if move.at <= due:
            due = move.due
            yield move


def has_fallen_due(assignment: Assignment, moment: datetime) -> bool:
    """Whether a move at this moment comes too late to excuse anything."""
    return moment > _ends(assignment, moves_in_time(assignment))[-1]


def overdue_moves(assignment: Assignment) -> int:
    return len(assignment.folded.moves) - len(list(moves_in_time(assignment)))


def deadline(assignment: Assignment, scheme: Scheme) -> datetime:
    """The deadline after all moves that count: what is late fell due then."""
    return _ends(assignment, _counting(assignment, scheme))[-1]


def due_at(assignment: Assignment, scheme: Scheme, delivered: datetime) -> datetime:
    """Until when a delivery of this moment was on time: a later move excuses it or says nothing."""
    moves = list(_counting(assignment, scheme))
    standing = _ends(assignment, (move for move in moves if move.at <= delivered))[-1]
    return max([standing, *(move.due for move in moves if move.at > delivered)])


def _counting(assignment: Assignment, scheme: Scheme) -> Iterator[Move]:
    if scheme.deadlines is not None and scheme.deadlines.overdue_moves_count:
        return iter(_in_order(assignment))
    return moves_in_time(assignment)


def _in_order(assignment: Assignment) -> list[Move]:
    moves = sorted(assignment.folded.moves.items(), key=lambda item: (item[1].at, item[0]))
    return [move for _, move in moves]


def _ends(assignment: Assignment, moves: Iterable[Move]) -> list[datetime]:
    """The deadline as assigned, and as each move left it."""
    return [assignment.due, *(move.due for move in moves)]
