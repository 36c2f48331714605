"""When a failed task is tried again, and when it is given up (the reference's RetryConfig)."""

from dataclasses import dataclass
from datetime import timedelta

UNLIMITED = -1

# The service's maximum task retention: what bounds a task nothing else bounds.
RETENTION = timedelta(days=31)


@dataclass(frozen=True)
class RetryPolicy:
    """A RetryConfig with every field decided; the defaults are the service's.

    `max_attempts` counts the first one, UNLIMITED (-1) removes that limit;
    a zero `max_retry_duration` is no limit.
    """

    max_attempts: int = 100
    max_retry_duration: timedelta = timedelta(0)
    min_backoff: timedelta = timedelta(milliseconds=100)
    max_backoff: timedelta = timedelta(hours=1)
    max_doublings: int = 16


@dataclass(frozen=True)
class Trials:
    """How far a task has got: attempts made, time since the first one and since creation."""

    attempts: int
    since_first: timedelta
    since_created: timedelta


def interval(policy: RetryPolicy, failures: int) -> timedelta:
    """The wait after the nth failure (from 1).

    It starts at `min_backoff`, doubles `max_doublings` times, then grows by a
    constant `min_backoff * 2**max_doublings`, and stays at `max_backoff`.
    """
    doublings = min(failures - 1, policy.max_doublings)
    steps = 1 + max(0, failures - 1 - policy.max_doublings)
    microseconds = policy.min_backoff // timedelta(microseconds=1) * 2**doublings * steps
    # Compared as integers: the product soon passes what a timedelta holds.
    limit = policy.max_backoff // timedelta(microseconds=1)
    return timedelta(microseconds=min(microseconds, limit))


def spent(policy: RetryPolicy, trials: Trials) -> bool:
    """Whether the task is to be dropped: every limit that is set has been reached."""
    reached = []
    if policy.max_attempts != UNLIMITED:
        reached.append(trials.attempts >= policy.max_attempts)
    if policy.max_retry_duration:
        reached.append(trials.since_first >= policy.max_retry_duration)
    return (bool(reached) and all(reached)) or trials.since_created >= RETENTION
