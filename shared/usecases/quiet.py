"""When nobody's phone is to ring: at night, and on days off."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONGEST = 31
"""Days off in a row, at most: after so many somebody has to be told anyway."""
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Quiet:
    """`begins` and `ends` on the clocks of the zone; equal, there is no quiet at night."""

    begins: time
    ends: time
    zone: ZoneInfo
    works: Callable[[date], bool]

    def until(self, moment: datetime) -> datetime | None:
        """When it ends, if it is quiet at that moment."""
        local = moment.astimezone(self.zone)
        day = local.date()
        if self.works(day) and not self._at_night(local.time()):
            return None
        later = self.begins > self.ends and local.time() >= self.begins
        day += DAY if later or not self.works(day) else timedelta()
        days = (day + n * DAY for n in range(LONGEST))
        working = next((one for one in days if self.works(one)), day + LONGEST * DAY)
        return datetime.combine(working, self.ends, self.zone)

    def _at_night(self, clock: time) -> bool:
        if self.begins <= self.ends:
            return self.begins <= clock < self.ends
        return clock >= self.begins or clock < self.ends
