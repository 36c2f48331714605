"""Nobody's phone rings at night or on days off, and everybody's does some time."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.usecases.quiet import Quiet

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MOMENTS = st.integers(0, 525_600).map(lambda n: NEW_YEAR + timedelta(minutes=n))


def a_quiet(begins: time = time(21), ends: time = time(7)) -> Quiet:
    return Quiet(begins, ends, ZONE, lambda day: day.weekday() < 5)


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        ("2026-11-24T08:00", None),
        ("2026-11-24T20:59", None),
        ("2026-11-24T21:00", "2026-11-25T07:00"),
        ("2026-11-24T06:59", "2026-11-24T07:00"),
        ("2026-11-27T22:00", "2026-11-30T07:00"),
        ("2026-11-28T12:00", "2026-11-30T07:00"),
        ("2026-11-30T03:00", "2026-11-30T07:00"),
    ],
)
def test_nights_and_weekends(moment: str, until: str | None) -> None:
    local = datetime.fromisoformat(moment).replace(tzinfo=ZONE)
    wanted = None if until is None else datetime.fromisoformat(until).replace(tzinfo=ZONE)
    assert a_quiet().until(local) == wanted


@given(MOMENTS, st.times(), st.times())
def test_quiet_ends_later_at_a_moment_that_is_not_quiet(
    moment: datetime, begins: time, ends: time
) -> None:
    quiet = a_quiet(begins, ends)
    until = quiet.until(moment)
    if until is not None:
        assert until > moment
        assert quiet.until(until) is None


def test_without_a_working_day_somebody_is_told_anyway() -> None:
    def never(day: date) -> bool:
        return False

    quiet = Quiet(time(21), time(7), ZONE, never)
    until = quiet.until(datetime(2026, 11, 24, tzinfo=UTC))
    assert until is not None
