"""Resource names: their documented formats, and what a wrong one is told.

The formats are those of `Queue.name` and `Task.name` in the v2 reference; the
sentences are the real service's, on which a caller's log search may rely.
"""

import re
import secrets

from infra.local.tasks.refusal import invalid

_LOCATION = re.compile(r"projects/[A-Za-z0-9:.-]+/locations/[A-Za-z0-9-]+")
_QUEUE = re.compile(_LOCATION.pattern + r"/queues/[A-Za-z0-9-]{1,100}")
_TASK_ID = re.compile(r"[A-Za-z0-9_-]{1,500}")

_QUEUE_FORMAT = '"projects/<PROJECT_ID>/locations/<LOCATION_ID>/queues/<QUEUE_ID>"'
_TASK_FORMAT = _QUEUE_FORMAT[:-1] + '/tasks/<TASK_ID>"'


def check_location(name: str) -> str:
    """The name itself. Refuses INVALID_ARGUMENT."""
    if not _LOCATION.fullmatch(name):
        raise invalid("Invalid resource field value in the request.")
    return name


def check_queue(name: str) -> str:
    """The name itself. Refuses INVALID_ARGUMENT."""
    if not _QUEUE.fullmatch(name):
        raise invalid(f"Queue name must be formatted: {_QUEUE_FORMAT}.")
    return name


def check_new_queue(name: str, parent: str) -> str:
    """The name of a queue to create in the location `parent`. Refuses INVALID_ARGUMENT."""
    check_queue(name)
    if not name.startswith(f"{parent}/queues/"):
        raise invalid(f"{name} must begin with {parent}.")
    return name


def queue_of(task_name: str) -> str:
    """The queue a task's full name puts it in. Refuses INVALID_ARGUMENT."""
    queue, separator, task_id = task_name.rpartition("/tasks/")
    if not separator or not _QUEUE.fullmatch(queue):
        raise invalid(f"Task name must be formatted: {_TASK_FORMAT}.")
    if not _TASK_ID.fullmatch(task_id):
        raise invalid(
            f'Task ID "{task_id}" can contain only letters ([A-Za-z]), numbers ([0-9]), '
            "hyphens (-), or underscores (_). Task ID must between 1 and 500 characters."
        )
    return queue


def check_new_task(name: str, parent: str) -> str:
    """The name of a task to create in the queue `parent`. Refuses INVALID_ARGUMENT."""
    queue = queue_of(name)
    if queue != parent:
        raise invalid(
            f"The queue name from request ('{parent}') must be the same as the queue name "
            f"in the named task ('{queue}')."
        )
    return name


def generated(queue: str) -> str:
    """A name for a task created without one: digits, as the service's own are."""
    return f"{queue}/tasks/{secrets.randbelow(10**20):020d}"


def last_part(name: str) -> str:
    """The short id at the end of a full name."""
    return name.rpartition("/")[2]
