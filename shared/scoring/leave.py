"""Time that is not worked."""

from collections.abc import Iterable
from datetime import datetime

from shared.models.official import Leave


def is_away(leave: Iterable[Leave], start: datetime, end: datetime) -> bool:
    """Whether leave covers everything from `start` until before `end`, also in several pieces."""
    for one in sorted(leave, key=lambda one: one.start):
        if one.start > start:
            return False
        start = max(start, one.end)
        if start >= end:
            return True
    return False
