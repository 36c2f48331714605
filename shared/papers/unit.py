"""The tables of a unit and of the province."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from shared.models.period import Period
from shared.models.result import PeriodResult, Result, UnitResult
from shared.models.scheme import COMBINED, Component, Rating, Scheme
from shared.models.unit import Unit
from shared.papers.paper import (
    Amount,
    Block,
    Cell,
    Column,
    Heading,
    Paper,
    Signature,
    Table,
    Text,
)
from shared.papers.person import deciding, rating_words, short_title
from shared.scoring.evaluation import components
from shared.scoring.telling import band_title
from shared.vietnamese import name_key, number, period_name

BOTH = (
    "Ghi chú: ô có mũi tên cho biết số người theo quy chế khi khóa kỳ → theo bản đính chính và "
    "quyết định của cấp có thẩm quyền."
)
MOST_SHARES = 8
"""Columns of shares that a landscape page still has room for."""


def unit_paper(
    period: Period,
    scheme: Scheme,
    unit: Unit,
    above: str,
    ratings: Iterable[tuple[Result, Rating | None]],
) -> Paper:
    """Everybody's numbers in one table, by name, with what is decided so far."""
    ordered = sorted(ratings, key=lambda one: reading_order(one[0]))
    shares = _shares(scheme)
    points = _points(scheme)
    columns = [
        Column("STT", 5, "center"),
        Column("Họ và tên", 18),
        *(Column(title, 6, "right") for title in ("Giao", "Xong", "Chậm", "Lỗi")),
        *(Column(f"{short_title(one)} (%)", 8, "right") for one in shares),
        *(Column(f"{short_title(one)} (điểm)", 9, "right") for one in points),
        Column("Tổng điểm", 9, "right"),
        Column("Theo quy chế", 14),
        Column("Căn cứ", 12),
        Column("Quyết định", 14),
    ]
    rows = [
        [*_row(place, result, scheme, shares, points), _decided(decided, scheme)]
        for place, (result, decided) in enumerate(ordered, start=1)
    ]
    spread = _spread([result for result, _ in ordered], scheme)
    return Paper(
        name=unit.name,
        above=above,
        agency=unit.name,
        title="Bảng tổng hợp đánh giá, xếp loại công chức",
        subtitle=f"Kỳ đánh giá: {period_name(period.id)}",
        blocks=[
            Table(columns, rows),
            *_legend(scheme, shares),
            *spread,
        ],
        signatures=[Signature("Người lập bảng"), Signature("Thủ trưởng đơn vị")],
        landscape=True,
    )


def province_paper(
    total: PeriodResult,
    scheme: Scheme,
    units: Mapping[str, Unit],
    results: Iterable[UnitResult],
    agency: str,
    decided: Mapping[str, Mapping[Rating, int]],
) -> Paper:
    """Each unit's distribution of ratings, below the unit that it belongs to.

    `decided` are each unit's ratings as they stand, corrected and decided: where these
    differ from what the close computed, a cell says both.
    """
    bands = scheme.ratings.bands
    columns = [
        Column("STT", 5, "center"),
        Column("Đơn vị", 26),
        Column("Số người", 7, "right"),
        *(Column(band.title.vi, 10, "right") for band in bands),
        Column("Chưa chấm", 8, "right"),
        Column("Thiếu dữ liệu", 8, "right"),
        Column("Nghỉ suốt kỳ", 8, "right"),
    ]
    served = sorted(
        (one for one in results if one.officials), key=lambda one: _path(units, one.unit)
    )
    rows: list[Sequence[Cell]] = [
        [place, _indented(units, one), *_counts(one, decided.get(one.unit, {}), scheme)]
        for place, one in enumerate(served, start=1)
    ]
    every: Counter[Rating] = Counter()
    for ratings in decided.values():
        every.update(ratings)
    rows.append(["", "Cộng", *_counts(total, every, scheme)])
    rows.append(["", "Tỷ lệ trong số được xếp loại (%)", None, *_ratios(total.ratings, scheme)])
    differs = +every != Counter(total.ratings)
    if differs:
        rows.append(["", "Tỷ lệ theo quyết định (%)", None, *_ratios(every, scheme)])
    return Paper(
        name="Tổng hợp",
        agency=agency,
        title="Bảng tổng hợp kết quả đánh giá, xếp loại",
        subtitle=f"Kỳ đánh giá: {period_name(total.period)}",
        blocks=[
            Table(columns, rows, total=True),
            *([Text(BOTH)] if any("→" in str(cell) for row in rows for cell in row) else []),
            Text(
                f"{number(total.units)} đơn vị, {number(total.officials)} người, "
                f"{number(total.assignments)} việc, {number(total.entries)} mục ghi nhận; "
                f"quy chế {scheme.title.vi} ({total.scheme}); "
                f"mã kiểm chứng kết quả {total.root}."
            ),
        ],
        signatures=[Signature("Người lập bảng"), Signature("Cấp có thẩm quyền")],
        landscape=True,
    )


def both(computed: int, decided: int) -> Cell:
    """By the rules → as decided, where these differ."""
    return computed if computed == decided else f"{number(computed)} → {number(decided)}"


def reading_order(result: Result) -> tuple[object, ...]:
    """As a Vietnamese reader looks for somebody; namesakes by id."""
    return name_key(result.name), result.scorecard.official


def _decided(rating: Rating | None, scheme: Scheme) -> str:
    return band_title(rating, scheme).vi if rating else ""


def _row(
    place: int,
    result: Result,
    scheme: Scheme,
    shares: Sequence[Component],
    points: Sequence[Component],
) -> Sequence[Cell]:
    card = result.scorecard
    return [
        place,
        result.name,
        card.work.assigned,
        card.work.done,
        card.work.lates,
        card.work.fails,
        *(_amount(card.share(one.id)) for one in shares),
        *(_amount(card.points(one.id)) for one in points),
        _amount(card.total),
        rating_words(card, scheme),
        deciding(card, scheme),
    ]


def _amount(hundredths: int | None) -> Amount | None:
    return None if hundredths is None else Amount(hundredths)


def _points(scheme: Scheme) -> list[Component]:
    """The parts that the total is made of."""
    return _distinct(chain.from_iterable(_parts(root) for root in _roots(scheme)))


def _shares(scheme: Scheme) -> list[Component]:
    """What is measured or stated below those parts; nothing where the page has no room."""
    direct = {one.id for one in _points(scheme)}
    every = chain.from_iterable(components(root) for root in _roots(scheme))
    leaves = _distinct(
        one for one in every if not isinstance(one, COMBINED) and one.id not in direct
    )
    return leaves if len(leaves) <= MOST_SHARES else []


def _roots(scheme: Scheme) -> list[Component]:
    return [scheme.root("official"), scheme.root("head")]


def _parts(root: Component) -> Sequence[Component]:
    return root.parts if isinstance(root, COMBINED) else [root]


def _distinct(found: Iterable[Component]) -> list[Component]:
    """Each id once: officials and heads share most components."""
    return list({one.id: one for one in found}.values())


def _legend(scheme: Scheme, shares: Sequence[Component]) -> Iterator[Block]:
    named = [one.title.vi for one in shares if ":" in one.title.vi]
    if named:
        yield Text(f"Ghi chú: {'; '.join(named)}. Quy chế: {scheme.title.vi} ({scheme.ref}).")


def _spread(results: Sequence[Result], scheme: Scheme) -> list[Block]:
    """How many have each rating, and who has none."""
    cards = [result.scorecard for result in results]
    words = [band.title.vi for band in scheme.ratings.bands]
    told = [rating_words(card, scheme) for card in cards]
    others = sorted(set(told) - set(words))
    counts = "; ".join(f"{one}: {told.count(one)}" for one in [*words, *others])
    return [Heading("Tổng hợp theo quy chế"), Text(f"{len(cards)} người. {counts}.")]


def _counts(
    one: UnitResult | PeriodResult, decided: Mapping[Rating, int], scheme: Scheme
) -> list[Cell]:
    bands = [band.rating for band in scheme.ratings.bands]
    rated = [both(one.ratings.get(rating, 0), decided.get(rating, 0)) for rating in bands]
    return [one.officials, *rated, one.not_assessed, one.insufficient_data, one.on_leave]


def _ratios(ratings: Mapping[Rating, int], scheme: Scheme) -> list[Cell]:
    rated = sum(ratings.values())
    counts = [ratings.get(band.rating, 0) for band in scheme.ratings.bands]
    shares: list[Cell] = [
        Amount((2 * 10_000 * one + rated) // (2 * rated)) if rated else None for one in counts
    ]
    return [*shares, None, None, None]


def _path(units: Mapping[str, Unit], unit: str) -> list[str]:
    return units[unit].path if unit in units else [unit]


def _indented(units: Mapping[str, Unit], one: UnitResult) -> str:
    return "– " * (len(_path(units, one.unit)) - 1) + one.name
