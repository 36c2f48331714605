"""Papers as a workbook to print or to go on with: one sheet a paper, numbers as numbers.

Tables of several widths share a sheet: its columns are the borders of all of them,
and a cell that spans several is merged. A paper with one table merges nothing in it.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import accumulate, pairwise
from math import ceil
from typing import Any

from shared.papers.paper import (
    COUNTRY,
    MOTTO,
    SIGN_HERE,
    Amount,
    Cell,
    Facts,
    Heading,
    Paper,
    Table,
    Text,
    shown,
)

WIDTHS = {False: 92, True: 138}
"""Characters across a page, upright and lying."""
A4 = 9
LINE = 16.5
"""Points of a line of text."""
SHEET_NAME = 24
"""Of 31 characters that a sheet's name may have; the rest is its number."""
ROOM_TO_SIGN = 4
"""Rows."""
FORBIDDEN = "[]:*?/\\'"

LAST = "\uffff"
Look = Mapping[str, str | int]
"""A cell's format, in the words of the library."""
BOLD: Look = {"bold": True}
ITALIC: Look = {"italic": True}
CENTER: Look = {"align": "center"}
Span = tuple[int, int]
"""First and last column."""


def to_xlsx(papers: Sequence[Paper], made: datetime) -> bytes:
    import xlsxwriter  # noqa: PLC0415  # only papers and exports need it; not every cold start

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": made.astimezone(UTC).replace(tzinfo=None)})
    formats = _Formats(book)
    for place, paper in enumerate(papers, start=1):
        name = f"{place}. {_sheet_name(paper.name)}"
        _Sheet(book.add_worksheet(name), paper, formats).write()
    book.close()
    return target.getvalue()


def _sheet_name(name: str) -> str:
    """What a workbook takes: Excel counts in UTF-16, where some letters are two."""
    kept = (
        one if one.isprintable() and one not in FORBIDDEN and one <= LAST else " " for one in name
    )
    return "".join(kept)[:SHEET_NAME]


class _Formats:
    """Each way to look, made once."""

    def __init__(self, book: Any) -> None:  # noqa: ANN401  # the library ships no types
        self._book = book
        self._made: dict[tuple[tuple[str, str | int], ...], Any] = {}

    def __call__(self, look: Look) -> Any:  # noqa: ANN401  # as above
        key = tuple(sorted(look.items()))
        if key not in self._made:
            base = {"font_name": "Times New Roman", "font_size": 12, "text_wrap": True}
            self._made[key] = self._book.add_format({**base, "valign": "vcenter", **look})
        return self._made[key]


@dataclass
class _Sheet:
    """One paper on one sheet, written from the top down."""

    sheet: Any
    paper: Paper
    formats: _Formats
    row: int = 0
    borders: list[int] = field(default_factory=list)

    def write(self) -> None:
        self.borders = _borders(self.paper)
        self._page()
        self._letterhead()
        for block in self.paper.blocks:
            match block:
                case Heading():
                    self._across(block.text, BOLD)
                case Text():
                    self._across(block.text, {})
                case Facts():
                    for name, value in block.pairs:
                        self._across(f"{name}: {value}", {})
                case Table():
                    self._table(block)
        self._signatures()

    def _page(self) -> None:
        sheet, landscape = self.sheet, self.paper.landscape
        sheet.set_paper(A4)
        if landscape:
            sheet.set_landscape()
        sheet.set_margins(left=30 / 25.4, right=15 / 25.4, top=20 / 25.4, bottom=20 / 25.4)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C&P/&N")
        whole = self.borders[-1]
        for column, (start, end) in enumerate(pairwise(self.borders)):
            sheet.set_column(column, column, WIDTHS[landscape] * (end - start) / whole)

    def _letterhead(self) -> None:
        paper = self.paper
        lines: list[tuple[str, str, Look, Look]] = [
            (paper.above.upper(), COUNTRY, {}, BOLD),
            (paper.agency.upper(), MOTTO, BOLD, {**BOLD, "underline": 1}),
            (paper.form, paper.date, {}, ITALIC),
        ]
        left, right = self._halves()
        for one, other, look, other_look in lines:
            self._put(left, one, {**CENTER, **look})
            self._put(right, other, {**CENTER, **other_look})
            self._end_row([(left, one), (right, other)])
        self.row += 1
        self._across(paper.title.upper(), {**BOLD, **CENTER, "font_size": 14})
        self._across(paper.subtitle, {**ITALIC, **CENTER})

    def _table(self, table: Table) -> None:
        spans = list(self._spans(table))
        heads = [column.title for column in table.columns]
        self._cells(spans, heads, [{**BOLD, **CENTER}] * len(spans))
        if sum(isinstance(block, Table) for block in self.paper.blocks) == 1:
            self.sheet.repeat_rows(self.row - 1)
        last = len(table.rows) - 1
        for place, row in enumerate(table.rows):
            bold = BOLD if table.total and place == last else {}
            looks: list[Look] = [{"align": column.align, **bold} for column in table.columns]
            self._cells(spans, row, looks)
        self.row += 1

    def _cells(self, spans: Sequence[Span], cells: Sequence[Cell], looks: Sequence[Look]) -> None:
        for span, cell, look in zip(spans, cells, looks, strict=True):
            self._put(span, cell, {"border": 1, "font_size": 11, **look})
        self._end_row([(span, shown(cell)) for span, cell in zip(spans, cells, strict=True)])

    def _across(self, text: str, look: Look) -> None:
        span = (0, len(self.borders) - 2)
        self._put(span, text, look)
        self._end_row([(span, text)])

    def _signatures(self) -> None:
        self.row += 1
        halves = self._halves()[: len(self.paper.signatures)]
        for span, one in zip(halves, self.paper.signatures, strict=True):
            self._put(span, one.role.upper(), {**CENTER, **BOLD})
        self.row += 1
        for span in halves:
            self._put(span, SIGN_HERE, {**CENTER, **ITALIC})
        self.row += ROOM_TO_SIGN
        for span, one in zip(halves, self.paper.signatures, strict=True):
            self._put(span, one.name, {**CENTER, **BOLD})

    def _put(self, span: Span, cell: Cell, look: Look) -> None:
        first, last = span
        value: str | int | float | None
        if isinstance(cell, Amount):
            look = {**look, "num_format": f"#,##0.{'0' * cell.places}"}
            value = cell.value / 10**cell.places  # a spreadsheet holds nothing else; display only
        else:
            value = cell
        style = self.formats(look)
        if last > first:
            self.sheet.merge_range(self.row, first, self.row, last, "", style)
        if isinstance(value, str):
            self.sheet.write_string(self.row, first, value, style)
        else:
            self.sheet.write(self.row, first, value, style)

    def _end_row(self, texts: Sequence[tuple[Span, str]]) -> None:
        """High enough for the text that takes the most lines: merged cells do not see to it."""
        lines = max(self._lines(span, text) for span, text in texts)
        self.sheet.set_row(self.row, LINE * lines)
        self.row += 1

    def _lines(self, span: Span, text: str) -> int:
        width = self.borders[span[1] + 1] - self.borders[span[0]]
        room = max(1.0, WIDTHS[self.paper.landscape] * width / self.borders[-1])
        return sum(max(1, ceil(len(line) / room)) for line in text.split("\n"))

    def _spans(self, table: Table) -> Iterator[Span]:
        """The sheet's columns that each of the table's takes."""
        for start, end in pairwise(_edges(table)):
            yield self.borders.index(start), self.borders.index(end) - 1

    def _halves(self) -> list[Span]:
        """Left and right of the border nearest to two fifths, where letterheads divide."""
        whole = self.borders[-1]
        inner = self.borders[1:-1]
        middle = min(inner, key=lambda one: abs(one - whole * 2 // 5))
        place = self.borders.index(middle)
        return [(0, place - 1), (place, len(self.borders) - 2)]


WHOLE = 1_000
"""Widths are brought to so many parts, so that the borders of several tables compare."""


def _borders(paper: Paper) -> list[int]:
    tables = [block for block in paper.blocks if isinstance(block, Table)]
    edges = {edge for table in tables for edge in _edges(table)}
    return sorted({0, WHOLE, *(edges - {0, WHOLE} or {WHOLE * 2 // 5})})


def _edges(table: Table) -> list[int]:
    widths = [column.width for column in table.columns]
    whole = sum(widths)
    return [0, *(WHOLE * upto // whole for upto in accumulate(widths))]
