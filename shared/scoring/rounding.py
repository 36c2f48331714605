"""The one written rounding rule."""

from fractions import Fraction

PLACES = 2
"""Decimals that documents keep."""
HUNDREDTHS = 10**PLACES


def half_up(value: Fraction) -> int:
    """Round to the nearest whole number, a half upwards.

    Applied to values in hundredths, so a score keeps two decimals; thresholds
    are compared after it (89.995 is 90.00 and excellent, 89.99 is not).
    """
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def hundredths(value: Fraction) -> int:
    """Points or per cent as documents keep them."""
    return half_up(value * HUNDREDTHS)


def decimals(amount: int) -> str:
    """Hundredths as they are read, with two decimals."""
    return f"{amount // HUNDREDTHS}.{amount % HUNDREDTHS:02d}"
