"""What one official costs in one month: counted operations at list price.

A unit plays a month on the real system: the head assigns, people report and
deliver under the rules, the head accepts and appraises, the queue closes. The
server's operations are counted on its channel; those of the clients, and the
reads that the rules make for them, follow from what the clients write.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Any

import requests

from bench import work
from bench.counting import OperationCounter
from bench.report import Row
from bench.system import Site, count_operations, live, uncounted
from infra.local.people import person
from infra.local.stack import Stack
from shared import refs
from shared.ports import put

MOST_DOLLARS = 0.002
PEOPLE = 5
ASSIGNMENTS = 20
UNIT = "p1"
HEAD = work.HEAD
PATIENCE = 120
TASKS = 3
"""Cloud Tasks of a period with one unit: close, compile the unit, finalize."""

RULE_READS = {"entry": 2, "by_self": 1, "by_head": 3}
"""Documents that the rules get() for one write: an entry's assignment and period; an
appraisal's period, and for the head's part also the official and the unit."""

LISTENERS = 2
"""Who sees each change of a scorecard, at one read each: the official's page and the head's."""

STEP = 0.1
"""Seconds; the platform rounds the time of each request up to it, and here none takes longer."""


@dataclass(frozen=True)
class Prices:
    """List prices in US dollars, without free tiers.

    Firestore Standard in a multi-region, the dearest kind of place; a region
    such as Oregon costs half (https://firebase.google.com/docs/firestore/pricing,
    2026-11). Cloud Run tier 1, billed by request, as published in 2025
    (https://cloud.google.com/run/pricing; to be checked again with the cloud's
    own bill). Firestore's events cost nothing at Eventarc.
    """

    read: float = 0.06 / 100_000
    write: float = 0.18 / 100_000
    call: float = 0.40 / 1_000_000
    cpu_second: float = 0.000_024
    gib_second: float = 0.000_002_5
    task: float = 0.40 / 1_000_000
    gib: float = 0.5
    """Memory of one instance, which serves one request at a time."""


@dataclass(frozen=True)
class Usage:
    """What a part of the unit's month used; `calls` of functions, one step of time each."""

    reads: int = 0
    writes: int = 0
    calls: int = 0
    tasks: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        mine, theirs = vars(self), vars(other)
        return Usage(**{name: mine[name] + theirs[name] for name in mine})

    def dollars(self, prices: Prices) -> float:
        second = prices.cpu_second + prices.gib * prices.gib_second
        return (
            self.reads * prices.read
            + self.writes * prices.write
            + self.calls * (prices.call + STEP * second)
            + self.tasks * prices.task
        )


def measure(site: Site) -> Iterator[Row]:
    with live(site) as stack:
        month = _Month(stack)
        month.play()
    for name, usage in month.parts.items():
        yield _row(f"{name}, one official", usage)
    whole = sum(month.parts.values(), Usage())
    dollars = whole.dollars(Prices()) / PEOPLE
    row = _row(f"one official-month of {ASSIGNMENTS} assignments", whole)
    yield Row(
        row.measure,
        row.case,
        row.value,
        bound=f"≤ US$ {MOST_DOLLARS}",
        met=dollars <= MOST_DOLLARS,
        details=row.details,
    )
    yield Row(
        measure="cost",
        case="function time of one call, which is billed as 100 ms",
        value=f"{month.cpu / whole.calls * 1000:.0f} ms CPU",
        details={"cpu_ms": month.cpu / whole.calls * 1000},
    )


def _row(case: str, usage: Usage) -> Row:
    each = {one.name: getattr(usage, one.name) / PEOPLE for one in fields(Usage)}
    dollars = usage.dollars(Prices()) / PEOPLE
    return Row(
        measure="cost",
        case=case,
        value=f"US$ {dollars:.5f} ({each['reads']:.0f} reads, {each['writes']:.0f} writes, "
        f"{each['calls']:.0f} calls)",
        details={"dollars": dollars, **each},
    )


class _Month:
    """A unit's month, step by step, with what each part of it used."""

    def __init__(self, stack: Stack) -> None:
        self.parts: dict[str, Usage] = {}
        self.cpu = 0.0
        self._stack = stack
        self._write_organisation()
        self._counter: OperationCounter = count_operations(stack)
        self._people = [f"an{number}" for number in range(PEOPLE)]
        self._clients = {uid: person(stack, uid) for uid in [*self._people, HEAD]}
        self._by_clients = Usage()

    def play(self) -> None:
        """Raises AssertionError when a step is refused or the period does not close."""
        self._open()
        with self._part("assigning"):
            assignments = self._assign()
        with self._part("work"):
            for assignment in assignments:
                self._do(assignment)
        with self._part("appraisal"):
            for uid in self._people:
                self._appraise(uid)
        with self._part("close"):
            self._close()
        closed = uncounted(self._stack).get(refs.periods(work.PERIOD))
        assert closed is not None
        assert closed.state == "review"

    @contextmanager
    def _part(self, name: str) -> Iterator[None]:
        """Count everything until the last event has been dealt with."""
        self._by_clients = Usage()
        began, delivered = time.process_time(), self._stack.gateway.stats.delivered
        before = self._counter.so_far
        yield
        self._stack.drain(PATIENCE)
        after = self._counter.so_far
        events = self._stack.gateway.stats.delivered - delivered
        self.cpu += time.process_time() - began
        counted = Usage(after.reads - before.reads, after.writes - before.writes, events)
        self.parts[name] = counted + self._by_clients

    def _assign(self) -> list[str]:
        work_items = [
            {"to": {"unit": UNIT}, "product": work.PRODUCT, "due": work.DUE.isoformat()}
        ] * ASSIGNMENTS
        body = {"action": "assign", "period": work.PERIOD, "work": work_items}
        answer = _checked(self._clients[HEAD].post("assign", body, key="assign"))
        self._by_clients += Usage(calls=1)
        assignments: list[str] = answer.json()["assignments"]
        return assignments

    def _do(self, assignment: str) -> None:
        """Two reports, a submission, its acceptance."""
        uid = assignment.split("_")[2]
        self._append(uid, assignment, "p1", kind="progress", percent=30)
        self._append(uid, assignment, "p2", kind="progress", percent=70, note="đã trình ký")
        self._append(uid, assignment, "s1", kind="submission", quantity=1)
        self._append(HEAD, assignment, "ok1", kind="accepted", submission="s1")
        # The submission and its acceptance may each change the scorecard.
        self._by_clients += Usage(reads=2 * LISTENERS)

    def _append(self, who: str, assignment: str, entry_id: str, **entry: str | int) -> None:
        path = f"assignments/{assignment}/entries/{entry_id}"
        self._write(who, path, {"by": who, **entry}, "at")
        self._by_clients += Usage(reads=RULE_READS["entry"], writes=1)

    def _appraise(self, uid: str) -> None:
        for who, part in ((uid, "by_self"), (HEAD, "by_head")):
            fields = {
                "period": work.PERIOD,
                "official": uid,
                part: {"by": who, "scores": work.SCORES, "note": "đúng hạn"},
            }
            self._write(who, f"appraisals/{work.PERIOD}_{uid}", fields, f"{part}.at")
            self._by_clients += Usage(reads=RULE_READS[part], writes=1)
        self._by_clients += Usage(reads=LISTENERS)

    def _write(self, who: str, path: str, fields: dict[str, Any], time_field: str) -> None:
        _checked(self._clients[who].write(path, fields, times=[time_field]))

    def _close(self) -> None:
        self._stack.clock.advance(work.a_period("open").closes_at)
        self._by_clients += Usage(calls=TASKS, tasks=TASKS)

    def _open(self) -> None:
        """A period costs the same for a province as for one person: not an official's cost."""
        opened = work.a_period("open")
        uncounted(self._stack).commit([put(refs.periods(work.PERIOD), opened)])
        self._stack.drain(PATIENCE)

    def _write_organisation(self) -> None:
        officials = {
            HEAD: work.an_official(UNIT, "head"),
            **{f"an{number}": work.an_official(UNIT) for number in range(PEOPLE)},
        }
        self._stack.wiring.schemes.publish(work.SCHEME, work.BEGIN)
        uncounted(self._stack).commit(
            [
                *(put(refs.officials(uid), official) for uid, official in officials.items()),
                put(refs.units(UNIT), work.a_unit(UNIT)),
                put(refs.catalogue(work.PRODUCT), work.a_product()),
            ]
        )


def _checked(answer: requests.Response) -> requests.Response:
    assert answer.status_code == requests.codes.ok, answer.text
    return answer
