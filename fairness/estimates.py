"""Intervals, shrinkage and tests: exact or in closed form, so the same rows give the same bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import atanh, isclose, sqrt, tanh

from scipy import optimize, stats

CONFIDENCE = 0.95
FEWEST_PEERS = 4
"""Fewer others say nothing about how much raters differ."""


@dataclass(frozen=True)
class Interval:
    low: float
    high: float


@dataclass(frozen=True)
class Shrunk:
    """Each estimate drawn towards the mean of all, the more the less is known of it."""

    mean: float
    between: float
    """Variance of the true values."""
    values: list[float]


def proportion(count: int, of: int) -> Interval:
    """Wilson's interval: keeps its word for few observations and for none of many."""
    z = _z()
    centre = (count + z * z / 2) / (of + z * z)
    wide = z * sqrt(count * (of - count) / of + z * z / 4) / (of + z * z)
    return Interval(max(0.0, centre - wide), min(1.0, centre + wide))


def more_than(count: int, of: int, share: float) -> float:
    """How probable so many or more would be if the true share were no larger (exact)."""
    return float(stats.binom.sf(count - 1, of, share))


def correlation(xs: Sequence[float], ys: Sequence[float]) -> tuple[float, Interval] | None:
    """Spearman's, with the interval of Bonett and Wright; none where one does not vary."""
    enough = 5
    if len(xs) < enough or _same(xs) or _same(ys):
        return None
    rho = float(stats.spearmanr(xs, ys).statistic)
    bounded = max(-0.9999, min(0.9999, rho))
    wide = _z() * sqrt((1 + rho * rho / 2) / (len(xs) - 3))
    return rho, Interval(tanh(atanh(bounded) - wide), tanh(atanh(bounded) + wide))


def mean_interval(mean: float, variance: float) -> Interval:
    wide = _z() * sqrt(variance)
    return Interval(mean - wide, mean + wide)


def shrink(values: Sequence[float], variances: Sequence[float]) -> Shrunk:
    """Random effects: the variance between the true values as Paule and Mandel estimate it."""
    between = _between(values, variances)
    mean, _ = _pooled(values, variances, between)
    drawn = [
        mean if between == 0 else mean + (value - mean) * between / (between + variance)
        for value, variance in zip(values, variances, strict=True)
    ]
    return Shrunk(mean, between, drawn)


def unlike_peers(place: int, values: Sequence[float], variances: Sequence[float]) -> float | None:
    """How probable so large a distance from the others would be for one of their kind.

    The others alone say how much true values differ, so that an honest rater among
    raters who differ is not held to their mean, and an outlier does not hide itself.
    """
    others = [one for n, one in enumerate(values) if n != place]
    known = [one for n, one in enumerate(variances) if n != place]
    if len(others) < FEWEST_PEERS:
        return None
    between = _between(others, known)
    mean, of_mean = _pooled(others, known, between)
    spread = sqrt(between + variances[place] + of_mean)
    if spread == 0:
        return 1.0 if isclose(values[place], mean) else 0.0
    return float(2 * stats.t.sf(abs(values[place] - mean) / spread, len(others) - 1))


def narrower(own: float, own_freedom: int, others: float, others_freedom: int) -> float:
    """How probable so small a variance would be if it were that of the others (F test)."""
    return float(stats.f.cdf(own / others, own_freedom, others_freedom))


def holm(probabilities: Sequence[float]) -> list[float]:
    """Adjusted so that at most one report in twenty names anybody without a reason."""
    order = sorted(range(len(probabilities)), key=lambda place: probabilities[place])
    adjusted = [0.0] * len(probabilities)
    highest = 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, (len(order) - rank) * probabilities[place]))
        adjusted[place] = highest
    return adjusted


def _between(values: Sequence[float], variances: Sequence[float]) -> float:
    """Where the weighted squares around the mean are as many as are expected."""

    def excess(between: float) -> float:
        mean, _ = _pooled(values, variances, between)
        squares = (
            (value - mean) ** 2 / (variance + between)
            for value, variance in zip(values, variances, strict=True)
        )
        return sum(squares) - (len(values) - 1)

    if len(values) < 2 or excess(0.0) <= 0:  # noqa: PLR2004  # one value differs from nothing
        return 0.0
    widest = (max(values) - min(values)) ** 2 * len(values)
    return float(optimize.brentq(excess, 0.0, widest, xtol=1e-12))


def _pooled(
    values: Sequence[float], variances: Sequence[float], between: float
) -> tuple[float, float]:
    """The weighted mean and its variance."""
    weights = [1 / (variance + between) for variance in variances]
    whole = sum(weights)
    mean = sum(weight * value for weight, value in zip(weights, values, strict=True)) / whole
    return mean, 1 / whole


def _same(values: Sequence[float]) -> bool:
    return isclose(min(values), max(values))


@cache
def _z() -> float:
    return float(stats.norm.ppf((1 + CONFIDENCE) / 2))
