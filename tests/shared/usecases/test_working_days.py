"""Working days: weekends and holidays are not counted, worked weekend days are."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.usecases.working_days import (
    DAY,
    SATURDAY,
    SHIPPED,
    DaysOff,
    after_working_days,
    before_working_days,
    impossible_days,
    shipped,
)
from tests.builders import some_holidays

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
ZONES = st.sampled_from([HANOI, ZoneInfo("Europe/Amsterdam"), ZoneInfo("America/New_York")])
DAYS = st.dates(date(2026, 1, 1), date(2027, 10, 1))
HOURS = st.timedeltas(timedelta(0), DAY)
MIDNIGHTS = DAYS.map(lambda day: midnight(day, HANOI))
MOMENTS = MIDNIGHTS | st.builds(lambda day, hours: day + hours, MIDNIGHTS, HOURS)
DATES = st.sets(st.dates(date(2025, 12, 1), date(2028, 1, 1)), max_size=30)
OFF = st.builds(lambda off, worked: DaysOff(frozenset(off), frozenset(worked)), DATES, DATES)
NUMBERS = st.integers(1, 60)
VIETNAM = DaysOff.of(filter(None, map(shipped, SHIPPED)))
NONE = DaysOff.of([])


def midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def worked(start: datetime, end: datetime, off: DaysOff, zone: ZoneInfo) -> list[date]:
    """The whole working days between the two, one by one."""
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    days = [first + n * DAY for n in range((last - first).days + 1)]
    return [
        day
        for day in days
        if off.works(day) and midnight(day, zone) >= start and midnight(day + DAY, zone) <= end
    ]


@given(MOMENTS, NUMBERS, OFF, ZONES)
def test_exactly_so_many_whole_working_days_pass_and_no_more(
    start: datetime, days: int, off: DaysOff, zone: ZoneInfo
) -> None:
    end = after_working_days(start, days, off, zone)
    counted = worked(start, end, off, zone)
    assert len(counted) == days
    assert midnight(counted[-1] + DAY, zone) == end


@given(MOMENTS, NUMBERS, OFF, ZONES)
def test_counting_back_finds_as_many(
    end: datetime, days: int, off: DaysOff, zone: ZoneInfo
) -> None:
    end = after_working_days(end, 1, off, zone)
    start = before_working_days(end, days, off, zone)
    counted = worked(start, end, off, zone)
    assert len(counted) == days
    assert midnight(counted[0], zone) == start
    assert after_working_days(start, days, off, zone) == end


@given(MOMENTS, NUMBERS, OFF, ZONES, st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_one_more_day_off_never_shortens_a_window(
    start: datetime, days: int, off: DaysOff, zone: ZoneInfo, day: date
) -> None:
    more = DaysOff(off.off | {day}, off.worked)
    assert after_working_days(start, days, off, zone) <= after_working_days(start, days, more, zone)


@given(MOMENTS, NUMBERS, NUMBERS, OFF, ZONES)
def test_windows_one_after_the_other_are_one_window(
    start: datetime, first: int, second: int, off: DaysOff, zone: ZoneInfo
) -> None:
    step = after_working_days(start, first, off, zone)
    assert after_working_days(step, second, off, zone) == after_working_days(
        start, first + second, off, zone
    )


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-11-01T00:00", 3, "2026-11-05T00:00"),  # from a Sunday's first moment
        ("2026-11-02T00:00", 3, "2026-11-05T00:00"),  # from a Monday's
        ("2026-11-02T00:01", 3, "2026-11-06T00:00"),  # the day itself is not counted
        ("2026-11-23T10:00", 1, "2026-11-26T00:00"),  # Culture Day is off
        ("2026-02-13T09:00", 1, "2026-02-24T00:00"),  # over Tết
        ("2026-01-08T09:00", 2, "2026-01-11T00:00"),  # a Saturday worked for 2 January
        ("2026-08-28T09:00", 1, "2026-09-04T00:00"),  # over National Day
        ("2026-12-30T09:00", 2, "2027-01-05T00:00"),  # into the next year's list
    ],
)
def test_by_the_shipped_lists(start: str, days: int, end: str) -> None:
    found = after_working_days(
        datetime.fromisoformat(start).replace(tzinfo=HANOI), days, VIETNAM, HANOI
    )
    assert found == datetime.fromisoformat(end).replace(tzinfo=HANOI)


def test_without_a_list_only_weekends_are_off() -> None:
    start = datetime(2026, 2, 13, 9, tzinfo=HANOI)
    assert after_working_days(start, 1, NONE, HANOI) == datetime(2026, 2, 17, tzinfo=HANOI)


@pytest.mark.parametrize("year", SHIPPED)
def test_shipped_lists_name_days_that_change_something(year: int) -> None:
    holidays = shipped(year)
    assert holidays is not None
    assert holidays.year == year
    assert impossible_days(holidays) == []
    days = DaysOff.of([holidays])
    assert all(day.weekday() < SATURDAY for day in days.off)
    assert all(day.weekday() >= SATURDAY for day in days.worked)


def test_a_year_without_a_list_has_none() -> None:
    assert shipped(2025) is None


def test_days_that_cannot_be_are_named() -> None:
    odd = some_holidays(2027, off=["02-29", "03-01", "05-05"], worked=["05-05", "11-31"])
    assert impossible_days(odd) == ["02-29", "05-05", "11-31"]
    assert impossible_days(some_holidays(2028, off=["02-29"])) == []


def test_a_day_has_24_hours_or_an_hour_more_or_less() -> None:
    """The clocks of Amsterdam go back on 25 October 2026."""
    zone = ZoneInfo("Europe/Amsterdam")
    start = datetime(2026, 10, 24, tzinfo=zone)
    off = DaysOff(frozenset(), frozenset({date(2026, 10, 25)}))
    end = after_working_days(start, 1, off, zone)
    assert end.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=49)
