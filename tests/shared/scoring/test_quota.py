"""Quotas and guidelines in whole people: exact, explained, and never a word about a score."""

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.models.quota import Boundary, Limit
from shared.models.scheme import Distribution, Quota, Rating, Scheme
from shared.scoring.gates import by_score
from shared.scoring.quota import (
    Candidate,
    apportion,
    boundary,
    limits,
    quota_boundary,
    spread,
    tell_limit,
    tell_places,
    whole_people,
)
from tests.builders import a_scheme
from tests.trees import SOURCE, TITLE

DECREE = a_scheme()
RATINGS = [band.rating for band in DECREE.ratings.bands]

totals = st.integers(0, 10_000) | st.sampled_from([6999, 7000, 8999, 9000, 9001])
groups = st.lists(totals, max_size=40).map(lambda some: people(*some))
rated = st.lists(st.tuples(totals, st.sampled_from(RATINGS)), max_size=40).map(
    lambda some: [Candidate(f"o{n}", *one) for n, one in enumerate(some)]
)
"""Ratings as somebody decided them, whatever the totals."""


def people(*totals: int) -> list[Candidate]:
    return [Candidate(f"o{n}", total, by_score(total, DECREE)) for n, total in enumerate(totals)]


def a_quota(**changes: Any) -> Quota:
    assert DECREE.quota is not None
    return Quota.model_validate({**DECREE.quota.fields(), **changes})


def both(group: list[Candidate], quota: Quota, *, outstanding: bool = False) -> list[Limit]:
    return limits(group, DECREE, quota, outstanding=outstanding)


def guideline(*percents: int) -> Distribution:
    shares = [{"id": f"r{n}", "title": TITLE, "percent": one} for n, one in enumerate(percents)]
    return Distribution.model_validate({"shares": shares, "source": SOURCE})


def test_nineteen_people_by_the_guideline() -> None:
    """1.90, 4.75, 6.65, 3.80 and 1.90: the four left over go to .90, .90, .80 and .75."""
    rows = spread(people(*range(19)), guideline(10, 25, 35, 20, 10))
    assert [row.places for row in rows] == [2, 5, 6, 4, 2]
    assert [row.exact for row in rows] == [190, 475, 665, 380, 190]
    told = [one.en for one in tell_places(rows)]
    assert told[0].endswith("10 % = 1.90 → 2 (remainder 0.90, one more)")
    assert told[2].endswith("35 % = 6.65 → 6")
    assert not any(row.tied for row in rows)


def test_equal_remainders_are_told() -> None:
    """Three people, a half each: 1.5 and 1.5."""
    rows = spread(people(1, 2, 3), guideline(50, 50))
    assert [(row.places, row.tied) for row in rows] == [(2, True), (1, True)]
    assert all("equal remainders" in one.en for one in tell_places(rows))
    assert all("phần lẻ bằng nhau" in one.vi for one in tell_places(rows))


def test_a_share_named_as_a_rating_is_compared_with_it() -> None:
    shares = [{"id": name, "title": TITLE, "percent": 50} for name in ("excellent", "other")]
    named = Distribution.model_validate({"shares": shares, "source": SOURCE})
    assert [row.holds for row in spread(people(9500, 9100, 100), named)] == [2, None]


@given(st.integers(0, 5_000), st.lists(st.integers(1, 60), min_size=2, max_size=10))
def test_places_add_up_and_none_is_a_whole_person_off(number: int, parts: list[int]) -> None:
    percents = hundred(parts)
    places = apportion(number, percents)
    assert sum(places) == number
    assert all(
        abs(100 * got - number * one) < 100 for got, one in zip(places, percents, strict=True)
    )
    extra = {n: 100 * got > number * percents[n] for n, got in enumerate(places)}
    with_more = [number * percents[n] % 100 for n, more in extra.items() if more]
    without = [number * percents[n] % 100 for n, more in extra.items() if not more]
    assert not with_more or not without or min(with_more) >= max(without)


def hundred(parts: list[int]) -> list[int]:
    """The parts with a last one that makes a hundred of them."""
    kept: list[int] = []
    for part in parts:
        if sum(kept) + part < 100:
            kept.append(part)
    return [*kept, 100 - sum(kept)]


@pytest.mark.parametrize(
    ("rounding", "expected"), [("down", 3), ("half_up", 4), ("up", 4)], ids=str
)
def test_whole_people_by_the_rule_of_the_scheme(rounding: Any, expected: int) -> None:
    assert whole_people(19, 20, rounding) == expected


@given(st.integers(0, 10_000), st.integers(0, 100))
def test_rounding_down_is_at_most_and_none_is_a_whole_person_off(number: int, percent: int) -> None:
    exact = number * percent
    down, half, up = (whole_people(number, percent, one) for one in ("down", "half_up", "up"))
    assert 100 * down <= exact < 100 * (down + 1)
    assert 100 * up >= exact > 100 * (up - 1)
    assert down <= half <= up
    assert 2 * abs(100 * half - exact) <= 100


def test_both_denominators_are_shown_and_the_schemes_own_binds() -> None:
    group = people(*[9500] * 5, *[8000] * 19, *[6000] * 4)
    good, above = both(group, a_quota())
    assert (good.of, good.people, good.exact, good.most, good.binding) == ("good", 19, 380, 3, True)
    assert (above.of, above.people, above.most, above.binding) == ("good_or_above", 24, 4, False)
    assert [one.binding for one in both(group, a_quota(of="good_or_above"))] == [False, True]


def test_an_outstanding_organisation_has_more() -> None:
    group = people(*[8000] * 20)
    assert [both(group, a_quota(), outstanding=one)[0].most for one in (False, True)] == [4, 5]


def test_whoever_gets_the_next_rating_is_one_more_of_those_rated_good() -> None:
    """Ten excellent and twenty good: 4 by the count of now, 5 of 25 once five are good."""
    quota = a_quota()
    good, above = both(people(*[9500] * 10, *[8000] * 20), quota)
    assert (good.most, good.keeps) == (4, 5)
    assert (above.most, above.keeps) == (6, 6)
    told = tell_limit(good, quota, DECREE, 10)
    assert told.en.startswith(
        "20 % × 20 people rated good = 4.00, rounded down 4; Excellent: 10, 6"
    )
    assert "5 may keep this one" in told.en
    assert "vượt 6" in told.vi
    assert told.vi.startswith("20 % × 20 người xếp loại tốt = 4.00, làm tròn xuống 4")
    assert "(the other reading)" in tell_limit(above, quota, DECREE, 10).en


@given(group=rated, outstanding=st.booleans(), of=st.sampled_from(["good", "good_or_above"]))
def test_as_many_keep_the_rating_as_the_quota_allows_afterwards(
    *, group: list[Candidate], outstanding: bool, of: Any
) -> None:
    quota = a_quota(of=of)
    limit = next(one for one in both(group, quota, outstanding=outstanding) if one.binding)
    holders = [one for one in group if one.rating == "excellent"]
    assert limit.keeps <= len(holders)
    assert allowed(group, limit, limit.keeps) >= limit.keeps
    assert all(allowed(group, limit, more) < more for more in range(limit.keeps + 1, len(holders)))


def allowed(group: list[Candidate], limit: Limit, keep: int) -> int:
    """By counting people again when so many of the excellent keep it and the others are good."""
    ratings: list[Rating] = [one.rating for one in group if one.rating != "excellent"]
    holders = len(group) - len(ratings)
    ratings += [*_times("excellent", keep), *_times("good", holders - keep)]
    basis = {"good"} if limit.of == "good" else {"good", "excellent"}
    return sum(one in basis for one in ratings) * limit.percent // 100


def _times(rating: Rating, number: int) -> list[Rating]:
    return [rating] * number


def test_the_edge_of_the_quota_names_who_is_just_inside_and_outside() -> None:
    group = people(9900, 9700, 9500, 9200, *[8000] * 10)
    found = edge(group, a_quota())
    assert (found.places, found.tied) == (2, None)
    assert found.inside is not None
    assert found.outside is not None
    assert (found.inside.total, found.inside.officials) == (9700, ["o1"])
    assert (found.outside.total, found.outside.officials) == (9500, ["o2"])


def test_equal_totals_across_the_edge_are_listed_together() -> None:
    found = edge(people(9900, 9500, 9500, 9200, *[8000] * 10), a_quota())
    assert (found.places, found.inside and found.inside.total) == (2, 9900)
    assert found.tied is not None
    assert (found.tied.total, found.tied.officials) == (9500, ["o1", "o2"])
    assert found.outside is not None
    assert found.outside.total == 9200


def test_with_room_left_the_best_of_the_next_rating_is_just_outside() -> None:
    found = edge(people(9900, *[8500] * 2, *[8000] * 10), a_quota())
    assert (found.places, found.tied) == (1, None)
    assert found.outside is not None
    assert (found.outside.total, found.outside.officials) == (8500, ["o1", "o2"])


def test_nobody_at_all_has_no_edge() -> None:
    assert edge([], a_quota()) == Boundary(places=0)


def edge(group: list[Candidate], quota: Quota, scheme: Scheme = DECREE) -> Boundary:
    limit = next(one for one in both(group, quota) if one.binding)
    return quota_boundary(group, scheme, quota, limit)


@given(groups, st.integers(0, 45))
def test_a_boundary_never_parts_equal_totals(group: list[Candidate], places: int) -> None:
    found = boundary(group, places)
    standing = Counter(one.total for one in group)
    named = [one for one in (found.inside, found.tied, found.outside) if one is not None]
    assert all(len(one.officials) == standing[one.total] for one in named)
    assert all(higher.total > lower.total for higher, lower in pairwise(named))
    surely = sum(n for total, n in standing.items() if found.inside and total >= found.inside.total)
    assert surely <= places
    assert (found.tied is None) == (surely == min(places, len(group)))


@given(st.permutations(people(9900, 9500, 9500, 9200, 8000, 8000)), st.integers(0, 7))
def test_the_order_of_people_does_not_matter(group: list[Candidate], places: int) -> None:
    def named(found: Boundary) -> dict[str, Any]:
        return found.fields()

    assert named(boundary(group, places)) == named(boundary(sorted(group, key=str), places))


def test_who_was_decided_a_lower_rating_is_no_longer_on_the_excellent_side() -> None:
    lowered: Rating = "good"
    group = [Candidate("first", 9900, lowered), *people(9500, *[8000] * 10)]
    found = edge(group, a_quota())
    assert found.inside is not None
    assert found.inside.officials == ["o0"]
    assert found.outside is not None
    assert found.outside.officials == ["first"]
