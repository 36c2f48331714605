"""A queue's state, told the time by its caller and locked by it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from heapq import heappop, heappush
from typing import Any

from google.cloud import tasks_v2

from infra.local.tasks import name as names
from infra.local.tasks.answer import Answer
from infra.local.tasks.bucket import TokenBucket
from infra.local.tasks.refusal import missing, taken
from infra.local.tasks.settings import Settings, policy_message
from infra.local.tasks.task import Attempt, TaskState, new_task

# How long a name stays taken after its task ended or was deleted: "about an hour"
# in the guides; the reference allows itself up to a day.
NAME_RELEASE = timedelta(hours=1)

_GONE = (
    "The task no longer exists, though a task with this name existed recently. "
    "The task either successfully completed or was deleted."
)


class Fate(Enum):
    """What became of a task at the end of an attempt."""

    DONE = auto()
    RETRIED = auto()
    DROPPED = auto()
    DELETED = auto()  # while the attempt was in flight: its end changes nothing


@dataclass(frozen=True)
class Flight:
    """An attempt in flight, with the queue and the task it came from."""

    queue: "QueueState"
    task: TaskState
    attempt: Attempt
    headers: dict[str, str]


class QueueState:
    """The tasks of one queue, and what may be dispatched when."""

    def __init__(self, name: str, settings: Settings, now: datetime) -> None:
        self.name = name
        self.tasks: dict[str, TaskState] = {}
        self.running = 0
        self._settings = settings
        self._paused = False
        self._purged: datetime | None = None
        self._bucket = TokenBucket(settings.rate, settings.burst, now)
        self._released: dict[str, datetime] = {}  # in order of time, as it only flows
        self._agenda: list[tuple[datetime, int, TaskState]] = []
        self._entries = 0

    # Settings and state

    def configure(self, settings: Settings, now: datetime) -> None:
        self._settings = settings
        self._bucket.resize(settings.rate, settings.burst, now)

    def pause(self) -> None:
        self._paused = True

    def resume(self) -> None:
        self._paused = False

    def purge(self, now: datetime) -> None:
        """Delete every task; those in flight end unheeded."""
        self._purged = now
        for name in list(self.tasks):
            self._forget(name, now)

    def message(self) -> tasks_v2.Queue:
        settings = self._settings
        state = tasks_v2.Queue.State.PAUSED if self._paused else tasks_v2.Queue.State.RUNNING
        shown: dict[str, Any] = {
            "name": self.name,
            "rate_limits": {
                "max_dispatches_per_second": settings.rate,
                "max_burst_size": settings.burst,
                "max_concurrent_dispatches": settings.concurrent,
            },
            "retry_config": policy_message(settings.retry),
            "state": state,
            "purge_time": self._purged,
        }
        if settings.log_sampling:
            shown["stackdriver_logging_config"] = {"sampling_ratio": settings.log_sampling}
        return tasks_v2.Queue(shown)

    # Tasks

    def add(self, asked: tasks_v2.Task, now: datetime) -> TaskState:
        """Create a task. Refuses INVALID_ARGUMENT, ALREADY_EXISTS, UNIMPLEMENTED."""
        name = asked.name or names.generated(self.name)
        names.check_new_task(name, self.name)
        task = new_task(asked, name, now)
        self._check_free(name, now)
        self.tasks[name] = task
        self._enter(task)
        return task

    def get(self, name: str, now: datetime) -> TaskState:
        """Refuses NOT_FOUND, in other words for a task that has just gone."""
        task = self.tasks.get(name)
        if task is None:
            raise missing(_GONE) if self._recent(name, now) else missing()
        return task

    def delete(self, name: str, now: datetime) -> None:
        """Refuses NOT_FOUND."""
        self.get(name, now)
        self._forget(name, now)

    def _check_free(self, name: str, now: datetime) -> None:
        if name in self.tasks:
            raise taken("Requested entity already exists")
        if self._recent(name, now):
            raise taken(
                "The task cannot be created because a task with this name existed too recently."
            )

    def _recent(self, name: str, now: datetime) -> bool:
        while self._released and next(iter(self._released.values())) <= now:
            del self._released[next(iter(self._released))]
        return name in self._released

    def _forget(self, name: str, now: datetime) -> None:
        del self.tasks[name]
        self._released[name] = now + NAME_RELEASE

    # Dispatch

    def take(self, now: datetime) -> Flight | None:
        """Start the next attempt the queue's state and limits allow now."""
        task = self._next()
        if task is None or task.scheduled > now or not self._bucket.take(now):
            return None
        return self.launch(task, now)

    def launch(self, task: TaskState, now: datetime) -> Flight:
        """Start an attempt whatever the limits say: RunTask's way in."""
        headers = attempt_headers(self.name, task)
        self.running += 1
        return Flight(self, task, task.begin(now), headers)

    def ready_at(self, now: datetime) -> datetime | None:
        """When `take` may next yield; None until something else changes."""
        task = self._next()
        return None if task is None else max(task.scheduled, self._bucket.ready_at(now))

    def settle(self, flight: Flight, answer: Answer, now: datetime) -> Fate:
        """Record an attempt's end and decide what follows for its task."""
        task = flight.task
        self.running -= 1
        task.end(flight.attempt, answer, now)
        if self.tasks.get(task.name) is not task:
            return Fate.DELETED
        if answer.success:
            self._forget(task.name, now)
            return Fate.DONE
        return self._retry(task, now)

    def _retry(self, task: TaskState, now: datetime) -> Fate:
        again = task.next_try(task.policy(self._settings.retry), now)
        if again is None:
            self._forget(task.name, now)
            return Fate.DROPPED
        task.scheduled = again
        self._enter(task)
        return Fate.RETRIED

    def _enter(self, task: TaskState) -> None:
        self._entries += 1
        heappush(self._agenda, (task.scheduled, self._entries, task))

    def _next(self) -> TaskState | None:
        if self._paused or self.running >= self._settings.concurrent:
            return None
        while self._agenda and self._stale(*self._agenda[0]):
            heappop(self._agenda)
        return self._agenda[0][2] if self._agenda else None

    def _stale(self, when: datetime, _entry: int, task: TaskState) -> bool:
        current = self.tasks.get(task.name) is task and task.scheduled == when
        return not current or task.running > 0

    # Waiting for quiet

    def unsettled(self, now: datetime, back_off: timedelta) -> Iterator[TaskState]:
        """What is running, due, or to be retried within `back_off`; if paused, what is running."""
        return (
            task
            for task in self.tasks.values()
            if task.running or (not self._paused and _soon(task, now, back_off))
        )


def _soon(task: TaskState, now: datetime, back_off: timedelta) -> bool:
    return task.scheduled <= (now + back_off if task.dispatched else now)


def attempt_headers(queue: str, task: TaskState) -> dict[str, str]:
    """The X-CloudTasks headers of the attempt about to start.

    The real service sends the retry reason empty with HTTP targets.
    """
    headers = {
        "X-CloudTasks-QueueName": names.last_part(queue),
        "X-CloudTasks-TaskName": names.last_part(task.name),
        "X-CloudTasks-TaskRetryCount": str(task.dispatched),
        "X-CloudTasks-TaskExecutionCount": str(task.executed),
        "X-CloudTasks-TaskETA": f"{task.scheduled.timestamp():.6f}",
    }
    if task.last is not None and task.last.answer is not None:
        headers["X-CloudTasks-TaskPreviousResponse"] = str(task.last.answer.http)
        headers["X-CloudTasks-TaskRetryReason"] = ""
    return headers
