from datetime import datetime

import pytest

from tests.builders import DAY, END, START, TICK, a_posting, an_official

MOVED = an_official(
    postings=[
        a_posting(unit="old", end=START + 10 * DAY),
        a_posting(unit="new", start=START + 10 * DAY),
    ],
    units=["new", "old"],
)


def test_who_moved_is_compiled_where_they_served_last() -> None:
    assert MOVED.unit_in(START, END) == "new"
    assert MOVED.units_in(START, END) == ["new", "old"]


def test_before_the_move_only_the_old_unit_counts() -> None:
    assert MOVED.unit_in(START - 30 * DAY, START) == "old"
    assert MOVED.units_in(START - 30 * DAY, START) == ["old"]


def test_the_order_of_postings_makes_no_difference() -> None:
    other = MOVED.model_copy(update={"postings": MOVED.postings[::-1]})
    assert other.unit_in(START, END) == MOVED.unit_in(START, END)


def test_who_had_not_come_or_had_gone_is_compiled_nowhere() -> None:
    assert an_official(postings=[a_posting(start=END)]).unit_in(START, END) is None
    assert an_official(postings=[a_posting(end=START)]).unit_in(START, END) is None


@pytest.mark.parametrize(
    ("start", "end"),
    [(END - TICK, None), (START - DAY, START + TICK), (START, END), (START - DAY, END + DAY)],
)
def test_service_that_touches_the_period_is_in_it(start: datetime, end: datetime | None) -> None:
    assert a_posting(start=start, end=end).overlaps(START, END)


@pytest.mark.parametrize(("start", "end"), [(END, None), (START - DAY, START)])
def test_service_ends_just_before_its_end(start: datetime, end: datetime | None) -> None:
    assert not a_posting(start=start, end=end).overlaps(START, END)


def test_whoever_has_left_claims_and_heads_nothing() -> None:
    head = an_official(is_head=True)
    left = head.model_copy(update={"roles": []})
    assert (head.claims(), head.heads_at(START)) == (["head", "official"], [head.unit])
    assert (left.claims(), left.heads_at(START)) == ([], [])
