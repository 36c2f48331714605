"""Intervals, shrinkage and tests: known values, and what must hold for all."""

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fairness.estimates import (
    correlation,
    holm,
    mean_interval,
    more_than,
    narrower,
    proportion,
    shrink,
    unlike_peers,
)

counted = st.integers(1, 400).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))
values = st.lists(st.floats(0, 1), min_size=2, max_size=12)
chances = st.lists(st.floats(0, 1), max_size=20)


@given(counted)
def test_wilsons_interval_is_the_librarys_and_holds_the_share(case: tuple[int, int]) -> None:
    count, of = case
    found = proportion(count, of)
    known = stats.binomtest(count, of).proportion_ci(0.95, method="wilson")
    assert isclose(found.low, known.low, abs_tol=1e-9)
    assert isclose(found.high, known.high, abs_tol=1e-9)
    assert found.low - 1e-9 <= count / of <= found.high + 1e-9


@given(counted, st.floats(0.01, 0.99))
def test_the_exact_test_is_the_librarys(case: tuple[int, int], share: float) -> None:
    count, of = case
    known = stats.binomtest(count, of, share, alternative="greater").pvalue
    assert isclose(more_than(count, of, share), known, rel_tol=1e-6, abs_tol=1e-12)


@given(values, st.floats(0.0001, 1))
def test_shrinking_draws_everybody_towards_the_mean(found: list[float], variance: float) -> None:
    drawn = shrink(found, [variance] * len(found))
    for before, after in zip(found, drawn.values, strict=True):
        assert min(before, drawn.mean) - 1e-9 <= after <= max(before, drawn.mean) + 1e-9


def test_a_small_group_is_drawn_further_than_a_large_one() -> None:
    drawn = shrink([0.9, 0.9, 0.5, 0.5], [0.01, 0.001, 0.01, 0.001])
    assert drawn.values[0] < drawn.values[1] < 0.9
    assert 0.5 < drawn.values[3] < drawn.values[2]


def test_values_that_differ_no_more_than_chance_are_all_the_mean() -> None:
    drawn = shrink([0.50, 0.51, 0.49], [0.01, 0.01, 0.01])
    assert drawn.between == 0
    assert drawn.values == [drawn.mean] * 3


def test_peers_who_differ_much_make_nobody_an_outlier() -> None:
    apart, alike = [0.5, 0.7, 0.9, 0.6, 0.8, 0.95], [0.7, 0.71, 0.7, 0.69, 0.7, 0.95]
    known = [0.0001] * 6
    assert (unlike_peers(5, apart, known) or 0) > 0.05
    assert (unlike_peers(5, alike, known) or 0) < 0.001


def test_too_few_peers_say_nothing() -> None:
    assert unlike_peers(0, [1.0, 0.5, 0.5, 0.5], [0.01] * 4) is None


@given(chances)
def test_holm_never_lowers_and_keeps_the_order(found: list[float]) -> None:
    adjusted = holm(found)
    assert all(after >= before for before, after in zip(found, adjusted, strict=True))
    assert all(one <= 1 for one in adjusted)
    ordered = [after for _, after in sorted(zip(found, adjusted, strict=True))]
    assert ordered == sorted(ordered)


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([]) == []


def test_a_spread_of_nothing_among_spreads_is_improbable() -> None:
    assert narrower(1e-6, 7, 0.002, 80) < 1e-6
    assert narrower(0.002, 7, 0.002, 80) == pytest.approx(0.56, abs=0.05)


def test_a_correlation_needs_variation_and_people() -> None:
    assert correlation([1, 1, 1, 1, 1], [1, 2, 3, 4, 5]) is None
    assert correlation([1, 2], [1, 2]) is None
    found = correlation([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 6, 5])
    assert found is not None
    assert found[0] == pytest.approx(0.943, abs=0.001)
    assert found[1].low < found[0] < found[1].high


def test_a_means_interval_is_two_standard_errors_wide() -> None:
    found = mean_interval(0.5, 0.01)
    assert [found.low, found.high] == pytest.approx([0.304, 0.696], abs=0.0001)
