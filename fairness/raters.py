"""What raters do with the 30 points."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import fmean

from fairness import tolerances as limits
from fairness.estimates import (
    FEWEST_PEERS,
    correlation,
    mean_interval,
    more_than,
    narrower,
    proportion,
    shrink,
    unlike_peers,
)
from fairness.measure import ALL, Line, Measure, Share, Words, grouped, shares, tenths
from fairness.rows import Scored

EVERYBODY = "Toàn bộ / all together"
STEP_VARIANCE = limits.STEP**2 / 12
TWO = 2
"""Of fewer people nothing can be said to spread."""


@dataclass(frozen=True)
class Person:
    """One person under one rater, averaged over the periods: whoever is scored often counts once.

    `adjusted`: the head's part, less what the work explains.
    """

    official: str
    rater: str
    general: float
    work: float | None
    adjusted: float
    paths: list[str]


def people(rows: Sequence[Scored]) -> dict[str, list[Person]]:
    """Everybody by rater; what the work explains is the common slope within raters."""
    bare = [
        Person(
            own[0].official,
            own[0].rater,
            fmean(row.general for row in own),
            _mean([row.work for row in own]),
            0.0,
            [row.path for row in own],
        )
        for own in grouped(rows, lambda row: f"{row.rater} {row.official}").values()
    ]
    known = [one.work for one in bare if one.work is not None]
    usual = fmean(known) if known else 0.0
    slope = _slope(bare)
    adjusted = [
        Person(
            one.official,
            one.rater,
            one.general,
            one.work,
            one.general - slope * ((usual if one.work is None else one.work) - usual),
            one.paths,
        )
        for one in bare
    ]
    return grouped(adjusted, lambda one: one.rater)


def leniency(by_rater: dict[str, list[Person]], names: dict[str, str]) -> Measure:
    """The rater's mean against the peers', for the same work."""
    raters = list(by_rater)
    values = [fmean(one.adjusted for one in by_rater[rater]) for rater in raters]
    within = _within([one.adjusted for one in own] for own in by_rater.values())
    variances = [within / len(by_rater[rater]) for rater in raters]
    drawn = shrink(values, variances) if raters else None
    lines = []
    for place, rater in enumerate(raters):
        usual = fmean(values[:place] + values[place + 1 :]) if len(values) > 1 else values[place]
        away = values[place] - usual
        which = ("cao hơn", "higher") if away > 0 else ("thấp hơn", "lower")
        size = tenths(abs(away))
        name = names.get(rater, rater)
        lines.append(
            Line(
                rater,
                len(by_rater[rater]),
                values[place],
                mean_interval(values[place], variances[place]),
                drawn.values[place] if drawn else None,
                unlike_peers(place, values, variances),
                large=abs(away) >= limits.LENIENT,
                said=Words(
                    f"{name} chấm {which[0]} người chấm khác {size.vi} % thang điểm, "
                    "với cùng kết quả công việc.",
                    f"{name} scores {size.en} % of the scale {which[1]} than other raters "
                    "would for the same work.",
                ),
                documents=[path for one in by_rater[rater] for path in one.paths],
            )
        )
    return Measure(
        "leniency",
        Words("Người chấm rộng hay chặt", "Lenient or severe raters"),
        Words(
            "Điểm tiêu chí chung trung bình của mỗi người chấm, đã trừ phần do kết quả công việc, "
            "so với những người chấm khác. Nhóm ít người được kéo về mức chung.",
            "Each rater's mean of the general criteria, less what the work explains, beside the "
            "other raters'. Small groups are drawn towards the common mean.",
        ),
        "percent",
        lines,
    )


def spread(by_rater: dict[str, list[Person]], names: dict[str, str]) -> Measure:
    """Whether a rater tells people apart at all."""
    lines = []
    for rater, own in by_rater.items():
        others = [
            [one.general for one in rest] for other, rest in by_rater.items() if other != rater
        ]
        freedom = sum(len(rest) - 1 for rest in others)
        if len(own) < TWO or freedom < FEWEST_PEERS:
            continue
        step = STEP_VARIANCE / max(len(one.paths) for one in own)
        variance, usual = _variance([one.general for one in own]), _within(others)
        name = names.get(rater, rater)
        apart, elsewhere = tenths(variance**0.5), tenths(usual**0.5)
        lines.append(
            Line(
                rater,
                len(own),
                variance**0.5,
                p=narrower(variance + step, len(own) - 1, usual, freedom),
                large=variance**0.5 < limits.NARROW * usual**0.5,
                said=Words(
                    f"{name} hầu như không phân biệt: điểm của {len(own)} người chênh nhau "
                    f"{apart.vi} %, nơi khác {elsewhere.vi} %.",
                    f"{name} hardly tells people apart: the scores of {len(own)} people spread by "
                    f"{apart.en} %, elsewhere by {elsewhere.en} %.",
                ),
                documents=[path for one in own for path in one.paths],
            )
        )
    return Measure(
        "spread",
        Words("Độ phân tán điểm của người chấm", "How far a rater's scores spread"),
        Words(
            "Độ lệch chuẩn giữa những người do cùng một người chấm; gần 0 là cào bằng.",
            "Standard deviation between the people of one rater; near nothing means that "
            "everybody is scored alike.",
        ),
        "percent",
        lines,
    )


def full_marks(rows: Sequence[Scored], names: dict[str, str]) -> Measure:
    """The 30 of 30 for everybody."""
    found = shares(rows, _rater, lambda row: row.general >= limits.FULL, _path)
    return Measure(
        "full-marks",
        Words("Cho điểm tối đa", "Full marks"),
        Words(
            "Tỷ lệ bản chấm được trọn điểm tiêu chí chung; quá nửa là điều cần giải thích.",
            "Share of appraisals with all points of the general criteria; more than half of them "
            "needs an explanation.",
        ),
        "percent",
        [
            _above_half(
                one,
                Words(
                    f"{names.get(one.subject, one.subject)} cho điểm tối đa "
                    f"{one.count} trên {one.of} bản chấm.",
                    f"{names.get(one.subject, one.subject)} gives full marks in "
                    f"{one.count} of {one.of} appraisals.",
                ),
            )
            for one in found
        ],
    )


def copied(rows: Sequence[Scored], names: dict[str, str]) -> Measure:
    both = [row for row in rows if row.same is not None]
    found = shares(both, _rater, lambda row: bool(row.same), _path)
    return Measure(
        "same-as-self",
        Words("Điểm của thủ trưởng trùng điểm tự chấm", "The head's score equals the self-score"),
        Words(
            "Tỷ lệ bản chấm mà từng tiêu chí đều bằng điểm tự chấm; quá nửa là dấu hiệu chép lại.",
            "Share of appraisals in which every criterion equals the self-score; more than half "
            "of them suggests that it is copied.",
        ),
        "percent",
        [
            _above_half(
                one,
                Words(
                    f"{names.get(one.subject, one.subject)} chấm trùng điểm tự chấm "
                    f"{one.count} trên {one.of} bản.",
                    f"{names.get(one.subject, one.subject)} repeats the self-score in "
                    f"{one.count} of {one.of} appraisals.",
                ),
            )
            for one in found
        ],
    )


def bunching(rows: Sequence[Scored], names: dict[str, str]) -> Measure:
    """Totals that crowd just above a threshold, where three times as many should lie below it."""
    totals = [row for row in rows if row.total is not None]
    lines = []
    for band in limits.BANDS:
        near = [row for row in totals if _is_near(row, band)]
        found = shares(near, _rater, partial(_is_above, band), _path)
        count, of = sum(one.count for one in found), len(near)
        for one in found:
            others = of - one.of
            usual = max(limits.CROWDED, (count - one.count) / others if others else 0.0)
            lines.append(_bunched(one, band, usual, names.get(one.subject, one.subject)))
        if near:
            everybody = Share(ALL, count, of, [row.path for row in near if _is_above(band, row)])
            lines.append(_bunched(everybody, band, limits.HALF, EVERYBODY))
    return Measure(
        "bunching",
        Words("Tổng điểm dồn sát trên ngưỡng 50, 70, 90", "Totals just above 50, 70, 90"),
        Words(
            "Trong số tổng điểm từ 3 điểm dưới đến 1 điểm trên ngưỡng, tỷ lệ nằm trên ngưỡng; "
            "bình thường khoảng một phần tư.",
            "Of the totals from 3 points below a threshold to 1 above it, the share above it; "
            "a quarter is usual.",
        ),
        "percent",
        lines,
    )


def agreement(by_rater: dict[str, list[Person]]) -> Measure:
    """Whether the 30 follow the 70."""
    everybody = [one for own in by_rater.values() for one in own]
    lines = [
        line
        for subject, own in [(ALL, everybody), *by_rater.items()]
        if (line := _correlated(subject, own)) is not None
    ]
    return Measure(
        "agreement",
        Words("Tương quan giữa 30 và 70 điểm", "Correlation of the 30 with the 70"),
        Words(
            "Tương quan hạng (Spearman) giữa điểm tiêu chí chung và kết quả nhiệm vụ; gần 0 là "
            "hai phần không liên quan.",
            "Rank correlation (Spearman) of the general criteria with the task results; near 0 "
            "they have nothing to do with each other.",
        ),
        "plain",
        lines,
    )


def flatness(rows: Sequence[Scored]) -> Measure:
    """Whether the 70 vary at all: where everybody has 70 of 70, the 30 decide."""
    known = [row for row in rows if row.work is not None]
    found = shares(known, lambda _: ALL, lambda row: (row.work or 0) >= limits.FULL, _path)
    lines = [
        Line(
            ALL,
            one.of,
            one.value,
            proportion(one.count, one.of),
            p=more_than(one.count, one.of, limits.FLAT),
            large=one.value > limits.FLAT,
            said=Words(
                f"{one.count} trên {one.of} kết quả nhiệm vụ đạt trọn 70 điểm: "
                "xếp loại do 30 điểm còn lại quyết định.",
                f"{one.count} of {one.of} task results are 70 of 70: the other 30 points decide.",
            ),
            documents=one.documents,
        )
        for one in found
    ]
    return Measure(
        "flat-70",
        Words("70 điểm nhiệm vụ có phân biệt không", "Whether the 70 vary"),
        Words(
            "Tỷ lệ người đạt trọn điểm nhiệm vụ; trên 90 % thì phần 70 điểm không phân biệt ai.",
            "Share of results with all points of the tasks; above 90 % the 70 tell nobody apart.",
        ),
        "percent",
        lines,
    )


def _above_half(one: Share, said: Words) -> Line:
    return Line(
        one.subject,
        one.of,
        one.value,
        proportion(one.count, one.of),
        p=more_than(one.count, one.of, limits.HALF),
        large=one.value > limits.HALF,
        said=said,
        documents=one.documents,
    )


def _is_near(row: Scored, band: float) -> bool:
    return row.total is not None and band - limits.BELOW <= row.total < band + limits.ABOVE


def _is_above(band: float, row: Scored) -> bool:
    return row.total is not None and band <= row.total < band + limits.ABOVE


def _bunched(one: Share, band: float, usual: float, name: str) -> Line:
    return Line(
        f"{one.subject} {band:.0f}",
        one.of,
        one.value,
        proportion(one.count, one.of),
        p=more_than(one.count, one.of, min(usual, 0.99)),
        large=one.value > limits.HALF,
        said=Words(
            f"{name}: {one.count} trên {one.of} tổng điểm quanh ngưỡng {band:.0f} "
            "nằm sát trên ngưỡng.",
            f"{name}: {one.count} of {one.of} totals around {band:.0f} lie just above it.",
        ),
        documents=one.documents,
    )


def _correlated(subject: str, own: Sequence[Person]) -> Line | None:
    pairs = [(one.general, one.work) for one in own if one.work is not None]
    found = correlation([one for one, _ in pairs], [one for _, one in pairs])
    if found is None:
        return None
    return Line(subject, len(pairs), found[0], found[1])


def _slope(persons: Sequence[Person]) -> float:
    """Of the head's part on the work, within raters; from nothing to all of it."""
    products = squares = 0.0
    for own in grouped(persons, lambda one: one.rater).values():
        pairs = [(one.general, one.work) for one in own if one.work is not None]
        if pairs:
            general, work = fmean(one for one, _ in pairs), fmean(one for _, one in pairs)
            products += sum((x - general) * (y - work) for x, y in pairs)
            squares += sum((y - work) ** 2 for _, y in pairs)
    return min(1.0, max(0.0, products / squares)) if squares else 0.0


def _within(groups: Iterable[Sequence[float]]) -> float:
    """The variance between the people of one rater, over all raters together."""
    known = list(groups)
    freedom = sum(len(own) - 1 for own in known)
    squares = sum(_variance(own) * (len(own) - 1) for own in known)
    return max(squares / freedom if freedom else 0.0, STEP_VARIANCE)


def _variance(own: Sequence[float]) -> float:
    if len(own) < TWO:
        return 0.0
    mean = fmean(own)
    return sum((one - mean) ** 2 for one in own) / (len(own) - 1)


def _mean(values: Sequence[float | None]) -> float | None:
    known = [one for one in values if one is not None]
    return fmean(known) if known else None


def _rater(row: Scored) -> str:
    return row.rater


def _path(row: Scored) -> str:
    return row.path


def measures(rows: Sequence[Scored], names: dict[str, str]) -> Iterator[Measure]:
    by_rater = people(rows)
    yield leniency(by_rater, names)
    yield spread(by_rater, names)
    yield full_marks(rows, names)
    yield copied(rows, names)
    yield bunching(rows, names)
    yield agreement(by_rater)
    yield flatness(rows)
