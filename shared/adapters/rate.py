"""How many calls one caller may make, counted in the memory of this instance."""

from datetime import datetime, timedelta
from threading import Lock

MOST_CALLERS = 10_000
"""Remembered at once, some 2 MB; beyond it the one who has been quiet longest is forgotten."""


class RateLimit:
    """A bucket for each caller, of `burst` calls, refilled with `per_minute`.

    It bounds an instance, not the system: there is no shared counter, which would
    be a hot document or one more service. The total of one caller is at most
    `per_minute` × the function's largest number of instances, a deployment
    setting; floods from outside are for the load balancer (Cloud Armor) and the
    platform's quotas. Strangers have no bucket: their tokens fail before the
    store is asked, and an office shares one address, so a bucket by address
    would punish colleagues for each other.
    """

    def __init__(self, per_minute: int, burst: int) -> None:
        self._interval = timedelta(minutes=1) / per_minute
        self._slack = self._interval * (burst - 1)
        self._full: dict[str, datetime] = {}
        """When each caller's bucket will be full again."""
        self._lock = Lock()

    def wait(self, caller: str, now: datetime) -> timedelta:
        """Take one call from the bucket; when it is empty, say how long until it is not."""
        with self._lock:
            full = max(self._full.pop(caller, now), now)
            wait = max(full - self._slack - now, timedelta(0))
            self._full[caller] = full if wait else full + self._interval
            if len(self._full) > MOST_CALLERS:
                del self._full[next(iter(self._full))]
        return wait
