from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.scoring.rounding import half_up

denominators = st.sampled_from([1, 2, 3, 4, 7, 8, 20, 64, 10_000]) | st.integers(1, 10**15)


@given(st.integers(0, 10**18), denominators)
@example(1, 2)
@example(17_999, 2)
def test_half_up_agrees_with_decimal_arithmetic(numerator: int, denominator: int) -> None:
    with localcontext(prec=80):  # enough for every tie to be exact, and nothing else to be one
        quotient = Decimal(numerator) / Decimal(denominator)
        expected = int(quotient.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    assert half_up(Fraction(numerator, denominator)) == expected


@given(st.fractions(min_value=0), st.integers(0, 10_000))
def test_adding_whole_hundredths_before_or_after_rounding_is_the_same(
    value: Fraction, whole: int
) -> None:
    assert half_up(value + whole) == half_up(value) + whole


@given(st.fractions(), st.fractions())
def test_rounding_keeps_the_order(one: Fraction, other: Fraction) -> None:
    low, high = sorted([one, other])
    assert half_up(low) <= half_up(high)


@pytest.mark.parametrize(
    ("points", "rounded"),
    [("89.99", 8999), ("89.994999", 8999), ("89.995", 9000), ("90.00", 9000), ("0.005", 1)],
)
def test_two_decimals_are_kept(points: str, rounded: int) -> None:
    assert half_up(Fraction(points) * 100) == rounded
