"""The token bucket that limits a queue's dispatch rate."""

from datetime import datetime, timedelta
from math import ceil

# A whole token, less what floating point may lose of it.
_WHOLE = 1 - 1e-9


class TokenBucket:
    """Holds up to `burst` tokens, refilled continuously at `rate` tokens a second.

    It is full at first. Times are given by the caller and never go back.
    """

    def __init__(self, rate: float, burst: int, now: datetime) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = float(burst)
        self._counted = now

    def take(self, now: datetime) -> bool:
        """Take one token if there is one."""
        self._refill(now)
        if self._tokens < _WHOLE:
            return False
        self._tokens = max(0.0, self._tokens - 1)
        return True

    def ready_at(self, now: datetime) -> datetime:
        """When the next token can be had: `now`, or later."""
        self._refill(now)
        if self._tokens >= _WHOLE:
            return now
        wait = (1 - self._tokens) / self._rate
        return now + timedelta(microseconds=ceil(wait * 1_000_000))

    def resize(self, rate: float, burst: int, now: datetime) -> None:
        """Change the limits, keeping the tokens the new burst has room for."""
        self._refill(now)
        self._rate = rate
        self._burst = burst
        self._tokens = min(self._tokens, float(burst))

    def _refill(self, now: datetime) -> None:
        elapsed = max(0.0, (now - self._counted).total_seconds())
        self._tokens = min(float(self._burst), self._tokens + elapsed * self._rate)
        self._counted = now
