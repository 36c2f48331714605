"""A small office in memory whose month is closed, with something in every collection."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from infra.local.triggers import TASKS
from shared import refs
from shared.models.appeal import Answer, Appeal
from shared.models.appraisal import Appraisal, Scoring
from shared.models.base import Part
from shared.models.decision import Decision
from shared.models.notice import Notice
from shared.models.official import Official
from shared.models.position import Asked, Position
from shared.models.profile import Columns, Profile
from shared.models.proposal import Registered, Reply
from shared.ports import Clock, Queue, Store, Write, create, put
from shared.scoring.digest import UNSEALED
from shared.scoring.record import sealed_notice
from shared.usecases.assign import AssignRequest, ToOfficials, Work, assign
from shared.usecases.caller import Caller, identify
from shared.usecases.close import CloseTask, CompileTask, close, finalize
from shared.usecases.compile_unit import compile_unit
from shared.usecases.import_cases import import_cases
from shared.usecases.keyed import Keyed
from shared.usecases.period import OpenPeriod, change_period
from shared.usecases.reassess import reassess_appraised
from shared.usecases.recorded import Change, recorded, seed
from shared.usecases.report import ReportRequest, report
from shared.usecases.rescore import rescore
from shared.usecases.schemes import Schemes, shipped
from tests.builders import a_measurement
from tests.memory import MemoryStore
from tests.world import AFTER_CLOSE, BEGIN, CRITERIA, DUE, MONTH, SCHEME, organisation

CASES = (
    b"case,official,unit,start,due,finished,activity,time\n"
    b"c1,an,p1,2026-10-01 08:00,2026-10-10 17:00,2026-10-09 10:00,Nhan,2026-10-01 08:00\n"
)
PROFILE = Profile(
    system="motcua",
    time_zone="Asia/Ho_Chi_Minh",
    columns=Columns(
        case="case",
        official="official",
        unit="unit",
        start="start",
        due="due",
        finished="finished",
        activity="activity",
        time="time",
    ),
)


class Later(Queue):
    """Nothing is called but by the test."""

    def enqueue(
        self, function: str, payload: Mapping[str, Any], *, name: str, at: datetime | None = None
    ) -> None:
        assert function in TASKS


@dataclass
class Office:
    """A closed month with something in every collection, in memory."""

    store: MemoryStore = field(default_factory=MemoryStore)
    queue: Queue = field(default_factory=Later)
    time: datetime = BEGIN

    def now(self) -> datetime:
        return self.time

    @property
    def clock(self) -> Clock:
        return self

    @property
    def schemes(self) -> Schemes:
        return Schemes(self.store)

    def caller(self, uid: str) -> Caller:
        return identify(self.store, uid, self.time)


def closed_office() -> Office:
    office = Office()
    seed(office.store, BEGIN, organisation())
    played(office, SCHEME)
    file(office)
    return office


def closed_by_position(asked: Asked) -> Office:
    """The same month under a scheme that counts what positions ask; nothing is filed."""
    office = Office()
    changes: dict[type, dict[str, Any]] = {
        Position: {"asks": [asked]},
        Official: {"position": "cv"},
    }
    seed(
        office.store,
        BEGIN,
        [(ref, one.model_copy(update=changes.get(type(one), {}))) for ref, one in organisation()],
    )
    played(office, "decree-335-local@2")
    return office


def played(office: Office, scheme: str) -> None:
    office.schemes.publish(shipped(scheme), BEGIN)
    opening = OpenPeriod(action="open", period=MONTH, scheme=scheme)
    change_period(office, office.caller("tu"), "open", opening)
    for head, official in (("binh", "an"), ("dung", "em")):
        work = Work(to=ToOfficials(officials=[official]), product="hs", due=DUE)
        order = AssignRequest(action="assign", period=MONTH, work=[work])
        [name] = assign(office, office.schemes, office.caller(head), official, order).assignments
        deliver(office, head, official, name)
        names = [*CRITERIA, *(["manner"] if scheme != SCHEME else [])]
        scoring = Scoring(
            by=head,
            at=DUE,
            scores=dict.fromkeys(names, 900 if scheme == SCHEME else 500),
            note="tốt",
        )
        appraisal = Appraisal(period=MONTH, official=official, by_head=scoring)
        office.store.commit([put(refs.appraisal(MONTH, official), appraisal)])
    office.time = DUE
    list(import_cases(office, Caller("motcua@x", DUE), CASES, PROFILE, None))
    rescore_all(office)
    office.time = AFTER_CLOSE
    close(office, CloseTask(period=MONTH))
    for unit in ("p1", "p2", "so"):
        compile_unit(office, office.schemes, CompileTask(period=MONTH, unit=unit))
    finalize(office, CloseTask(period=MONTH))


def deliver(office: Office, head: str, official: str, name: str) -> None:
    told: list[tuple[str, str, dict[str, Any]]] = [
        (official, "p1", {"kind": "progress", "note": "đang làm"}),
        (official, "s1", {"kind": "submission", "quantity": 1, "evidence": ["so-1"]}),
        (head, "ok", {"kind": "accepted", "submission": "s1"}),
    ]
    for by, entry_id, entry in told:
        report(office, office.caller(by), ReportRequest(assignment=name, id=entry_id, entry=entry))


def rescore_all(office: Office) -> None:
    """As the triggers do."""
    for entry in list(office.store.find(refs.all_entries)):
        name = entry.ref.path.split("/")[1]
        rescore(office.store, office.schemes, name, entry.ref.id, entry.value)
    for appraisal in list(office.store.find(refs.appraisals)):
        reassess_appraised(office.store, office.schemes, appraisal.ref.id)


def file(office: Office) -> None:
    """An appeal and a proposal with their answers, a decision, a measurement, and a notice."""
    petition = Appeal(period=MONTH, official="an", at=DUE, reason="xem lại điểm")
    answer = Answer(by="tu", at=DUE, upheld=False, reason="đúng quy định")
    answered = petition.model_copy(update={"answer": answer})
    said = {"title": {"vi": "Sắp đến hạn", "en": "Due"}, "body": {"vi": "Còn 3 ngày", "en": "3 d"}}
    notice = Notice.model_validate({"kind": "due", "at": DUE, "digest": UNSEALED, **said})
    ref = refs.appeals("kn1")
    office.store.commit(
        [create(ref, petition), create(refs.inbox("an")("one"), sealed_notice(notice))]
    )
    decide(office, Change(ref, petition, answered))
    decided = Decision(
        period=MONTH,
        official="em",
        unit="p2",
        path=["so", "p2"],
        computed="excellent",
        rating="good",
        reason="theo hồ sơ",
        result=UNSEALED,
        by="tu",
        at=DUE,
    )
    decide(office, Change(refs.decision(MONTH, "em"), None, decided))
    measured = a_measurement("official", "an", MONTH, satisfaction=900)
    decide(office, Change(refs.measurement(MONTH, "official", "an"), None, measured))
    unplanned = Registered(period=MONTH, official="an", unit="p1", at=DUE, title="Hòa giải")
    office.store.commit([create(refs.proposals("hg"), unplanned)])
    declined = Reply(by="binh", at=DUE, reason="trùng việc")
    replied = unplanned.model_copy(update={"reply": declined})
    decide(office, Change(refs.proposals("hg"), unplanned, replied))


def record(store: Store, writes: Iterable[Write]) -> None:
    """Make these documents as the server would: each with its audit record."""
    made = [(one.ref, {name: value for (name,), value in one.fields.items()}) for one in writes]
    seed(store, BEGIN, [(ref, ref.decode(fields)) for ref, fields in made])


def decide(office: Office, change: Change) -> None:
    keyed = Keyed.of("tu", str(len(office.store.documents)), Part())
    office.store.commit(recorded(keyed, office.time, [change], action="x", target=change.ref.path))
