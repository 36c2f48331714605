"""What one assignment adds to its person's score in its period."""

from shared.models.assignment import Assignment
from shared.models.scheme import Scheme
from shared.models.scorecard import Contribution, Excused
from shared.scoring.deadline import deadline, due_at, overdue_moves
from shared.scoring.waivers import excuse, failed_checks, units_asked, units_counted

WHOLE = 100
"""Per cent of one unit of product."""


def contribute(assignment: Assignment, scheme: Scheme) -> Contribution:
    """Count the folded facts and weigh them by K and the scheme's penalties.

    Work counts when it was delivered before the period's end and somebody
    accepted it; it is late when delivered after it was due. The denominator is
    the work assigned, less what was withdrawn and what the authority excused
    from being delivered. A row of several units loses
    per unit: K·(done − p·min(errors, done/p)), per cent p as the scheme says.
    """
    carried = sum(assignment.folded.carried.values())
    asked = units_asked(assignment)
    done, late, beyond = _delivered(assignment, scheme, max(0, asked - carried))
    counted = units_counted(assignment, scheme)
    excused = excuse(assignment, scheme, late, counted - done)
    quantity = counted - (excused.undelivered or 0)
    failed = sum(count for _, count in failed_checks(assignment))
    lates, fails = late - excused.lates, failed - excused.fails
    per_fail, per_late = _penalties(scheme)
    return Contribution(
        product=assignment.product,
        k=assignment.k,
        quantity=quantity,
        share=assignment.share,
        excused=excused if excused != Excused(lates=0, fails=0) else None,
        overdue_moves=overdue_moves(assignment) or None,
        continues=assignment.continues,
        carried=min(carried, asked) or None,
        due=deadline(assignment, scheme)
        if scheme.leave and scheme.leave.excuses_due_within
        else None,
        done=done,
        beyond=beyond,
        fails=fails,
        lates=lates,
        assigned_weight=assignment.k * quantity * WHOLE,
        done_weight=assignment.k * done * WHOLE,
        quality_weight=assignment.k * max(0, done * WHOLE - fails * per_fail),
        progress_weight=assignment.k * max(0, done * WHOLE - lates * per_late),
    )


def _penalties(scheme: Scheme) -> tuple[int, int]:
    """Per cent of a unit; a scheme that measures no work has none."""
    return (scheme.penalties.per_fail, scheme.penalties.per_late) if scheme.penalties else (0, 0)


def _delivered(assignment: Assignment, scheme: Scheme, quantity: int) -> tuple[int, int, int]:
    """Units done, how many of them late, how many beyond requirement; none exceeds `quantity`."""
    folded = assignment.folded
    counted = [
        (delivery, verdict)
        for submission, delivery in folded.submissions.items()
        if delivery.at < assignment.period_end
        and (verdict := folded.verdicts.get(submission)) is not None
        and verdict.accepted
    ]
    done = min(quantity, sum(delivery.quantity for delivery, _ in counted))
    on_time = sum(
        delivery.quantity
        for delivery, _ in counted
        if delivery.at <= due_at(assignment, scheme, delivery.at)
    )
    beyond = sum(delivery.quantity for delivery, verdict in counted if verdict.beyond)
    return done, done - min(done, on_time), min(done, beyond)
