"""Contributions and a scheme give a scorecard."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from shared.models.scheme import Measure, Rating, Scheme
from shared.models.scorecard import Contribution, Scorecard, Standing, TaskScore
from shared.scoring.rounding import half_up

HUNDREDTHS_OF_PERCENT = 10_000


def score(
    *,
    period: str,
    official: str,
    scheme: Scheme,
    path: Iterable[str],
    contributions: Mapping[str, Contribution],
    general: Mapping[str, int] | None,
) -> Scorecard:
    """Score one person in one period.

    `general` gives the head's hundredths of a point by criterion; it counts only
    when it scores each of the scheme's criteria within its maximum, because a
    silent cap or a silent zero would be a score nobody gave. Without assigned
    work there is no task score, without either part no total.
    """
    task = score_task(contributions.values(), scheme)
    general_points = _general_points(general, scheme)
    total = None if task.points is None or general_points is None else task.points + general_points
    return Scorecard(
        period=period,
        official=official,
        scheme=scheme.ref,
        path=sorted(set(path)),
        contributions=dict(sorted(contributions.items())),
        task=task,
        general=None if general is None else dict(sorted(general.items())),
        general_points=general_points,
        total=total,
        rating=None if total is None else rate(total, scheme),
        standing=_standing(task, general_points),
    )


def score_task(contributions: Iterable[Contribution], scheme: Scheme) -> TaskScore:
    """Sum contributions; points = mean of the scheme's measures × its maximum.

    G = Σ assigned·K, a = Σ done·K / G, b and c the same less the penalties for
    failed checks and latenesses (Decree 335/2025/ND-CP; the definitions are
    quoted in the press, the arithmetic is that of public implementations).
    """
    rows = list(contributions)
    task = TaskScore(
        assigned=sum(row.quantity for row in rows),
        done=sum(row.done for row in rows),
        fails=sum(row.fails for row in rows),
        lates=sum(row.lates for row in rows),
        assigned_weight=sum(row.assigned_weight for row in rows),
        done_weight=sum(row.done_weight for row in rows),
        quality_weight=sum(row.quality_weight for row in rows),
        progress_weight=sum(row.progress_weight for row in rows),
    )
    return task if task.assigned_weight == 0 else _measured(task, scheme)


def rate(total: int, scheme: Scheme) -> Rating:
    """The highest band whose threshold the rounded total reaches."""
    return next(band.rating for band in scheme.bands if total >= band.at_least)


def measures(task: TaskScore) -> dict[Measure, Fraction]:
    """The exact a (quantity), b (quality), c (progress), each from 0 to 1."""
    return {
        "quantity": Fraction(task.done_weight, task.assigned_weight),
        "quality": Fraction(task.quality_weight, task.assigned_weight),
        "progress": Fraction(task.progress_weight, task.assigned_weight),
    }


def _measured(task: TaskScore, scheme: Scheme) -> TaskScore:
    by_measure = measures(task)
    used = [by_measure[measure] for measure in scheme.task.measures]
    return task.model_copy(
        update={
            "a": half_up(by_measure["quantity"] * HUNDREDTHS_OF_PERCENT),
            "b": half_up(by_measure["quality"] * HUNDREDTHS_OF_PERCENT),
            "c": half_up(by_measure["progress"] * HUNDREDTHS_OF_PERCENT),
            "points": half_up(sum(used, Fraction(0)) / len(used) * scheme.task.max_points),
        }
    )


def _general_points(general: Mapping[str, int] | None, scheme: Scheme) -> int | None:
    if general is None or general_faults(general, scheme):
        return None
    return sum(general.values())


def general_faults(general: Mapping[str, int], scheme: Scheme) -> list[str]:
    """The criteria that are missing, unknown, or scored above their maximum; sorted."""
    most = {criterion.id: criterion.max_points for criterion in scheme.general.criteria}
    above = {criterion for criterion, points in general.items() if points > most.get(criterion, -1)}
    return sorted(above | (most.keys() - general.keys()))


def _standing(task: TaskScore, general_points: int | None) -> Standing:
    if task.points is None:
        return "insufficient_data"
    return "not_assessed" if general_points is None else "rated"
