"""The calendar of periods: what a period's id says about its time."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.errors import refuse
from shared.models.base import EARLIEST, LATEST
from shared.models.period import Kind

MONTHS = 12


def kind_of(period_id: str) -> Kind:
    if "Q" in period_id:
        return "quarter"
    return "month" if "-" in period_id else "year"


def bounds(period_id: str, time_zone: str) -> tuple[datetime, datetime]:
    """Start and (exclusive) end of `2026-10`, `2026-Q4` or `2026`, in its own time zone.

    Raises RefusedError naming `period` or `time_zone`.
    """
    zone = zone_of(time_zone, "time_zone")
    year, _, part = period_id.partition("-")
    if not EARLIEST.year < int(year) < LATEST.year - 1:
        raise refuse(
            "invalid",
            "period",
            f"must lie between {EARLIEST.year + 1} and {LATEST.year - 2}",
            f"phải nằm trong các năm {EARLIEST.year + 1} đến {LATEST.year - 2}",
        )
    first, length = _months(kind_of(period_id), part)
    return _month(int(year), first, zone), _month(int(year), first + length, zone)


def zone_of(name: str, field: str) -> ZoneInfo:
    """The time zone of that name; raises RefusedError naming the field."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # a folder of zones is an OSError
        raise refuse(
            "invalid", field, f"{name!r} is not a time zone", "múi giờ không hợp lệ"
        ) from error


def _months(kind: Kind, part: str) -> tuple[int, int]:
    """The first month of the period, and how many it has."""
    match kind:
        case "month":
            return int(part), 1
        case "quarter":
            return 3 * int(part[1:]) - 2, 3
        case "year":
            return 1, MONTHS


def month_of(moment: datetime, time_zone: str) -> str:
    """The month a moment falls in, on the clocks of that zone."""
    return moment.astimezone(ZoneInfo(time_zone)).strftime("%Y-%m")


def _month(year: int, month: int, zone: ZoneInfo) -> datetime:
    years, month0 = divmod(month - 1, MONTHS)
    return datetime(year + years, month0 + 1, 1, tzinfo=zone)
