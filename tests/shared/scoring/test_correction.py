"""A later version of a result: what is named is scored anew, and nothing else moves."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.models.correction import Correction
from shared.models.result import Result
from shared.scoring.correction import Given, correct
from shared.scoring.digest import seal
from tests.builders import (
    PERIOD,
    START,
    a_contribution,
    a_correction,
    a_result,
    a_scheme,
    a_scorecard,
    assignment_id,
    delivered,
    full_marks,
)
from tests.strategies import histories

rows = st.builds(a_contribution, histories)
results = st.lists(rows, min_size=1, max_size=3).map(lambda some: a_result(a_scorecard(*some)))


def corrected(result: Result, **changes: Any) -> Result:
    given = {"contributions": {}, "given": Given(), "entries": 0, **changes}
    return correct(result, a_scheme(), **given)


@given(results)
def test_correcting_nothing_gives_the_same_bytes(result: Result) -> None:
    assert corrected(result) == result


@given(results, rows)
def test_only_the_named_work_is_scored_anew(result: Result, row: Any) -> None:
    name = assignment_id("w0")
    after = corrected(result, contributions={name: row}, entries=1)
    before = result.scorecard
    assert after.scorecard.contributions == {**before.contributions, name: row}
    assert after.scorecard.assessments == before.assessments
    assert after.entries == result.entries + 1
    assert after.digest == seal(after.fields())
    assert corrected(after, contributions={name: before.contributions[name]}) == corrected(
        result, entries=1
    )


@given(results, st.integers(0, 1000))
def test_a_score_put_right_is_the_score_as_if_given_at_once(result: Result, points: int) -> None:
    after = corrected(result, given=Given({PERIOD: {"conduct": points}}))
    rows = result.scorecard.contributions.values()
    general = full_marks() | {"conduct": points}
    assert after.scorecard == a_scorecard(*rows, general=general)


def test_the_versions_are_a_chain() -> None:
    first = a_result()
    second = a_correction(first)
    third = a_correction(second.result, version=3, replaces=second.digest)
    assert second.replaces == first.digest
    assert third.replaces == second.digest
    assert len({first.digest, second.digest, third.digest}) == 3


@pytest.mark.parametrize(
    "change",
    [{"reason": "lý do khác"}, {"by": "ai-do"}, {"version": 3}, {"replaces": "1" * 64}],
    ids=str,
)
def test_a_version_is_digested_whole(change: dict[str, Any]) -> None:
    made = a_correction()
    assert seal(made.fields()) == made.digest
    altered = Correction.model_validate({**made.fields(), **change})
    assert seal(altered.fields()) != altered.digest


def test_a_waived_lateness_gives_back_what_it_took() -> None:
    late = a_result(a_scorecard(a_contribution(delivered(), due=START)))
    clean = a_contribution(delivered())
    assert late.scorecard.total == 9417
    after = corrected(late, contributions={assignment_id("w0"): clean})
    assert after.scorecard.total == 10_000
