"""What a position asks: who holds another under the same scheme is rated on something else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.models.scorecard import Assessment, Scorecard
from shared.scoring.explanation import explain
from shared.scoring.rollup import pool
from tests.builders import DAY, START, a_contribution, a_scorecard, an_asked, delivered
from tests.trees import a_position_scheme

SCHEME = a_position_scheme()
MANNER = an_asked(indicators=[])
RATE = an_asked(criteria=[])


def scored(*assessments: Assessment, period: str = "2026-10") -> Scorecard:
    """The first is of the whole period, the others of the units b1, b2 …"""
    names = [period, *(f"{period}_b{number}" for number in range(1, len(assessments)))]
    return a_scorecard(
        a_contribution(delivered()),
        period=period,
        scheme=SCHEME,
        assessments=dict(zip(names, assessments, strict=True)),
    )


def told(**changes: Any) -> Assessment:
    known = {"criteria": {"conduct": 1000, "manner": 800}, "positions": {"clerk": an_asked()}}
    return Assessment.model_validate({**known, "indicators": {"on-time": 95}, **changes})


def english(card: Scorecard) -> str:
    return "\n".join(line.en for line in explain(card, SCHEME))


def test_what_the_position_asks_counts_as_the_scheme_says() -> None:
    card = scored(told())
    assert (card.share("own"), card.share("measured"), card.total) == (8000, 7500, 8875)


def test_two_positions_under_the_same_scheme_are_rated_on_what_each_asks() -> None:
    other = MANNER.model_copy(
        update={"criteria": [MANNER.criteria[0].model_copy(update={"id": "care", "most": 500})]}
    )
    careful = told(criteria={"conduct": 1000, "care": 500}, positions={"nurse": other})
    card = scored(careful)
    assert (card.share("own"), card.share("measured"), card.total) == (10000, None, 10000)
    swapped = scored(told(positions={"nurse": other}))
    assert (swapped.standing, swapped.total) == ("not_assessed", None)
    assert "Scores of 2026-10 do not count (missing, unknown or off the scale): manner, care" in (
        english(swapped)
    )


def test_where_nothing_is_asked_the_others_share_the_weight() -> None:
    card = scored(told(criteria={"conduct": 1000}, positions={}))
    assert (card.share("own"), card.share("measured"), card.total) == (None, None, 10000)
    said = english(card)
    assert "the position names no criteria: left out, the others share its weight" in said
    assert "the position names no indicators: left out, the others share its weight" in said


@pytest.mark.parametrize(
    ("absent", "standing", "share"),
    [
        ("zero", "rated", 0),
        ("insufficient_data", "insufficient_data", None),
        ("excluded", "not_assessed", None),
    ],
)
def test_what_is_not_measured_means_what_the_position_says(
    absent: str, standing: str, share: int | None
) -> None:
    rate = RATE.indicators[0].model_copy(update={"absent": absent})
    asked = an_asked(indicators=[rate])
    card = scored(told(indicators={}, positions={"clerk": asked}))
    assert (card.standing, card.share("measured")) == (standing, share)
    assert "on-time: Service (100 %) = not measured: " in english(card)


def test_criteria_that_were_asked_and_not_scored_are_not_assessed() -> None:
    card = scored(told(criteria={"conduct": 1000}))
    assert (card.standing, card.total) == ("not_assessed", None)
    assert "manner: Service (100 %, ≤ 10.00) = not scored" in english(card)


def test_each_part_of_a_period_is_rated_by_the_position_then_held() -> None:
    """As a transfer is: each part alike; and so are two positions held in one unit."""
    first, second = told(), told(criteria={"conduct": 1000, "manner": 400})
    assert scored(first, second).share("own") == 6000
    care = MANNER.criteria[0].model_copy(update={"id": "care"})
    both = told(
        criteria={"conduct": 1000, "manner": 400, "care": 1000},
        positions={"clerk": MANNER, "nurse": an_asked(criteria=[care], indicators=[])},
    )
    assert scored(both).share("own") == 7000


def test_the_explanation_names_the_position_its_items_and_their_source() -> None:
    said = english(scored(told()))
    assert f"Position clerk, since {START.isoformat(timespec='minutes')}:" in said
    assert "manner: Service (100 %, ≤ 10.00) = 8.00" in said
    assert "on-time: Service (100 %) = (95 - 80) / (100 - 80)" in said
    assert "source (local): A letter of the province" in said


def test_a_roll_up_rates_each_month_by_what_its_position_asked_then() -> None:
    later = an_asked(since=START + 31 * DAY, criteria=[], indicators=RATE.indicators)
    october, november = told(), told(criteria={"conduct": 1000}, positions={"clerk": later})
    card = pool([scored(october), scored(november, period="2026-11")], "2026-Q4", SCHEME)
    assert (card.share("own"), card.share("measured")) == (8000, 7500)


@given(st.integers(0, 1000), st.integers(-(10**6), 10**6))
def test_shares_stay_within_bounds_and_more_is_never_less(manner: int, rate: int) -> None:
    criteria = {"conduct": 1000, "manner": manner}
    card = scored(told(criteria=criteria, indicators={"on-time": rate}))
    better = scored(told(criteria=criteria, indicators={"on-time": rate + 1}))
    assert 0 <= (card.share("measured") or 0) <= (better.share("measured") or 0) <= 10000
    assert card.share("own") == manner * 10
