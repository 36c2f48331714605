"""What one assignment adds to its person's score in its period."""

from shared.models.assignment import Assignment
from shared.models.scheme import Scheme
from shared.models.scorecard import Contribution

WHOLE = 100
"""Per cent of one unit of product."""


def contribute(assignment: Assignment, scheme: Scheme) -> Contribution:
    """Count the folded facts and weigh them by K and the scheme's penalties.

    Work counts when it was delivered before the period's end and somebody
    accepted it; it is late when delivered after it was due. The denominator is
    the work assigned, less what was withdrawn. A row of several units loses
    per unit: K·(done − p·min(errors, done/p)), per cent p as the scheme says.
    """
    folded = assignment.folded
    quantity = max(0, assignment.quantity - sum(folded.withdrawn.values()))
    done, on_time, beyond = _delivered(assignment, quantity)
    lates = max(0, done - on_time - sum(w.lates for w in folded.waivers.values()))
    fails = max(0, _failed_checks(assignment) - sum(w.faults for w in folded.waivers.values()))
    per_fail, per_late = _penalties(scheme)
    return Contribution(
        product=assignment.product,
        k=assignment.k,
        quantity=quantity,
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


def _delivered(assignment: Assignment, quantity: int) -> tuple[int, int, int]:
    """Units done, how many on time, how many beyond requirement; none exceeds `quantity`."""
    folded = assignment.folded
    due = folded.deadline.due if folded.deadline else assignment.due
    counted = [
        (delivery, verdict)
        for submission, delivery in folded.submissions.items()
        if delivery.at < assignment.period_end
        and (verdict := folded.verdicts.get(submission)) is not None
        and verdict.accepted
    ]
    done = min(quantity, sum(delivery.quantity for delivery, _ in counted))
    on_time = sum(delivery.quantity for delivery, _ in counted if delivery.at <= due)
    beyond = sum(delivery.quantity for delivery, verdict in counted if verdict.beyond)
    return done, min(done, on_time), min(done, beyond)


def _failed_checks(assignment: Assignment) -> int:
    """Failed checks of the period's work, also when the check itself came after its end."""
    end = assignment.period_end
    submissions = assignment.folded.submissions
    return sum(
        fault.units
        for fault in assignment.folded.faults.values()
        if (submissions[fault.submission].at if fault.submission in submissions else fault.at) < end
    )
