"""What if, on a case log as it stands: no store, no import, the same scoring."""

from collections import defaultdict
from collections.abc import Iterator

from shared.errors import refuse
from shared.models.assignment import Assignment
from shared.models.period import Period
from shared.models.profile import Profile
from shared.models.scheme import Scheme
from shared.models.scorecard import Scorecard
from shared.models.simulation import Simulation
from shared.scoring.contribution import contribute
from shared.scoring.replay import supposing
from shared.scoring.scorecard import score
from shared.scoring.simulation import Pair, compare
from shared.usecases.calendar import bounds, kind_of, month_of
from shared.usecases.case_log import Log, read_log
from shared.usecases.claims import official_of
from shared.usecases.import_cases import work_of


def simulate_cases(
    content: bytes,
    profile: Profile,
    month: str | None,
    old: Scheme,
    new: Scheme,
    suppose: int | None = None,
) -> Iterator[Simulation]:
    """Month by month, or the one that is wanted; nobody appraises in a log.

    Raises RefusedError when the log cannot be read or has no case of that month.
    """
    log = read_log(content, profile)
    for name in _months(log, profile, month):
        work = work_of(log, profile, _period(name, profile.time_zone, old.ref))
        pairs = list(_pairs(name, work, (old, new), suppose))
        yield compare(pairs, old, new, period=name, suppose=suppose)


def _months(log: Log, profile: Profile, month: str | None) -> list[str]:
    due = sorted({month_of(case.due, profile.time_zone) for case in log.cases})
    chosen = [name for name in due if month in (None, name)]
    if not chosen:
        there = ", ".join(due) or "none"
        raise refuse(
            "missing",
            "month",
            f"no case is due in {month}; the log has {there}",
            f"không có hồ sơ đến hạn trong {month}; sổ có {there}",
        )
    return chosen


def _period(name: str, time_zone: str, scheme: str) -> Period:
    start, end = bounds(name, time_zone)
    return Period(
        id=name,
        kind=kind_of(name),
        start=start,
        end=end,
        closes_at=end,
        time_zone=time_zone,
        scheme=scheme,
        state="open",
    )


def _pairs(
    month: str, work: dict[str, Assignment], schemes: tuple[Scheme, Scheme], suppose: int | None
) -> Iterator[Pair]:
    by_official: dict[str, dict[str, Assignment]] = defaultdict(dict)
    for name, assignment in sorted(work.items()):
        by_official[official_of(name)][name] = assignment
    for official, own in sorted(by_official.items()):
        before, after = (
            supposing(_card(month, official, own, scheme), scheme, suppose) for scheme in schemes
        )
        yield Pair(official, before.path[0], before, after)


def _card(month: str, official: str, work: dict[str, Assignment], scheme: Scheme) -> Scorecard:
    return score(
        period=month,
        official=official,
        scheme=scheme,
        path=[one.unit for one in work.values()],
        contributions={name: contribute(one, scheme) for name, one in work.items()},
        assessments={},
    )
