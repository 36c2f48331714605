"""Starts attempts when they are due: one thread watches the clock, a bounded pool sends."""

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import islice
from threading import Condition, Event, Thread

from infra.local.clock import AdvancedClock
from infra.local.tasks.answer import Answer
from infra.local.tasks.delivery import Sign, deliver
from infra.local.tasks.queue import Fate, Flight
from infra.local.tasks.store import Store
from infra.local.tasks.task import TaskState

# How many attempts may be in flight, over all queues.
POOL = 32

# A retry this near keeps the server from being idle.
SHORT_BACK_OFF = timedelta(seconds=3)

# The clock wakes its waiters when it is advanced, but cannot be told of a task that
# is due before the time waited for; so no wait is longer than this many seconds.
_GLANCE = 0.05
_FAR = timedelta(days=1)

# How many of the tasks left a TimeoutError names.
_SHOWN = 10

logger = logging.getLogger(__name__)


class Dispatcher:
    """Everything below `changed` is read and written under that lock.

    `pump` is called by whoever changes something: a due task leaves at once, and
    the watching thread is left with only the passing of time.
    """

    def __init__(self, clock: AdvancedClock, store: Store, sign: Sign | None) -> None:
        self.changed = Condition()
        self._clock = clock
        self._store = store
        self._sign = sign
        self._flying = 0
        self._stopping = Event()
        self._pool = ThreadPoolExecutor(POOL, thread_name_prefix="tasks-send")
        self._watcher = Thread(target=self._watch, name="tasks-clock", daemon=True)

    def start(self) -> None:
        self._watcher.start()

    def stop(self) -> None:
        """Start nothing more, and wait for what is in flight: at most its deadline."""
        with self.changed:
            self._stopping.set()
        if self._watcher.is_alive():
            self._watcher.join()
        self._pool.shutdown()

    def pump(self) -> None:
        """Start what may start now. The caller holds `changed`."""
        while self._flying < POOL and not self._stopping.is_set():
            flight = self._store.take(self._clock.now())
            if flight is None:
                break
            self.send(flight)
        self.changed.notify_all()

    def send(self, flight: Flight) -> None:
        """Send an attempt already started. The caller holds `changed`."""
        self._flying += 1
        self._pool.submit(self._fly, flight)

    def wait_idle(self, timeout: float) -> None:
        """See TasksServer.wait_idle."""
        end = time.monotonic() + timeout
        with self.changed:
            while self._busy():
                remaining = end - time.monotonic()
                if remaining <= 0:
                    raise TimeoutError(self._left())
                self.changed.wait(min(remaining, _GLANCE))

    def _busy(self) -> bool:
        unsettled = self._store.unsettled(self._clock.now(), SHORT_BACK_OFF)
        return self._flying > 0 or next(unsettled, None) is not None

    def _left(self) -> str:
        unsettled = self._store.unsettled(self._clock.now(), SHORT_BACK_OFF)
        names = [_described(task) for task in islice(unsettled, _SHOWN)]
        return f"{self._flying} attempts in flight; not settled: {', '.join(names) or 'none'}"

    def _fly(self, flight: Flight) -> None:
        task = flight.task
        answer = deliver(task.request, flight.headers, task.deadline, self._sign)
        with self.changed:
            self._flying -= 1
            fate = flight.queue.settle(flight, answer, self._clock.now())
            # Told before anyone who waits for quiet can go on.
            _tell(flight, answer, fate)
            self.pump()

    def _watch(self) -> None:
        while not self._stopping.is_set():
            with self.changed:
                self.pump()
                now = self._clock.now()
                due = self._store.ready_at(now) if self._flying < POOL else None
            self._clock.wait_until(due or now + _FAR, _GLANCE)


def _described(task: TaskState) -> str:
    return f"{task.name} ({'running' if task.running else f'due {task.scheduled.isoformat()}'})"


def _tell(flight: Flight, answer: Answer, fate: Fate) -> None:
    if fate is Fate.DROPPED:
        logger.error(
            "dropped %s after %d attempts: %s",
            flight.task.name,
            flight.task.dispatched,
            answer.message,
        )
    elif fate is Fate.RETRIED:
        logger.info("%s will be tried again: %s", flight.task.name, answer.message)
