"""A province over a department over two sections, in memory, with a month that closes."""

from collections.abc import Mapping
from typing import Any

from shared import refs
from shared.models.appraisal import UnitAppraisal
from shared.models.official import Posting
from shared.models.result import UnitResult
from shared.models.scheme import Scheme
from shared.models.scorecard import Scorecard
from shared.models.unit import Unit
from shared.ports import Queue, create, put
from shared.usecases.close import CloseTask, CompileTask, close, finalize
from shared.usecases.compile_unit import compile_unit
from shared.usecases.schemes import Schemes
from tests.builders import (
    PERIOD,
    START,
    a_measurement,
    a_period,
    a_scheme,
    a_scoring,
    an_appraisal,
    an_assignment,
    an_official,
    delivered,
    full_marks,
)
from tests.closed import record
from tests.memory import MemoryStore
from tests.trees import SOURCE, TITLE

UNITS = {
    "tinh": Unit(name="Tỉnh", path=["tinh"]),
    "so": Unit(name="Sở", parent="tinh", path=["tinh", "so"]),
    "p1": Unit(name="Phòng Một", parent="so", path=["tinh", "so", "p1"]),
    "p2": Unit(name="Phòng Hai", parent="so", path=["tinh", "so", "p2"]),
}
STATED = {"dd": "yes", "e": "yes"}


class Tasks(Queue):
    """A queue that keeps what it was asked, in order."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def enqueue(self, function: str, payload: Mapping[str, Any], **_: Any) -> None:
        self.asked.append((function, payload.get("unit", "")))
        self.calls.append((function, dict(payload)))


class Now:
    def now(self) -> Any:
        return a_period().closes_at


class Place:
    """A province over a department over two sections, and the close of a month there."""

    def __init__(self, scheme: Scheme | None = None) -> None:
        self.scheme = scheme or a_scheme()
        self.store, self.queue, self.clock = MemoryStore(), Tasks(), Now()
        self.schemes = Schemes(self.store)
        record(
            self.store,
            [
                put(refs.periods(PERIOD), a_period(scheme=self.scheme.ref)),
                put(refs.schemes(self.scheme.ref), self.scheme),
                *(put(refs.units(name), unit) for name, unit in UNITS.items()),
            ],
        )

    def serve(self, uid: str, unit: str, done: int = 1, *, score: bool = True, **duty: Any) -> None:
        """Two pieces of work of which so many were done, and full marks of the head."""
        posting = Posting(unit=unit, start=START, **duty)
        official = an_official(name=uid, unit=unit, postings=[posting], units=[unit])
        writes = [put(refs.officials(uid), official)]
        for number in range(2):
            name = refs.assignment_id(PERIOD, unit, uid, f"w{number}")
            work = an_assignment(
                unit=unit, path=UNITS[unit].path, official=uid, scheme=self.scheme.ref
            )
            entries = delivered() if number < done else {}
            writes += [create(refs.assignments(name), work)]
            writes += [create(refs.entries(name)(key), one) for key, one in entries.items()]
        if score:
            said = a_scoring(scores=full_marks(), statements=STATED if duty else {})
            appraisal = an_appraisal(official=uid, by_head=said)
            writes.append(put(refs.appraisal(PERIOD, uid), appraisal))
        record(self.store, writes)

    def close(self) -> None:
        close(self, CloseTask(period=PERIOD))
        for function, unit in self.queue.asked:
            if function == "compile_unit":
                self.compile(unit)
        finalize(self, CloseTask(period=PERIOD))

    def compile(self, unit: str) -> UnitResult:
        total = compile_unit(self, self.schemes, CompileTask(period=PERIOD, unit=unit))
        assert total is not None
        return total

    def card(self, uid: str) -> Scorecard:
        result = self.store.get(refs.official_results(PERIOD)(uid))
        assert result is not None
        return result.scorecard

    def total(self, unit: str) -> UnitResult:
        total = self.store.get(refs.unit_results(PERIOD)(unit))
        assert total is not None
        return total

    def stated(self, uid: str) -> str | None:
        return self.card(uid).assessments[PERIOD].statements.get("d")


def a_place() -> Place:
    """An rated not completed in p1, everybody else completed or above."""
    place = Place()
    place.serve("an", "p1", 0)
    place.serve("chi", "p1", 2)
    place.serve("em", "p2", 2)
    place.serve("truong-1", "p1", 2, duty="head")
    place.serve("truong-2", "p2", 2, duty="head")
    place.serve("giam-doc", "so", 2, duty="head")
    place.serve("pho-1", "so", 2, duty="deputy", field=["p1"])
    place.serve("pho-2", "so", 2, duty="deputy", field=["p2"])
    return place


def rating_units(**changes: Any) -> Scheme:
    """Units: 30 for criteria, 40 for work done, 30 for dossiers on time; heads judged by it."""
    node = {"title": TITLE, "absent": "not_assessed"}
    criterion = {"id": "order", "title": TITLE, "weight": 1, "most": 3000}
    parts = [
        {"kind": "criteria", "id": "general", "weight": 30, "criteria": [criterion], **node},
        {"kind": "task", "id": "done", "weight": 40, "measure": "quantity", **node},
        {"kind": "indicator", "id": "dossiers", "weight": 30, "start": 0, "target": 100, **node},
    ]
    unit = {"kind": "sum", "id": "whole", "parts": parts, "source": SOURCE, **node}
    subjects = {**a_scheme().fields()["subjects"], "unit": unit}
    gate = {
        "id": "unit",
        "title": TITLE,
        "applies_to": "heads",
        "condition": {"kind": "unit_at_least", "node": "whole", "percent": 70},
        "ceiling": "not_completed",
        "source": SOURCE,
    }
    return a_scheme(subjects=subjects, gates=[gate], **changes)


def a_rated_unit(dossiers: int) -> Place:
    place = Place(rating_units())
    place.serve("an", "p1", 1)
    place.serve("truong-1", "p1", 2, duty="head")
    place.serve("pho", "p1", 2, duty="deputy")
    said = a_scoring(scores={"order": 3000})
    appraisal = UnitAppraisal(period=PERIOD, unit="p1", by_head=said)
    measured = a_measurement("unit", "p1", dossiers=dossiers)
    record(
        place.store,
        [
            put(refs.unit_appraisal(PERIOD, "p1"), appraisal),
            put(refs.measurement(PERIOD, "unit", "p1"), measured),
        ],
    )
    return place
