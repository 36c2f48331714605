"""Months into quarters and years, and one period out of two units."""

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.models.scorecard import Assessment, Capacity, Contribution, Scorecard
from shared.scoring import rollup
from shared.scoring.digest import canonical
from shared.scoring.rollup import pool
from shared.scoring.rounding import half_up
from shared.scoring.scorecard import read, score
from shared.usecases.schemes import shipped
from tests.builders import (
    DAY,
    DUE,
    OFFICIAL,
    a_contribution,
    a_scheme,
    a_scorecard,
    delivered,
    full_marks,
)
from tests.strategies import histories

SCHEME = a_scheme()
MONTHS = tuple(f"2026-{month:02}" for month in range(1, 13))
HEAD = Capacity(subject="head")

rows = st.lists(
    st.builds(a_contribution, histories, k=st.integers(1, 5000), quantity=st.integers(1, 9)),
    max_size=3,
)
said = st.builds(
    Assessment,
    criteria=st.just({}) | st.integers(0, 1000).map(full_marks),
    statements=st.fixed_dictionaries({"dd": st.sampled_from(["yes", "no"]), "e": st.just("yes")}),
    away=st.integers(0, 5).map(lambda one: one == 0),
)


def a_month(
    month: str, work: Sequence[Contribution], assessment: Assessment, capacity: Capacity = HEAD
) -> Scorecard:
    return score(
        period=month,
        official=OFFICIAL,
        scheme=SCHEME,
        path=["so", f"p{month[-1]}"],
        contributions={f"{month}_u_an_w{n}": row for n, row in enumerate(work)},
        assessments={month: assessment},
        capacity=capacity,
    )


@st.composite
def years(draw: st.DrawFn) -> list[Scorecard]:
    months = draw(st.lists(st.sampled_from(MONTHS), unique=True, min_size=1, max_size=5))
    return [a_month(month, draw(rows), draw(said)) for month in months]


def same(one: Scorecard, other: Scorecard) -> bool:
    return canonical(one.fields()) == canonical(other.fields())


@given(years(), st.data())
def test_the_order_of_pooling_makes_no_difference(
    months: list[Scorecard], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(months))
    assert same(pool(months, "2026", SCHEME), pool(shuffled, "2026", SCHEME))


@given(years(), st.integers(0, 5))
def test_pooling_by_quarters_first_makes_no_difference(months: list[Scorecard], cut: int) -> None:
    groups = [group for group in (months[:cut], months[cut:]) if group]
    pooled = [pool(group, "2026", SCHEME) for group in groups]
    assert same(pool(pooled, "2026", SCHEME), pool(months, "2026", SCHEME))


@given(rows, said)
def test_a_month_pooled_alone_is_itself(work: list[Contribution], assessment: Assessment) -> None:
    month = a_month("2026-10", work, assessment)
    assert same(pool([month], "2026-10", SCHEME), month)


@given(years())
def test_numerators_and_denominators_are_summed(months: list[Scorecard]) -> None:
    year = pool(months, "2026", SCHEME)
    assigned = sum(month.work.assigned_weight for month in months)
    assert year.work.assigned_weight == assigned
    if assigned and year.standing != "on_leave":
        done = sum(month.work.done_weight for month in months)
        assert year.share("a") == half_up(Fraction(done * 10_000, assigned))


def test_much_work_weighs_more_than_little_so_no_mean_of_scores() -> None:
    busy = a_month("2026-01", [a_contribution(delivered())] * 9, Assessment())
    idle = a_month("2026-02", [a_contribution()], Assessment())
    assert pool([busy, idle], "2026-Q1", SCHEME).share("a") == 9000


def test_criteria_are_averaged_over_the_months_worked_exactly() -> None:
    told = [Assessment(criteria=full_marks(points)) for points in (800, 900, 900)]
    away = Assessment(criteria=full_marks(0), away=True)
    months = [a_month(month, [], one) for month, one in zip(MONTHS, [*told, away], strict=False)]
    assert pool(months, "2026", SCHEME).points("general") == 2600
    assert pool(months[:2], "2026", SCHEME).points("general") == 2550


def test_a_quarter_counts_as_its_three_months() -> None:
    month = a_month("2026-01", [], Assessment(criteria=full_marks(1000)))
    quarter = a_month("2026-Q2", [], Assessment(criteria=full_marks(600)))
    assert pool([month, quarter], "2026", SCHEME).points("general") == 2100


def test_statements_take_the_least_of_the_months() -> None:
    answers = ["yes", "no", "yes"]
    months = [
        a_month(month, [], Assessment(statements={"dd": answer}))
        for month, answer in zip(MONTHS, answers, strict=False)
    ]
    assert pool(months, "2026-Q1", SCHEME).share("dd") == 5000


def test_of_several_measurements_the_last_counts() -> None:
    def measured(month: str, percent: int) -> Scorecard:
        known = Assessment(indicators={"satisfaction": percent})
        unit = Capacity(subject="unit")
        return a_month(month, [a_contribution(delivered())], known, unit)

    months = [measured("2026-03", 9000), measured("2026-01", 5000), measured("2026-02", 6000)]
    assert pool(months, "2026-Q1", SCHEME).share("satisfaction") == 9000


def test_the_role_is_the_one_held_last() -> None:
    months = [
        a_month("2026-Q4", [], Assessment()),
        a_month("2026-09", [], Assessment(), Capacity()),
        a_month("2026-10", [], Assessment(), Capacity()),
    ]
    assert pool(months, "2026", SCHEME).capacity == HEAD


def test_a_switch_from_months_to_quarters_loses_nothing() -> None:
    late = a_contribution(delivered(at=DUE + DAY))
    parts = [a_month(name, [late], Assessment()) for name in ("2026-05", "2026-06", "2026-Q3")]
    year = pool(parts, "2026", SCHEME)
    assert (year.work.assigned, year.work.lates, len(year.contributions)) == (3, 3, 3)


def test_a_month_on_leave_neither_raises_nor_lowers_the_year() -> None:
    worked = a_month("2026-01", [a_contribution(delivered())], Assessment())
    away = a_month("2026-02", [a_contribution()], Assessment(away=True))
    assert pool([worked, away], "2026", SCHEME).share("a") == 10_000
    assert pool([away], "2026", SCHEME).standing == "on_leave"


def test_two_units_rate_their_part_and_both_follow_the_person() -> None:
    one, other = (
        a_scorecard(
            path=["so", unit],
            contributions={f"2026-10_{unit}_an_w": a_contribution(history)},
            assessments={f"2026-10_{unit}": Assessment(criteria=full_marks(points))},
        )
        for unit, history, points in (("p1", delivered(), 1000), ("p2", {}, 800))
    )
    card = pool([one, other], "2026-10", SCHEME)
    assert (card.share("a"), card.points("general"), card.total) == (5000, 2700, 6200)
    assert card.path == ["p1", "p2", "so"]


@given(st.lists(rows, min_size=1, max_size=4), st.integers(1, 6))
def test_a_bounded_scorecard_scores_the_same(work: list[list[Contribution]], most: int) -> None:
    months = [
        a_month(month, rows, Assessment(criteria=full_marks()))
        for month, rows in zip(MONTHS, work, strict=False)
    ]
    whole = pool(months, "2026", SCHEME)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(rollup, "MOST_ROWS", most)
        card = rollup.bounded(whole)
    assert (card.work, card.nodes, card.total) == (whole.work, whole.nodes, whole.total)
    assert read(card, SCHEME).evidence == read(whole, SCHEME).evidence
    if len(whole.contributions) <= most:
        assert card == whole


def test_the_largest_year_fits_in_a_document() -> None:
    """A thousand pieces of work in each of twelve months, of twenty products."""
    rows = {
        f"{month}_{'u' * 60}_{'o' * 60}_{n:026}": a_contribution(delivered(), product=f"sp{n % 20}")
        for month in MONTHS
        for n in range(1000)
    }
    year = a_scorecard(period="2026", contributions=rows)
    card = rollup.bounded(year)
    assert len(card.contributions) == 12 * 20
    assert (card.work, card.total) == (year.work, year.total)
    assert len(canonical(card.fields())) < 2**19


def test_a_scheme_reads_what_means_the_same() -> None:
    local = shipped("decree-335-local@1")
    assert rollup.unreadable(SCHEME, SCHEME) == []
    assert "general" in rollup.unreadable(SCHEME, local)
