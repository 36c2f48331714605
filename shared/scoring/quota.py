"""Quotas and guideline distributions in whole people: what they allow, and who is on the edge.

They advise. Nothing here changes a score or a rating; equal totals are never told apart.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from shared.models.quota import Boundary, Edge, Limit, Places
from shared.models.scheme import Basis, Distribution, Quota, Rating, Scheme, WholePeople, Words
from shared.scoring.rounding import decimals, half_up
from shared.scoring.telling import band_title

WHOLE = 100
"""Per cent; and hundredths of a person."""
BASES: tuple[Basis, ...] = ("good", "good_or_above")


@dataclass(frozen=True)
class Candidate:
    """Somebody who has a total, and the rating that stands."""

    official: str
    total: int
    rating: Rating


def whole_people(people: int, percent: int, rounding: WholePeople) -> int:
    """So many per cent of so many people, by the scheme's rule for a part of a person."""
    exact = Fraction(people * percent, WHOLE)
    match rounding:
        case "down":
            return exact.__floor__()
        case "half_up":
            return half_up(exact)
        case "up":
            return exact.__ceil__()


def limits(
    candidates: Iterable[Candidate], scheme: Scheme, quota: Quota, *, outstanding: bool
) -> list[Limit]:
    """By both ways to count whom the quota is a share of; the scheme's own is binding."""
    counts = Counter(one.rating for one in candidates)
    percent = quota.outstanding_percent if outstanding else quota.percent
    return [_limit(counts, scheme, quota, of, percent) for of in BASES]


def boundary(candidates: Iterable[Candidate], places: int) -> Boundary:
    """Between the first so many by total and the rest."""
    by_total = sorted(candidates, key=lambda one: (-one.total, one.official))
    above: Edge | None = None
    taken = 0
    for total, group in groupby(by_total, key=lambda one: one.total):
        edge = Edge(total=total, officials=[one.official for one in group])
        if taken >= places:
            return Boundary(places=places, inside=above, outside=edge)
        taken += len(edge.officials)
        if taken > places:
            below = next(_edges(by_total, under=total), None)
            return Boundary(places=places, inside=above, outside=below, tied=edge)
        above = edge
    return Boundary(places=places, inside=above)


def quota_boundary(
    candidates: Sequence[Candidate], scheme: Scheme, quota: Quota, limit: Limit
) -> Boundary:
    """Between those who may keep the quota's rating and the next: holders, then the next rating."""
    holders = [one for one in candidates if one.rating == quota.rating]
    if limit.keeps < len(holders):
        return boundary(holders, limit.keeps)
    lower = _next_lower(scheme, quota.rating)
    within = boundary(holders, len(holders))
    below = _edges([one for one in candidates if one.rating == lower])
    return within.model_copy(update={"outside": next(below, None)})


def apportion(people: int, percents: Sequence[int]) -> list[int]:
    """Whole people for shares that add up to 100, by the largest remainder.

    Each share gets its whole part; the people left over go one each to the largest
    remainders, and of equal remainders to the one named first.
    """
    exact = [people * percent for percent in percents]
    left = people - sum(one // WHOLE for one in exact)
    order = sorted(range(len(exact)), key=lambda n: (-(exact[n] % WHOLE), n))
    favoured = set(order[:left])
    return [one // WHOLE + (n in favoured) for n, one in enumerate(exact)]


def spread(candidates: Sequence[Candidate], distribution: Distribution) -> list[Places]:
    """The guideline in whole people, with who is on the edge between two ranks."""
    shares, people = distribution.shares, len(candidates)
    places = apportion(people, [share.percent for share in shares])
    counts = Counter(str(one.rating) for one in candidates)
    tied = _tied([people * share.percent for share in shares], places)
    return [
        Places(
            id=share.id,
            title=share.title,
            percent=share.percent,
            exact=people * share.percent,
            places=places[n],
            tied=n in tied,
            holds=counts[share.id] if share.id in _RATINGS else None,
            boundary=boundary(candidates, sum(places[: n + 1])),
        )
        for n, share in enumerate(shares)
    ]


def tell_limit(limit: Limit, quota: Quota, scheme: Scheme, holds: int) -> Words:
    """How the limit came about and how many have the rating, in one line."""
    whom, rating = _WHOM[limit.of], band_title(quota.rating, scheme)
    rule = _ROUNDINGS[quota.rounding]
    sum_of = f"{limit.percent} % × {limit.people}", decimals(limit.exact)
    over = max(0, holds - limit.most)
    vi = f"{sum_of[0]} {whom.vi} = {sum_of[1]}, {rule.vi} {limit.most}; {rating.vi}: {holds}"
    en = f"{sum_of[0]} {whom.en} = {sum_of[1]}, {rule.en} {limit.most}; {rating.en}: {holds}"
    if over:
        vi, en = f"{vi}, vượt {over}", f"{en}, {over} too many"
    kept = ("", "")
    if limit.keeps < holds and limit.keeps != limit.most:
        kept = (
            f"; khi số còn lại xuống mức kế tiếp, {limit.keeps} người giữ được mức này",
            f"; once the others have the next rating, {limit.keeps} may keep this one",
        )
    basis = ("", "") if limit.binding else (" (cách tính khác)", " (the other reading)")
    return Words(vi=vi + kept[0] + basis[0], en=en + kept[1] + basis[1])


def tell_places(rows: Sequence[Places]) -> Iterator[Words]:
    """Each share with its remainder, and what was done about equal ones."""
    for row in rows:
        title, exact = row.title, decimals(row.exact)
        more = row.places > row.exact // WHOLE
        rest = decimals(row.exact % WHOLE)
        vi = f"{title.vi}: {row.percent} % = {exact} → {row.places}"
        en = f"{title.en}: {row.percent} % = {exact} → {row.places}"
        if more:
            vi, en = f"{vi} (phần lẻ {rest}, thêm 1)", f"{en} (remainder {rest}, one more)"
        if row.tied:
            vi = f"{vi}; phần lẻ bằng nhau: ưu tiên mức nêu trước"
            en = f"{en}; equal remainders: the share named first goes first"
        yield Words(vi=vi, en=en)


_RATINGS = frozenset({"excellent", "good", "completed", "not_completed"})
_WHOM: Mapping[Basis, Words] = {
    "good": Words(vi="người xếp loại tốt", en="people rated good"),
    "good_or_above": Words(vi="người xếp loại tốt trở lên", en="people rated good or above"),
}
_ROUNDINGS: Mapping[WholePeople, Words] = {
    "down": Words(vi="làm tròn xuống", en="rounded down"),
    "half_up": Words(vi="làm tròn nửa lên", en="rounded half up"),
    "up": Words(vi="làm tròn lên", en="rounded up"),
}


def _limit(
    counts: Mapping[Rating, int], scheme: Scheme, quota: Quota, of: Basis, percent: int
) -> Limit:
    people = _people(counts, scheme, quota, of, counts.get(quota.rating, 0))
    return Limit(
        of=of,
        people=people,
        percent=percent,
        exact=people * percent,
        most=whole_people(people, percent, quota.rounding),
        keeps=_keeps(counts, scheme, quota, of, percent),
        binding=of == quota.of,
    )


def _keeps(
    counts: Mapping[Rating, int], scheme: Scheme, quota: Quota, of: Basis, percent: int
) -> int:
    """The most that the quota allows once all others have the next rating.

    Whoever gets the next rating may join those whom the quota is a share of.
    """
    return next(
        keep
        for keep in range(counts.get(quota.rating, 0), -1, -1)
        if keep <= whole_people(_people(counts, scheme, quota, of, keep), percent, quota.rounding)
    )


def _people(
    counts: Mapping[Rating, int], scheme: Scheme, quota: Quota, of: Basis, keep: int
) -> int:
    """Whom the quota is a share of when so many keep its rating and the others get the next."""
    basis = _ratings_of(scheme, of)
    moved = counts.get(quota.rating, 0) - keep
    others = sum(counts.get(rating, 0) for rating in basis if rating != quota.rating)
    return (
        others
        + keep * (quota.rating in basis)
        + moved * (_next_lower(scheme, quota.rating) in basis)
    )


def _ratings_of(scheme: Scheme, of: Basis) -> list[Rating]:
    order = [band.rating for band in scheme.ratings.bands]
    return ["good"] if of == "good" else order[: order.index("good") + 1]


def _next_lower(scheme: Scheme, rating: Rating) -> Rating:
    order = [band.rating for band in scheme.ratings.bands]
    return order[order.index(rating) + 1]


def _edges(candidates: Iterable[Candidate], under: int | None = None) -> Iterator[Edge]:
    """From the highest total down, those below `under` only."""
    ranked = sorted(candidates, key=lambda one: (-one.total, one.official))
    for total, group in groupby(ranked, key=lambda one: one.total):
        if under is None or total < under:
            yield Edge(total=total, officials=[one.official for one in group])


def _tied(exact: Sequence[int], places: Sequence[int]) -> set[int]:
    """The shares whose equal remainder got a place for some and none for others."""
    got = {n: places[n] - one // WHOLE for n, one in enumerate(exact)}
    split = {
        rest
        for rest in {one % WHOLE for one in exact}
        if len({got[n] for n, one in enumerate(exact) if one % WHOLE == rest}) > 1
    }
    return {n for n, one in enumerate(exact) if one % WHOLE in split}
