import random
import time
from datetime import UTC, datetime

LONGEST = 0.2
"""Seconds between two attempts, at most; about three writes of one document."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


def pause(attempt: int) -> None:
    """A random moment that doubles with each attempt: those who collided come apart."""
    time.sleep(random.uniform(0, min(LONGEST, 0.01 * 2**attempt)))  # noqa: S311  # no secret
