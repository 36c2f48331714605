"""Words, numbers, days and names as they are read in Viet Nam."""

from datetime import UTC, datetime

import pytest

from shared.vietnamese import day, name_key, number, period_name


@pytest.mark.parametrize(
    ("value", "places", "read"),
    [
        (0, 0, "0"),
        (1234, 0, "1.234"),
        (123456, 2, "1.234,56"),
        (5, 2, "0,05"),
        (-1005, 2, "-10,05"),
    ],
)
def test_numbers(value: int, places: int, read: str) -> None:
    assert number(value, places) == read


def test_a_day_is_that_of_the_clocks_there() -> None:
    """What begins at midnight in Viet Nam is stored as the evening before."""
    midnight = datetime(2026, 3, 31, 17, tzinfo=UTC)
    assert day(midnight) == "01/04/2026"
    assert day(midnight, "Europe/Amsterdam") == "31/03/2026"


@pytest.mark.parametrize(
    ("period", "name"),
    [
        ("2026", "năm 2026"),
        ("2026-Q4", "quý IV năm 2026"),
        ("2026-09", "tháng 9 năm 2026"),
    ],
)
def test_periods(period: str, name: str) -> None:
    assert period_name(period) == name


def test_given_names_come_first_then_letters_then_tones() -> None:
    names = ["Trần Văn Ân", "Lê Thị An", "Đỗ Văn Dũng", "Đinh Đức", "Lê Thị Án", "Bùi Ăn"]
    ordered = ["Lê Thị An", "Lê Thị Án", "Bùi Ăn", "Trần Văn Ân", "Đỗ Văn Dũng", "Đinh Đức"]
    assert sorted(names, key=name_key) == ordered
