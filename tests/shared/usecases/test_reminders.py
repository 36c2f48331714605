"""What is said to whom: by the time alone, the same again whenever it is planned again."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.models.scorecard import Assessment
from shared.scoring.evaluation import unsaid
from shared.usecases.reminders import (
    Digest,
    Planned,
    Waiting,
    in_line,
    is_behind,
    to_doer,
    to_head,
    to_next_in_line,
    to_rated,
    to_self_scorer,
    waiting,
)
from shared.usecases.work import open_units
from tests.builders import (
    DAY,
    DUE,
    END,
    START,
    History,
    a_cancellation,
    a_moved_deadline,
    a_period,
    a_return,
    a_scheme,
    a_submission,
    an_assignment,
    delivered,
    full_marks,
)

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
HOUR = timedelta(hours=1)
RETURNED: History = {"s1": a_submission(), "r1": a_return(submission="s1")}


def told(now: datetime, history: History | None = None, **terms: Any) -> list[Planned]:
    return list(to_doer("w1", an_assignment(history, **terms), now, ZONE))


def kinds(planned: list[Planned]) -> list[str]:
    return [one.notice.kind for one in planned]


@pytest.mark.parametrize(
    ("before", "title"),
    [
        (8 * DAY, None),
        (7 * DAY, "Sắp đến hạn: còn 7 ngày"),
        (5 * DAY, "Sắp đến hạn: còn 5 ngày"),
        (DAY, "Sắp đến hạn: còn 1 ngày"),
        (HOUR, "Sắp đến hạn: hôm nay"),
        (-HOUR, "Đã quá hạn"),
    ],
)
def test_due_in_seven_three_and_one_days_and_overdue(before: timedelta, title: str | None) -> None:
    found = told(DUE - before)
    assert [one.notice.title.vi for one in found] == ([title] if title else [])
    assert all(one.to == "an" for one in found)


def test_each_threshold_is_told_once_however_often_it_is_planned() -> None:
    hours = int((END - START) / HOUR)
    ids = [one.id for n in range(hours) for one in told(START + n * HOUR)]
    assert len(set(ids)) == 3 + 2  # 7, 3, 1; overdue on 20 and 27 October
    assert len(ids) > 400


@given(st.datetimes(START.replace(tzinfo=None), END.replace(tzinfo=None), timezones=st.just(ZONE)))
def test_planned_again_it_is_the_same(now: datetime) -> None:
    assert told(now) == told(now)


def test_a_moved_deadline_is_recalled_anew() -> None:
    moved = {"m1": a_moved_deadline(due=DUE + 4 * DAY)}
    assert told(DUE - DAY)[0].id != told(DUE + 3 * DAY, moved)[0].id
    assert kinds(told(DUE + 3 * DAY, moved)) == ["due"]


@pytest.mark.parametrize(
    ("history", "left"),
    [
        ({}, 2),
        (delivered(1), 1),
        (delivered(2), 0),
        ({"s1": a_submission(quantity=2)}, 0),
        (RETURNED, 2),
        ({"c1": a_cancellation(quantity=2)}, 0),
    ],
)
def test_whoever_has_delivered_all_is_left_in_peace(history: History, left: int) -> None:
    assignment = an_assignment(history, quantity=2)
    assert open_units(assignment) == left
    assert is_behind(assignment, DUE + HOUR) == (left > 0)
    assert bool(told(DUE + HOUR, history, quantity=2)) == (left > 0)


def test_after_the_periods_end_nobody_is_asked_to_deliver() -> None:
    assert told(END) == []
    assert not is_behind(an_assignment(), END)


def test_a_returned_product_is_said_once_and_until_it_is_delivered_again() -> None:
    (first, due) = told(DUE - HOUR, RETURNED)
    assert (first.notice.kind, due.notice.kind) == ("returned", "due")
    assert "sửa và nộp lại" in first.notice.body.vi
    assert told(DUE + HOUR, RETURNED)[0].id == first.id
    assert told(DUE, {**RETURNED, "s2": a_submission()}) == []


def a_waiting(**changes: Any) -> Waiting:
    given = {"assignment": "w1", "submission": "s1", "title": "Đề án", "official": "an"}
    return Waiting(**{**given, "approver": "binh", "since": DUE, **changes})


def test_what_awaits_judgement() -> None:
    assert list(waiting("w1", an_assignment({"s1": a_submission()}))) == [
        a_waiting(title="Cấp giấy phép xây dựng", since=DUE - DAY)
    ]
    assert list(waiting("w1", an_assignment(delivered(2), quantity=2))) == []


def digest(now: datetime = DUE, **parts: Any) -> list[Planned]:
    return list(to_head("binh", ("p1", "2026-10"), Digest(**parts), {"an": "Văn An"}, now, ZONE))


def test_a_digest_says_who_is_behind_and_what_awaits_the_head() -> None:
    (one,) = digest(
        behind=Counter({"an": 2}), waiting=[a_waiting(since=DUE - 4 * DAY)], unscored=["an"]
    )
    assert one.notice.body.vi == (
        "Chậm: Văn An (2). Hãy nhắc hoặc điều chỉnh.\n"
        "Chờ nghiệm thu: 1 sản phẩm, lâu nhất 4 ngày.\n"
        "Chờ chấm điểm: Văn An."
    )
    assert "Behind: Văn An (2)" in one.notice.body.en


def test_a_digest_comes_once_a_day_and_only_with_something_to_say() -> None:
    assert digest() == []
    said = {"unscored": ["an"]}
    first, again, next_day = (digest(DUE + after, **said)[0].id for after in (HOUR, 2 * HOUR, DAY))
    assert first == again != next_day


def test_a_digest_names_ten_and_counts_the_rest() -> None:
    (one,) = digest(unscored=[f"u{n}" for n in range(500)])
    assert "và 490 người khác" in one.notice.body.vi
    assert "and 490 more" in one.notice.body.en


def test_results_are_told_when_provisional_and_when_final() -> None:
    review, final = (
        to_rated("an", a_period(state=state), DUE, END) for state in ("review", "final")
    )
    assert review.id != final.id
    assert "gửi kiến nghị trước 07:00 01/11/2026" in review.notice.body.vi
    assert "chính thức" in final.notice.body.vi


def test_the_self_score_is_recalled_until_its_window_ends() -> None:
    period = a_period()
    assert kinds(list(to_self_scorer("an", period, DUE, DUE - DAY, ZONE))) == ["due"]
    assert list(to_self_scorer("an", period, DUE, DUE + DAY, ZONE)) == []


@pytest.mark.parametrize(
    ("chain", "days", "turn"),
    [
        ([["deputy"], ["above"], ["organiser"]], 2, None),
        ([["deputy"], ["above"], ["organiser"]], 3, 0),
        ([["deputy"], ["above"], ["organiser"]], 6, 1),
        ([["deputy"], ["above"], ["organiser"]], 90, 2),
        ([[], ["above"], ["organiser"]], 3, 1),
        ([[], [], ["organiser"]], 3, 2),
        ([["deputy"], [], []], 90, 0),
        ([[], [], []], 90, None),
    ],
)
def test_an_overdue_step_goes_to_the_next_who_is_there(
    chain: list[list[str]], days: int, turn: int | None
) -> None:
    assert in_line(chain, days * DAY, 3 * DAY) == turn


def test_the_next_in_line_hears_how_long_and_what_to_do() -> None:
    one = to_next_in_line("giam-doc", a_waiting(), 1, "Văn An", DUE + 6 * DAY)
    assert one.notice.body.vi.startswith("“Đề án” của Văn An chờ nghiệm thu 6 ngày.")
    assert one.id != to_next_in_line("giam-doc", a_waiting(), 2, "Văn An", DUE + 6 * DAY).id


@pytest.mark.parametrize(
    ("criteria", "note", "missing"),
    [
        ({}, "", True),
        ({"conduct": 800}, "", True),
        (full_marks(950), "", True),
        (full_marks(950), "sáng kiến", False),
        (full_marks(800), "", False),
    ],
    ids=["nothing", "one of three", "no reason", "a reason", "whole"],
)
def test_a_head_still_owes_scores_that_would_not_count(
    criteria: dict[str, int], note: str, *, missing: bool
) -> None:
    scheme = a_scheme()
    told = Assessment(criteria=criteria, unexplained=not note)
    assert unsaid(scheme.root("official"), told, scheme.justification) is missing
    # Of a head also what is stated is owed; what follows from subordinates' ratings is not.
    assert unsaid(scheme.root("head"), told, scheme.justification)
