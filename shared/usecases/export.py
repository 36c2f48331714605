"""Results for people and machines: CSV and XLSX."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal
from urllib.parse import unquote

from pydantic import Field

from shared import refs
from shared.errors import refuse
from shared.models.base import Id, Part, PeriodId
from shared.models.result import Result
from shared.models.scorecard import Scorecard
from shared.ports import Services, Store
from shared.usecases.caller import Caller
from shared.usecases.standing import Standing, read_standings, read_versions
from shared.vietnamese import RATINGS, STATES, name_key

COLUMNS = (
    ("period", "Kỳ"),
    ("official", "Cán bộ"),
    ("unit", "Đơn vị"),
    ("assigned", "Được giao"),
    ("done", "Hoàn thành"),
    ("late", "Chậm"),
    ("fails", "Lỗi"),
    ("a", "a: số lượng (%)"),
    ("b", "b: chất lượng (%)"),
    ("c", "c: tiến độ (%)"),
    ("task_points", "Điểm nhiệm vụ"),
    ("general_points", "Điểm tiêu chí chung"),
    ("total", "Tổng điểm"),
    ("rating", "Xếp loại"),
    ("state", "Trạng thái"),
)
"""The columns in order: the machine's name and the reader's."""

VERDICTS = (("decided", "Cấp có thẩm quyền xếp loại"), ("version", "Bản"))
"""Beside them, what was decided on the last version of each result."""


MOST_PERIODS = 60
"""In one file: five years of months."""


class ExportRequest(Part):
    """One file for one or more periods."""

    period: Annotated[list[PeriodId], Field(min_length=1, max_length=MOST_PERIODS)]
    format: Literal["csv", "xlsx"] = "csv"
    columns: Literal["results", "verdicts"] = "results"
    """For machines: the results alone, or with what was decided on which version."""
    unit: Id | None = None


def export(services: Services, caller: Caller, request: ExportRequest) -> bytes:
    """The periods' results as a file; heads get those of their own unit and below."""
    store = services.store
    _require_readable(store, caller, request)
    periods = sorted(set(request.period))
    for period in periods:
        if store.get(refs.results(period)) is None:
            raise refuse(
                "missing",
                "period",
                f"{period} has no compiled results yet",
                f"kỳ {period} chưa có kết quả tổng hợp",
            )
    standings = [one for period in periods for one in read_standings(store, period, request.unit)]
    if request.format == "xlsx":
        return to_xlsx(standings)
    return to_csv(standings, verdicts=request.columns == "verdicts")


def read_results(store: Store, period: str, unit: str | None = None) -> list[Result]:
    """The last versions of the results of a period, or of one unit in it, by unit and official."""
    return [version.result for version in read_versions(store, period, unit)]


def to_csv(standings: Iterable[Standing], *, verdicts: bool = False) -> bytes:
    """UTF-8 with bare line feeds; percentages and points with two decimals.

    For machines: identifiers are the source's, letter by letter, also one like `-` that a
    spreadsheet would take for a formula. People open the workbook, whose cells are typed.
    """
    columns = [*COLUMNS, *(VERDICTS if verdicts else ())]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(name for name, _ in columns)
    writer.writerows(map(_csv_cell, row[: len(columns)]) for row in _rows(standings))
    return text.getvalue().encode()


def to_xlsx(standings: Iterable[Standing]) -> bytes:
    """A workbook for reading: Vietnamese headings, names in their order, numbers as numbers."""
    import xlsxwriter  # noqa: PLC0415  # only this export needs it; not every cold start

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("Kết quả")
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1})
    decimals = book.add_format({"num_format": "#,##0.00"})
    columns = [*COLUMNS, *VERDICTS]
    sheet.write_row(0, 0, ["Họ và tên", *(title for _, title in columns)], bold)
    ordered = sorted(standings, key=_reading_order)
    for number, (one, row) in enumerate(zip(ordered, _rows(ordered), strict=True), start=1):
        for column, cell in enumerate([one.result.name, *map(_xlsx_cell, row)]):
            sheet.write(number, column, cell, decimals if isinstance(cell, float) else None)
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, len(columns), 14)
    sheet.autofilter(0, 0, len(ordered), len(columns))
    book.close()
    return target.getvalue()


def _require_readable(store: Store, caller: Caller, request: ExportRequest) -> None:
    unit = None if request.unit is None else store.get(refs.units(request.unit))
    if caller.has("organiser", "authority", "auditor"):
        if request.unit is not None and unit is None:
            raise refuse(
                "missing", "unit", f"there is no unit {request.unit}", "không có đơn vị này"
            )
        return
    if unit is None or not caller.heads(unit.path):
        raise refuse(
            "forbidden",
            "unit",
            "heads export their own unit or one below it",
            "thủ trưởng chỉ xuất được kết quả của đơn vị mình và cấp dưới",
        )


def amounts(card: Scorecard) -> list[int | None]:
    """Shares of a, b, c, points of tasks and criteria, total: by their ids in the scheme."""
    shares = map(card.share, "abc")
    points = map(card.points, ("task", "general"))
    return [*shares, *points, card.total]


class Hundredths(int):
    """An amount shown with two decimals."""


def _rows(standings: Iterable[Standing]) -> Iterator[list[Any]]:
    for one in standings:
        result, card = one.result, one.result.scorecard
        yield [
            card.period,
            unquote(card.official),
            unquote(result.unit),
            card.work.assigned,
            card.work.done,
            card.work.lates,
            card.work.fails,
            *(None if amount is None else Hundredths(amount) for amount in amounts(card)),
            card.rating,
            card.standing,
            one.decision.rating if one.decision else None,
            one.version.number,
        ]


def _reading_order(standing: Standing) -> tuple[object, ...]:
    result = standing.result
    return result.scorecard.period, result.unit, name_key(result.name)


def _csv_cell(cell: object) -> str:
    match cell:
        case None:
            return ""
        case Hundredths():
            return f"{cell // 100}.{cell % 100:02d}"
    return str(cell)


def _xlsx_cell(cell: object) -> object:
    match cell:
        case Hundredths():
            return cell / 100  # a spreadsheet holds nothing but doubles; display only
        case str():
            return RATINGS.get(cell) or STATES.get(cell) or cell
    return cell
