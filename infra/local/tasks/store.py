"""All the queues of the server, told the time by their caller and locked by it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain

from google.cloud import tasks_v2

from infra.local.tasks import name as names
from infra.local.tasks.queue import Flight, QueueState
from infra.local.tasks.refusal import invalid, missing, taken, unready
from infra.local.tasks.settings import Settings, settings_of
from infra.local.tasks.task import TaskState

# The reference: a deleted queue's name may be refused for up to three days.
QUEUE_RELEASE = timedelta(days=3)

_NO_QUEUE = (
    "Queue does not exist. If you just created the queue, "
    "wait at least a minute for the queue to initialize."
)


class Store:
    def __init__(self) -> None:
        self._queues: dict[str, QueueState] = {}
        self._released: dict[str, datetime] = {}

    def create(self, parent: str, asked: tasks_v2.Queue, now: datetime) -> QueueState:
        """Refuses INVALID_ARGUMENT, ALREADY_EXISTS, FAILED_PRECONDITION for a recent name."""
        name = names.check_new_queue(asked.name, names.check_location(parent))
        settings = settings_of(asked)
        if name in self._queues:
            raise taken("Queue already exists")
        return self._open(name, settings, now)

    def update(self, request: tasks_v2.UpdateQueueRequest, now: datetime) -> QueueState:
        """Change a queue's settings, or create it, as the service does.

        Refuses INVALID_ARGUMENT, FAILED_PRECONDITION for a recent name.
        """
        name = names.check_queue(request.queue.name)
        queue = self._queues.get(name)
        if queue is None:
            return self._open(name, settings_of(request.queue), now)
        queue.configure(settings_of(masked(request, queue.message())), now)
        return queue

    def get(self, name: str) -> QueueState:
        """Refuses INVALID_ARGUMENT, NOT_FOUND."""
        queue = self._queues.get(names.check_queue(name))
        if queue is None:
            raise missing(_NO_QUEUE)
        return queue

    def delete(self, name: str, now: datetime) -> None:
        """Delete a queue and its tasks. Refuses INVALID_ARGUMENT, NOT_FOUND."""
        if names.check_queue(name) not in self._queues:
            raise missing()
        # Emptied first, so that attempts in flight find their task deleted.
        self._queues.pop(name).purge(now)
        self._released[name] = now + QUEUE_RELEASE

    def within(self, location: str) -> list[QueueState]:
        """The queues of a location, by name. Refuses INVALID_ARGUMENT."""
        prefix = f"{names.check_location(location)}/queues/"
        return [queue for name, queue in sorted(self._queues.items()) if name.startswith(prefix)]

    def take(self, now: datetime) -> Flight | None:
        """Start the next attempt any queue may start now, each queue in its turn."""
        for name, queue in list(self._queues.items()):
            flight = queue.take(now)
            if flight is not None:
                self._queues[name] = self._queues.pop(name)
                return flight
        return None

    def ready_at(self, now: datetime) -> datetime | None:
        """When `take` may next yield; None until something else changes."""
        times = [when for q in self._queues.values() if (when := q.ready_at(now)) is not None]
        return min(times, default=None)

    def unsettled(self, now: datetime, back_off: timedelta) -> Iterator[TaskState]:
        """See QueueState.unsettled."""
        return chain.from_iterable(q.unsettled(now, back_off) for q in self._queues.values())

    def _open(self, name: str, settings: Settings, now: datetime) -> QueueState:
        if self._released.get(name, now) > now:
            raise unready(
                "The queue cannot be created because a queue with this name existed too recently."
            )
        self._queues[name] = QueueState(name, settings, now)
        return self._queues[name]


def masked(request: tasks_v2.UpdateQueueRequest, current: tasks_v2.Queue) -> tasks_v2.Queue:
    """The current queue with the fields the mask names taken from the request's.

    Without a mask all fields are. Refuses INVALID_ARGUMENT for an unknown field.
    """
    mask = tasks_v2.UpdateQueueRequest.pb(request).update_mask
    given = tasks_v2.Queue.pb(request.queue)
    if not mask.paths:
        return request.queue
    if not mask.IsValidForDescriptor(given.DESCRIPTOR):
        raise invalid("UpdateQueueRequest.updateMask names a field that Queue does not have.")
    mask.MergeMessage(given, tasks_v2.Queue.pb(current), replace_message_field=True)
    return current
