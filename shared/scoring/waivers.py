"""What the competent authority waives: latenesses and failed checks with an objective cause.

A unit that was never delivered is late too: waived, it leaves what was asked.
Decisions pool within one assignment, but each reaches only what stood before it:
none is a credit for what happens afterwards.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from shared.models.assignment import Assignment, Fault
from shared.models.scheme import Scheme
from shared.models.scorecard import Excused
from shared.scoring.deadline import deadline, due_at

Timed = tuple[datetime, int]
"""So many, since then."""
MOMENT = timedelta(microseconds=1)
"""After which what was due is late."""


def excuse(assignment: Assignment, scheme: Scheme, late: int, undelivered: int) -> Excused:
    """What of the units delivered late, of those never delivered, and of the failed checks.

    Those that were delivered come first: whatever is delivered after a decision keeps it.
    """
    waivers = assignment.folded.waivers.values()
    overdue = [(deadline(assignment, scheme) + MOMENT, late + undelivered)]
    waived = _waived(overdue, [(one.at, one.lates) for one in waivers])
    return Excused(
        lates=min(late, waived),
        undelivered=max(0, waived - late) or None,
        fails=_waived(failed_checks(assignment), [(one.at, one.faults) for one in waivers]),
    )


def units_asked(assignment: Assignment) -> int:
    return max(0, assignment.quantity - sum(assignment.folded.withdrawn.values()))


def units_counted(assignment: Assignment, scheme: Scheme) -> int:
    """Those asked for in its period, without what goes on in a later one if the scheme says so."""
    leaves = scheme.carry_over is not None and scheme.carry_over.leaves_old_period
    carried = sum(assignment.folded.carried.values()) if leaves else 0
    return max(0, units_asked(assignment) - carried)


def left_to_waive(
    assignment: Assignment, scheme: Scheme, request: str, moment: datetime
) -> Excused:
    """What a decision on this request can waive now, beside those on other requests.

    A unit is late from the moment it should have been delivered.
    """
    others = [one for key, one in assignment.folded.waivers.items() if key != request]
    fell_due = deadline(assignment, scheme)
    lates = _overdue_units(assignment, scheme) if moment > fell_due else 0
    failed = sum(count for since, count in failed_checks(assignment) if since <= moment)
    return Excused(
        lates=max(0, lates - sum(one.lates for one in others if one.at > fell_due)),
        fails=max(0, failed - sum(one.faults for one in others)),
    )


def failed_checks(assignment: Assignment) -> list[Timed]:
    """Failed checks of the period's work, also when the check itself came after its end."""
    end = assignment.period_end
    submissions = assignment.folded.submissions
    return [
        (fault.at, _units(assignment, entry_id, fault))
        for entry_id, fault in assignment.folded.faults.items()
        if (submissions[fault.submission].at if fault.submission in submissions else fault.at) < end
    ]


def _waived(found: Iterable[Timed], waivers: Iterable[Timed]) -> int:
    found = list(found)
    waived = 0
    for decided, most in sorted(waivers):
        waived += min(most, sum(count for since, count in found if since <= decided) - waived)
    return waived


def _overdue_units(assignment: Assignment, scheme: Scheme) -> int:
    """Units asked for and not delivered on time; a delivery that awaits its check was."""
    folded = assignment.folded
    timely = sum(
        delivery.quantity
        for name, delivery in folded.submissions.items()
        if delivery.at <= due_at(assignment, scheme, delivery.at)
        and (name not in folded.verdicts or folded.verdicts[name].accepted)
    )
    return max(0, units_counted(assignment, scheme) - timely)


def _units(assignment: Assignment, entry_id: str, fault: Fault) -> int:
    correction = assignment.folded.corrections.get(entry_id)
    return fault.units if correction is None else min(fault.units, correction.units)
