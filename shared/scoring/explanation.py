"""Why a score is what it is, in words and numbers, Vietnamese and English."""

from dataclasses import dataclass
from fractions import Fraction

from shared.models.scheme import Scheme
from shared.models.scorecard import Contribution, Scorecard
from shared.scoring.rounding import half_up
from shared.scoring.scorecard import general_faults


@dataclass(frozen=True)
class Line:
    vi: str
    en: str


def explain(card: Scorecard, scheme: Scheme) -> list[Line]:
    """The steps from the facts to the rating, each with the numbers it used."""
    lines = [
        Line(f"Quy chế {scheme.ref}: {scheme.title.vi}", f"Scheme {scheme.ref}: {scheme.title.en}")
    ]
    lines += [_work(name, row, card) for name, row in card.contributions.items()]
    lines += _task(card, scheme)
    lines += _general(card, scheme)
    lines += _rating(card, scheme)
    return lines


def share(row: Contribution, card: Scorecard, scheme: Scheme) -> int:
    """What one assignment gives of the task points, in hundredths of a point."""
    if card.task.assigned_weight == 0:
        return 0
    weights = {
        "quantity": row.done_weight,
        "quality": row.quality_weight,
        "progress": row.progress_weight,
    }
    used = sum(weights[measure] for measure in scheme.task.measures)
    whole = card.task.assigned_weight * len(scheme.task.measures)
    return half_up(Fraction(used * scheme.task.max_points, whole))


def points(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def _work(name: str, row: Contribution, card: Scorecard) -> Line:
    suffix = name.rsplit("_", 1)[1]
    k = f"{row.k // 1000}.{row.k % 1000:03d}"
    of_all = Fraction(row.assigned_weight * 10_000, card.task.assigned_weight or 1)
    weight = points(half_up(of_all))
    return Line(
        f"  {suffix}: giao {row.quantity}, xong {row.done}, lỗi {row.fails}, chậm {row.lates}, "
        f"K = {k}, chiếm {weight} % khối lượng",
        f"  {suffix}: assigned {row.quantity}, done {row.done}, failed checks {row.fails}, "
        f"late {row.lates}, K = {k}, {weight} % of the work",
    )


def _task(card: Scorecard, scheme: Scheme) -> list[Line]:
    task = card.task
    if task.a is None or task.b is None or task.c is None or task.points is None:
        return [
            Line(
                "Chưa đủ dữ liệu: không có việc được giao, không tính điểm nhiệm vụ",
                "Insufficient data: no work was assigned, so there is no task score",
            )
        ]
    per_fail, per_late = scheme.task.per_fail, scheme.task.per_late
    whole = task.assigned_weight
    return [
        Line(
            f"a (số lượng) = {task.done_weight}/{whole} = {points(task.a)} %",
            f"a (quantity) = {task.done_weight}/{whole} = {points(task.a)} %",
        ),
        Line(
            f"b (chất lượng, trừ {per_fail} % mỗi lỗi) = {task.quality_weight}/{whole} "
            f"= {points(task.b)} %",
            f"b (quality, less {per_fail} % per failed check) = {task.quality_weight}/{whole} "
            f"= {points(task.b)} %",
        ),
        Line(
            f"c (tiến độ, trừ {per_late} % mỗi lần chậm) = {task.progress_weight}/{whole} "
            f"= {points(task.c)} %",
            f"c (progress, less {per_late} % per lateness) = {task.progress_weight}/{whole} "
            f"= {points(task.c)} %",
        ),
        Line(
            f"Điểm nhiệm vụ = {scheme.task.formula} = {points(task.points)}",
            f"Task points = {scheme.task.formula} = {points(task.points)}",
        ),
    ]


def _general(card: Scorecard, scheme: Scheme) -> list[Line]:
    if card.general is None:
        return [Line("Thủ trưởng chưa chấm tiêu chí chung", "The head has not scored the criteria")]
    faults = general_faults(card.general, scheme)
    if faults or card.general_points is None:
        names = ", ".join(faults)
        return [
            Line(
                f"Điểm tiêu chí chung chưa hợp lệ (thiếu, lạ hoặc vượt mức): {names}",
                f"The general scores do not count (missing, unknown or above the most): {names}",
            )
        ]
    sums = " + ".join(points(value) for value in card.general.values())
    total = points(card.general_points)
    return [Line(f"Tiêu chí chung = {sums} = {total}", f"General criteria = {sums} = {total}")]


def _rating(card: Scorecard, scheme: Scheme) -> list[Line]:
    if card.total is None or card.rating is None:
        return [Line("Chưa xếp loại", "Not rated")]
    band = next(band for band in scheme.bands if band.rating == card.rating)
    total, least = points(card.total), points(band.at_least)
    return [
        Line(
            f"Tổng = {total} ≥ {least}: {band.title.vi} (quyết định bởi điểm)",
            f"Total = {total} ≥ {least}: {band.title.en} (decided by the score)",
        )
    ]
