import pytest

from shared.models.official import Leave
from shared.scoring.leave import is_away
from tests.builders import DAY, END, START, TICK


def leave(start: int, days: int) -> Leave:
    """So many days after the period's start, and for how long."""
    begin = START + start * DAY
    return Leave(start=begin, end=begin + days * DAY, reason="nghỉ thai sản")


@pytest.mark.parametrize(
    ("taken", "away"),
    [
        ([], False),
        ([leave(0, 31)], True),
        ([leave(-90, 180)], True),
        ([leave(0, 30)], False),
        ([leave(1, 40)], False),
        ([leave(15, 20), leave(-5, 20)], True),
        ([leave(-5, 20), leave(16, 20)], False),
        ([leave(-60, 30), leave(0, 31)], True),
        ([leave(-5, 90), leave(2, 1)], True),
    ],
)
def test_leave_covers_a_period_only_when_no_moment_is_left(
    taken: list[Leave], *, away: bool
) -> None:
    assert is_away(taken, START, END) is away


def test_one_moment_of_work_is_work() -> None:
    assert not is_away([Leave(start=START, end=END - TICK, reason="nghỉ ốm")], START, END)
