"""Import of logs that change, of work that changed since, and of malice; in memory."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from pydantic import ValidationError

from shared import refs
from shared.models.entry import Entry
from shared.models.period import Period
from shared.models.scorecard import Contribution
from shared.ports import create, put
from shared.scoring.contribution import contribute
from shared.scoring.fold import fold_all
from shared.usecases.calendar import bounds
from shared.usecases.caller import Caller
from shared.usecases.case_log import read_profile
from shared.usecases.import_cases import ImportReport, import_cases
from shared.usecases.report import ReportRequest
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
HOUR = timedelta(hours=1)


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

    def imports(self, *rows: str, profile: str = PROFILE, by: str = SYSTEM) -> ImportReport:
        """An hour after the last time, and folded as the trigger would."""
        self.now += HOUR
        content = (HEADER + "".join(f"{row}\n" for row in rows)).encode()
        caller = Caller(by, self.now, self.store.get(refs.officials(by)))
        desk = Desk(self.store, self.now)
        *_, report = import_cases(desk, caller, content, read_profile(profile), MONTH)
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
