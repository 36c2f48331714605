"""How fast a close compiles, against the bare store moving the same documents.

The use case `compile_unit` runs directly, unit after unit, in a process of its
own; after each unit the bare client reads the same documents by name and writes
the same results, both in batches of 500, and decodes nothing into models. The
order alternates, so neither always has the warmer store.

The emulator answers every query by looking through the whole collection, which
the real store does not. The store therefore holds few units, and they are
compiled again and again (a compile is repeatable) until as many officials are
done as asked: this shows that the process neither slows down nor grows.
"""

import resource
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from multiprocessing import get_context
from statistics import mean
from typing import Any

from google.cloud import firestore

from bench import work
from bench.report import Row
from bench.system import Site, silent, uncounted
from infra.local.stack import Stack
from shared import refs
from shared.adapters.clock import SystemClock
from shared.models.assignment import Assignment
from shared.models.sources import Sources, WorkSources
from shared.ports import Write, put
from shared.scoring.digest import digest
from shared.scoring.result import freeze
from shared.scoring.sources import listed, sources_root
from shared.settings import Settings
from shared.usecases.close import CompileTask
from shared.usecases.compile_unit import compile_unit
from shared.wiring import Wiring

LEAST_RATIO = 0.7
MOST_SLOWDOWN = 1.25
MOST_GROWTH = 1.10
UNITS = ("p1", "p2")
PEOPLE = 100
ASSIGNMENTS = 20


@dataclass(frozen=True)
class Lap:
    """One unit compiled, and its documents moved by the bare store; the memory after it."""

    compile_seconds: float
    bare_seconds: float
    peak_kib: int


def measure(site: Site, sizes: Sequence[int]) -> Iterator[Row]:
    with silent(site.google) as stack:
        _write_period(stack)
        runs = {size: _laps(stack.project, size // PEOPLE) for size in sizes}
    for size, laps in runs.items():
        yield _speed(size, laps)
        yield _memory(size, laps)
    if len(runs) > 1:
        yield _line(runs)


def _speed(size: int, laps: list[Lap]) -> Row:
    ours = PEOPLE / mean(lap.compile_seconds for lap in laps)
    bare = PEOPLE / mean(lap.bare_seconds for lap in laps)
    return Row(
        measure="close",
        case=f"{size:,} officials compiled, against the bare store",
        value=f"{ours / bare:.2f} × ({ours:.0f} officials/s, bare {bare:.0f}/s)",
        bound=f"≥ {LEAST_RATIO} ×",
        met=ours / bare >= LEAST_RATIO,
        details={"officials_per_second": ours, "bare_per_second": bare, "ratio": ours / bare},
    )


def _memory(size: int, laps: list[Lap]) -> Row:
    """The first lap of each unit has loaded all there is to load."""
    first, last = laps[len(UNITS) - 1].peak_kib, laps[-1].peak_kib
    return Row(
        measure="close",
        case=f"{size:,} officials: peak memory, last unit against the first {len(UNITS)}",
        value=f"{last / first:.2f} × ({last // 1024} MiB)",
        bound=f"≤ {MOST_GROWTH:.2f} ×",
        met=last / first <= MOST_GROWTH,
        details={"first_kib": first, "last_kib": last},
    )


def _line(runs: dict[int, list[Lap]]) -> Row:
    """The bare store's seconds take out what else the machine was doing."""
    relative = {
        size: sum(lap.compile_seconds for lap in laps) / sum(lap.bare_seconds for lap in laps)
        for size, laps in runs.items()
    }
    least, most = min(relative), max(relative)
    slowdown = relative[most] / relative[least]
    return Row(
        measure="close",
        case=f"time for one official at {most:,} against {least:,}",
        value=f"{slowdown:.2f} ×",
        bound=f"≤ {MOST_SLOWDOWN} ×",
        met=slowdown <= MOST_SLOWDOWN,
        details={"slowdown": slowdown},
    )


def _laps(project: str, number: int) -> list[Lap]:
    """In a fresh process, whose memory is that of closing alone."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(run, project, number).result()


def run(project: str, number: int) -> list[Lap]:
    """Compile so many units; the process inherits the emulator's address."""
    wiring = Wiring(Settings.from_environment({"GOOGLE_CLOUD_PROJECT": project}), SystemClock())
    client = firestore.Client(project=project)
    result = _a_result()
    laps = []
    for lap in range(number):
        unit = UNITS[lap % len(UNITS)]
        jobs = {
            "compile": partial(_compile, wiring, unit),
            "bare": partial(_move, client, unit, result),
        }
        order = sorted(jobs, reverse=lap // len(UNITS) % 2 == 0)
        seconds = {name: _timed(jobs[name]) for name in order}
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        laps.append(Lap(seconds["compile"], seconds["bare"], peak))
    return laps


def _timed(job: Callable[[], None]) -> float:
    began = time.perf_counter()
    job()
    return time.perf_counter() - began


def _compile(wiring: Wiring, unit: str) -> None:
    total = compile_unit(wiring, wiring.schemes, CompileTask(period=work.PERIOD, unit=unit))
    assert total is not None
    assert (total.officials, total.drift) == (PEOPLE, 0)
    assert total.entries == PEOPLE * ASSIGNMENTS * len(work.delivered(work.HEAD))


def _move(client: firestore.Client, unit: str, result: dict[str, dict[str, Any]]) -> None:
    """Read what a compile reads and write what it writes."""
    for batch in _batches(list(_sources(unit))):
        found = client.get_all([client.document(path) for path in batch])
        assert all(snapshot.exists for snapshot in found)
    for batch in _batches(_people(unit)):
        writes = client.batch()
        for uid in batch:
            for kind, fields in result.items():
                writes.set(client.document(f"bare/{uid}/{kind}/{uid}"), fields)
        writes.commit()


def _batches(items: Sequence[str]) -> Iterator[list[str]]:
    iterator = iter(items)
    while batch := list(islice(iterator, work.BATCH)):
        yield batch


def _sources(unit: str) -> Iterator[str]:
    yield refs.periods(work.PERIOD).path
    yield refs.units(unit).path
    for uid in _people(unit):
        yield refs.officials(uid).path
        yield refs.appraisal(work.PERIOD, uid).path
        yield refs.scorecard(work.PERIOD, uid).path
        for assignment in _assignment_ids(unit, uid):
            yield refs.assignments(assignment).path
            for entry in work.delivered(uid):
                yield refs.entries(assignment)(entry).path


def _people(unit: str) -> list[str]:
    return [f"{unit}-{number:03d}" for number in range(PEOPLE)]


def _assignment_ids(unit: str, uid: str) -> list[str]:
    return [refs.assignment_id(work.PERIOD, unit, uid, f"w{n}") for n in range(ASSIGNMENTS)]


def _write_period(stack: Stack) -> None:
    stack.wiring.schemes.publish(work.SCHEME, work.BEGIN)
    store = uncounted(stack)
    store.commit([put(refs.periods(work.PERIOD), work.a_period("closing"))])
    for unit in UNITS:
        work.write_all(store, _unit_documents(unit))


def _unit_documents(unit: str) -> Iterator[Write]:
    yield put(refs.units(unit), work.a_unit(unit))
    for uid in _people(unit):
        yield put(refs.officials(uid), work.an_official(unit))
        yield from _official_documents(unit, uid)


def _official_documents(unit: str, uid: str) -> Iterator[Write]:
    facts = work.delivered(uid)
    made: dict[str, Assignment] = {
        name: work.an_assignment(unit, uid, facts) for name in _assignment_ids(unit, uid)
    }
    for name, assignment in made.items():
        yield put(refs.assignments(name), assignment)
        yield from work.entry_writes(name, facts)
    appraisal = work.an_appraisal(uid)
    yield put(refs.appraisal(work.PERIOD, uid), appraisal)
    yield put(refs.scorecard(work.PERIOD, uid), work.a_scorecard(uid, made, appraisal))


def _a_result() -> dict[str, dict[str, Any]]:
    """A result as the compile writes it, and the list of its sources."""
    unit = UNITS[0]
    uid = _people(unit)[0]
    facts = work.delivered(uid)
    made = {name: work.an_assignment(unit, uid, facts) for name in _assignment_ids(unit, uid)}
    card = work.a_scorecard(uid, made, work.an_appraisal(uid))
    sources = _the_sources(unit, uid)
    result = freeze(
        card,
        unit=unit,
        name="Cán bộ",
        assignments=len(made),
        entries=len(made) * len(facts),
        refused=[],
        sources=sources_root([sources]),
    )
    return {"results": result.fields(), "sources": sources.fields()}


def _the_sources(unit: str, uid: str) -> Sources:
    """As long as the compile's: a digest is as long as any other."""
    some = digest("some")
    entries = dict.fromkeys(work.delivered(uid), some)
    papers = [refs.officials(uid).path, refs.appraisal(work.PERIOD, uid).path]
    made = {name: WorkSources(terms=some, entries=entries) for name in _assignment_ids(unit, uid)}
    [sources] = listed(uid, dict.fromkeys(papers, some), made)
    return sources
