"""A clock that flows like the wall clock and can be moved forward."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Condition


class AdvancedClock:
    """Wall time plus an offset that only grows.

    Between two advances time flows at its real speed, so back-off and rate
    limits go on working; `advance` jumps and wakes whoever waits for a time.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._changed = Condition()
        self._offset = timedelta(0)
        self._followers: list[Callable[[timedelta], None]] = []
        if start is not None:
            self._offset = start - datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset

    def advance(self, to: datetime, *, told: bool = True) -> None:
        """Move to `to`; a time already past changes nothing.

        Without `told`, those that follow hear of it with the next advance.
        """
        with self._changed:
            self._offset = max(self._offset, to - datetime.now(UTC))
            self._changed.notify_all()
        if told:
            for follow in self._followers:
                follow(self._offset)

    @contextmanager
    def followed_by(self, follower: Callable[[timedelta], None]) -> Iterator[None]:
        """Tell it how far this clock is ahead of the wall's, now and after every advance."""
        self._followers.append(follower)
        follower(self._offset)
        try:
            yield
        finally:
            self._followers.remove(follower)

    def wait_until(self, when: datetime, timeout: float) -> bool:
        """Wait for `when`, at most `timeout` real seconds; say whether it has come."""
        with self._changed:
            remaining = (when - self.now()).total_seconds()
            if remaining > 0:
                self._changed.wait(min(remaining, timeout))
        return self.now() >= when
