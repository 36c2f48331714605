"""What a fresh process costs before its first request, against an empty function.

Timed from before the framework is imported until the entry point's application
and its store stand; the empty function likewise makes its client. So imports
put off until first use count as long as the first request needs them: making
the store is part of both.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench.report import Row
from infra.local.stack import ROOT
from infra.local.triggers import CALLED, TASKS, TRIGGERS

MOST_RATIO = 1.15
ROUNDS = 9
EMPTY = "empty"
FUNCTIONS = [*CALLED, *TASKS, *TRIGGERS]
SOURCES = {
    EMPTY: Path(__file__).with_name("empty.py"),
    **dict.fromkeys(FUNCTIONS, ROOT / "main.py"),
}

START = """
import sys, time
began = time.perf_counter(), time.process_time()
import functions_framework
functions_framework.create_app(sys.argv[1], sys.argv[2])
created = time.perf_counter(), time.process_time()
if sys.argv[1] != "empty":
    from shared.wiring import wiring
    wiring().store
ready = time.perf_counter(), time.process_time()
print(created[0] - began[0], ready[0] - began[0], ready[1] - began[1])
"""


class Times(NamedTuple):
    """Seconds from the start; `cpu` those of the processor until ready."""

    created: float
    ready: float
    cpu: float


def measure() -> Iterator[Row]:
    for name in FUNCTIONS:
        _start(name)  # fills the caches of bytecode and disk
    pairs: dict[str, list[tuple[Times, Times]]] = {name: [] for name in FUNCTIONS}
    for _ in range(ROUNDS):
        for name in FUNCTIONS:
            # Side by side, so that what else the machine does weighs on both.
            pairs[name].append((_start(EMPTY), _start(name)))
    for name in FUNCTIONS:
        yield _row(name, pairs[name])


def _row(name: str, pairs: list[tuple[Times, Times]]) -> Row:
    """Medians of the ratios of each pair."""
    created, ready, cpu = (
        median(ours[at] / empty[at] for empty, ours in pairs) for at in range(len(Times._fields))
    )
    took = median(ours.ready for _, ours in pairs)
    return Row(
        measure="cold start",
        case=f"{name}, median of {ROUNDS} pairs",
        value=f"{ready:.2f} × ({took * 1000:.0f} ms; CPU {cpu:.2f} ×, "
        f"before the store {created:.2f} ×)",
        bound=f"≤ {MOST_RATIO} ×",
        met=ready <= MOST_RATIO,
        details={"seconds": took, "ratio": ready, "cpu_ratio": cpu, "created_ratio": created},
    )


def _start(name: str) -> Times:
    environment = {
        "GOOGLE_CLOUD_PROJECT": "demo-bench",
        # Spares both the search for credentials, which would take its time on the network.
        "FIRESTORE_EMULATOR_HOST": "127.0.0.1:1",
    }
    answer = subprocess.run(
        [sys.executable, "-c", START, name, str(SOURCES[name])],
        env=environment,
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return Times(*map(float, answer.stdout.split()))
