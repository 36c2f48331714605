"""Count working days: weekends and holidays out, weekend days worked instead in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from shared import refs
from shared.models.holidays import Holidays, SpecialDay
from shared.ports import Transaction

SHIPPED = (2026, 2027)
DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True)
class DaysOff:
    """What is known of some years; in a year of which no list is known only weekends are off."""

    off: frozenset[date]
    worked: frozenset[date]

    @classmethod
    def of(cls, lists: Iterable[Holidays]) -> "DaysOff":
        lists = list(lists)
        return cls(
            frozenset(_date(one.year, day) for one in lists for day in one.off),
            frozenset(_date(one.year, day) for one in lists for day in one.worked),
        )

    def works(self, day: date) -> bool:
        return day in self.worked or (day.weekday() < SATURDAY and day not in self.off)


def after_working_days(start: datetime, days: int, off: DaysOff, zone: ZoneInfo) -> datetime:
    """The end of so many whole working days after `start`: midnight on the clocks of the zone.

    The day of `start` is not counted, unless it begins at that moment.
    """
    day = _first_whole_day(start, zone)
    while days > 0:
        days -= off.works(day)
        day += DAY
    return _midnight(day, zone)


def before_working_days(end: datetime, days: int, off: DaysOff, zone: ZoneInfo) -> datetime:
    """The beginning of the last so many working days before `end`: midnight in the zone."""
    day = _first_whole_day(end, zone)
    while days > 0:
        day -= DAY
        days -= off.works(day)
    return _midnight(day, zone)


def read_days_off(transaction: Transaction, years: Iterable[int]) -> DaysOff:
    """The lists of these years: published ones, else those that come with the code."""
    wanted = sorted(set(years))
    published = transaction.get_all([refs.calendars(str(year)) for year in wanted])
    return DaysOff.of(
        found
        for year, standing in zip(wanted, published, strict=True)
        if (found := standing or shipped(year)) is not None
    )


@cache
def shipped(year: int) -> Holidays | None:
    """The list that comes with the code, for the years that have one."""
    if year not in SHIPPED:
        return None
    text = resources.files("shared.calendars").joinpath(f"{year}.json").read_text("utf-8")
    return Holidays.model_validate_json(text)


def impossible_days(holidays: Holidays) -> Sequence[str]:
    """Days that the year does not have, or that are both off and worked; sorted."""
    off, worked = ({one.day for one in days} for days in (holidays.off, holidays.worked))
    return sorted({day for day in off | worked if not _exists(holidays.year, day)} | (off & worked))


def _exists(year: int, day: str) -> bool:
    try:
        date.fromisoformat(f"{year}-{day}")
    except ValueError:
        return False
    return True


def _date(year: int, special: SpecialDay) -> date:
    return date.fromisoformat(f"{year}-{special.day}")


def _first_whole_day(moment: datetime, zone: ZoneInfo) -> date:
    local = moment.astimezone(zone)
    day = local.date()
    return day if local == _midnight(day, zone) else day + DAY


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)
