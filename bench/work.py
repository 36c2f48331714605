"""Made-up work to measure with: documents as the use cases would have left them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice

from shared import refs
from shared.models.appraisal import Appraisal, Scoring
from shared.models.assignment import Assignment
from shared.models.catalogue import Product
from shared.models.entry import Accepted, Assigned, Entry, Submission
from shared.models.official import Official, Posting, Role
from shared.models.period import Period, State
from shared.models.scorecard import Assessment, Scorecard
from shared.models.unit import Unit
from shared.ports import Store, Write, put
from shared.scoring.contribution import contribute
from shared.scoring.fold import fold_all
from shared.scoring.scorecard import score
from shared.usecases.schemes import shipped

PERIOD = "2026-10"
BEGIN = datetime(2026, 9, 30, 17, tzinfo=UTC)
DUE = datetime(2026, 10, 20, 10, tzinfo=UTC)
END = datetime(2026, 10, 31, 17, tzinfo=UTC)
SCHEME = shipped("decree-335@1")
SCORES = {"conduct": 900, "competence": 900, "initiative": 900}
ROOT_UNIT = "so"
HEAD = "head"
PRODUCT = "hs"
BATCH = 500
"""The most documents that one commit took for years, and still the customary size."""
MINUTE = timedelta(minutes=1)


def a_period(state: State) -> Period:
    return Period(
        id=PERIOD,
        kind="month",
        start=BEGIN,
        end=END,
        closes_at=END + timedelta(days=5),
        time_zone="Asia/Ho_Chi_Minh",
        scheme=SCHEME.ref,
        state=state,
    )


def a_unit(unit: str) -> Unit:
    return Unit(name=unit, parent=ROOT_UNIT, path=[ROOT_UNIT, unit], head=HEAD)


def an_official(unit: str, *roles: Role) -> Official:
    return Official(
        name="Cán bộ",
        roles=["official", *roles],
        unit=unit,
        is_head="head" in roles,
        postings=[Posting(unit=unit, start=BEGIN - timedelta(days=400))],
        units=[unit],
    )


def a_product() -> Product:
    return Product(title="Hồ sơ", measure="hồ sơ", group=1, points=100, k=1000)


def an_assignment(unit: str, official: str, history: Mapping[str, Entry]) -> Assignment:
    """With the history folded in."""
    return Assignment(
        period=PERIOD,
        unit=unit,
        path=[ROOT_UNIT, unit],
        official=official,
        approver=HEAD,
        product=PRODUCT,
        title="Giải quyết hồ sơ",
        k=1000,
        quantity=1000,
        due=DUE,
        period_end=END,
        scheme=SCHEME.ref,
        assigned_at=BEGIN,
        assigned_by=HEAD,
        folded=fold_all(history.items()),
    )


def submissions(number: int, official: str) -> dict[str, Entry]:
    """So many submissions `s0`, `s1` …, of one unit each, none judged yet."""
    return {
        f"s{n}": Submission(by=official, at=BEGIN + n * MINUTE, quantity=1) for n in range(number)
    }


def acceptance(submission: str) -> Accepted:
    return Accepted(by=HEAD, at=DUE, submission=submission)


def delivered(official: str) -> dict[str, Entry]:
    """Assigned, submitted, accepted: the three facts of plain work."""
    return {
        "assigned": Assigned(by=HEAD, at=BEGIN),
        **submissions(1, official),
        "ok0": acceptance("s0"),
    }


def an_appraisal(official: str) -> Appraisal:
    scoring = Scoring(by=HEAD, at=END - timedelta(days=1), scores=SCORES, note="đúng hạn")
    return Appraisal(period=PERIOD, official=official, by_head=scoring)


def a_scorecard(
    official: str, assignments: Mapping[str, Assignment], appraisal: Appraisal | None = None
) -> Scorecard:
    by_head = None if appraisal is None else appraisal.by_head
    return score(
        period=PERIOD,
        official=official,
        scheme=SCHEME,
        path=[unit for one in assignments.values() for unit in one.path],
        contributions={name: contribute(one, SCHEME) for name, one in assignments.items()},
        assessments={PERIOD: Assessment(criteria=dict(sorted(by_head.scores.items())))}
        if by_head
        else {},
    )


def entry_writes(assignment: str, entries: Mapping[str, Entry]) -> Iterator[Write]:
    for name, entry in entries.items():
        yield put(refs.entries(assignment)(name), entry)


def write_all(store: Store, writes: Iterable[Write]) -> int:
    """Write in batches, and return how many documents."""
    iterator, number = iter(writes), 0
    while batch := list(islice(iterator, BATCH)):
        store.commit(batch)
        number += len(batch)
    return number
