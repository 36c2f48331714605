"""Scores from 90 per cent or below 50 count only with a written reason; others need none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.models.scorecard import Scorecard
from shared.scoring.explanation import explain
from tests.builders import (
    CRITERIA,
    a_contribution,
    a_scheme,
    a_scorecard,
    an_assessment,
    delivered,
    full_marks,
)

BARE = a_scheme(justification=None)
MISSING = "thiếu giải trình bằng văn bản"


def a_card(points: int, *, unexplained: bool, **more: object) -> Scorecard:
    told = an_assessment(full_marks(points), unexplained=unexplained, **more)
    return a_scorecard(a_contribution(delivered()), assessments=told)


@pytest.mark.parametrize(
    ("points", "counts"), [(1000, False), (900, False), (899, True), (500, True), (499, False)]
)
def test_the_bounds_are_exact(points: int, counts: bool) -> None:  # noqa: FBT001  # a table's column
    card = a_card(points, unexplained=True)
    assert (card.standing == "rated") == counts
    assert counts or card.standing == "not_assessed"
    assert card.assessments["2026-10"].criteria == full_marks(points)


@given(st.integers(0, 1000))
def test_a_reason_makes_every_score_count_and_a_scheme_may_ask_for_none(points: int) -> None:
    reasoned = a_card(points, unexplained=False)
    assert reasoned.standing == "rated"
    told = an_assessment(full_marks(points), unexplained=True)
    bare = a_scorecard(a_contribution(delivered()), assessments=told, scheme=BARE)
    assert bare.total == reasoned.total


def test_the_explanation_says_that_the_justification_is_missing() -> None:
    text = "\n".join(line.vi for line in explain(a_card(950, unexplained=True), a_scheme()))
    assert MISSING in text
    assert "từ 90 % trở lên hoặc dưới 50 % phải giải trình" in text
    english = "\n".join(line.en for line in explain(a_card(950, unexplained=True), a_scheme()))
    assert "a written justification is needed, and is missing" in english
    reasoned = "\n".join(line.vi for line in explain(a_card(950, unexplained=False), a_scheme()))
    assert "giải trình bằng văn bản" not in reasoned


def test_the_head_s_difference_from_the_self_score_is_told_by_criterion() -> None:
    own = {CRITERIA[0]: 950, CRITERIA[1]: 700, CRITERIA[2]: 800}
    text = "\n".join(
        line.en for line in explain(a_card(800, unexplained=False, own=own), a_scheme())
    )
    for said in ("9.50 → 8.00 (-1.50)", "7.00 → 8.00 (+1.00)", "8.00 → 8.00 (+0.00)"):
        assert said in text


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_what_one_says_of_oneself_never_counts(points: int, own: int) -> None:
    silent = a_card(points, unexplained=False)
    told = a_card(points, unexplained=False, own=full_marks(own))
    assert (told.total, told.nodes, told.rating) == (silent.total, silent.nodes, silent.rating)
