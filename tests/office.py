"""The small organisation of `tests/world.py` in memory: use cases without an emulator."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.assign.main import REQUEST
from shared import refs
from shared.errors import RefusedError
from shared.models.assignment import Assignment
from shared.models.catalogue import Product
from shared.models.scheme import Scheme
from shared.models.scorecard import Contribution
from shared.ports import Queue, put
from shared.scoring.contribution import contribute
from shared.scoring.fold import fold_all
from shared.usecases.amend import Cancel, MoveDeadline, Reassign, amend
from shared.usecases.assign import AssignRequest, assign
from shared.usecases.caller import identify
from shared.usecases.carry_over import CarryOver, carry_over
from shared.usecases.exempt import DecideExemption, decide_exemption
from shared.usecases.period import OpenPeriod, change_period
from shared.usecases.propose import AcceptProposal, DeclineProposal, answer_proposal
from shared.usecases.report import ReportRequest, report
from shared.usecases.schemes import Schemes
from tests.builders import DAY, a_scheme
from tests.memory import MemoryStore
from tests.world import BEGIN, DUE, HEADS, MONTH, an_official, new_key, officials, units

NEXT_MONTH = "2026-11"


class NoQueue(Queue):
    def enqueue(
        self, function: str, payload: Mapping[str, Any], *, name: str, at: datetime | None = None
    ) -> None:
        raise AssertionError(f"{function} was called")


class HandClock:
    def __init__(self) -> None:
        self.time = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        return self.time


@dataclass
class Acting:
    """Does what /assign is asked for."""

    store: MemoryStore = field(default_factory=MemoryStore)
    queue: Queue = field(default_factory=NoQueue)
    clock: HandClock = field(default_factory=HandClock)

    def ask(self, by: str, *, key: str | None = None, **request: Any) -> list[str]:
        """What /assign does with this request."""
        caller, key = identify(self.store, by, self.clock.now()), key or new_key()
        wanted: Any = REQUEST.validate_json(json.dumps(request, default=datetime.isoformat))
        acts: dict[type, Callable[[], Any]] = {
            AssignRequest: lambda: assign(self, Schemes(self.store), caller, key, wanted),
            CarryOver: lambda: carry_over(self, Schemes(self.store), caller, key, wanted),
            DecideExemption: lambda: decide_exemption(
                self, Schemes(self.store), caller, key, wanted
            ),
            **dict.fromkeys(
                (AcceptProposal, DeclineProposal),
                lambda: answer_proposal(self, Schemes(self.store), caller, key, wanted),
            ),
            **dict.fromkeys(
                (MoveDeadline, Reassign, Cancel), lambda: amend(self, caller, key, wanted)
            ),
        }
        made: list[str] = acts[type(wanted)]().assignments
        return made


@dataclass
class Office(Acting):
    """Two open months, the product `hs` of K 2.5, and `quyen`, the competent authority."""

    schemes: Schemes = field(init=False)

    def __post_init__(self) -> None:
        self.schemes = Schemes(self.store)
        self.clock.time = BEGIN + DAY

    def open(self, scheme: Scheme | None = None) -> "Office":
        scheme = scheme or a_scheme()
        authority = an_official("Quyền", "so", roles=["official", "authority"])
        people = {**officials(), "quyen": authority}
        product = Product(title="Hồ sơ", measure="hồ sơ", group=1, points=250, k=2500)
        self.schemes.publish(scheme, self.clock.now())
        self.store.commit([put(refs.units(name), one) for name, one in units().items()])
        self.store.commit([put(refs.officials(uid), one) for uid, one in people.items()])
        self.store.commit([put(refs.catalogue("hs"), product)])
        for month in (MONTH, NEXT_MONTH):
            self.open_month(month)
        return self

    def open_month(self, month: str) -> None:
        opening = OpenPeriod(action="open", period=month, scheme="decree-335@1")
        change_period(self, identify(self.store, "tu", self.clock.now()), month, opening)

    def at(self, moment: datetime) -> None:
        self.clock.time = moment

    def assign(self, to: dict[str, Any], *, by: str = "binh", **work: Any) -> list[str]:
        order = {"to": to, "product": "hs", "due": DUE, **work}
        return self.ask(by, action="assign", period=MONTH, work=[order])

    def assigned(self, official: str = "an", **work: Any) -> str:
        return self.assign({"officials": [official]}, by=HEADS[official], **work)[0]

    def append(self, by: str, assignment: str, entry_id: str, **entry: Any) -> None:
        told = ReportRequest(assignment=assignment, id=entry_id, entry=entry)
        report(self, identify(self.store, by, self.clock.now()), told)

    def deliver(self, assignment: str, entry_id: str = "s1", quantity: int = 1) -> None:
        official = assignment.split("_")[2]
        self.append(official, assignment, entry_id, kind="submission", quantity=quantity)
        judge = HEADS[official]
        self.append(judge, assignment, f"ok-{entry_id}", kind="accepted", submission=entry_id)

    def work(self, assignment: str) -> Assignment:
        """As its entries say it stands."""
        standing = self.store.get(refs.assignments(assignment))
        assert standing is not None
        found = self.store.find(refs.entries(assignment))
        folded = fold_all((one.ref.id, one.value) for one in found)
        return standing.model_copy(update={"folded": folded})

    def row(self, assignment: str) -> Contribution:
        work = self.work(assignment)
        return contribute(work, self.schemes.get(work.scheme))

    def close(self, period: str = MONTH) -> None:
        standing = self.store.get(refs.periods(period))
        assert standing is not None
        closed = standing.model_copy(update={"state": "review"})
        self.store.commit([put(refs.periods(period), closed)])

    def refusal(self, by: str, **request: Any) -> tuple[str, str]:
        """Its code and field; nothing was written."""
        before = dict(self.store.documents)
        with pytest.raises(RefusedError) as refused:
            self.ask(by, **request)
        assert self.store.documents == before
        return refused.value.code, refused.value.faults[0].field
