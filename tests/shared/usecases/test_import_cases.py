"""Import of logs that change, of work that changed since, and of malice; in memory."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from shared import refs
from shared.errors import RefusedError
from shared.models.entry import Cancelled, Corrected, DeadlineMoved, Entry
from shared.models.period import Period
from shared.models.scorecard import Contribution
from shared.ports import create, put
from shared.scoring.contribution import contribute
from shared.scoring.fold import fold_all
from shared.usecases.calendar import bounds
from shared.usecases.caller import Caller
from shared.usecases.case_log import read_profile
from shared.usecases.import_cases import ImportReport, import_cases
from shared.usecases.report import ReportRequest, report
from shared.usecases.schemes import shipped
from shared.vietnamese import TIME_ZONE
from tests.memory import Desk, MemoryStore
from tests.world import MONTH, SCHEME, organisation

PROFILE = """
system = "motcua"
time_zone = "Asia/Ho_Chi_Minh"
rework = ["Bổ sung"]

[columns]
case = "case"
official = "official"
unit = "unit"
start = "start"
due = "due"
finished = "finished"
activity = "activity"
time = "time"
"""
HEADER = "case,official,unit,start,due,finished,activity,time\n"
OPEN = "c1,lan,p1,2026-10-01 08:00,2026-10-10 17:00,"
TAKEN = f"{OPEN},Nhan,2026-10-02 08:00"
LATE = f"{OPEN}2026-10-12 10:00,Nhan,2026-10-02 08:00"
REWORK = f"{OPEN}2026-10-12 10:00,Bổ sung,2026-10-11 09:00"
SYSTEM = "import@roviec.iam.gserviceaccount.com"
START, END = bounds(MONTH, TIME_ZONE)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass
class Office:
    """One open month, and what is imported into it."""

    store: MemoryStore = field(default_factory=MemoryStore)
    now: datetime = END

    def __post_init__(self) -> None:
        period = Period(
            id=MONTH,
            kind="month",
            start=START,
            end=END,
            closes_at=END + timedelta(days=5),
            time_zone=TIME_ZONE,
            scheme=SCHEME,
            state="open",
        )
        self.store.commit([put(ref, document) for ref, document in organisation()])
        self.store.commit(
            [
                put(refs.schemes(SCHEME), shipped(SCHEME)),
                put(refs.periods(MONTH), period),
            ]
        )

    def imports(
        self, *rows: str, profile: str = PROFILE, month: str | None = MONTH
    ) -> ImportReport:
        """An hour after the last time, and folded as the trigger would."""
        self.now += HOUR
        content = (HEADER + "".join(f"{row}\n" for row in rows)).encode()
        caller = Caller(SYSTEM, self.now)
        desk = Desk(self.store, self.now)
        *_, report = import_cases(desk, caller, content, read_profile(profile), month)
        self.fold()
        assert isinstance(report, ImportReport)
        return report

    def fold(self) -> None:
        for found in list(self.store.find(refs.assignments)):
            folded = fold_all(self.entries(found.ref.id).items())
            self.store.commit([put(found.ref, found.value.model_copy(update={"folded": folded}))])

    def entries(self, assignment: str) -> dict[str, Entry]:
        return {one.ref.id: one.value for one in self.store.find(refs.entries(assignment))}

    def append(self, assignment: str, name: str, entry: Entry) -> None:
        self.store.commit([create(refs.entries(assignment)(name), entry)])
        self.fold()

    def work(self, case: str = "c1") -> str:
        """The assignment that the case was imported as."""
        claim = self.store.get(refs.imported(f"motcua+{case}"))
        assert claim is not None
        return claim.assignment

    def counts(self, assignment: str | None = None) -> tuple[int, int, int]:
        """Done, late, failed checks."""
        one = self.contribution(assignment or self.work())
        return one.done, one.lates, one.fails

    def contribution(self, assignment: str) -> Contribution:
        work = self.store.get(refs.assignments(assignment))
        assert work is not None
        return contribute(work, shipped(SCHEME))


@pytest.fixture
def office() -> Office:
    return Office()


def test_what_an_import_will_write_nobody_writes_before_it(office: Office) -> None:
    """Who can foretell an id cannot use it."""
    office.imports(LATE, REWORK)
    assignment = office.work()
    imported = set(office.entries(assignment)) - {"assigned"}
    assert len(imported) == 4
    for name in imported:
        with pytest.raises(ValidationError) as refused:
            ReportRequest(assignment=assignment, id=name, entry={"kind": "progress"})
        assert [one["loc"] for one in refused.value.errors()] == [("id",)]


def test_what_stands_and_says_something_else_refuses_the_case(office: Office) -> None:
    office.imports(LATE, REWORK)
    before = dict(office.entries(office.work()))
    name, entry = next((name, one) for name, one in before.items() if one.kind == "returned")
    altered = entry.model_copy(update={"reason": "khác"})
    office.store.commit([put(refs.entries(office.work())(name), altered)])
    report = office.imports(LATE, REWORK, REWORK.replace("09:00", "11:00"))
    assert [(bad.row, bad.case) for bad in report.refused] == [(2, "c1")]
    assert name in report.refused[0].reason
    assert office.entries(office.work()) == {**before, name: altered}


def test_what_an_event_says_is_in_its_id(office: Office) -> None:
    """So the same event number with another time is another event, and none is lost."""
    profile = PROFILE.replace('time = "time"', 'time = "time"\nevent_id = "start"')
    office.imports(TAKEN, profile=profile)
    report = office.imports(TAKEN.replace("10-02", "10-03"), profile=profile)
    assert (report.entries, report.unchanged, report.refused) == (1, 0, [])


def test_a_failed_check_that_its_source_corrects_counts_once(office: Office) -> None:
    office.imports(LATE, REWORK)
    moved = REWORK.replace("09:00", "09:05")
    report = office.imports(LATE, moved)
    assert office.counts() == (1, 1, 1)
    assert "1 failed checks corrected" in report.differs[0].reason
    assert office.imports(LATE, moved).entries == 0


def test_a_failed_check_that_left_its_source_counts_no_more_and_again_if_it_returns(
    office: Office,
) -> None:
    for rows, fails in (((LATE, REWORK), 1), ((LATE,), 0), ((LATE, REWORK), 1), ((LATE,), 0)):
        assert office.imports(*rows).refused == []
        assert office.counts() == (1, 1, fails)
        assert (office.imports(*rows).entries, office.imports(*rows).differs) == (0, [])


def test_a_failed_check_stands_while_its_row_cannot_be_read(office: Office) -> None:
    office.imports(LATE, REWORK)
    office.imports(LATE, REWORK.replace("10-11 09:00", "13-11"))
    assert office.counts() == (1, 1, 1)


def test_a_check_that_people_took_back_stays_so(office: Office) -> None:
    office.imports(LATE, REWORK)
    name = next(n for n, one in office.entries(office.work()).items() if one.kind == "returned")
    taken = Corrected(by="motcua", at=office.now, returned=name, faults=0, reason="đếm nhầm")
    office.append(office.work(), "c1", taken)
    assert office.imports(LATE, REWORK).entries == 0
    assert office.counts() == (1, 1, 0)


def test_a_deadline_moved_here_too_is_no_difference(office: Office) -> None:
    office.imports(TAKEN)
    due = datetime(2026, 10, 25, 10, tzinfo=UTC)
    moved = DeadlineMoved(by="binh", at=START + 5 * DAY, due=due, reason="như nguồn")
    office.append(office.work(), "m1", moved)
    report = office.imports(LATE.replace("10-10 17:00", "10-25 17:00"))
    assert (report.refused, report.differs) == ([], [])
    assert office.counts() == (1, 0, 0)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("10-10 17:00", "10-25 17:00", "move the deadline"),
        ("10-10 17:00", "11-25 17:00", "move the deadline"),  # the month too
        ("lan", "mai", "reassign"),
        (",p1,", ",p2,", "was of p1"),
    ],
)
def test_terms_that_changed_are_told_beside_the_events(
    office: Office, old: str, new: str, said: str
) -> None:
    office.imports(TAKEN)
    report = office.imports(LATE.replace(old, new), month=None)
    assert (report.refused, report.entries) == ([], 2)
    assert said in report.differs[0].reason
    assert office.counts() == (1, 1, 0)
    assert [one.ref.id for one in office.store.find(refs.assignments)] == [office.work()]


def test_what_was_reassigned_is_no_more_the_case_s(office: Office) -> None:
    office.imports(TAKEN)
    gone = Cancelled(by="binh", at=START + 5 * DAY, quantity=1, reason="thôi không cần")
    office.append(office.work(), "x1", gone)
    report = office.imports(LATE)
    assert "cancelled or reassigned" in report.refused[0].reason
    assert report.entries == 0


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ({"kind": "progress", "by": "lan", "at": "1999-01-01T00:00:00Z"}, "entry.at"),
        ({"kind": "accepted", "submission": "s1", "by": "binh"}, "entry.by"),
        ({"kind": "returned", "faults": 1, "reason": "thiếu chữ ký", "by": "binh"}, "entry.by"),
    ],
)
def test_a_system_neither_foredates_nor_judges_in_a_person_s_name(
    office: Office, entry: dict[str, object], field: str
) -> None:
    office.imports(LATE)
    before = office.entries(office.work())
    given = {"at": "2026-10-12T10:00:00Z", **entry}
    request = ReportRequest(assignment=office.work(), id="x1", entry=given)
    with pytest.raises(RefusedError) as refused:
        report(Desk(office.store, office.now), Caller(SYSTEM, office.now), request)
    assert [fault.field for fault in refused.value.faults] == [field]
    assert office.entries(office.work()) == before


def test_a_system_judges_in_its_own_name(office: Office) -> None:
    office.imports(LATE)
    entry = {"kind": "returned", "faults": 1, "reason": "thiếu chữ ký", "by": "motcua"}
    request = ReportRequest(
        assignment=office.work(), id="x1", entry={**entry, "at": "2026-10-12T10:00:00Z"}
    )
    report(Desk(office.store, office.now), Caller(SYSTEM, office.now), request)
    office.fold()
    assert office.counts() == (1, 1, 1)
