"""Deliver events side by side, each when it is due, and again when a delivery fails."""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from infra.local.event import Event

_LOG = logging.getLogger(__name__)
_STOP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long a failed delivery waits: `first` seconds, each time `factor` longer.

    Eventarc begins with seconds and goes on for a day; here the same happens
    within seconds, and after `attempts` the event is given up.
    """

    first: float = 0.05
    factor: float = 2.0
    longest: float = 2.0
    attempts: int = 8

    def delay(self, failures: int) -> float:
        """Return the seconds to wait after this many failures, at least 1."""
        return float(min(self.longest, self.first * self.factor ** (failures - 1)))


@dataclass(frozen=True, slots=True)
class Failure:
    """A delivery that was not answered with 2xx."""

    event: Event
    app: str
    attempt: int
    status: int
    body: str
    final: bool


def log_failure(failure: Failure) -> None:
    """Log a failure with what the function answered: an error if it was the last attempt."""
    _LOG.log(
        logging.ERROR if failure.final else logging.WARNING,
        "%s answered %d to the event of %s (attempt %d%s): %s",
        failure.app,
        failure.status,
        failure.event.document,
        failure.attempt,
        ", given up" if failure.final else "",
        failure.body.strip(),
    )


@dataclass(frozen=True, slots=True)
class Job:
    """One delivery of an event, at one of its attempts."""

    event: Event
    app: str
    fail: bool = False
    attempt: int = 1


class Pool:
    """Threads that do jobs when they are due."""

    def __init__(self, work: Callable[[Job], None], workers: int) -> None:
        self._work = work
        self._workers = workers
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._due = threading.Condition(self._lock)
        self._idle = threading.Condition(self._lock)
        self._queue: list[tuple[float, int, Job]] = []
        self._running: dict[int, Job] = {}
        self._numbers = itertools.count()
        self._stopped = False

    def start(self) -> None:
        self._threads = [
            threading.Thread(target=self._run, name=f"delivery-{n}", daemon=True)
            for n in range(self._workers)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            self._due.notify_all()
        for thread in self._threads:
            thread.join(_STOP_SECONDS)

    def submit(self, job: Job, delay: float = 0.0) -> None:
        with self._lock:
            heapq.heappush(self._queue, (time.monotonic() + delay, next(self._numbers), job))
            self._due.notify()

    def drain(self, timeout: float) -> None:
        with self._lock:
            if not self._idle.wait_for(lambda: not (self._queue or self._running), timeout):
                raise TimeoutError(f"not drained after {timeout:g} s: {self._left()}")

    def _left(self) -> str:
        jobs = [*self._running.values(), *(job for _, _, job in heapq.nsmallest(5, self._queue))]
        count = len(self._running) + len(self._queue)
        names = (f"{job.event.document} to {job.app} (attempt {job.attempt})" for job in jobs[:5])
        return f"{count} deliveries left: {', '.join(names)}"

    def _run(self) -> None:
        while (taken := self._take()) is not None:
            number, job = taken
            try:
                self._work(job)
            except Exception:  # noqa: BLE001 - a thread that dies would leave its queue undone
                _LOG.exception("the delivery of %s broke the gateway", job.event.document)
            finally:
                self._finish(number)

    def _take(self) -> tuple[int, Job] | None:
        with self._lock:
            while not self._stopped:
                wait = self._queue[0][0] - time.monotonic() if self._queue else None
                if wait is not None and wait <= 0:
                    return self._pop()
                self._due.wait(wait)
        return None

    def _pop(self) -> tuple[int, Job]:
        _, number, job = heapq.heappop(self._queue)
        self._running[number] = job
        # This thread may have been the only one to wait for the next job's time.
        self._due.notify()
        return number, job

    def _finish(self, number: int) -> None:
        with self._lock:
            del self._running[number]
            if not self._queue and not self._running:
                self._idle.notify_all()
