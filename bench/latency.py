"""From an entry's commit to its scorecard at a listener, against bare triggers.

All go through the same emulator and relay and the same kind of gateway, one
event at a time, taking turns. The bare function neither authenticates nor
decodes nor reads: it sets one field of a document, as large as the scorecard.
A second one reads and writes two such documents, as any update that depends on
what stood there must: what rescoring takes beyond it is our own code.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import functions_framework
from google.cloud import firestore

from bench import bare, work
from bench.report import Row
from bench.system import Site, live, uncounted
from infra.local.event import Trigger
from infra.local.gateway import Gateway
from infra.local.stack import Stack
from shared import refs
from shared.models.assignment import Assignment
from shared.ports import put

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from _typeshed.wsgi import WSGIApplication

MOST_RATIO = 1.5
EVENTS = 300
WARM_UP = 20
ASSIGNMENTS = 20
UNIT = "p1"
OFFICIAL = "an"
BARE = ("bare", "pair")
PATIENCE = 30
"""Seconds to wait for one event before saying that it is lost."""


def measure(site: Site) -> Iterator[Row]:
    with (
        live(site) as stack,
        _bare_triggers(site),
        _rescored(stack) as ours,
        _written("bare") as bare_once,
        _written("pair") as pair_once,
    ):
        turns = [
            (ours(number), bare_once(number), pair_once(number))
            for number in range(WARM_UP + EVENTS)
        ][WARM_UP:]
    rescore, least, pair = (median(times) * 1000 for times in zip(*turns, strict=True))
    yield Row(
        measure="latency",
        case=f"entry committed → scorecard seen, median of {EVENTS}",
        value=f"{rescore / least:.2f} × ({rescore:.1f} ms, bare {least:.1f} ms)",
        bound=f"≤ {MOST_RATIO} ×",
        met=rescore / least <= MOST_RATIO,
        details={"rescore_ms": rescore, "bare_ms": least, "ratio": rescore / least},
    )
    yield Row(
        measure="latency",
        case="the same, against a bare read and write of two documents",
        value=f"{rescore / pair:.2f} × (bare {pair:.1f} ms)",
        details={"pair_ms": pair, "ratio": rescore / pair},
    )


Once = Callable[[int], float]
"""Cause the event of this number and return the seconds until its effect is seen."""


@contextmanager
def _rescored(stack: Stack) -> Iterator[Once]:
    """Acceptances, in turn over a person's assignments; each moves the scorecard."""
    _write_history(stack)
    client = firestore.Client(project=stack.project)
    card = refs.scorecard(work.PERIOD, OFFICIAL).path
    with _watching(stack.project, card) as watch:

        def once(number: int) -> float:
            submission = f"s{number // ASSIGNMENTS}"
            entry = refs.entries(_assignment_id(number))(f"ok{submission}")
            client.document(entry.path).create(work.acceptance(submission).fields())
            return watch.until(number + 1)

        yield once


@contextmanager
def _written(name: str) -> Iterator[Once]:
    """Events of one of the bare functions."""
    client = firestore.Client(project=bare.PROJECT)
    for document in (name, "other"):
        client.document(f"seen/{document}").set(_a_scorecard())
    with _watching(bare.PROJECT, f"seen/{name}") as watch:

        def once(number: int) -> float:
            client.document(f"{name}/{number + 1}").create({"n": number})
            return watch.until(number + 1)

        yield once


def _write_history(stack: Stack) -> None:
    stack.wiring.schemes.publish(work.SCHEME, work.BEGIN)
    made = _assignments()
    card = put(refs.scorecard(work.PERIOD, OFFICIAL), work.a_scorecard(OFFICIAL, made))
    uncounted(stack).commit([*(put(refs.assignments(name), made[name]) for name in made), card])


def _assignments() -> dict[str, Assignment]:
    """Each with submissions that wait to be accepted."""
    history = work.submissions((WARM_UP + EVENTS) // ASSIGNMENTS, OFFICIAL)
    return {
        _assignment_id(number): work.an_assignment(UNIT, OFFICIAL, history)
        for number in range(ASSIGNMENTS)
    }


def _a_scorecard() -> dict[str, Any]:
    """The bare function touches a document of the same size, so that seeing it costs the same."""
    return work.a_scorecard(OFFICIAL, _assignments()).fields()


def _assignment_id(number: int) -> str:
    return refs.assignment_id(work.PERIOD, UNIT, OFFICIAL, f"w{number % ASSIGNMENTS}")


@contextmanager
def _bare_triggers(site: Site) -> Iterator[None]:
    create: Callable[[str, str], WSGIApplication] = functions_framework.create_app
    apps = {name: create(name, str(Path(bare.__file__))) for name in BARE}
    triggers = {name: Trigger(f"{name}/{{number}}", name) for name in BARE}
    with Gateway(apps, triggers) as gateway:
        gateway.register(site.google.store, bare.PROJECT)
        site.relay.attach(bare.PROJECT, gateway)
        try:
            yield
        finally:
            site.relay.detach(bare.PROJECT)


class _Watch:
    """A listener in a process of its own, as a phone is one: it shares no lock with the functions.

    The monotonic clock is the machine's, so its readings compare across processes.
    """

    def __init__(self, pipe: "Connection[None, tuple[float, int]]") -> None:
        self._pipe = pipe

    def until(self, done: int) -> float:
        """Wait until so much is done, from now on; raises TimeoutError."""
        committed = time.monotonic()
        while self._pipe.poll(PATIENCE):
            at, seen = self._pipe.recv()
            if seen == done:
                return at - committed
        raise TimeoutError("the event's effect was not seen")


@contextmanager
def _watching(project: str, document: str) -> Iterator[_Watch]:
    spawn = get_context("spawn")
    ours, theirs = spawn.Pipe()
    listener = spawn.Process(target=listen, args=(project, document, theirs), daemon=True)
    listener.start()
    try:
        assert ours.poll(PATIENCE), "the listener does not listen"
        ours.recv()
        yield _Watch(ours)
    finally:
        listener.kill()
        listener.join()


def listen(project: str, document: str, pipe: "Connection[tuple[float, int], None]") -> None:
    """Tell of every change, and when it was seen; runs until it is killed."""

    def tell(documents: list[firestore.DocumentSnapshot[Any]], *_: object) -> None:
        at = time.monotonic()
        pipe.send((at, documents[0].get("work.done")))

    firestore.Client(project=project).document(document).on_snapshot(tell)
    threading.Event().wait()
