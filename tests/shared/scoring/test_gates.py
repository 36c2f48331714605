"""Gates beside the score, on the shipped schemes and one by one."""

from typing import Any

import pytest

from shared.models.scheme import Gate, Rating, Scheme
from shared.models.scorecard import Assessment, Capacity, Contribution, Override, Scorecard
from shared.scoring.explanation import explain
from shared.scoring.gates import standing_in
from shared.scoring.rollup import as_part, pool
from shared.usecases.schemes import shipped
from tests.builders import (
    DAY,
    DUE,
    END,
    PERIOD,
    START,
    TICK,
    History,
    a_contribution,
    a_scheme,
    a_scorecard,
    a_submission,
    an_acceptance,
    an_assessment,
    an_override,
    delivered,
    full_marks,
)

LOCAL = shipped("decree-335-local@1")
MEMBER = Capacity(party_member=True)
HEAD = Capacity(subject="head")


def work(on_time: int, late: int = 0, beyond: int = 0, missing: int = 0) -> list[Contribution]:
    """One assignment a unit; those beyond requirement are among those on time."""
    better: History = {"s1": a_submission(), "ok": an_acceptance(beyond=True)}
    return [
        *[a_contribution(better)] * beyond,
        *[a_contribution(delivered())] * (on_time - beyond),
        *[a_contribution(delivered(at=DUE + DAY))] * late,
        *[a_contribution()] * missing,
    ]


def rated(*rows: Contribution, **changes: Any) -> tuple[str | None, str | None]:
    card = a_scorecard(*rows, **{"capacity": MEMBER, **changes})
    return card.rating, card.gate


def test_a_party_member_is_excellent_with_all_on_time_and_a_third_beyond() -> None:
    assert rated(*work(on_time=10, beyond=3)) == ("excellent", "score")


def test_without_enough_beyond_requirement_the_second_gate_decides_good() -> None:
    assert rated(*work(on_time=10, beyond=2)) == ("good", "beyond")


def test_one_late_product_closes_excellent_and_good() -> None:
    card = a_scorecard(*work(on_time=19, late=1, beyond=10), capacity=MEMBER)
    assert (card.total, card.rating, card.gate) == (9971, "completed", "on-time")


def test_more_than_a_fifth_late_is_not_completed_whatever_the_score() -> None:
    assert rated(*work(on_time=8, late=2)) == ("completed", "on-time")
    assert rated(*work(on_time=7, late=3)) == ("not_completed", "late")


def test_what_was_never_delivered_is_late_too() -> None:
    assert rated(*work(on_time=9, missing=1)) == ("completed", "on-time")
    assert rated(*work(on_time=7, missing=3)) == ("not_completed", "late")


def test_the_score_decides_where_it_is_lower_than_every_gate() -> None:
    assert rated(*work(on_time=10), general=full_marks(0)) == ("good", "score")
    assert rated(*work(on_time=0, missing=1)) == ("not_completed", "score")


def test_the_party_track_binds_party_members_and_a_place_may_bind_everybody() -> None:
    rows = work(on_time=9, late=1)
    assert rated(*rows, capacity=Capacity()) == ("excellent", "score")
    split = {"conduct": 1300, "competence": 1200, "initiative": 500}
    everybody = rated(*rows, capacity=Capacity(), scheme=LOCAL, general=split)
    assert everybody == ("completed", "on-time")


@pytest.mark.parametrize("kind", ["degradation", "breach", "reprimand"])
def test_discipline_is_not_completed_whatever_the_score(kind: str) -> None:
    card = disciplined(kind)
    assert (card.total, card.rating, card.gate) == (10_000, "not_completed", "discipline")


@pytest.mark.parametrize("kind", ["corruption-in-unit", "waste-in-unit"])
def test_corruption_or_waste_in_the_unit_is_held_against_its_head_alone(kind: str) -> None:
    statements = {"dd": "yes", "e": "yes"}
    head = disciplined(kind, capacity=HEAD, statements=statements)
    assert (head.rating, head.gate) == ("not_completed", "integrity")
    assert disciplined(kind).rating == "excellent"


def test_a_place_may_hold_a_weak_unit_against_its_head() -> None:
    split = {"conduct": 1300, "competence": 1200, "initiative": 500}
    statements = {"dd": "full", "e": "yes"}
    head = disciplined("unit-below-70", LOCAL, capacity=HEAD, criteria=split, statements=statements)
    assert (head.rating, head.gate) == ("not_completed", "unit-below-70")


def test_a_place_may_bar_excellent_for_the_year_after_a_quarter_not_completed() -> None:
    split = {"conduct": 1300, "competence": 1200, "initiative": 500}
    rows = work(on_time=10, beyond=3)
    barred = an_override(kind="quarter-not-completed").fields()
    said = an_assessment(split, overrides=[barred])
    assert rated(*rows, scheme=LOCAL, assessments=said) == ("good", "quarter-not-completed")


def test_of_gates_that_lower_as_much_the_first_is_named() -> None:
    first, second = [
        Gate.model_validate({**a_scheme().gates[0].fields(), "id": name}) for name in ("x", "y")
    ]
    card = disciplined("reprimand", scheme=a_scheme(gates=[first.fields(), second.fields()]))
    assert card.gate == "x"


def test_a_fact_that_the_scheme_does_not_name_changes_nothing() -> None:
    assert disciplined("lateness-at-lunch").rating == "excellent"


def disciplined(kind: str, scheme: Scheme | None = None, **more: Any) -> Scorecard:
    capacity = more.pop("capacity", Capacity())
    criteria = more.pop("criteria", full_marks())
    fact = an_override(kind=kind).fields()
    return a_scorecard(
        *work(on_time=10, beyond=3),
        scheme=scheme or a_scheme(),
        capacity=capacity,
        assessments=an_assessment(criteria, overrides=[fact], **more),
    )


@pytest.mark.parametrize(
    ("fact", "stands"),
    [
        (an_override(at=START - TICK), False),
        (an_override(at=START), True),
        (an_override(at=END - TICK), True),
        (an_override(at=END), False),
        (an_override(at=START - 90 * DAY, until=START), False),
        (an_override(at=START - 90 * DAY, until=START + TICK), True),
        (an_override(at=START - 90 * DAY, until=END + 90 * DAY), True),
        (an_override(at=END, until=END + DAY), False),
    ],
)
def test_a_fact_stands_in_every_period_that_its_time_touches(
    fact: Override, *, stands: bool
) -> None:
    assert (standing_in([fact], START, END) == [fact]) is stands


# Gates on the unit that somebody heads, and on the parts of a roll-up


def headed(share: int | None, **changes: Any) -> Scorecard:
    """A head with full marks under the local scheme, whose unit reaches so much."""
    unit = {} if share is None else {"unit": share}
    marks = {"conduct": 1300, "competence": 1200, "initiative": 500}
    said = an_assessment(marks, statements={"dd": "full", "e": "yes"}, unit=unit)
    given = {"scheme": LOCAL, "capacity": HEAD, "assessments": said, **changes}
    return a_scorecard(*work(on_time=10, beyond=3), **given)


@pytest.mark.parametrize(
    ("share", "rating", "gate"),
    [
        (6999, "not_completed", "unit"),
        (7000, "excellent", "score"),
        (None, "excellent", "score"),
    ],
)
def test_a_unit_below_70_per_cent_makes_its_head_not_completed(
    share: int | None, rating: str, gate: str
) -> None:
    card = headed(share)
    assert (card.rating, card.gate) == (rating, gate)
    assert headed(share, capacity=Capacity()).gate == "score"


@pytest.mark.parametrize(
    ("pooled", "shares", "gate"),
    [
        ("mean", (6000, 8000), "score"),
        ("mean", (6000, 7998), "unit"),
        ("mean", (None, 7000), "score"),
        ("least", (9000, 6999), "unit"),
        ("least", (6999, 9000), "unit"),
        ("least", (7000, 9000), "score"),
        ("last", (6000, 7000), "score"),
        ("last", (9000, 6999), "unit"),
        ("last", (6000, None), "unit"),
    ],
)
def test_a_roll_up_pools_what_its_parts_say_of_the_units_headed(
    pooled: str, shares: tuple[int | None, int | None], gate: str
) -> None:
    """A quarter before a year's second: both count as three months."""
    gates = [one.model_dump(mode="json") for one in LOCAL.gates]
    for one in gates:
        if one["condition"]["kind"] == "unit_at_least":
            one["condition"]["pooled"] = pooled
    scheme = Scheme.model_validate({**LOCAL.model_dump(mode="json"), "gates": gates})
    year = headed(None)
    told = {
        f"2026-Q{n}": year.assessments[PERIOD].model_copy(
            update={"unit": {} if share is None else {"unit": share}}
        )
        for n, share in enumerate(shares, 1)
    }
    assert headed(None, scheme=scheme, assessments=told).gate == gate


def test_months_weigh_a_quarter_three_times() -> None:
    month, quarter = ({"unit": 10_000}, {"unit": 5999})
    said = headed(None).assessments[PERIOD]
    told = {
        "2026-01": said.model_copy(update={"unit": month}),
        "2026-Q2": said.model_copy(update={"unit": quarter}),
    }
    # (10,000 + 3 × 5,999) / 4 = 6,999.25
    assert headed(None, assessments=told).gate == "unit"


def test_what_a_gate_on_the_unit_found_is_told() -> None:
    told = [line.en for line in explain(headed(6999), LOCAL)]
    assert "The unit reaches 70 per cent: unit of the unit 69.99 %, ≥ 70 % needed: " in "".join(
        told
    )
    assert any("the unit has no result" in line.en for line in explain(headed(None), LOCAL))


def a_year(*ratings: Rating, part: str = "Q") -> Scorecard:
    """Full marks for the year, of parts that were rated so."""
    year = headed(None)
    rated = {f"2026-{part}{n}": Assessment(rating=one) for n, one in enumerate(ratings, 1)}
    return a_scorecard(
        contributions=year.contributions,
        assessments=year.assessments | rated,
        scheme=LOCAL,
        period="2026",
        capacity=HEAD,
    )


def test_one_quarter_not_completed_bars_excellent_for_the_year() -> None:
    card = a_year("excellent", "not_completed", "excellent")
    assert (card.rating, card.gate) == ("good", "quarter")
    told = "".join(line.en for line in explain(card, LOCAL))
    assert "No quarter was not completed: 2026-Q2: Good at most" in told
    assert a_year("good", "completed").gate == "score"


def test_a_month_is_no_quarter() -> None:
    assert a_year("not_completed", part="0").gate == "score"


def test_what_a_period_itself_was_rated_is_none_of_its_parts() -> None:
    quarter = a_year("excellent").model_copy(update={"rating": "not_completed"})
    itself = as_part(quarter.model_copy(update={"period": "2026-Q1"}))
    again = pool([itself], "2026-Q1", LOCAL)
    assert again.assessments["2026-Q1"].rating == "not_completed"
    assert again.gate == "score"
    assert pool([itself], "2026", LOCAL).gate == "quarter"
