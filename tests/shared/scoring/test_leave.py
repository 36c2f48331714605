from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.models.official import Leave
from shared.models.scheme import Scheme
from shared.models.scorecard import Absence, Assessment, Scorecard
from shared.scoring.contribution import contribute
from shared.scoring.explanation import explain
from shared.scoring.leave import excused, is_away
from shared.scoring.rollup import MOST_ROWS, bounded, pool
from shared.scoring.scorecard import add_up
from tests.builders import (
    DAY,
    DUE,
    END,
    START,
    TICK,
    History,
    a_contribution,
    a_scheme,
    a_scorecard,
    an_assessment,
    an_assignment,
    delivered,
)
from tests.strategies import histories


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


ABSENCE = Absence(start=DUE - DAY, end=DUE + DAY)


def test_what_falls_due_on_leave_is_neither_missing_nor_late() -> None:
    """Else a month with one day of work would rate its person worst."""
    undone, late = a_contribution(), a_contribution(delivered(at=DUE + 2 * DAY))
    present = a_scorecard(undone, late)
    away = a_scorecard(undone, late, assessments=an_assessment(absences=[ABSENCE.fields()]))
    assert (present.work.assigned, present.work.lates) == (2, 1)
    assert (away.work.assigned, away.work.lates, away.share("c")) == (1, 0, 10_000)
    told = words(away)
    assert "fell due on leave: 1 undone and 0 late left out" in told
    assert "fell due on leave: 0 undone and 1 late left out" in told
    assert "what fell due then is neither missing nor late" in told


def test_with_all_that_was_asked_due_on_leave_there_is_too_little_to_rate() -> None:
    card = a_scorecard(
        *[a_contribution()] * 5, assessments=an_assessment(absences=[ABSENCE.fields()])
    )
    assert (card.standing, card.rating) == ("insufficient_data", None)


def test_a_scheme_may_excuse_nothing_and_says_so() -> None:
    strict = a_scheme(leave=None)
    row = contribute(an_assignment(), strict)
    card = a_scorecard(row, assessments=an_assessment(absences=[ABSENCE.fields()]))
    assert (row.due, card.work.assigned) == (None, 1)
    assert "what fell due then counts all the same" in words(card, strict)


@pytest.mark.parametrize(("at", "counts"), [(-TICK, 1), (0 * TICK, 0), (2 * DAY, 1)])
def test_leave_excuses_from_its_first_moment_until_before_its_end(
    at: timedelta, counts: int
) -> None:
    row = a_contribution(due=ABSENCE.start + at)
    assert excused(row, [ABSENCE]).quantity == counts


def test_leave_excuses_the_work_of_its_own_period_alone() -> None:
    elsewhere = {"2026-09": Assessment(absences=[ABSENCE])}
    assert a_scorecard(a_contribution(), assessments=elsewhere).work.assigned == 1


@given(histories, st.integers(1, 4))
def test_leave_never_lowers_a_share(history: History, quantity: int) -> None:
    other = a_contribution(delivered(at=DUE + DAY), quantity=2)
    row = a_contribution(history, quantity=quantity)
    given_leave = excused(row, [Absence(start=START, end=END)])
    old, new = add_up([row, other]), add_up([given_leave, other])
    for name in ("done", "quality", "progress"):
        was, now = (
            Fraction(getattr(one, f"{name}_weight"), one.assigned_weight or 1) for one in (old, new)
        )
        assert now >= was or not new.assigned


def test_a_year_summed_by_product_keeps_what_leave_excused() -> None:
    rows = {f"2026-10_p1_an_w{n}": a_contribution() for n in range(MOST_ROWS + 1)}
    done = {"2026-10_p1_an_done": a_contribution(delivered(at=DUE + 2 * DAY))}
    leave = an_assessment(absences=[ABSENCE.fields()])
    card = a_scorecard(contributions=rows | done, assessments=leave)
    summed = bounded(card)
    assert len(summed.contributions) == 1
    assert pool([summed], "2026-10", a_scheme()).work == card.work


def words(card: Scorecard, scheme: Scheme | None = None) -> str:
    return "\n".join(line.en for line in explain(card, scheme or a_scheme()))
