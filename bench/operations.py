"""What one entry costs the server in billed operations, whatever the history."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from bench import work
from bench.counting import Operations
from bench.report import Row
from bench.system import Site, count_operations, deliver, silent, uncounted
from infra.local.stack import Emulators, Stack
from shared import refs
from shared.models.assignment import Assignment
from shared.models.entry import Entry, Progress, Returned
from shared.ports import Write, put

MOST_READS = 3
MOST_WRITES = 2
UNIT = "p1"
SIZES = [(1, 1), (1, 100), (1_000, 1), (1_000, 100)]
"""Assignments of the person in the period, entries on the assignment before this one."""

STEPS: dict[str, tuple[str, Entry]] = {
    "first entry of a cold process": ("ok0", work.acceptance("s0")),
    "entry": ("bad0", Returned(by=work.HEAD, at=work.DUE, faults=1, reason="thiếu chữ ký")),
    "duplicate delivery": ("ok0", work.acceptance("s0")),
    "progress": ("p0", Progress(by="an", at=work.DUE, percent=50)),
    "progress note": ("n0", Progress(by="an", at=work.DUE, note="đã liên hệ người dân")),
}
"""What is delivered one after the other, each by the entry's id; the first finds no scheme."""


@dataclass(frozen=True)
class Cost:
    """What one delivery cost, for a person and an assignment of such a size."""

    step: str
    assignments: int
    entries: int
    operations: Operations


def measure(site: Site) -> Iterator[Row]:
    counted = costs(site.google)
    for step in STEPS:
        yield _row(step, [cost for cost in counted if cost.step == step])


def _row(step: str, counted: list[Cost]) -> Row:
    """One line for all sizes: they must not differ."""
    found = sorted({(cost.operations.reads, cost.operations.writes) for cost in counted})
    within = all(reads <= MOST_READS and writes <= MOST_WRITES for reads, writes in found)
    return Row(
        measure="operations",
        case=f"{step}, {len(counted)} sizes from 1 × 1 to 1,000 × 100",
        value=" or ".join(f"{reads} reads, {writes} writes" for reads, writes in found),
        bound=f"≤ {MOST_READS} reads, ≤ {MOST_WRITES} writes, all equal",
        met=within and len(found) == 1,
        details={
            f"{kind}_{cost.assignments}x{cost.entries}": number
            for cost in counted
            for kind, number in vars(cost.operations).items()
        },
    )


def costs(google: Emulators) -> list[Cost]:
    """Every step at every size."""
    with silent(google) as stack:
        for assignments, entries in SIZES:
            work.write_all(uncounted(stack), _history(assignments, entries))
        stack.wiring.schemes.publish(work.SCHEME, work.BEGIN)
        return [cost for size in SIZES for cost in _count(stack, *size)]


def _count(stack: Stack, assignments: int, entries: int) -> Iterator[Cost]:
    counter = count_operations(stack)
    assignment = _assignment_id(assignments, entries, 0)
    for step, fact in STEPS.items():
        spent = counter.during(partial(deliver, stack, assignment, *fact))
        yield Cost(step, assignments, entries, spent)


def _history(assignments: int, entries: int) -> Iterator[Write]:
    """A person's period so far: the first assignment has all the entries."""
    official = _official(assignments, entries)
    history = work.submissions(entries, official)
    made: dict[str, Assignment] = {
        _assignment_id(assignments, entries, number): work.an_assignment(
            UNIT, official, {} if number else history
        )
        for number in range(assignments)
    }
    for name, assignment in made.items():
        yield put(refs.assignments(name), assignment)
    yield from work.entry_writes(_assignment_id(assignments, entries, 0), history)
    yield put(refs.scorecard(work.PERIOD, official), work.a_scorecard(official, made))


def _official(assignments: int, entries: int) -> str:
    return f"has{assignments}x{entries}"


def _assignment_id(assignments: int, entries: int, number: int) -> str:
    return refs.assignment_id(work.PERIOD, UNIT, _official(assignments, entries), f"w{number}")
